"""The ledger in the database: read as evenhand.account's Ledger, written back line by line, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from evenhand import account
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.prove.models import VerdictRecord

from .models import LedgerEntry


def read() -> tuple[account.Entry, ...]:
    """Every entry, in order, as the library knows them."""
    lines = LedgerEntry.objects.order_by("number").values_list("number", "line")
    return tuple(account.parse(line, where=f"ledger, entry {number}") for number, line in lines)


@contextmanager
def opened(verdict: VerdictRecord | None = None) -> Iterator[account.Ledger]:
    """The ledger to append to: `with opened() as ledger: ledger.move(...)`. What was appended is kept at the end,
    all of it or nothing; two people at once are told apart by the number of the entry.

    `verdict` is the record that the new entries rest on, if they rest on one.
    """
    with transaction.atomic():
        ledger = account.Ledger(read())
        before = len(ledger.entries)
        yield ledger
        for entry in ledger.entries[before:]:
            keep(entry, verdict)


def keep(entry: account.Entry, verdict: VerdictRecord | None = None) -> LedgerEntry:
    """Write one entry that the library has accepted."""
    document = entry.document
    return LedgerEntry.objects.create(
        number=entry.number, line=entry.line(), hash=entry.hash, previous=document["previous"], saving=entry.saving,
        kind=entry.kind, state=entry.state, verdict=verdict,
        plan=Plan.objects.filter(key=document["scheme"] or entry.saving).first(),
        organisation=Organisation.objects.filter(code=document["organisation"]).first(),
    )  # fmt: skip
