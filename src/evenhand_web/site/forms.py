"""Forms that look as the NHS service manual wants, from any Django form: `{{ form }}`."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.http import HttpRequest

from .widgets import drawn


class NhsRenderer(DjangoTemplates):
    """Draws forms and fields with the templates of this folder, and widgets as Django's own do."""

    form_template_name = "site/forms/form.html"
    field_template_name = "site/forms/field.html"

    def get_template(self, template_name: str):  # type: ignore[no-untyped-def]
        if template_name.startswith("site/"):
            from django.template.loader import get_template

            return get_template(template_name)
        return super().get_template(template_name)

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """A form, field or widget; most widgets are written without their template, to the same letters."""
        found = drawn(template_name, context["widget"]) if "widget" in context else None
        return super().render(template_name, context, request) if found is None else found


def whole(word: str) -> int:
    """The number of a row as an address or a hidden field says it; 0, which no row has, for anything else."""
    return int(word) if word.isascii() and word.isdigit() and len(word) < 18 else 0
