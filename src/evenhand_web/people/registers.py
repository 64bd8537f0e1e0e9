"""Register extracts: read what an administrator uploaded, keep the least of it, and match what people claim.

Of each registration only a keyed hash of body, number, family name and the first letter of the given name is kept,
and whether it is current. A claim matches when all four agree: names are compared in small letters, without accents,
blanks, hyphens or apostrophes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from evenhand.errors import InputError

from . import levels, trail
from .models import IdentityStep, Organisation, Person, RegisterExtract, RegisterRow
from .reading_registers import Found, fold
from .tree import upward, within

_SALT = "evenhand.people.registers"
# whose administrators may upload: a practice or a ward does not speak for a register
LOADS = ("nation", "region", "icb", "provider")


@dataclass(frozen=True)
class Loaded:
    """What became of an upload."""

    extract: RegisterExtract
    matched: int
    lapsed: int


def mark(body: str, number: str, family: str, given: str) -> str:
    """The keyed hash of one registration: without this server's secret nobody can try numbers against it."""
    text = f"{body}|{number}|{fold(family)}|{fold(given)[:1]}"
    return salted_hmac(_SALT, text, algorithm="sha256").hexdigest()


@transaction.atomic
def load(
    found: Found, *, organisation: Organisation, as_at: date, whole: bool, name: str, raw: bytes, by: Person
) -> Loaded:  # fmt: skip
    """Keep an extract and bring everybody below the organisation up to it: who matches now, and whose has lapsed.

    Raises
    ------
    InputError
        If the organisation's level may not, the day lies ahead, the file was loaded before, or no row can be used.
    """
    if organisation.level not in LOADS:
        raise InputError("A register extract is uploaded for a nation, a region, an integrated care board or a trust.")
    if as_at > timezone.localdate():
        raise InputError(f"The extract cannot speak for a day that lies ahead ({as_at:%-d %B %Y}).")
    digest = hashlib.sha256(raw).hexdigest()
    same = RegisterExtract.objects.filter(organisation=organisation, body=found.body, sha256=digest, as_at=as_at)
    if same.filter(whole=whole).exists():
        raise InputError("This file was loaded already for that day; nothing was changed.")
    marks: dict[str, bool] = {}
    clash = set()
    for number, family, given, current in found.rows:
        key = mark(found.body, number, family, given)
        if marks.setdefault(key, current) != current:
            clash.add(key)
    if not set(marks) - clash:
        raise InputError("No row of the file can be used; nothing was changed.")
    extract = RegisterExtract.objects.create(
        organisation=organisation, body=found.body, as_at=as_at, whole=whole, name=name[:200], sha256=digest,
        rows=len(marks) - len(clash), current=sum(on for key, on in marks.items() if key not in clash),
        refused=len(found.refused) + len(clash), person=by,
    )  # fmt: skip
    RegisterRow.objects.bulk_create(
        [RegisterRow(extract=extract, mark=key, current=on) for key, on in marks.items() if key not in clash],
        batch_size=5000,
    )  # fmt: skip
    if whole:
        _drop_what_it_replaces(extract)
    matched, lapsed = _bring_up_to_date(extract)
    trail.keep("register extract loaded", who=by, what=f"extract {extract.pk}", organisation=organisation,
               body=found.body, as_at=as_at.isoformat(), rows=extract.rows, refused=extract.refused, sha256=digest,
               matched=matched, lapsed=lapsed)  # fmt: skip
    return Loaded(extract, matched, lapsed)


def match(person: Person) -> IdentityStep | None:
    """Hold what somebody claims against the extracts that speak for their organisation; the row that says so, if new.

    The newest extract decides that has their registration, or that is whole and does not.
    """
    now = levels.of(person)
    if not now.mark or person.organisation is None:
        return None
    current, extract = _verdict(now.mark, now.body, list(_speak_for(person.organisation, now.body)))
    if current and not now.matched:
        return levels.step(person, "matched", extract=extract)
    if current is False and now.matched:
        return levels.step(person, "lapsed", extract=extract)
    return None


def _speak_for(organisation: Organisation, body: str) -> Iterator[RegisterExtract]:
    over = [place.code for place in upward(organisation)]
    yield from RegisterExtract.objects.filter(organisation__in=over, body=body).order_by("-as_at", "-id")


def _verdict(claimed: str, body: str, extracts: list[RegisterExtract]) -> tuple[bool | None, RegisterExtract | None]:
    standing = {row.extract_id: row.current for row in RegisterRow.objects.filter(mark=claimed, extract__in=extracts)}
    for extract in extracts:
        if extract.pk in standing:
            return standing[extract.pk], extract
        if extract.whole:
            return False, extract
    return None, None


def _drop_what_it_replaces(extract: RegisterExtract) -> None:
    """The rows of older extracts of the same register and place are needed by nobody any more."""
    older = RegisterExtract.objects.filter(
        organisation=extract.organisation, body=extract.body, as_at__lte=extract.as_at, pk__lt=extract.pk
    )
    RegisterRow.objects.filter(extract__in=older).delete()


def _bring_up_to_date(extract: RegisterExtract) -> tuple[int, int]:
    """(newly matched, lapsed) among those who claim a number of this body in or below the extract's organisation."""
    claims = IdentityStep.objects.filter(
        kind="claimed", facts__body=extract.body, person__organisation__in=within(extract.organisation),
        person__identity__isnull=False,
    )  # fmt: skip
    matched = lapsed = 0
    for person in Person.objects.filter(pk__in=claims.values("person")).select_related("organisation"):
        row = match(person)
        matched += row is not None and row.kind == "matched"
        lapsed += row is not None and row.kind == "lapsed"
    return matched, lapsed
