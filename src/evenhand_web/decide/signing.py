"""Signatures under a scheme: who has signed its latest version, whose name is missing, and whether it is in force."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from evenhand import decide
from evenhand.errors import InputError
from evenhand_web.people.models import Organisation, Person

from .models import Plan, SchemeVersion, Signature, Withdrawal


@dataclass(frozen=True)
class Line:
    """One name that the latest version needs. signature: the one that stands, or None."""

    organisation: Organisation
    role: str
    signature: Signature | None

    @property
    def role_words(self) -> str:
        """The role as people say it."""
        return Signature.ROLES[self.role]

    @property
    def action(self) -> str:
        """The right that signing here needs."""
        return f"sign_{self.role}"


@dataclass(frozen=True)
class Sheet:
    """The signature sheet of a scheme's latest version."""

    plan: Plan
    version: SchemeVersion
    lines: tuple[Line, ...]
    in_force: bool

    @property
    def given(self) -> int:
        """How many of the names stand."""
        return sum(line.signature is not None for line in self.lines)

    @property
    def needed(self) -> int:
        """How many names there must be: two for each organisation that signs."""
        return len(self.lines)

    @property
    def missing(self) -> list[Line]:
        """The names that are still needed."""
        return [line for line in self.lines if line.signature is None]


def sheet(plan: Plan) -> Sheet:
    """The latest version with its names; whether it is in force is computed by evenhand.decide.signatures."""
    versions = list(plan.versions.all())
    signers = list(plan.signers.order_by("code"))
    given = Signature.objects.filter(version__plan=plan).select_related("version", "withdrawal", "organisation")
    stands = {s.pk: not hasattr(s, "withdrawal") for s in given}
    found = decide.signatures(
        {plan.key: [str(v.number) for v in versions]}, {plan.key: [o.code for o in signers]},
        [decide.Signature(plan.key, str(s.version.number), s.organisation_id, s.role, stands[s.pk]) for s in given],
    )  # fmt: skip
    latest = versions[-1]
    names = {(s.organisation_id, s.role): s for s in given if s.version_id == latest.pk and stands[s.pk]}
    lines = [Line(o, role, names.get((o.code, role))) for o in signers for role in decide.ROLES]
    return Sheet(plan, latest, tuple(lines), bool(found.in_force))


def in_force_since(plans: Iterable[Plan]) -> dict[int, date]:
    """The day on which each plan's last name was given, by plan; only of plans in force. Four questions in all."""
    keys = [plan.pk for plan in plans]
    whole = list(Plan.objects.filter(pk__in=keys).prefetch_related("signers", "versions__signatures__withdrawal"))
    given = [(plan, version, signature) for plan in whole for version in plan.versions.all()
             for signature in version.signatures.all()]  # fmt: skip
    found = decide.signatures(
        {plan.key: [str(v.number) for v in plan.versions.all()] for plan in whole},
        {plan.key: [o.code for o in plan.signers.all()] for plan in whole},
        [decide.Signature(plan.key, str(v.number), s.organisation_id, s.role, not hasattr(s, "withdrawal"))
         for plan, v, s in given],
    )  # fmt: skip
    stands = {(row.plan, row.version) for row in found.in_force}
    days: dict[int, date] = {}
    for plan, version, signature in given:
        if (plan.key, str(version.number)) in stands and not hasattr(signature, "withdrawal"):
            day = timezone.localdate(signature.at)
            days[plan.pk] = max(day, days.get(plan.pk, day))
    return days


@transaction.atomic
def sign(plan: Plan, number: int, organisation: Organisation, role: str, person: Person) -> Sheet:
    """Keep one signature to the version that the signer has read; the sheet as it is then.

    Raises
    ------
    InputError
        If that version is not the latest any more, the name is there already or not needed, or the same person
        has signed for this organisation in the other role.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    before = sheet(plan)
    if before.version.number != number:
        raise InputError(
            f"Version {before.version.number} has come in since you opened this page; you have read version {number}. "
            "Nothing was signed. Read what changed, then sign."
        )
    line = next((x for x in before.lines if x.organisation.code == organisation.code and x.role == role), None)
    if line is None:
        raise InputError(f"{organisation.name} is no party to this scheme. Nothing was signed.")
    if line.signature is not None:
        raise InputError(f"The {line.role_words} of {organisation.name} has signed already. Nothing was signed again.")
    mine = [x for x in before.lines if x.signature is not None and x.signature.person_id == person.pk]
    if any(x.organisation.code == organisation.code for x in mine):
        raise InputError(f"You have signed for {organisation.name} in the other role; it takes two people.")
    Signature.objects.create(
        version=before.version, organisation=organisation, role=role, person=person,
        identity_level=person.identity_level,
    )  # fmt: skip
    return sheet(plan)


@transaction.atomic
def withdraw(plan: Plan, pk: int, person: Person, reason: str = "") -> Sheet:
    """Take back one's own signature; the sheet as it is then.

    Raises
    ------
    InputError
        If the signature is not the person's own, or does not stand any more.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    line = next((x for x in sheet(plan).lines if x.signature is not None and x.signature.pk == pk), None)
    if line is None or line.signature is None:
        raise InputError("This signature does not stand any more. Nothing was changed.")
    if line.signature.person_id != person.pk:
        raise InputError("Only the person who signed can withdraw the signature. Nothing was changed.")
    Withdrawal.objects.create(signature=line.signature, reason=reason)
    return sheet(plan)
