"""Organisations: who belongs to whom, and since when."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .base import Record

# Board to ward. A user's own groups (locality, federation, ...) are levels too and need not be listed here.
LEVELS = ("nation", "region", "icb", "sicbl", "pcn", "practice")
HOSPITAL_LEVELS = ("provider", "specialty", "ward", "team")


@dataclass(frozen=True, eq=False)
class Organisations(Record):
    """Organisations with their level, and dated memberships child -> parent.

    codes, names, levels: N each. child, parent: M codes; start, end: datetime64[M] (M,), first and
    last month of the membership, NaT where open. A child may have one parent of each level at a time.
    """

    codes: tuple[str, ...]
    names: tuple[str, ...]
    levels: tuple[str, ...]
    child: tuple[str, ...]
    parent: tuple[str, ...]
    start: NDArray[np.datetime64]
    end: NDArray[np.datetime64]

    def name(self, code: str) -> str:
        """The organisation's name, or its code where no name is known."""
        return self._index.names.get(code, code)

    def level(self, code: str) -> str | None:
        """The organisation's level, or None if it is unknown."""
        return self._index.levels.get(code)

    def at(self, level: str) -> tuple[str, ...]:
        """All codes of a level, in file order."""
        return tuple(c for c, lev in zip(self.codes, self.levels, strict=True) if lev == level)

    def parents(self, code: str, as_of: np.datetime64) -> tuple[str, ...]:
        """The direct parents of an organisation in the month `as_of`."""
        return self._in(as_of).up.get(code, ())

    def ancestor(self, code: str, level: str, as_of: np.datetime64) -> str | None:
        """The organisation of `level` that `code` belongs to (or is) in the month `as_of`; None if none."""
        known = self._in(as_of).found
        if (code, level) not in known:
            known[code, level] = self._ancestor(code, level, self._in(as_of).up)
        return known[code, level]

    def children(self, code: str, as_of: np.datetime64) -> tuple[str, ...]:
        """The direct children of an organisation in the month `as_of`."""
        return self._in(as_of).down.get(code, ())

    def descendants(self, code: str, level: str, as_of: np.datetime64) -> tuple[str, ...]:
        """Every organisation of `level` under `code` (or itself) in the month `as_of`."""
        found: list[str] = []
        front, seen = [code], {code}
        while front:
            found += [item for item in front if self._index.levels.get(item) == level]
            front = [c for item in front for c in self.children(item, as_of) if c not in seen]
            front = list(dict.fromkeys(front))
            seen.update(front)
        return tuple(dict.fromkeys(found))

    def _ancestor(self, code: str, level: str, up: dict[str, tuple[str, ...]]) -> str | None:
        front, seen, levels = [code], {code}, self._index.levels
        while front:
            for item in front:
                if levels.get(item) == level:
                    return item
            front = [p for item in front for p in up.get(item, ()) if p not in seen]
            seen.update(front)
        return None

    @cached_property
    def _index(self) -> _Index:
        names = dict(zip(self.codes, self.names, strict=True))
        return _Index(names, dict(zip(self.codes, self.levels, strict=True)), {})

    def _in(self, as_of: np.datetime64) -> _Month:
        """The memberships of one month; asked of thousands of organisations, they are sorted out once."""
        known = self._index.months
        found = known.get(as_of)
        if found is None:
            if len(known) >= MONTHS:
                known.clear()
            found = known[as_of] = self._month(as_of.astype("datetime64[M]"))
        return found

    def _month(self, month: np.datetime64) -> _Month:
        there = (np.isnat(self.start) | (self.start <= month)) & (np.isnat(self.end) | (self.end >= month))
        above: dict[str, list[str]] = {}
        below: dict[str, list[str]] = {}
        for row in np.flatnonzero(there).tolist():
            above.setdefault(self.child[row], []).append(self.parent[row])
            below.setdefault(self.parent[row], []).append(self.child[row])
        up = {code: tuple(found) for code, found in above.items()}
        return _Month(up, {code: tuple(found) for code, found in below.items()}, {})


MONTHS = 6  # kept in mind at once: each some 3 MB at England's size


@dataclass(frozen=True)
class _Month:
    """Open memberships both ways, and the ancestors that were asked for, by code and level."""

    up: dict[str, tuple[str, ...]]
    down: dict[str, tuple[str, ...]]
    found: dict[tuple[str, str], str | None]


@dataclass(frozen=True)
class _Index:
    names: dict[str, str]
    levels: dict[str, str]
    months: dict[np.datetime64, _Month]
