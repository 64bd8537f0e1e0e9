"""The forms of SEE: a question for Explore, and a group of one's own."""

from __future__ import annotations

from typing import Any

from django import forms

from evenhand_web.people.models import Organisation, Person

from .models import Group

LEVELS = {"practice": "Practices", "pcn": "Primary care networks", "sicbl": "Sub-ICB locations",
          "icb": "Integrated care boards", "region": "Regions"}  # fmt: skip
SUMS = {"items": "items", "quantity": "quantity", "cost": "pounds (actual cost)", "nic": "pounds (net ingredient cost)"}
MOST_MEMBERS = 500  # of a group: the largest federations have fewer practices


class QuestionForm(forms.Form):
    """Any numerator over any denominator."""

    n = forms.CharField(
        label="Count", max_length=300,
        help_text="BNF codes with commas (0601023AE), or a word of the name (linagliptin).",
        error_messages={"required": "Say what to count."},
    )  # fmt: skip
    d = forms.CharField(
        label="Over", max_length=300, initial="patients",
        help_text="The same, or “patients” for a rate per 1,000 registered patients, or “all” for all prescribing.",
        error_messages={"required": "Say over what."},
    )  # fmt: skip
    sum = forms.ChoiceField(label="As", choices=list(SUMS.items()), initial="items", required=False)
    level = forms.ChoiceField(label="By", choices=list(LEVELS.items()), initial="practice", required=False)
    group = forms.ChoiceField(label="Mark", required=False)

    def __init__(self, data: Any, person: Person) -> None:
        super().__init__(data)
        own = [(group.key, f"my group {group.name}") for group in Group.objects.filter(owner=person)]
        self.fields["group"].choices = [("", "my organisation"), *own]


class GroupForm(forms.Form):
    """A name, and the organisations: their codes, or their names as the database has them, one a line."""

    name = forms.CharField(label="Name of the group", max_length=80, error_messages={"required": "Give it a name."})
    members = forms.CharField(
        label="Organisations", widget=forms.Textarea(attrs={"rows": 8}),
        help_text="Codes or names, one a line or with commas. All must be of one level.",
        error_messages={"required": "Name two organisations or more."},
    )  # fmt: skip

    def clean_members(self) -> list[str]:
        """The codes, in the order given."""
        given = [part.strip() for line in self.cleaned_data["members"].splitlines() for part in line.split(",")]
        given = list(dict.fromkeys(part for part in given if part))
        if len(given) > MOST_MEMBERS:
            raise forms.ValidationError(f"Name at most {MOST_MEMBERS} organisations; there are {len(given)}.")
        known = Organisation.objects.in_bulk(given)
        named = {o.name.lower(): o for o in Organisation.objects.filter(name__in=[g for g in given if g not in known])}
        found, missing = [], []
        for part in given:
            organisation = known.get(part) or named.get(part.lower())
            (found.append(organisation) if organisation else missing.append(part))
        if missing:
            raise forms.ValidationError(f"No organisation is called {missing[0]!r}; give its code or its full name.")
        codes = list(dict.fromkeys(o.code for o in found))
        if len(codes) < 2:
            raise forms.ValidationError("Name two organisations or more: one alone has its own page.")
        if len({o.level for o in found}) > 1:
            raise forms.ValidationError("Name organisations of one level: practices, or networks, not both.")
        return codes
