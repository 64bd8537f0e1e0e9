"""A promise in two clicks, and what became of it."""

from __future__ import annotations

from django import forms

from .models import CommitmentReport

LONGEST, LARGEST = 200, 1e9


class PromiseForm(forms.Form):
    """What, how much, by when: filled in beforehand from the scheme."""

    what = forms.CharField(label="What will you do?", max_length=LONGEST)
    size = forms.FloatField(
        label="How far do you want to get?",
        help_text="In the measure's own unit; of a share, -0.05 means five in a hundred fewer.",
        min_value=-LARGEST, max_value=LARGEST, required=False,
    )  # fmt: skip
    by = forms.DateField(
        label="By when?", help_text="For example 30/09/2026", input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"class": "nhsuk-input--width-10"}),
    )  # fmt: skip


class ReportForm(forms.Form):
    """What became of a promise, in its owner's words."""

    said = forms.ChoiceField(
        label="What became of it?", choices=list(CommitmentReport.SAID.items()), widget=forms.RadioSelect
    )
    note = forms.CharField(label="In a sentence (only you see it)", max_length=300, required=False)
