"""When a module is not for its reader: a reason, which counts as an answer (METHODS E.2, side exits)."""

from __future__ import annotations

from django import forms

from evenhand_web.people.models import Person

from . import reading
from .models import Campaign

REASONS = {
    "already_doing": "We do this already", "not_applicable": "It does not apply to my patients or my work",
    "disagreed": "I do not agree with it", "barrier": "Something stands in the way",
}  # fmt: skip


class AsideForm(forms.Form):
    """Why not, and in a few words what about it."""

    why = forms.ChoiceField(
        label="Why not?", choices=list(REASONS.items()), widget=forms.RadioSelect,
        error_messages={"required": "Choose the reason that is nearest."},
    )  # fmt: skip
    reason = forms.CharField(
        label="In a few words, if you like", max_length=200, required=False,
        help_text="Name no patient and no colleague. It is counted; it never stands beside your name.",
    )  # fmt: skip


def keep(form: AsideForm, person: Person, content: str, campaign: Campaign | None) -> None:
    """Keep a reason that was given, the first time only."""
    given = form.cleaned_data
    reading.note(person, content, given["why"], campaign=campaign, reason=given["reason"])
