"""Identity levels: what the rows about somebody say, and nothing else.

L0 anyone; L1 an NHS e-mail; L2 an NHS e-mail, a current registration and an administrator's confirmation; L3 NHS Care
Identity with the assurance that says so. A level falls back as soon as a row says that one of its reasons is gone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db import models, transaction

from . import trail
from .models import IdentityStep, Organisation, Person, RegisterExtract
from .rights import CLINICAL

# NHS CIS2: an identity checked face to face or as well (3), and a sign-in with two factors (2 or 3)
IDENTITY_ASSURANCE, SIGN_IN_ASSURANCE = 3, 2


@dataclass(frozen=True)
class Standing:
    """What is known of somebody now. mark, body: what they claim; where: the organisation that confirmed."""

    email: bool = False
    mark: str = ""
    body: str = ""
    matched: bool = False
    confirmed: bool = False
    where: str = ""
    refused: str = ""
    care_identity: bool = False
    clinical_role: bool = False
    claimed: bool = False


def standing(rows: Iterable[IdentityStep]) -> Standing:
    """Read the rows in their order; the last word on each thing stands."""
    now = Standing()
    for row in rows:
        now = _after(now, row)
    return now


def level(now: Standing, *, clinical: bool) -> int:
    """The identity level that this standing gives.

    With a clinical profession L3 needs more than the sign-in: a role that Care Identity calls clinical, or a
    registration that stands in an extract. A smartcard alone makes nobody a clinician.
    """
    if now.care_identity and (not clinical or now.clinical_role or now.matched):
        return 3
    if clinical and now.email and now.matched and now.confirmed:
        return 2
    return 1 if now.email or now.care_identity else 0


def of(person: Person) -> Standing:
    """What is known of a person now."""
    return standing(person.steps.order_by("id"))


def without_care_identity(person: Person) -> int:
    """Their level in a session that Care Identity did not open: L3 is never carried by a weaker sign-in."""
    now = replace(of(person), care_identity=False)
    return level(now, clinical=is_clinical(person)) if person.steps.exists() else min(person.identity_level, 2)


def is_clinical(person: Person) -> bool:
    """Whether their profession is one with a register."""
    return person.profession.lower() in CLINICAL


@transaction.atomic
def step(
    person: Person, kind: str, *, by: Person | None = None, organisation: Organisation | None = None,
    extract: RegisterExtract | None = None, mark: str = "", why: str = "", **facts: Any,
) -> IdentityStep:  # fmt: skip
    """Add one row about somebody, and bring their level up to what the rows now say."""
    if kind not in IdentityStep.KINDS:
        raise KeyError(kind)
    row = IdentityStep.objects.create(
        person=person, kind=kind, by=by, organisation=organisation, extract=extract, mark=mark, why=why, facts=facts
    )
    settle(person)
    return row


def settle(person: Person) -> int:
    """Work out the level from the rows and keep it with the person; the level."""
    now = level(of(person), clinical=is_clinical(person))
    kept = Person.objects.values_list("identity_level", flat=True).get(pk=person.pk)
    if now != kept:
        # past the guard of PersonQuerySet: this is the one place that may
        models.QuerySet(Person).filter(pk=person.pk).update(identity_level=now)
        trail.keep("level changed", who=person, what=f"level {now}", organisation=person.organisation, was=kept,
                   now=now)  # fmt: skip
    person.identity_level = now
    return now


def missing(now: Standing, *, clinical: bool) -> list[str]:
    """What is missing for the next level, as sentences; empty where there is none.

    Whether a number stands on a register is not said: "being checked" covers the register and the administrator both,
    so that nobody learns from their own page whether somebody else's number is current.
    """
    if not now.email and not now.care_identity:
        return ["Prove your NHS e-mail: register with it, and follow the link in the letter."]
    reached = level(now, clinical=clinical)
    if reached >= 3:
        return []
    if clinical and reached < 2:
        if not now.claimed or not now.mark:
            return ["Give your registration number, with your name as the register has it."]
        if now.refused:
            return [f"Your organisation did not confirm you: {now.refused} Correct your details, or speak to them."]
        wanted = ["Your registration and your place of work are being checked. "
                  "The register and your organisation's administrator both have to agree."]  # fmt: skip
        return wanted if now.email else [*wanted, "Prove your NHS e-mail: have a link sent to it."]
    if not clinical and now.claimed and not now.confirmed:
        return ["Your organisation's administrator has to confirm that you work there, and give you a role."]
    return ["Sign in with NHS Care Identity (a smartcard, a security key or the app) where it is connected here."]


def _after(now: Standing, row: IdentityStep) -> Standing:
    if row.kind in ("email_proved", "nhsmail"):
        return replace(now, email=True)
    if row.kind == "claimed":
        return replace(now, claimed=True, mark=row.mark, body=row.facts.get("body", ""), matched=False,
                       confirmed=False, where="", refused="")  # fmt: skip
    if row.kind in ("matched", "lapsed"):
        return replace(now, matched=row.kind == "matched")
    if row.kind == "confirmed":
        return replace(now, confirmed=True, where=row.organisation_id or "", refused="")
    if row.kind == "refused":
        return replace(now, confirmed=False, where="", refused=row.why)
    if row.kind == "care_identity":
        sure = _at_least(row.facts.get("identity"), IDENTITY_ASSURANCE)
        signed = _at_least(row.facts.get("sign_in"), SIGN_IN_ASSURANCE)
        return replace(now, care_identity=sure and signed, clinical_role=bool(row.facts.get("clinical_role")))
    raise AssertionError(f"no meaning for a step {row.kind!r}")


def _at_least(said: Any, needed: int) -> bool:
    try:
        return int(str(said)) >= needed
    except ValueError:
        return False
