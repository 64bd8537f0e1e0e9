"""Is a ledger whole? Every invariant, for every entry, in one pass."""

from __future__ import annotations

import gc
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ..records import Record
from .entry import Entry, parse
from .facts import Facts, of_document
from .position import BREACH, CHAIN, Book
from .reading import facts_of, raw_lines
from .step import Step


@dataclass(frozen=True, eq=False)
class Broken(Record):
    """One invariant that one entry breaks."""

    entry: int
    invariant: str
    detail: str


@dataclass(frozen=True, eq=False)
class Check(Record):
    """entries: how many; head: the hash of the last; broken: nothing if the ledger is whole."""

    entries: int
    head: str
    broken: tuple[Broken, ...]


def check(entries: Iterable[Entry], head: str | None = None) -> Check:
    """Whether the ledger is whole: chain, order of states, proof, signatures, double entry, claims, reversals.

    Holds for entries in file order; time grows with their number. With `head`, the hash that was kept
    elsewhere, entries cut off the end are found too.
    """
    return _checked((of_document(entry.document) for entry in entries), head)


def check_file(path: str | Path, head: str | None = None, *, processes: int = 1) -> Check:
    """The same for a ledger file (JSON lines, also gzipped; `-` is standard input), without keeping its entries.

    processes: how many besides this one read lines and seals, which is two thirds of the work; this one keeps the book.

    Raises
    ------
    InputError
        If the file cannot be read, holds no entry, or a line is not an entry.
    """
    with _uncollected():
        return _checked(facts_of(path, processes=processes), head)


def read(path: str | Path) -> Iterator[Entry]:
    """The entries of a ledger file (JSON lines, also gzipped; `-` is standard input), one at a time.

    Raises
    ------
    InputError
        If the file cannot be read, holds no entry, or a line is not an entry.
    """
    for where, line in raw_lines(path):
        yield parse(line, where=where)


def _checked(facts: Iterable[Facts | Step], head: str | None) -> Check:
    book = Book()
    broken: list[Broken] = []
    for entry in facts:
        if faults := book.take(entry):
            broken += [Broken(entry.number, invariant, detail) for invariant, detail in faults]
    for number, saving, state in book.open_breaches():
        broken.append(Broken(number, BREACH, f"{saving} is still {state} after a guardrail was breached"))
    if head is not None and head.strip().lower() != book.head:
        broken.append(Broken(book.count, CHAIN, f"the last hash is {book.head}, the one kept is {head}"))
    return Check(book.count, book.head, tuple(broken))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Without the collector of cycles: entries hold none, and looking for them takes most of the time."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()
