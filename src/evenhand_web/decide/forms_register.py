"""The forms of the decision register."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone

from evenhand_web.people.models import Identity, Organisation

from .models import KeyDecision, Plan, Statement
from .register import pathways

DAY = {"invalid": "Write the day as 31/12/2026.", "required": "Give the day."}
_PART = re.compile(r"^(.+?)[:,]?\s+(\d+) of (\d+)$")


def _day(label: str, help_text: str = "", *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=label, help_text=help_text or "For example 31/12/2026.", required=required, error_messages=DAY,
        input_formats=["%d/%m/%Y", "%Y-%m-%d"],
        widget=forms.DateInput(format="%d/%m/%Y", attrs={"class": "nhsuk-input--width-10"}),
    )  # fmt: skip


class DecisionForm(forms.Form):
    """A key decision, as it is put."""

    question = forms.CharField(label="The question", max_length=200, error_messages={"required": "Write the question."})
    options = forms.CharField(
        label="The options", help_text="Two or more, each on its own line.", widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "Write the options, each on its own line."},
    )  # fmt: skip
    by = _day("To be decided by")
    pounds = forms.IntegerField(
        label="Pounds at stake in a year", min_value=0, help_text="Whole pounds, without commas.",
        error_messages={"required": "Give the pounds at stake; 0 if none.", "invalid": "Write whole pounds."},
    )  # fmt: skip
    patients = forms.IntegerField(
        label="Patients at stake", min_value=0, max_value=100_000_000,
        error_messages={"required": "Give the number of patients; 0 if none.", "invalid": "Write a whole number."},
    )  # fmt: skip
    pathway = forms.ChoiceField(label="Pathway", required=False)
    plan = forms.ModelChoiceField(Plan.objects.none(), label="Scheme", required=False, empty_label="None yet")
    signal = _day("When the variation was first shown", "If you know it, for example 01/03/2026.", required=False)
    took_part = forms.CharField(
        label="Who has taken part so far, beside the votes", required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="Each profession on its own line, for example: GP 12 of 40. Votes are counted by themselves.",
    )  # fmt: skip

    def __init__(self, plans: Any, data: Any = None) -> None:
        super().__init__(data)
        names = [(name, name.replace("_", " ").capitalize()) for name in pathways()]
        self.fields["pathway"].choices = [("", "None or several"), *names]
        self.fields["plan"].queryset = plans

    def clean_options(self) -> list[str]:
        """The lines, two or more, each once."""
        lines = [line.strip() for line in self.cleaned_data["options"].splitlines() if line.strip()]
        if len(lines) < 2 or len(set(lines)) < len(lines):
            raise forms.ValidationError("Write two options or more, each once, each on its own line.")
        if any(len(line) > 200 for line in lines):
            raise forms.ValidationError("Use at most 200 characters for an option.")
        return lines

    def clean_signal(self) -> Any:
        """A day that has been."""
        day = self.cleaned_data["signal"]
        if day is not None and day > timezone.localdate():
            raise forms.ValidationError("That day is still to come.")
        return day

    def clean_took_part(self) -> list[tuple[str, int, int]]:
        """(profession, people, out of) of each line."""
        return parts(self.cleaned_data["took_part"])


def parts(text: str) -> list[tuple[str, int, int]]:
    """Lines such as `GP 12 of 40`, each profession once."""
    found: list[tuple[str, int, int]] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        read = _PART.match(line)
        if read is None or not 0 <= int(read[2]) <= int(read[3]) or int(read[3]) == 0 or len(read[1]) > 40:
            raise forms.ValidationError(f"“{line}” cannot be read; write it as: GP 12 of 40.")
        if read[1] in {name for name, _, _ in found}:
            raise forms.ValidationError(f"{read[1]} is given twice.")
        found.append((read[1], int(read[2]), int(read[3])))
    return found


class _OptionForm(forms.Form):
    option = forms.ChoiceField(widget=forms.RadioSelect, error_messages={"required": "Choose an option."})
    label = ""

    def __init__(self, decision: KeyDecision, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["option"].label = self.label
        self.fields["option"].choices = [(option, option) for option in decision.options]


class AdviceForm(_OptionForm):
    """Which option a statement's votes advise."""

    label = "Which option its votes advise"
    statement = forms.ModelChoiceField(
        Statement.objects.none(), label="The statement that was voted on", empty_label="Choose a statement",
        error_messages={"required": "Choose a statement."},
    )  # fmt: skip
    field_order = ["statement", "option"]

    def __init__(self, decision: KeyDecision, statements: Any, data: Any = None) -> None:
        super().__init__(decision, data, prefix="advice")
        self.fields["statement"].queryset = statements


class TakenForm(_OptionForm):
    """What was decided."""

    label = "What was decided"
    by = forms.CharField(
        label="By whom", help_text="The body or the role, not a name.", max_length=200,
        error_messages={"required": "Say who decided it."},
    )  # fmt: skip
    on = _day("When")
    reason = forms.CharField(
        label="Why", help_text="Needed where it departs from what the votes advised; everybody reads it.",
        required=False, max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip

    def __init__(self, decision: KeyDecision, data: Any = None) -> None:
        super().__init__(decision, data, prefix="taken")


class AskForm(forms.Form):
    """A blocker, asked of an organisation above."""

    question = forms.CharField(
        label="What is in the way", max_length=300, widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One thing that this organisation cannot mend itself. Nothing about a patient or a colleague.",
        error_messages={"required": "Write what is in the way."},
    )  # fmt: skip
    raised_to = forms.ModelChoiceField(
        Organisation.objects.none(), label="Who is asked", empty_label=None,
        error_messages={"required": "Choose who is asked.", "invalid_choice": "Choose one of the organisations above."},
    )  # fmt: skip
    due = _day("An answer is due by")

    def __init__(self, above: list[Organisation], data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["raised_to"].queryset = Organisation.objects.filter(code__in=[place.code for place in above])


class AnswerUpwardForm(forms.Form):
    """The answer to a blocker."""

    text = forms.CharField(
        label="The answer", max_length=600, widget=forms.Textarea(attrs={"rows": 4}),
        help_text="What will be done, by when; or why not. It is dated today and stands.",
        error_messages={"required": "Write the answer."},
    )  # fmt: skip


class LeadForm(forms.Form):
    """Who leads a pathway here."""

    pathway = forms.ChoiceField(label="Pathway", error_messages={"required": "Choose a pathway."})
    lead = forms.ModelChoiceField(
        Identity.objects.none(), label="Clinical lead", required=False, empty_label="Vacant",
        help_text="Clinicians with a checked registration who work here, above or below.",
    )  # fmt: skip

    def __init__(self, people: list[Identity], data: Any = None) -> None:
        super().__init__(data)
        self.fields["pathway"].choices = [(name, name.replace("_", " ").capitalize()) for name in pathways()]
        self.fields["lead"].queryset = Identity.objects.filter(pk__in=[identity.pk for identity in people])
