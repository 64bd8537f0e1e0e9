"""Read a register extract as it comes: other column names, other words for "current", rows that cannot be used.

Columns are named by options; a name left blank is looked for among the names that extracts are known to use.
"""

from __future__ import annotations

import csv
import io
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from evenhand import table, when
from evenhand.errors import InputError

from . import professions

MOST_BYTES = 60 * 2**20  # the whole medical register of the United Kingdom is below 40 MB as CSV
# column names as written, compared in small letters without blanks or signs
KNOWN = {
    "number": ("gmcreferencenumber", "gmcrefno", "gmcnumber", "gmcno", "referencenumber", "registrationnumber",
               "registrationno", "regno", "regnumber", "pin", "nmcpin", "pinnumber", "gphcnumber",
               "gphcregistrationnumber", "hcpcnumber", "hcpcregistrationnumber", "number"),
    "family": ("familyname", "surname", "lastname", "family"),
    "given": ("givenname", "givennames", "forename", "forenames", "firstname", "firstnames", "given"),
    "full": ("fullname", "name", "registrantname", "practitionername"),
    "status": ("status", "registrationstatus", "registrantstatus", "currentstatus"),
    "until": ("until", "expires", "expirydate", "renewaldate", "registrationexpirydate", "registereduntil"),
}  # fmt: skip
# words of the registers' public pages for somebody who may practise; the uploader may give others
CURRENT = (
    "registered with licence", "registered with a licence", "registered with licence to practise",
    "registered with a licence to practise", "registered", "current", "active", "effective",
)  # fmt: skip

_TITLES = frozenset({"dr", "mr", "mrs", "ms", "miss", "mx", "prof", "professor", "sir", "dame"})


@dataclass(frozen=True)
class Columns:
    """Which column holds what; empty: look for it. `current`: words of the status column that count."""

    number: str = ""
    family: str = ""
    given: str = ""
    full: str = ""
    status: str = ""
    until: str = ""
    current: tuple[str, ...] = CURRENT
    only_current: bool = False  # the file has no status column: all in it are current
    day_first: bool | None = None
    header: bool = True


@dataclass(frozen=True)
class Found:
    """rows: (number, family name, given name, current), as the register writes them; refused: (row, why)."""

    body: str
    rows: tuple[tuple[str, str, str, bool], ...]
    refused: tuple[tuple[int, str], ...]
    columns: dict[str, str]


def read(raw: bytes, name: str, body: str, columns: Columns, as_at: date) -> Found:
    """Read an uploaded extract.

    Raises
    ------
    InputError
        If the file cannot be read, is too large, or a column that is needed is not there or could be two.
    """
    if len(raw) > MOST_BYTES:
        raise InputError(f"{name}: {len(raw) / 2**20:.0f} MB; expected at most {MOST_BYTES // 2**20} MB")
    held = _table(raw, name, header=columns.header)
    chosen = _choose(held, columns)
    cells = {field: held.text(column) for field, column in chosen.items()}
    words = {_plain(word) for word in columns.current}
    rows, refused = [], []
    for i in range(len(held)):
        try:
            rows.append(_row(i, cells, body, words, columns, as_at))
        except (InputError, ValueError) as error:
            refused.append((i + (2 if columns.header else 1), str(error)))
    return Found(body, tuple(rows), tuple(refused), chosen)


def fold(name: str) -> str:
    """A name as it is compared: small letters alone, without accents.

    >>> fold("O'Brien-Núñez")
    'obriennunez'
    """
    apart = unicodedata.normalize("NFKD", name.casefold())
    return "".join(letter for letter in apart if letter.isalpha())


def _table(raw: bytes, name: str, *, header: bool) -> table.Table:
    if not header:
        raw = _with_numbered_columns(raw, name)
    with tempfile.NamedTemporaryFile(suffix=Path(name).suffix[:10]) as kept:
        kept.write(raw)
        kept.flush()
        return table.read(kept.name, name=name)


def _with_numbered_columns(raw: bytes, name: str) -> bytes:
    """A file without a heading row gets one: its columns are called 1, 2, 3."""
    try:
        text = raw.decode("utf-8-sig", errors="replace")
        first = next(csv.reader(io.StringIO(text)), [])
    except csv.Error as error:
        raise InputError(f"{name}: not readable as CSV ({error})") from error
    return (",".join(str(i + 1) for i in range(len(first))) + "\n").encode() + raw.removeprefix(b"\xef\xbb\xbf")


def _choose(held: table.Table, columns: Columns) -> dict[str, str]:
    chosen = {}
    for field in KNOWN:
        given = getattr(columns, field).strip()
        if given:
            held.need(given)
            chosen[field] = given
        elif found := _known(held, field):
            chosen[field] = found
    there = ", ".join(list(held.columns)[:12])
    if "number" not in chosen:
        raise InputError(f"{held.name}: which column holds the registration number? The file has: {there}")
    if not ({"family", "given"} <= set(chosen) or "full" in chosen):
        raise InputError(f"{held.name}: which columns hold the family name and the given name? The file has: {there}")
    if "status" not in chosen and not columns.only_current:
        raise InputError(f"{held.name}: which column says whether a registration is current? If all are, say so")
    return chosen


def _known(held: table.Table, field: str) -> str:
    found = [column for column in held.columns if fold(column) in KNOWN[field]]
    if len(found) > 1 and field in ("number", "status"):
        both = " and ".join(map(repr, found[:3]))
        raise InputError(f"{held.name}: {both} could both be the {field}; name the right one")
    return found[0] if found else ""


def _row(
    i: int, cells: Mapping[str, list[str]], body: str, words: set[str], columns: Columns, as_at: date
) -> tuple[str, str, str, bool]:  # fmt: skip
    if not cells["number"][i]:
        raise ValueError("the registration number is missing")
    number = professions.number(body, cells["number"][i])
    family, given = _names(i, cells)
    if not fold(family) or not fold(given):
        raise ValueError("a family name and a given name are needed")
    current = columns.only_current if "status" not in cells else _plain(cells["status"][i]) in words
    until = cells["until"][i] if "until" in cells else ""
    if until and until.lower() not in table.MISSING:
        try:
            last = when.parse_date(until, day_first=columns.day_first)
        except ValueError as error:
            right = str(error).partition(" (or")[0]
            raise ValueError(f"the last day of the registration: expected {right}, found {until[:20]!r}") from None
        current = current and last >= as_at
    return number, family, given, current


def _names(i: int, cells: Mapping[str, list[str]]) -> tuple[str, str]:
    if "family" in cells and "given" in cells:
        return cells["family"][i], cells["given"][i]
    whole = cells["full"][i]
    if "," in whole:  # SMITH, Jane
        family, _, given = whole.partition(",")
        return family, given
    words = whole.split()
    words = words[1:] if words and fold(words[0]) in _TITLES else words
    return (words[-1], " ".join(words[:-1])) if words else ("", "")  # Jane Smith


def _plain(word: str) -> str:
    return " ".join(word.casefold().split())
