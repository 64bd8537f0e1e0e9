"""The rule of the web's floors that import-linter cannot see: no foreign key points to a later step."""

from __future__ import annotations

import pytest
from django.apps import apps

FLOORS = ["site", "people", "listen", "see", "decide", "change", "prove", "account", "home"]
STRANGERS = {("listen", "see"), ("see", "listen")}
OURS = [config for config in apps.get_app_configs() if config.name.startswith("evenhand_web.")]


def test_every_app_has_its_floor():
    assert {config.label for config in OURS} == set(FLOORS)


@pytest.mark.parametrize("label", FLOORS)
def test_no_foreign_key_points_to_a_later_step(label):
    wrong = [
        f"{model.__name__}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_app_config(label).get_models()
        for field in [*model._meta.fields, *model._meta.many_to_many]
        if field.related_model is not None and _later(field.related_model._meta.app_label, label)
    ]
    assert wrong == []


def _later(target: str, label: str) -> bool:
    return target in FLOORS and (FLOORS.index(target) > FLOORS.index(label) or (label, target) in STRANGERS)
