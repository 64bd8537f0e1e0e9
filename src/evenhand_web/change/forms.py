"""A promise in two clicks, and what became of it."""

from __future__ import annotations

from datetime import date, timedelta

from django import forms
from django.utils import timezone

from .models import CommitmentReport
from .promising import Draft

LONGEST, LARGEST = 200, 1e9
POINTS = 100  # percentage points in a share of one
LONGEST_AHEAD = timedelta(days=3 * 366)  # who promises for later promises nothing (our rule)


class PromiseForm(forms.Form):
    """What, how much, by when: filled in beforehand; a change of a share is asked for in percentage points."""

    what = forms.CharField(label="What will you do?", max_length=LONGEST)
    size = forms.FloatField(
        label="How far do you want to get?", min_value=-LARGEST, max_value=LARGEST, required=False,
        widget=forms.NumberInput(attrs={"class": "nhsuk-input--width-5", "step": "any", "inputmode": "text"}),
    )  # fmt: skip
    by = forms.DateField(
        label="By when?", help_text="For example 30/09/2026", input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"class": "nhsuk-input--width-10"}),
        error_messages={"invalid": "Write the day as 30/09/2026", "required": "Say by when"},
    )  # fmt: skip

    def __init__(self, *args: object, draft: Draft, **kwargs: object) -> None:
        self.share = draft.share
        size: float | str = "" if draft.size is None else round(draft.size * (POINTS if self.share else 1), 9)
        super().__init__(*args, initial={"what": draft.what, "size": size, "by": draft.by}, **kwargs)  # type: ignore[arg-type]
        unit = "In percentage points" if self.share else f"In the measure's own unit{_unit(draft)}"
        self.fields["size"].help_text = f"{unit}; a minus means lower. {draft.why}".strip()

    def clean_size(self) -> float | None:
        """The size in the measure's own unit."""
        given = self.cleaned_data["size"]
        return given / POINTS if given is not None and self.share else given

    def clean_by(self) -> date:
        """A day that is still to come."""
        day: date = self.cleaned_data["by"]
        today = timezone.localdate()
        if not today < day <= today + LONGEST_AHEAD:
            raise forms.ValidationError("Give a day after today, within three years.")
        return day


class ReportForm(forms.Form):
    """What became of a promise, in its owner's words."""

    said = forms.ChoiceField(
        label="What became of it?", choices=list(CommitmentReport.SAID.items()), widget=forms.RadioSelect
    )
    note = forms.CharField(label="In a sentence (only you see it)", max_length=300, required=False)


def _unit(draft: Draft) -> str:
    return f" ({draft.definition.unit})" if draft.definition else ""
