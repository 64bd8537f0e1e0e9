"""Widgets that are written without a template: to the letter what Django's own templates write."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe

from evenhand_web.site.forms import NhsRenderer
from evenhand_web.site.widgets import drawn

CHOICES = [("", "Choose"), ("a&b", "A < b"), (1234, 1234), ("Group", [("x", "X"), (None, "None"), (True, "Yes")])]
SOME = {"id": "id_a", "class": 'nhsuk-input "wide"', "required": True, "disabled": False, "min": 1000, "data-x": "<&>"}


class _OwnOption(forms.Select):
    option_template_name = "django/forms/widgets/input_option.html"


WIDGETS = [
    forms.TextInput(), forms.NumberInput(), forms.EmailInput(), forms.URLInput(), forms.SearchInput(), forms.TelInput(),
    forms.PasswordInput(render_value=True), forms.HiddenInput(), forms.ColorInput(), forms.CheckboxInput(),
    forms.DateInput(), forms.DateTimeInput(), forms.TimeInput(), forms.SplitDateTimeWidget(),
    forms.Textarea({"rows": 4}), forms.Select(choices=CHOICES), forms.SelectMultiple(choices=CHOICES),
    forms.RadioSelect(choices=CHOICES), forms.CheckboxSelectMultiple(choices=CHOICES), forms.MultipleHiddenInput(),
    forms.ClearableFileInput(), _OwnOption(choices=CHOICES),
]  # fmt: skip
VALUES = [None, "", "a&b", '"><script>', mark_safe("<b>safe</b>"), 1234, 1234.5, True, date(2026, 3, 5), ["x", "a&b"]]


@pytest.mark.parametrize("widget", WIDGETS, ids=lambda widget: type(widget).__name__)
def test_a_widget_is_to_the_letter_what_the_template_writes(widget: forms.Widget) -> None:
    one_value = isinstance(widget, forms.MultipleHiddenInput | forms.SplitDateTimeWidget)
    for value in [["a", "b"]] if one_value else VALUES:
        for attrs in ({}, SOME):
            expected = widget.render("a_<name>", value, attrs, DjangoTemplates())

            assert widget.render("a_<name>", value, attrs, NhsRenderer()) == expected


def test_a_widget_that_only_its_template_knows_is_left_to_it() -> None:
    assert drawn("django/forms/widgets/radio.html", {}) is None
    own = _OwnOption(choices=CHOICES).get_context("a", "", {})["widget"]
    assert drawn("django/forms/widgets/select.html", own) is None
