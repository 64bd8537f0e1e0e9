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
        return tuple(p for p, s, e in self._index.up.get(code, ()) if _open(s, e, as_of))

    def ancestor(self, code: str, level: str, as_of: np.datetime64) -> str | None:
        """The organisation of `level` that `code` belongs to (or is) in the month `as_of`; None if none."""
        front, seen = [code], {code}
        while front:
            for item in front:
                if self._index.levels.get(item) == level:
                    return item
            front = [p for item in front for p in self.parents(item, as_of) if p not in seen]
            seen.update(front)
        return None

    def children(self, code: str, as_of: np.datetime64) -> tuple[str, ...]:
        """The direct children of an organisation in the month `as_of`."""
        return tuple(c for c, s, e in self._index.down.get(code, ()) if _open(s, e, as_of))

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

    @cached_property
    def _index(self) -> _Index:
        up: dict[str, list[_Tie]] = {}
        down: dict[str, list[_Tie]] = {}
        for c, p, s, e in zip(self.child, self.parent, self.start, self.end, strict=True):
            up.setdefault(c, []).append((p, s, e))
            down.setdefault(p, []).append((c, s, e))
        names = dict(zip(self.codes, self.names, strict=True))
        return _Index(names, dict(zip(self.codes, self.levels, strict=True)), up, down)


_Tie = tuple[str, np.datetime64, np.datetime64]


@dataclass(frozen=True)
class _Index:
    names: dict[str, str]
    levels: dict[str, str]
    up: dict[str, list[_Tie]]
    down: dict[str, list[_Tie]]


def _open(start: np.datetime64, end: np.datetime64, as_of: np.datetime64) -> bool:
    month: np.datetime64 = as_of.astype("datetime64[M]")
    return bool((np.isnat(start) or start <= month) and (np.isnat(end) or end >= month))
