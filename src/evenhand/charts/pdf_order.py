"""The parts of a PDF in one order, so that two runs write the same bytes.

The converter keeps fonts and pictures in tables without an order: their objects are numbered, and stand, as it happens.
"""

from __future__ import annotations

import re
from itertools import pairwise

_REFERENCE = re.compile(rb"\b(\d+) 0 R\b")
_ENTRIES = re.compile(rb"(?<=<<\n)(?: *+/[A-Za-z]+\d+ \d+ 0 R\n){2,}")  # what a page draws with, a name a line
_OBJECT = re.compile(rb"\d+ 0 obj\b")
_START = re.compile(rb"startxref\s+(\d+)\s+%%EOF\s*\Z")
_TABLE = re.compile(rb"xref\s+0 (\d+)\s*?\n")
_ROW = 20  # bytes of a row of the table of places


def in_order(document: bytes) -> bytes:
    """The same PDF with its objects numbered as its root comes to them; as it was, if it is of another make."""
    end = _START.search(document)
    table = _TABLE.match(document, int(end[1])) if end else None
    if end is None or table is None:
        return document
    count, place = int(table[1]), table.end()
    rows = [document[place + _ROW * k : place + _ROW * (k + 1)] for k in range(count)]
    found = {k: int(row[:10]) for k, row in enumerate(rows) if row[17:18] == b"n"}
    if not all(_OBJECT.match(document, start) for start in found.values()):
        return document
    starts = [*sorted(found.values()), int(end[1])]
    after = dict(pairwise(starts))
    parts = {k: _ENTRIES.sub(_sorted, document[start : after[start]]) for k, start in found.items()}
    trailer = document[place + _ROW * count : end.start()]
    known = _numbered(parts, trailer)
    if len(known) < len(parts) or set(found) != set(range(1, count)):
        return document
    return _written(document[: starts[0]], parts, trailer, known)


def _numbered(parts: dict[int, bytes], trailer: bytes) -> dict[int, int]:
    """The new number of each object: in the order in which it is first named, from the trailer on."""
    known: dict[int, int] = {}
    waiting = [int(one[1]) for one in _REFERENCE.finditer(trailer)]
    while waiting:
        number = waiting.pop(0)
        if number in parts and number not in known:
            known[number] = len(known) + 1
            waiting += [int(one[1]) for one in _REFERENCE.finditer(_said(parts[number])[0])]
    return known


def _written(head: bytes, parts: dict[int, bytes], trailer: bytes, known: dict[int, int]) -> bytes:
    def renamed(text: bytes) -> bytes:
        return _REFERENCE.sub(lambda one: b"%d 0 R" % known.get(int(one[1]), int(one[1])), text)

    out, places = bytearray(head), []
    for number in sorted(known, key=lambda old: known[old]):
        says, stream = _said(parts[number])
        places.append(len(out))
        out += _OBJECT.sub(b"%d 0 obj" % known[number], renamed(says), count=1) + stream
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f\r\n" % (len(places) + 1)
    out += b"".join(b"%010d 00000 n\r\n" % place for place in places)
    return bytes(out) + renamed(trailer) + b"startxref\n%d\n%%%%EOF" % start


def _said(part: bytes) -> tuple[bytes, bytes]:
    """An object up to its stream, and its stream, which is left as it is."""
    says, mark, stream = part.partition(b"\nstream")
    return says, mark + stream


def _sorted(found: re.Match[bytes]) -> bytes:
    return b"".join(sorted(found[0].splitlines(keepends=True)))
