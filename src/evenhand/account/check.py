"""Is a ledger whole? Every invariant, for every entry, in one pass."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import cast

from ..errors import InputError
from ..records import Record
from .entry import Entry, parse
from .position import BREACH, CHAIN, Book


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
    book = Book()
    broken: list[Broken] = []
    for entry in entries:
        broken += [Broken(entry.number, invariant, detail) for invariant, detail in book.faults(entry)]
        book.apply(entry)
    for number, saving, state in book.open_breaches():
        broken.append(Broken(number, BREACH, f"{saving} is still {state} after a guardrail was breached"))
    if head is not None and head != book.head:
        broken.append(Broken(book.count, CHAIN, f"the last hash is {book.head}, the one kept is {head}"))
    return Check(book.count, book.head, tuple(broken))


def read(path: str | Path) -> Iterator[Entry]:
    """The entries of a ledger file (JSON lines, also gzipped; `-` is standard input), one at a time.

    Raises
    ------
    InputError
        If the file cannot be read, holds no entry, or a line is not an entry.
    """
    name = "standard input" if str(path) == "-" else str(path)
    count = 0
    for number, line in enumerate(_lines(path, name), start=1):
        if line.strip():
            count += 1
            yield parse(line.rstrip("\r\n"), where=f"{name}:{number}")
    if not count:
        raise InputError(f"{name}: the file is empty; expected one ledger entry in JSON a line")


def _lines(path: str | Path, name: str) -> Iterator[str]:
    try:
        with ExitStack() as closing:
            opened = sys.stdin.buffer if str(path) == "-" else closing.enter_context(open(path, "rb"))
            raw = cast(BufferedReader, opened)
            stream: Iterable[bytes] = raw
            if raw.peek(2)[:2] == b"\x1f\x8b":
                stream = closing.enter_context(gzip.GzipFile(fileobj=raw))
            for line in stream:
                yield line.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(f"{name}: not UTF-8 text ({error.reason})") from None
    except (OSError, EOFError) as error:
        raise InputError(f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
