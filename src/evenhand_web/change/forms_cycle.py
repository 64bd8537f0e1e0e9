"""A PDSA cycle: the prediction before it starts, what happened once it has ended."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from evenhand.measures import Measure

from .models import CycleResult

LARGEST = 1e9
PERCENT = 100
LONGEST = timedelta(days=366)  # a cycle is short; a year is a scheme (our rule)


def _day(label: str, help_text: str = "") -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text, input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"class": "nhsuk-input--width-10"}),
        error_messages={"invalid": "Write the day as 30/09/2026", "required": "Give the day"},
    )  # fmt: skip


class PlanForm(forms.Form):
    """Plan: the idea, the prediction, from when to when."""

    idea = forms.CharField(label="What will you try?", max_length=200, help_text="One small change")
    prediction = forms.CharField(
        label="What do you predict, and why?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="It stands from the moment the cycle is kept, and is held against what happens",
        error_messages={"required": "Say what you predict: without a prediction there is nothing to learn from"},
    )  # fmt: skip
    expected = forms.FloatField(
        label="What value do you expect? (if you like)", min_value=-LARGEST, max_value=LARGEST, required=False,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-5", "step": "any"}),
    )  # fmt: skip
    starts = _day("From when?", "Today or later. For example 01/09/2026")
    ends = _day("When will you look?", "It cannot be studied before this day is over")

    def __init__(self, *args: Any, measure: Measure | None, usual: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.share = measure is not None and measure.is_share
        unit = "In percent" if self.share else f"In {measure.unit}" if measure else "In the measure's own unit"
        self.fields["expected"].help_text = f"{unit}{usual}"

    def clean_expected(self) -> float | None:
        """The value in the measure's own unit."""
        given = self.cleaned_data["expected"]
        return given / PERCENT if given is not None and self.share else given

    def clean_starts(self) -> date:
        """A day that has not passed: a prediction comes first."""
        day: date = self.cleaned_data["starts"]
        if day < timezone.localdate():
            raise forms.ValidationError("A cycle is planned before it starts: give today or a later day.")
        return day

    def clean(self) -> dict[str, Any]:
        """It ends after it starts, within a year."""
        kept: dict[str, Any] = super().clean() or {}
        starts, ends = kept.get("starts"), kept.get("ends")
        if starts and ends and not starts <= ends <= starts + LONGEST:
            self.add_error("ends", "Give a day from the start on, within a year of it.")
        return kept


class StudyForm(forms.Form):
    """Study and act: what happened, and adopt, adapt or abandon."""

    happened = forms.CharField(
        label="What happened?", max_length=2000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Filled in from the data where something is published of its time; add what you saw",
    )  # fmt: skip
    decision = forms.ChoiceField(
        label="What will you do with the idea?", widget=forms.RadioSelect,
        choices=[(key, f"{words[:1].upper()}{words[1:]}") for key, words in CycleResult.DECISIONS.items()],
    )  # fmt: skip
    why = forms.CharField(label="Why? What did you learn?", max_length=2000, widget=forms.Textarea(attrs={"rows": 3}))
