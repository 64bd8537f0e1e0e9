"""A promise in two clicks, and what became of it."""

from __future__ import annotations

from django import forms

from .models import CommitmentReport

LONGEST, LARGEST = 200, 1e9


class PromiseForm(forms.Form):
    """What, how much, by when: filled in beforehand from the scheme."""

    what = forms.CharField(label="What will you do?", max_length=LONGEST)
    size = forms.FloatField(
        label="How far do you want to get?", help_text="In the measure's own unit; 5 means five points of a share.",
        min_value=-LARGEST, max_value=LARGEST, required=False,
    )  # fmt: skip
    by = forms.DateField(label="By when?", help_text="For example 2026-09-30", input_formats=["%Y-%m-%d"])


class ReportForm(forms.Form):
    """What became of a promise, in its owner's words."""

    said = forms.ChoiceField(
        label="What became of it?", choices=list(CommitmentReport.SAID.items()), widget=forms.RadioSelect
    )
    note = forms.CharField(label="In a sentence (only you see it)", max_length=300, required=False)
