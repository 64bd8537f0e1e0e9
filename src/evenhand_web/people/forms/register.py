"""Joining: who somebody is, where they work, how they may be written to; and leaving."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.db.models import Q

from evenhand.errors import InputError

from .. import professions
from ..models import Organisation
from ..nhs_mail import nhs_address

_NAME = re.compile(r"[^\W\d_][^\d_<>@{}\[\]\\|^~*=+\x00-\x1f]{0,74}")
_MOST = 12  # organisations to choose from; more are a search that says too little
_ASKED = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}


def nhs_email() -> forms.EmailField:
    """The field for an NHS e-mail."""
    return forms.EmailField(
        label="NHS e-mail", max_length=254,
        help_text="The address your organisation gave you: it ends in nhs.net or nhs.uk.",
        error_messages={"required": "Enter your NHS e-mail", "invalid": "Enter an e-mail address, as name@nhs.net"},
        widget=forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "spellcheck": "false"}),
    )  # fmt: skip


class LinkForm(forms.Form):
    """Have a link to sign in sent."""

    email = nhs_email()


class AddressForm(LinkForm):
    """A new address of one's own: an NHS one, as for registering."""

    def __init__(self, *given: Any, own: str, **more: Any) -> None:
        super().__init__(*given, **more)
        self.own = own

    def clean_email(self) -> str:
        found: str = self.cleaned_data["email"]
        if not nhs_address(found):
            raise forms.ValidationError(
                "This is not an NHS address. Enter the one that your NHS organisation gave you."
            )
        if found.strip().lower() == self.own.lower():
            raise forms.ValidationError("This is your address already. Enter the new one.")
        return found


class DetailsForm(forms.Form):
    """Name, profession, registration, organisation: what is checked before somebody acts as a clinician."""

    given_name = forms.CharField(
        label="First name", max_length=75, help_text="As your professional register has it.",
        error_messages={"required": "Enter your first name"},
        widget=forms.TextInput(attrs={"autocomplete": "given-name"}),
    )  # fmt: skip
    family_name = forms.CharField(
        label="Family name", max_length=75, error_messages={"required": "Enter your family name"},
        widget=forms.TextInput(attrs={"autocomplete": "family-name"}),
    )
    profession = forms.ChoiceField(
        label="Profession", error_messages={"required": "Choose your profession"},
        choices=[("", "Choose"), *((p, f"{p} ({body})" if body else p) for p, body in professions.PROFESSIONS.items())],
    )
    number = forms.CharField(
        label="Registration number", required=False, max_length=20, widget=forms.TextInput(attrs=_ASKED),
        help_text="GMC, NMC, GPhC or HCPC. Leave it empty if your profession has no register.",
    )
    organisation = forms.CharField(
        label="Where you work", max_length=120, help_text="The name of your organisation, or its code.",
        error_messages={"required": "Enter where you work"},
        widget=forms.TextInput(attrs={"autocomplete": "organization"}),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = self.data.get(self.add_prefix("organisation"), "") if self.is_bound else ""
        found = _matches(str(wanted))
        if len(found) > 1:  # the search found several: the same form asks which
            self.fields["chosen"] = forms.ChoiceField(
                label="Which of these is it?", required=False, widget=forms.RadioSelect,
                choices=[(o.code, f"{o.name} ({o.code})") for o in found],
            )  # fmt: skip

    def clean_given_name(self) -> str:
        return _name(self.cleaned_data["given_name"], "first")

    def clean_family_name(self) -> str:
        return _name(self.cleaned_data["family_name"], "family")

    def clean(self) -> dict[str, Any]:
        """Hold the number against the profession's register, and find the one organisation that is meant."""
        cleaned = super().clean() or {}
        body = professions.PROFESSIONS.get(cleaned.get("profession", ""), "")
        given = cleaned.get("number", "")
        cleaned["body"] = body
        if "profession" in cleaned and body and not given:
            self.add_error("number", f"Enter your {body} number")
        elif "profession" in cleaned and given:
            try:
                cleaned["number"] = professions.number(body, given) if body else ""
            except InputError as error:
                self.add_error("number", _sentence(str(error)))
        if "organisation" in cleaned:
            self._one_organisation(cleaned)
        return cleaned

    def _one_organisation(self, cleaned: dict[str, Any]) -> None:
        found = _matches(cleaned["organisation"])
        chosen = cleaned.get("chosen")
        if chosen:
            cleaned["organisation"] = chosen
        elif len(found) == 1:
            cleaned["organisation"] = found[0].code
        elif not found:
            self.add_error("organisation", "No organisation has that name or code. Try a part of its name.")
        elif len(found) > _MOST:
            self.add_error("organisation", "Many organisations have that in their name. Enter more of it, or the code.")
        elif "chosen" not in self.errors:
            self.add_error("chosen", "Choose your organisation")


class RegisterForm(DetailsForm):
    """All of it, with the e-mail that proves the first step."""

    email = nhs_email()
    field_order = ("given_name", "family_name", "profession", "number", "organisation", "chosen", "email")


class EraseForm(forms.Form):
    """Leave for good; one field for each organisation that would be left without an administrator."""

    sure = forms.BooleanField(
        label="Yes, delete who I am", error_messages={"required": "Tick the box if you are sure, or go back"}
    )

    def __init__(self, *args: Any, left: list[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for place in left:
            self.fields[f"successor_{place.code}"] = forms.EmailField(
                label=f"Who looks after {place.name} from now on?",
                help_text="The NHS e-mail of somebody who has an account. They become its administrator.",
                error_messages={"required": f"Name another administrator for {place.name}",
                                "invalid": "Enter an e-mail address, as name@nhs.net"},
            )  # fmt: skip
        self.order_fields([*(f"successor_{place.code}" for place in left), "sure"])


def consent_form(purposes: list[tuple[Any, bool]], data: Any = None) -> forms.Form:
    """One box for each purpose, ticked where somebody agrees."""
    form = forms.Form(data)
    for purpose, on in purposes:
        form.fields[purpose.key] = forms.BooleanField(
            label=f"{purpose.title}. {purpose.words}", required=False, initial=on
        )
    return form


def _matches(words: str) -> list[Organisation]:
    """The organisation with that code or that very name; otherwise those whose name has the words in it."""
    text = " ".join(words.split())[:120]
    if not text or "\x00" in text:
        return []
    exact = list(Organisation.objects.filter(Q(code__iexact=text) | Q(name__iexact=text))[: _MOST + 1])
    if exact:
        return exact
    return list(Organisation.objects.filter(name__icontains=text)[: _MOST + 1]) if len(text) >= 3 else []


def _name(given: str, which: str) -> str:
    text = " ".join(given.split())
    if not _NAME.fullmatch(text):
        raise forms.ValidationError(f"Enter your {which} name in letters")
    return text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
