"""A reflection for appraisal: what, so what, now what."""

from __future__ import annotations

from typing import Any

from django import forms

from evenhand.change.reflection import KINDS, may_identify

MOST_HOURS = 50.0  # METHODS E.4: about 50 credits are a whole year's
_LONG = 10_000


def _part(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(label=label, help_text=help_text, max_length=_LONG, required=False,
                           widget=forms.Textarea(attrs={"rows": 5}))  # fmt: skip


class ReflectionForm(forms.Form):
    """The three parts, the kind of activity, the hours."""

    title = forms.CharField(label="Title", max_length=200)
    what = _part("What?", "What I did or saw, in facts")
    so_what = _part("So what?", "What I learned from it")
    now_what = _part("Now what?", "What I will do differently, and how I will know")
    kind = forms.ChoiceField(label="Kind of activity", choices=list(KINDS.items()), widget=forms.RadioSelect)
    hours = forms.FloatField(
        label="Hours, this reflection included", help_text="One hour is one credit", min_value=0,
        max_value=MOST_HOURS, required=False,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-3", "step": "any"}),
    )  # fmt: skip
    nobody = forms.BooleanField(
        label="Nothing in it can identify a patient",
        error_messages={"required": "Say that nothing in it can identify a patient, or take it out first"},
    )  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Nothing in it looks like an NHS number or a full date."""
        kept: dict[str, Any] = super().clean() or {}
        for name in ("title", "what", "so_what", "now_what"):
            if found := may_identify(kept.get(name) or ""):
                self.add_error(name, f"This may identify a patient: {', '.join(found)}. Write a month and no number.")
        return kept
