"""What a server does before it takes a visit: nothing that a visit would wait for is left, and nothing fails."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from django.db import OperationalError
from django.template import engines
from django.urls import get_resolver

from evenhand.measures import library
from evenhand_web.site import warming


@pytest.fixture
def rules() -> Iterator[None]:
    """The collection of garbage as it was."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.fixture
def named(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What steps have named, none to begin with."""
    found: list[object] = []
    monkeypatch.setattr(warming, "_named", found)
    return found


def test_a_warm_process_has_read_templates_addresses_and_measures(rules: None, named: list[object]) -> None:
    warming.warm()
    asked = library._checked.cache_info().misses
    library.load_all()
    loader = engines["django"].engine.template_loaders[0]
    read = {template.name for template in loader.get_template_cache.values() if hasattr(template, "name")}

    assert {"decide/scheme.html", "site/base.html", "home/measure.html", "site/forms/field.html"} <= read
    assert all(r._populated for r in [get_resolver(), *get_resolver().url_patterns] if hasattr(r, "_populated"))
    assert library._checked.cache_info().misses == asked


def test_what_lived_before_is_not_looked_through_in_a_visit(rules: None, named: list[object]) -> None:
    warming.warm()

    assert gc.get_freeze_count() > 100_000, "everything that was loaded"
    assert len(gc.get_objects()) < 20_000
    assert gc.get_threshold()[0] == warming.YOUNG


def test_a_part_that_cannot_be_done_yet_is_left_to_the_visits(rules: None, named: list[object]) -> None:
    done = []

    def no_tables() -> None:
        raise OperationalError("no such table: decide_round")

    warming.first(no_tables)
    warming.first(lambda: done.append(True))
    warming.first(no_tables)
    warming.warm()

    assert done == [True]
    assert named.count(no_tables) == 1, "named twice, done once"


def test_a_part_that_fails_is_told_and_keeps_no_server_from_starting(
    rules: None, named: list[object], caplog: pytest.LogCaptureFixture
) -> None:
    done = []

    def broken() -> None:
        raise KeyError("a fault of ours")

    warming.first(broken)
    warming.first(lambda: done.append(True))
    warming.warm()

    assert done == [True]
    assert "a fault of ours" in caplog.text
