"""The form that opens a survey."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from evenhand.listen import instruments, load_instrument

from .opening import who_will_see

LONGEST_DAYS = 92  # our rule: a wave says what people think at one time, and a quarter is the longest such time


class WaveForm(forms.Form):
    """Which survey, what it is called, who asks, and until when."""

    instrument = forms.ChoiceField(label="Which survey", widget=forms.RadioSelect,
                                   help_text="What each of them asks stands at the foot of this page.",
                                   error_messages={"required": "Choose a survey."})  # fmt: skip
    title = forms.CharField(label="What it is called", max_length=200,
                            help_text="As those who are asked will read it.",
                            error_messages={"required": "Say what it is called."})  # fmt: skip
    asked_by = forms.CharField(label="Who asks", max_length=200,
                               help_text="In words, for example: the clinical lead for diabetes.",
                               error_messages={"required": "Say who asks."})  # fmt: skip
    closes = forms.DateField(
        label="Open until", help_text="The last day, for example 31/12/2026.", input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"class": "nhsuk-input--width-10"}, format="%d/%m/%Y"),
        error_messages={"required": "Say until when it is open.", "invalid": "Write the day as 31/12/2026."},
    )  # fmt: skip
    added = forms.CharField(label="Who will see what: anything to add (optional)", required=False, max_length=400,
                            widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip

    def __init__(self, data: Any = None, *, place: str, **more: Any) -> None:
        super().__init__(data, initial={"asked_by": place}, **more)
        known = [load_instrument(name) for name in instruments()]
        self.fields["instrument"].choices = [(each.id, f"{each.title} ({each.checked_by})") for each in known]
        self.fields["added"].help_text = f"Those who are asked read this, and what you add: “{who_will_see(place)}”"

    def clean_closes(self) -> date:
        """A day to come, within a quarter."""
        day, today = self.cleaned_data["closes"], timezone.localdate()
        if not today < day <= today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError(f"Choose a day after today, within {LONGEST_DAYS} days.")
        return day
