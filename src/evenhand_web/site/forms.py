"""Forms that look as the NHS service manual wants, from any Django form: `{{ form }}`."""

from __future__ import annotations

from django.forms.renderers import DjangoTemplates


class NhsRenderer(DjangoTemplates):
    """Draws forms and fields with the templates of this folder, and widgets with Django's own."""

    form_template_name = "site/forms/form.html"
    field_template_name = "site/forms/field.html"

    def get_template(self, template_name: str):  # type: ignore[no-untyped-def]
        if template_name.startswith("site/"):
            from django.template.loader import get_template

            return get_template(template_name)
        return super().get_template(template_name)
