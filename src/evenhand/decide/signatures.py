"""Signatures: which version of each plan is in force, and whose name is missing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError, did_you_mean
from ..records import Record
from ..table import Table
from ..when import parse_date

ROLES = ("clinical_lead", "manager")
NO = frozenset({"", "0", "false", "no"})
YES = frozenset({"1", "true", "yes"})


@dataclass(frozen=True, eq=False)
class Signature(Record):
    """One name under one version, as its role in its organisation; `standing`: signed, and not withdrawn."""

    plan: str
    version: str
    organisation: str
    role: str
    standing: bool


@dataclass(frozen=True, eq=False)
class Version(Record):
    """One version of a plan."""

    plan: str
    version: str


@dataclass(frozen=True, eq=False)
class Missing(Record):
    """A name that the latest version of a plan still needs."""

    plan: str
    version: str
    organisation: str
    role: str


@dataclass(frozen=True, eq=False)
class InForce(Record):
    """The versions in force, the names missing elsewhere, and signatures of organisations that are no party."""

    in_force: tuple[Version, ...]
    missing: tuple[Missing, ...]
    no_party: tuple[Signature, ...] = ()


def signatures(
    versions: Mapping[str, Sequence[str]],
    organisations: Mapping[str, Sequence[str]],
    signatures: Sequence[Signature],
) -> InForce:
    """Which plans are in force: the latest version, signed by both roles of every organisation of the plan.

    A signature binds to the version it names: a new version needs every name again. A withdrawn one is gone.

    Parameters
    ----------
    versions
        Plan -> its versions; the latest is the greatest by the numbers in its name (v2 before v10).
    organisations
        Plan -> the organisations that must sign; a plan without any cannot be in force.
    signatures
        Every signature; one by an organisation that is no party changes nothing and is reported.

    Raises
    ------
    InputError
        If a signature or an organisation names an unknown plan or version, or the latest cannot be told.

    >>> names = [Signature("p", "1", "A", role, True) for role in ROLES]
    >>> signatures({"p": ["1"]}, {"p": ["A"]}, names).in_force[0].version
    '1'
    """
    for plan in organisations:
        if plan not in versions:
            raise InputError(f"plan {plan!r} has organisations but no version{did_you_mean(plan, versions)}")
    for name in signatures:
        if name.version not in versions.get(name.plan, ()):
            near = did_you_mean(name.version, versions[name.plan]) if name.plan in versions else ""
            raise InputError(
                f"the signature of {name.organisation!r} names plan {name.plan!r} version {name.version!r}, "
                f"which is not in the versions file{near or did_you_mean(name.plan, versions)}"
            )
    given = {(s.plan, s.version, s.organisation, s.role) for s in signatures if s.standing}
    in_force, missing = [], []
    for plan, known in versions.items():
        version = latest(plan, known)
        wanted = [(o, role) for o in organisations.get(plan, ()) for role in ROLES]
        lacking = [Missing(plan, version, o, role) for o, role in wanted if (plan, version, o, role) not in given]
        missing += lacking
        if wanted and not lacking:
            in_force.append(Version(plan, version))
    strangers = tuple(s for s in signatures if s.organisation not in organisations.get(s.plan, ()))
    return InForce(tuple(in_force), tuple(missing), strangers)


def latest(plan: str, versions: Sequence[str]) -> str:
    """The greatest version by the numbers in its name; refused where the rest of the names differs.

    >>> latest("p", ["v9", "v10", "v2"])
    'v10'
    """
    if len(versions) == 1:
        return versions[0]
    words = {tuple(re.split(r"\d+", version)) for version in versions}
    shapes = {tuple(word for word in parts if word not in ("", ".")) for parts in words}
    keys = [tuple(map(int, re.findall(r"\d+", version))) for version in versions]
    if len(shapes) > 1 or any(not key for key in keys) or len(set(keys)) < len(keys):
        raise InputError(
            f"plan {plan!r}: cannot tell which of the versions {', '.join(versions)} is the latest; number them alike"
        )
    return versions[keys.index(max(keys))]


def read(table: Table, *, day_first: bool | None = None) -> tuple[Signature, ...]:
    """Signatures of a file `plan,version,organisation,role,signed,withdrawn`; the last two dates, or yes and no.

    Raises
    ------
    InputError
        If a role is unknown, a cell is blank or unreadable, a withdrawal comes before its signature, or a
        signature is given twice.
    """
    table.need("plan", "version", "organisation", "role", "signed", "withdrawn")
    table.unique("plan", "version", "organisation", "role", "signed")
    names = []
    given = (table.text(column) for column in ("plan", "version", "organisation", "role"))
    for i, (plan, version, organisation, role) in enumerate(zip(*given, strict=True)):
        for column, cell in (("plan", plan), ("version", version), ("organisation", organisation)):
            if not cell:
                raise table.refuse(i, column, "", "an identifier")
        if role not in ROLES:
            raise table.refuse(i, "role", role, " or ".join(ROLES))
        signed = _when(table, i, "signed", day_first)
        withdrawn = _when(table, i, "withdrawn", day_first)
        if withdrawn and not signed:
            raise table.refuse(i, "signed", "", "the date of the signature that was withdrawn")
        if signed and withdrawn and len(signed) == len(withdrawn) == 10 and withdrawn < signed:
            raise table.refuse(i, "withdrawn", withdrawn, f"a date not before the signature ({signed})")
        names.append(Signature(plan, version, organisation, role, bool(signed) and not withdrawn))
    return tuple(names)


def read_pairs(table: Table, key: str, value: str) -> dict[str, tuple[str, ...]]:
    """Each key with its values in file order (`plan,version` or `plan,organisation`); none blank, none twice."""
    table.need(key, value)
    table.unique(key, value)
    pairs: dict[str, tuple[str, ...]] = {}
    for i, (left, right) in enumerate(zip(table.text(key), table.text(value), strict=True)):
        if not left or not right:
            raise table.refuse(i, key if not left else value, "", "an identifier")
        pairs[left] = (*pairs.get(left, ()), right)
    return pairs


def _when(table: Table, row: int, column: str, day_first: bool | None) -> str:
    """'' for no, 'yes', or the date as YYYY-MM-DD."""
    cell = table.columns[column][row].strip()
    if cell.lower() in NO:
        return ""
    if cell.lower() in YES:
        return "yes"
    try:
        return parse_date(cell, day_first=day_first).isoformat()
    except ValueError as error:
        raise table.refuse(row, column, cell, str(error)) from None
