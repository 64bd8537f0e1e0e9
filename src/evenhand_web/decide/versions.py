"""Versions of a scheme: a first draft, new versions beside the old ones, each kept word for word."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from django.db import transaction

from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.records import Scheme
from evenhand_web.people.models import Organisation, Person

from .checking import WHERE, faults
from .models import Plan, SchemeVersion, Statement


def read(version: SchemeVersion) -> Scheme:
    """What a version says."""
    return loads(version.yaml, Scheme, where=f"scheme {version.plan.key}, version {version.number}")


@transaction.atomic
def draft(
    yaml: str, signers: Sequence[Organisation], statements: Sequence[Statement], author: Person, area: Organisation
) -> Plan:  # fmt: skip
    """Keep the first version of a new scheme for an area, with the statements that it grew from.

    Raises
    ------
    InputError
        If the text cannot be a version for this area, its id is taken, or nobody is to sign it.
    """
    scheme = _checked(yaml, area=area.code)
    if Plan.objects.filter(key=scheme.id).exists():
        raise InputError(f"There is a scheme {scheme.id!r} already; choose another id, or amend that one.")
    if not signers:
        raise InputError("Choose at least one organisation that signs.")
    plan = Plan.objects.create(key=scheme.id, title=scheme.title, pathway=scheme.pathway, organisation=area)
    plan.signers.set(signers)
    plan.statements.set(statements)
    _keep(plan, 1, yaml, scheme, "", author)
    return plan


@transaction.atomic
def amend(plan: Plan, number: int, yaml: str, note: str, author: Person) -> SchemeVersion:
    """Keep a new version beside the old ones; every name is needed again.

    Raises
    ------
    InputError
        If the text cannot be a version, changes nothing, or was written over a version that is not the latest.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    latest = plan.latest()
    assert latest is not None, f"scheme {plan.key} has no version"
    if latest.number != number:
        raise InputError(
            f"Version {latest.number} has come in since you began; yours was written over version {number}. Nothing "
            "was saved. Copy what you wrote, open the latest version, and put it in there."
        )
    scheme = _checked(yaml, key=plan.key, area=plan.organisation_id)
    if yaml == latest.yaml:
        raise InputError("Nothing is different from the latest version, so there is nothing to save.")
    version = _keep(plan, number + 1, yaml, scheme, note, author)
    plan.title, plan.pathway = scheme.title, scheme.pathway
    plan.save()
    return version


def _checked(yaml: str, *, area: str, key: str | None = None) -> Scheme:
    told = faults(yaml, key=key, area=area)
    if told:
        raise InputError(told[0])
    return loads(yaml, Scheme, where=WHERE)


def _keep(plan: Plan, number: int, yaml: str, scheme: Scheme, note: str, author: Person) -> SchemeVersion:
    return SchemeVersion.objects.create(
        plan=plan, number=number, text=scheme.aim, measure=scheme.measure, yaml=yaml, note=note, author=author,
        sha256=hashlib.sha256(yaml.encode()).hexdigest(),
    )  # fmt: skip
