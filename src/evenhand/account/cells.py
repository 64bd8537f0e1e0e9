"""Cells: what a saving claims, so that no pound is counted twice.

A cell is organisation x month x presentation for prescribing, or organisation x month x measure for an
imported indicator (a panel cell). A claim is stored as the product of three lists, and compared without
writing its cells out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..records import Record

PRESENTATION, PANEL = "presentation", "panel"


@dataclass(frozen=True, eq=False)
class Cells(Record):
    """The product organisations x months x codes. kind: 'presentation' (codes are BNF codes of 15
    characters) or 'panel' (codes are measures). months are YYYY-MM. Every organisation is of `level`."""

    kind: str
    level: str
    organisations: tuple[str, ...]
    months: tuple[str, ...]
    codes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.organisations) * len(self.months) * len(self.codes)

    def as_json(self) -> dict[str, Any]:
        """Each list sorted and once, so that equal claims are equal text."""
        return {
            "kind": self.kind, "level": self.level, "organisations": sorted(set(self.organisations)),
            "months": sorted(set(self.months)), "codes": sorted(set(self.codes)),
        }  # fmt: skip


def from_json(document: dict[str, Any], *, where: str) -> Cells:
    """The claim that an entry holds."""
    try:
        cells = Cells(
            document["kind"], document["level"], tuple(document["organisations"]),
            tuple(document["months"]), tuple(document["codes"]),
        )  # fmt: skip
    except (KeyError, TypeError) as error:
        raise InputError(f"{where}: cells: expected kind, level, organisations, months, codes ({error})") from None
    if cells.kind not in (PRESENTATION, PANEL):
        raise InputError(f"{where}: cells: kind must be 'presentation' or 'panel', found {cells.kind!r}")
    return cells


class Claims:
    """Every cell claimed so far. Time and memory grow with organisations x months of a claim."""

    def __init__(self) -> None:
        self._taken: dict[tuple[str, str, str], list[tuple[str, int]]] = {}
        self._codes: list[frozenset[str]] = []
        self._number: dict[frozenset[str], int] = {}
        self._meet: dict[tuple[int, int], str | None] = {}
        self._level: dict[str, tuple[str, str]] = {}

    def clash(self, saving: str, cells: Cells) -> str | None:
        """The first cell that another saving holds already, in words; None if there is none."""
        mine = self._intern(frozenset(cells.codes))
        if cells.kind == PANEL:
            for code in cells.codes:
                level, holder = self._level.get(code, (cells.level, saving))
                if level != cells.level:
                    return f"{code} was claimed at level {level} by {holder}, so it cannot be claimed at {cells.level}"
        for key in _keys(cells):
            for holder, theirs in self._taken.get(key, ()):
                if holder != saving and (shared := self._common(mine, theirs)) is not None:
                    return f"{key[1]} x {key[2]} x {shared} was claimed by {holder}"
        return None

    def take(self, saving: str, cells: Cells) -> None:
        """Claim the cells."""
        mine = self._intern(frozenset(cells.codes))
        if cells.kind == PANEL:
            for code in cells.codes:
                self._level.setdefault(code, (cells.level, saving))
        for key in _keys(cells):
            self._taken.setdefault(key, []).append((saving, mine))

    def free(self, saving: str, cells: Cells) -> None:
        """Give the cells back after a reversal."""
        mine = self._intern(frozenset(cells.codes))
        for key in _keys(cells):
            if (saving, mine) in (holders := self._taken.get(key, [])):
                holders.remove((saving, mine))

    def _intern(self, codes: frozenset[str]) -> int:
        number = self._number.get(codes)
        if number is None:
            number = self._number[codes] = len(self._codes)
            self._codes.append(codes)
        return number

    def _common(self, one: int, two: int) -> str | None:
        pair = (one, two) if one < two else (two, one)
        if pair not in self._meet:
            self._meet[pair] = min(self._codes[one] & self._codes[two], default=None)
        return self._meet[pair]


def _keys(cells: Cells) -> Iterator[tuple[str, str, str]]:
    for organisation in dict.fromkeys(cells.organisations):
        for month in dict.fromkeys(cells.months):
            yield cells.kind, organisation, month
