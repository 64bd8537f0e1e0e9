"""The form that opens a round."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils import timezone

from evenhand.measures import load_all, load_pathways

from .forms import LONGEST_STATEMENT

MOST_STATEMENTS = 40  # to start with; people add theirs
LONGEST_DAYS = 366  # a question that is open for longer is nobody's


class RoundForm(forms.Form):
    """A question, until when, and statements to start with."""

    title = forms.CharField(label="What it is called", max_length=200,
                            error_messages={"required": "Say what it is called."})  # fmt: skip
    question = forms.CharField(
        label="The question", max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="What those who are asked can decide, in one or two sentences.",
        error_messages={"required": "Write the question."},
    )  # fmt: skip
    pathway = forms.ChoiceField(label="Pathway", error_messages={"required": "Choose a pathway."})
    closes = forms.DateField(
        label="Open until", help_text="The last day, for example 31/12/2026.", input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(attrs={"class": "nhsuk-input--width-10"}, format="%d/%m/%Y"),
        error_messages={"required": "Say until when it is open.", "invalid": "Write the day as 31/12/2026."},
    )  # fmt: skip
    statements = forms.CharField(
        label="Statements to start with", widget=forms.Textarea(attrs={"rows": 8}), max_length=8000,
        help_text=f"One a line, each one idea in at most {LONGEST_STATEMENT} characters. Everybody can add theirs.",
        error_messages={"required": "Write at least one statement."},
    )  # fmt: skip

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        known = load_pathways(load_all())
        self.fields["pathway"].choices = [("", "Choose"), *((p.id, p.title) for p in known.values())]

    def clean_closes(self) -> Any:
        """A day to come, within a year."""
        day, today = self.cleaned_data["closes"], timezone.localdate()
        if not today < day <= today + timedelta(days=LONGEST_DAYS):
            raise forms.ValidationError("Choose a day after today, within a year.")
        return day

    def clean_statements(self) -> list[str]:
        """Each line once."""
        texts = [text for line in self.cleaned_data["statements"].splitlines() if (text := " ".join(line.split()))]
        said = [text.casefold() for text in texts]
        wrong = [f"“{text[:60]}…” has {len(text)} characters; use at most {LONGEST_STATEMENT}."
                 for text in texts if len(text) > LONGEST_STATEMENT]  # fmt: skip
        wrong += [f"“{text}” stands there twice." for at, text in enumerate(texts) if said[at] in said[:at]]
        if not texts:
            wrong.append("Write at least one statement.")
        if len(texts) > MOST_STATEMENTS:
            wrong.append(f"Begin with {MOST_STATEMENTS} statements at most; these are {len(texts)}.")
        if wrong:
            raise forms.ValidationError(wrong)
        return texts
