"""Whose account a sign-in service speaks of, and what its claims say about their identity."""

from __future__ import annotations

import hashlib
from typing import Any

from django.db import transaction

from . import levels, trail
from .models import Identity, Person, SignInSubject
from .nhs_mail import nhs_address
from .providers import Provider
from .reading_registers import fold

# national RBAC job roles: clinical practitioner, nurse, health professional (NHS RBAC codes, rationalised)
CLINICAL_ROLES = frozenset({"R8000", "R8001", "R8003"})


class NotLinkedError(Exception):
    """The sign-in is good, and it is not clear whose account it is; the sentence says what to do."""


@transaction.atomic
def account(
    provider: Provider, token: dict[str, Any], told: dict[str, Any], here: Identity | None
) -> Identity:  # fmt: skip
    """The account of this issuer and subject; linked or made now if there is none.

    token: the signed claims; told: what the service says when asked who it is; here: who is signed in already.

    Raises
    ------
    NotLinkedError
        If somebody has this address and has not linked it, or the name is not that of who is signed in.
    """
    known = SignInSubject.objects.filter(issuer=provider.issuer, subject=token["sub"])
    subject = known.select_related("identity").first()
    if subject is not None:
        identity = subject.identity
        if not identity.is_active:
            raise NotLinkedError("This account is closed.")
    else:
        identity = _link(provider, told, here) if here is not None else _made(provider, token, told)
        SignInSubject.objects.create(
            issuer=provider.issuer, subject=token["sub"], identity=identity, provider=provider.key
        )
        trail.keep("sign-in linked", who=identity.person, what=provider.key, organisation=identity.person.organisation)
    (_from_care_identity if provider.key == "cis2" else _from_nhsmail)(identity, token, told)
    return identity


def _link(provider: Provider, told: dict[str, Any], here: Identity) -> Identity:
    """Whoever is signed in takes this sign-in too, if it is in their own name."""
    theirs = fold(str(told.get("family_name", "")))
    if here.family_name and theirs != fold(here.family_name):
        raise NotLinkedError(f"{provider.title} knows you by another family name than your account does.")
    return Identity.objects.get(pk=here.pk)


def _made(provider: Provider, token: dict[str, Any], told: dict[str, Any]) -> Identity:
    address = _address(told)
    if address and Identity.objects.filter(email__iexact=address).exists():
        raise NotLinkedError(
            "There is an account with your e-mail. Have a link sent to it, sign in, "
            f"and connect {provider.title} on your own page."
        )  # fmt: skip
    given, family = str(told.get("given_name") or "")[:75], str(told.get("family_name") or "")[:75]
    name = f"{given} {family}".strip() or str(told.get("name") or "")[:150] or f"Signed in by {provider.title}"
    known = hashlib.sha256(f"{provider.issuer}|{token['sub']}".encode()).hexdigest()[:24]
    identity = Identity(
        person=Person.objects.create(), username=f"{provider.key}-{known}", name=name, given_name=given,
        family_name=family, email=address if provider.key == "nhsmail" else "",
    )  # fmt: skip
    identity.set_unusable_password()
    identity.save()
    return identity


def _from_nhsmail(identity: Identity, token: dict[str, Any], told: dict[str, Any]) -> None:
    """NHSmail says that the mailbox is theirs: L1, and no more."""
    address = _address(told)
    if address and not levels.of(identity.person).email:
        levels.step(identity.person, "nhsmail", domain=address.rpartition("@")[2])
    if address and not identity.email and not Identity.objects.filter(email__iexact=address).exists():
        identity.email = address
        identity.save(update_fields=["email"])


def _from_care_identity(identity: Identity, token: dict[str, Any], told: dict[str, Any]) -> None:
    """Care Identity gives L3 only by its assurance claims, which stand in the signed token; a change is a new row."""
    facts = {
        "identity": str(token.get("id_assurance_level", "")),
        "sign_in": str(token.get("authentication_assurance_level", "")),
        "clinical_role": _clinical(told),
    }  # fmt: skip
    last = identity.person.steps.filter(kind="care_identity").order_by("id").last()
    if last is None or last.facts != facts:
        levels.step(identity.person, "care_identity", **facts)


def _clinical(told: dict[str, Any]) -> bool:
    """Whether the role that they chose (or, if they chose none, any of theirs) is a clinical one."""
    roles = told.get("nhsid_nrbac_roles")
    chosen = told.get("selected_roleid")
    for role in roles if isinstance(roles, list) else []:
        if not isinstance(role, dict) or (chosen and role.get("person_roleid") != chosen):
            continue
        if CLINICAL_ROLES & set(str(role.get("role_code", "")).split(":")):
            return True
    return False


def _address(told: dict[str, Any]) -> str:
    """The NHS address that the service says is theirs; empty if it says none, or that it was not verified."""
    for claim in ("email", "preferred_username", "upn"):
        address = str(told.get(claim) or "").strip().lower()
        if nhs_address(address):
            return "" if claim == "email" and told.get("email_verified") is False else address
    return ""
