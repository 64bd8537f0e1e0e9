"""What an administrator fills in: posts, people to confirm, register extracts, wards and teams."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.utils import timezone

from .. import posts, professions, reading_registers
from ..models import Identity, Organisation, Post

_DAY = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
_BODIES = [("", "Choose"), *((body.key, body.name) for body in professions.BODIES.values())]
_NO_DAY = {"invalid": "Enter a day, as 2026-11-30"}


class PostForm(forms.Form):
    """Give somebody a role here."""

    email = forms.CharField(
        label="Whose", max_length=254, help_text="Their NHS e-mail; they need an account.",
        error_messages={"required": "Enter their NHS e-mail"},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip
    role = forms.ChoiceField(
        label="Role", choices=[("", "Choose"), *((key, words.capitalize()) for key, words in Post.ROLES.items())],
        error_messages={"required": "Choose the role"},
    )  # fmt: skip
    since = forms.DateField(label="From", initial=timezone.localdate, widget=_DAY,
                            error_messages={"required": "Enter the first day", **_NO_DAY})  # fmt: skip
    until = forms.DateField(label="Until", required=False, widget=_DAY,
                            help_text="Leave it empty if no end is known.",
                            error_messages=_NO_DAY)  # fmt: skip

    def clean_email(self) -> str:
        found = Identity.objects.filter(email__iexact=self.cleaned_data["email"].strip(), is_active=True).first()
        if found is None:  # the demonstration's accounts have a user name and no address
            found = Identity.objects.filter(username=self.cleaned_data["email"].strip().lower(), is_active=True).first()
        if found is None:
            raise forms.ValidationError("Nobody with that e-mail has an account. Ask them to register first.")
        self.cleaned_data["identity"] = found
        return self.cleaned_data["email"]


class EndForm(forms.Form):
    """End a role."""


class ConfirmForm(forms.Form):
    """Say that somebody works here, and as what."""

    role = forms.ChoiceField(label="Their role here", initial="member", error_messages={"required": "Choose the role"},
                             choices=[(key, words.capitalize()) for key, words in Post.ROLES.items()])  # fmt: skip


class RefuseForm(forms.Form):
    """Do not confirm somebody."""

    why = forms.CharField(label="Why not?", max_length=300, help_text="They will read it.",
                          error_messages={"required": "Give the reason: they will read it"},
                          widget=forms.Textarea(attrs={"rows": 2}))  # fmt: skip


class UnitForm(forms.Form):
    """Add a specialty, a ward or a team."""

    level = forms.ChoiceField(label="What it is", error_messages={"required": "Choose what it is"})
    name = forms.CharField(label="Name", max_length=120, error_messages={"required": "Enter its name"})
    code = forms.CharField(label="Code", max_length=12, error_messages={"required": "Enter a code"},
                           help_text="Letters and digits; the organisation's code goes in front.")  # fmt: skip

    def __init__(self, *args: Any, parent: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [(key, key.capitalize()) for key in posts.BELOW.get(parent.level, ())]

    def clean_code(self) -> str:
        if not re.fullmatch(r"[A-Za-z0-9]{1,12}", self.cleaned_data["code"]):
            raise forms.ValidationError("Use letters and digits only")
        return self.cleaned_data["code"]


class ExtractForm(forms.Form):
    """Upload a register extract, and say how to read it."""

    file = forms.FileField(label="File", help_text="CSV (also .gz), Excel (.xlsx) or Parquet, at most 60 MB.",
                           error_messages={"required": "Choose the file", "empty": "The file is empty"})  # fmt: skip
    body = forms.ChoiceField(label="Register", error_messages={"required": "Choose the register"},
                             choices=_BODIES)  # fmt: skip
    as_at = forms.DateField(label="The day for which it speaks", widget=_DAY,
                            error_messages={"required": "Enter the day", **_NO_DAY})  # fmt: skip
    whole = forms.ChoiceField(
        label="Who is in it?", widget=forms.RadioSelect, error_messages={"required": "Say who is in it"},
        choices=[("whole", "Everybody registered who works here: who is missing has lapsed"),
                 ("some", "Some people: it says nothing of those who are missing")],
    )  # fmt: skip
    header = forms.BooleanField(label="The first row holds the names of the columns", required=False, initial=True)
    number = forms.CharField(label="Column of the registration number", required=False, max_length=80,
                             help_text="Columns left empty are looked for. Without names, use 1, 2, 3.")  # fmt: skip
    family = forms.CharField(label="Column of the family name", required=False, max_length=80)
    given = forms.CharField(label="Column of the given name", required=False, max_length=80)
    full = forms.CharField(label="Column of the whole name", required=False, max_length=80,
                           help_text="If there is only one for both: Jane Smith, or SMITH, Jane.")  # fmt: skip
    status = forms.CharField(label="Column of the status", required=False, max_length=80)
    current = forms.CharField(label="Words that mean current", required=False, max_length=1000,
                              widget=forms.Textarea(attrs={"rows": 3}), initial="\n".join(reading_registers.CURRENT),
                              help_text="One a line; any other word means: not current.")  # fmt: skip
    only_current = forms.BooleanField(label="There is no status: all in the file are current", required=False)
    until = forms.CharField(label="Column of the last day of registration", required=False, max_length=80)
    dates = forms.ChoiceField(label="How its days are written", required=False,
                              choices=[("", "They can be read one way"), ("day", "Day first: 31/01/2026"),
                                       ("month", "Month first: 01/31/2026")])  # fmt: skip

    def columns(self) -> reading_registers.Columns:
        """The options as the reader wants them; call it on a valid form."""
        said = self.cleaned_data
        words = tuple(word for word in said["current"].splitlines() if word.strip()) or reading_registers.CURRENT
        names = {field: said[field] for field in reading_registers.KNOWN}
        day_first = {"day": True, "month": False}.get(said["dates"])
        return reading_registers.Columns(
            **names, current=words, only_current=said["only_current"], day_first=day_first, header=said["header"]
        )
