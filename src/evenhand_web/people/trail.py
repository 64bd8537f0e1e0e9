"""The audit trail: who did what to what, where and when, each row chained to the one before by its hash.

Who is a pseudonym, and no row holds a name, an address or a registration number: erasing somebody leaves the trail as
it is. A row that was changed, taken out or put in between breaks the chain; rows cut off at the end are found by
whoever noted the last hash elsewhere (the page shows it, and every download holds it).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models.signals import post_save
from django.utils import timezone

from .models import Organisation, Person, TrailRow

FIRST = "0" * 64
_TRIES = 20  # two who write at once on PostgreSQL: one of them takes the next number


@dataclass(frozen=True)
class Chain:
    """What a walk over the whole chain found: rows, the last hash, and the numbers of rows that do not fit."""

    rows: int
    head: str
    broken: tuple[int, ...]


def keep(
    act: str, *, who: Person | str | None = None, what: str = "", organisation: Organisation | str | None = None,
    **facts: Any,
) -> TrailRow:  # fmt: skip
    """Write down that somebody did something. Call it where the act itself is kept, so that both stand or neither."""
    at = timezone.now()
    row = {
        "at": at, "who": who.key if isinstance(who, Person) else who or "", "act": act, "what": what[:120],
        "organisation": organisation.code if isinstance(organisation, Organisation) else organisation or "",
        "facts": facts,
    }  # fmt: skip
    for turn in range(_TRIES):
        try:
            with transaction.atomic():
                last = TrailRow.objects.order_by("-number").first()
                number, previous = (last.number + 1, last.hash) if last else (1, FIRST)
                link = sign(number, previous, **row)
                return TrailRow.objects.create(number=number, previous=previous, hash=link, **row)
        except IntegrityError:
            if turn == _TRIES - 1:
                raise
    raise AssertionError("unreachable")


def sign(
    number: int, previous: str, *, at: datetime, who: str, act: str, what: str, organisation: str, facts: dict
) -> str:
    """The hash of one row: SHA-256 of its cells in a fixed order, the hash of the row before among them."""
    cells = [number, at.astimezone(UTC).isoformat(), who, act, what, organisation, facts, previous]
    text = json.dumps(cells, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def check(rows: Iterable[TrailRow] | None = None) -> Chain:
    """Walk the whole chain: does every row stand as it was written, behind the one that was there then?"""
    previous, number, broken, count = FIRST, 0, [], 0
    for row in TrailRow.objects.order_by("number").iterator() if rows is None else rows:
        count, number = count + 1, number + 1
        cells = {name: getattr(row, name) for name in ("at", "who", "act", "what", "organisation", "facts")}
        if row.number != number or row.previous != previous or row.hash != sign(row.number, row.previous, **cells):
            broken.append(row.number)
        previous, number = row.hash, row.number
    return Chain(count, previous, tuple(broken))


def watch(
    model: type[models.Model], act: str, *, who: Callable[[Any], Person | None],
    organisation: Callable[[Any], Organisation | None] = lambda row: None,
    facts: Callable[[Any], dict[str, Any]] = lambda row: {},
) -> None:  # fmt: skip
    """Keep a row of the trail whenever a row of this log is written: a later step calls it once, as it starts."""

    def written(instance: Any, created: bool, raw: bool = False, **_: Any) -> None:
        if created and not raw:
            keep(act, who=who(instance), what=f"{model._meta.label} {instance.pk}",
                 organisation=organisation(instance), **facts(instance))  # fmt: skip

    post_save.connect(written, sender=model, weak=False, dispatch_uid=f"trail {model._meta.label}")
