"""The ledger in the database: read as evenhand.account's Ledger, written back line by line, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from django.db import transaction
from django.db.models import QuerySet

from evenhand import account
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.prove.models import VerdictRecord

from .models import LedgerEntry


def read() -> tuple[account.Entry, ...]:
    """Every entry, in order, as the library knows them."""
    lines = LedgerEntry.objects.order_by("number").values_list("number", "line")
    return tuple(_parsed(number, line) for number, line in lines)


@lru_cache(maxsize=20_000)
def _parsed(number: int, line: str) -> account.Entry:
    """An entry is never changed, so a line that was read is known; one that says anything else is read anew."""
    return account.parse(line, where=f"ledger, entry {number}")


@contextmanager
def opened(verdict: VerdictRecord | None = None) -> Iterator[account.Ledger]:
    """The ledger to append to: `with opened() as ledger: ledger.move(...)`. What was appended is kept at the end,
    all of it or nothing; two people at once are told apart by the number of the entry.

    `verdict` is the record that the new entries rest on, if they rest on one. An entry on another saving, which is
    restated beside it, rests on its own.
    """
    with transaction.atomic():
        ledger = account.Ledger(read())
        before = len(ledger.entries)
        yield ledger
        for entry in ledger.entries[before:]:
            keep(entry, verdict)


def latest(saving: str) -> VerdictRecord | None:
    """The verdict of a saving's own scheme that the ledger noted last."""
    return _newest(saving, LedgerEntry.objects.all())


def booked(saving: str) -> VerdictRecord | None:
    """The verdict that a confirmed saving is booked on."""
    return _newest(saving, LedgerEntry.objects.filter(state="confirmed").exclude(kind="verdict"))


def _newest(saving: str, rows: QuerySet[LedgerEntry]) -> VerdictRecord | None:
    own = rows.filter(saving=saving, verdict__design__version__plan__key=saving)
    found = own.select_related("verdict__design__version").order_by("-number").first()
    return found.verdict if found else None


def keep(entry: account.Entry, verdict: VerdictRecord | None = None) -> LedgerEntry:
    """Write one entry that the library has accepted."""
    document = entry.document
    if verdict is not None and verdict.design.version.plan.key != entry.saving:
        verdict = latest(entry.saving)
    return LedgerEntry.objects.create(
        number=entry.number, line=entry.line(), hash=entry.hash, previous=document["previous"], saving=entry.saving,
        kind=entry.kind, state=entry.state, verdict=verdict,
        plan=Plan.objects.filter(key=document["scheme"] or entry.saving).first(),
        organisation=Organisation.objects.filter(code=document["organisation"]).first(),
    )  # fmt: skip
