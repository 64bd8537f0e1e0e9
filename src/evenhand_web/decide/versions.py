"""Versions of a scheme: read strictly, checked against what the service knows, kept word for word."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from django.db import transaction

from evenhand import measures
from evenhand.definition import loads, parse, problems
from evenhand.errors import InputError, did_you_mean
from evenhand.measures import Measure
from evenhand.prove import choose
from evenhand.records import Scheme
from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.lake import lake

from .models import Plan, SchemeVersion, Statement

_WHERE = "text"
_LINE = re.compile(rf"^{_WHERE}:(\d+): ")


def known_measures() -> dict[str, Measure]:
    """Every measure that a scheme may name: Evenhand's, and those of the lake."""
    found = lake()
    return measures.load_all() if found is None else measures.for_lake(found)


def faults(yaml: str, *, key: str | None = None, area: str | None = None) -> list[str]:
    """Everything that keeps a text from being a version, one sentence each with its line; none if it can be one.

    `key` and `area` are those of the scheme that it amends, which it may not change.
    """
    told = problems(yaml, Scheme, where=_WHERE)
    if told:
        return [_LINE.sub(lambda found: f"Line {found[1]}: ", message) for message in told]
    scheme, (_, lines) = loads(yaml, Scheme, where=_WHERE), parse(yaml, where=_WHERE)
    told_here = list(_strange(scheme, lines))
    if key is not None and scheme.id != key:
        told_here.append(f"Line {lines[('id',)]}: id: this scheme is {key!r}; found {scheme.id!r}.")
    if area is not None and scheme.area != area:
        told_here.append(f"Line {lines[('area',)]}: area: this scheme is for {area!r}; found {scheme.area!r}.")
    try:
        choose(scheme)
    except InputError as error:
        told_here.append(str(error))
    return told_here


def read(version: SchemeVersion) -> Scheme:
    """What a version says."""
    return loads(version.yaml, Scheme, where=f"{version.plan_id}")


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
    return loads(yaml, Scheme, where=_WHERE)


def _strange(scheme: Scheme, lines: dict) -> list[str]:
    """What the scheme names and nobody knows: measures and organisations."""
    known = known_measures()
    named = [(("measure",), scheme.measure)]
    places = [(("area",), scheme.area)]
    for i, rule in enumerate(scheme.guardrails):
        named.append((("guardrails", i, "measure"), rule.measure))
        for side, codes in (("treated", rule.treated), ("controls", rule.controls)):
            places += [(("guardrails", i, side, k), code) for k, code in enumerate(codes)]
    there = Organisation.objects.in_bulk([code for _, code in places])
    told = [
        f"Line {lines[at]}: {at[-1]}: no measure {name!r}{did_you_mean(name, known)}."
        for at, name in named if name not in known
    ]  # fmt: skip
    return told + [
        f"Line {lines[at]}: no organisation {code!r} here{did_you_mean(code, there)}."
        for at, code in places if code not in there
    ]  # fmt: skip


def _keep(plan: Plan, number: int, yaml: str, scheme: Scheme, note: str, author: Person) -> SchemeVersion:
    return SchemeVersion.objects.create(
        plan=plan, number=number, text=scheme.aim, measure=scheme.measure, yaml=yaml, note=note, author=author,
        sha256=hashlib.sha256(yaml.encode()).hexdigest(),
    )  # fmt: skip
