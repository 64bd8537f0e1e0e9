"""Excel 97-2003 workbooks (.xls): cells as text, for series that their publisher keeps in no other format.

A workbook is a small file system (compound file: sectors in chains) with one stream of records (BIFF8). Only values are
read: numbers, texts, dates, and what formulas came to. No macro, link or picture is looked at.

Source: Microsoft's published [MS-CFB] and [MS-XLS].
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from ..errors import InputError

MAGIC = b"\xd0\xcf\x11\xe0"
_END = 0xFFFFFFFE  # and above: no sector
_BUILT_IN_DATES = frozenset([*range(14, 23), *range(45, 48)])  # [MS-XLS] 2.4.126: number formats that are dates
_MOST = 50_000_000  # bytes of one workbook; our rule

Rows = list[tuple[str, ...]]


def sheets(path: Path, name: str) -> dict[str, Rows]:
    """Every sheet by its title, every cell text; dates as YYYY-MM-DD, whole numbers without a point."""
    if path.stat().st_size > _MOST:
        raise InputError(f"{name}: an old Excel workbook of more than {_MOST:,} bytes; save it as .xlsx or CSV")
    try:
        return _Book(_stream(path.read_bytes())).sheets()
    except (struct.error, IndexError, KeyError, ValueError, OverflowError, UnicodeDecodeError) as error:
        raise InputError(f"{name}: the old Excel workbook is broken, cut short or locked ({error})") from error


def _stream(raw: bytes) -> bytes:
    """The stream `Workbook` of a compound file."""
    size, small = 1 << struct.unpack_from("<H", raw, 30)[0], 1 << struct.unpack_from("<H", raw, 32)[0]
    directory, cutoff, small_start = (struct.unpack_from("<I", raw, at)[0] for at in (48, 56, 60))

    def sector(number: int) -> bytes:
        return raw[(number + 1) * size: (number + 2) * size]

    tables = list(struct.unpack_from("<109I", raw, 76))
    further = struct.unpack_from("<I", raw, 68)[0]
    while further < _END and len(tables) * size < len(raw) + 110 * size:
        block = struct.unpack(f"<{size // 4}I", sector(further))
        tables, further = tables + list(block[:-1]), block[-1]
    nexts = [entry for table in tables if table < _END for entry in struct.unpack(f"<{size // 4}I", sector(table))]
    entries = _joined(directory, nexts, sector)
    found, root = None, (0, 0)
    for at in range(0, len(entries), 128):
        length, kind = struct.unpack_from("<HB", entries, at + 64)
        place = struct.unpack_from("<II", entries, at + 116)
        title = entries[at: at + max(length - 2, 0)].decode("utf-16-le")
        root = place if kind == 5 else root
        found = place if kind == 2 and title in ("Workbook", "Book") else found
    if found is None:
        raise ValueError("it holds no workbook")
    start, length = found
    if length >= cutoff:
        return _joined(start, nexts, sector)[:length]
    pool = _joined(root[0], nexts, sector)
    small_nexts = [e for (e,) in struct.iter_unpack("<I", _joined(small_start, nexts, sector))]
    return _joined(start, small_nexts, lambda number: pool[number * small: (number + 1) * small])[:length]


def _joined(start: int, nexts: list[int], sector: object) -> bytes:
    blocks: list[bytes] = []
    while start < _END:
        if len(blocks) > len(nexts):
            raise ValueError("a chain of sectors has no end")
        blocks.append(sector(start))  # type: ignore[operator]
        start = nexts[start]
    return b"".join(blocks)


class _Book:
    """The records of a workbook's stream."""

    def __init__(self, stream: bytes) -> None:
        self.stream = stream
        self.titles: list[tuple[str, int]] = []
        self.texts: list[str] = []
        self.formats: list[int] = []
        self.dates = set(_BUILT_IN_DATES)
        self.epoch = datetime(1899, 12, 30)
        self._globals()

    def sheets(self) -> dict[str, Rows]:
        """Every worksheet's rows, each as wide as the widest."""
        return {title: self._sheet(place) for title, place in self.titles}

    def _records(self, place: int) -> Iterator[tuple[int, bytes]]:
        while place + 4 <= len(self.stream):
            kind, length = struct.unpack_from("<HH", self.stream, place)
            yield kind, self.stream[place + 4: place + 4 + length]
            place += 4 + length
            if kind == 0x0A:
                return
        raise ValueError("its records have no end")

    def _globals(self) -> None:
        parts: list[bytes] = []
        for kind, body in self._records(0):
            if kind == 0x2F:
                raise ValueError("it is locked with a password")
            if kind == 0x85 and body[5] == 0:
                self.titles.append((_short(body, 6), struct.unpack_from("<I", body)[0]))
            elif kind == 0xFC:
                parts = [body]
            elif kind == 0x3C and parts:
                parts.append(body)
            elif kind == 0xE0:
                self.formats.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == 0x41E and _is_date(_long(body, 2)):
                self.dates.add(struct.unpack_from("<H", body)[0])
            elif kind == 0x22 and body[:1] == b"\x01":
                self.epoch = datetime(1904, 1, 1)
            if kind not in (0xFC, 0x3C) and parts:
                self.texts, parts = _shared(parts), []

    def _sheet(self, place: int) -> Rows:
        cells: dict[tuple[int, int], str] = {}
        waiting: tuple[int, int] | None = None
        for kind, body in self._records(place):
            if kind in (0xFD, 0x203, 0x27E, 0x06, 0x204, 0x205):
                row, column, style = struct.unpack_from("<HHH", body)
            if kind == 0xFD:
                cells[row, column] = self.texts[struct.unpack_from("<I", body, 6)[0]].strip()
            elif kind == 0x203:
                cells[row, column] = self._number(struct.unpack_from("<d", body, 6)[0], style)
            elif kind == 0x27E:
                cells[row, column] = self._number(_packed(body[6:10]), style)
            elif kind == 0xBD:
                row, first = struct.unpack_from("<HH", body)
                for i in range((len(body) - 6) // 6):
                    style = struct.unpack_from("<H", body, 4 + 6 * i)[0]
                    cells[row, first + i] = self._number(_packed(body[6 + 6 * i: 10 + 6 * i]), style)
            elif kind == 0x06 and body[12:14] == b"\xff\xff":
                waiting = (row, column) if body[6] == 0 else None
            elif kind == 0x06:
                cells[row, column] = self._number(struct.unpack_from("<d", body, 6)[0], style)
            elif kind == 0x207 and waiting is not None:
                cells[waiting] = _long(body, 0).strip()
                waiting = None
            elif kind == 0x204:
                cells[row, column] = _long(body, 6).strip()
        height, width = (max((key[i] for key in cells), default=-1) + 1 for i in (0, 1))
        return [tuple(cells.get((r, c), "") for c in range(width)) for r in range(height)]

    def _number(self, value: float, style: int) -> str:
        if self.formats[style] in self.dates:
            return (self.epoch + timedelta(days=value)).strftime("%Y-%m-%d")
        return str(int(value)) if value.is_integer() else str(value)


def _packed(four: bytes) -> float:
    """An RK number: 30 bits of a double or of a whole number, perhaps of hundredths."""
    bits = struct.unpack("<I", four)[0]
    value = float(struct.unpack("<i", four)[0] >> 2) if bits & 2 else \
        struct.unpack("<d", b"\x00\x00\x00\x00" + struct.pack("<I", bits & 0xFFFFFFFC))[0]  # fmt: skip
    return value / 100 if bits & 1 else value


def _short(body: bytes, at: int) -> str:
    return _chars(body, at + 2, body[at], body[at + 1])


def _long(body: bytes, at: int) -> str:
    return _chars(body, at + 3, struct.unpack_from("<H", body, at)[0], body[at + 2])


def _chars(body: bytes, at: int, count: int, flags: int) -> str:
    return body[at: at + 2 * count].decode("utf-16-le") if flags & 1 else body[at: at + count].decode("latin-1")


def _is_date(pattern: str) -> bool:
    plain = "".join(part for i, part in enumerate(pattern.lower().split('"')) if i % 2 == 0)
    return "general" not in plain and ("yy" in plain or "mmm" in plain or "dd" in plain)


def _shared(parts: list[bytes]) -> list[str]:
    """The table of texts, which may be cut at any place: a cut text goes on after a new byte of flags."""
    ends, whole = [], b""
    for part in parts:
        whole += part
        ends.append(len(whole))
    count, at = struct.unpack_from("<I", whole, 4)[0], 8
    found: list[str] = []
    for _ in range(count):
        left, flags = struct.unpack_from("<HB", whole, at)
        at += 3
        runs, more = 0, 0
        if flags & 8:
            runs, at = struct.unpack_from("<H", whole, at)[0], at + 2
        if flags & 4:
            more, at = struct.unpack_from("<I", whole, at)[0], at + 4
        text = ""
        while left:
            end = next(end for end in ends if end > at)
            here = min(left, (end - at) // (2 if flags & 1 else 1))
            text += _chars(whole, at, here, flags)
            at += here * (2 if flags & 1 else 1)
            left -= here
            if left:
                flags, at = whole[at], at + 1
        found.append(text)
        at += 4 * runs + more
    return found
