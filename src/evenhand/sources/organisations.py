"""Organisations: who belongs to whom, put together from every file that says so.

Each source leaves its own rows in `organisation` and `membership`, with a rank (how much it is believed) and the
month it speaks for. Where two disagree on one child and one level of parent, the higher rank wins, then the later
month; what an older one says about earlier months still holds if the winner says from when, or if both are registers.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from ..lake import Lake, month_of
from ..records import Organisations

MENTIONED, REGISTER, OWN = 1, 2, 3  # named in passing in other files; a published register; the user's own file
NATION, NATION_NAME = "ENG", "England"
_FIRST, _LAST = -32768, 32767  # open ends of an int16 month


@dataclass(frozen=True)
class _Tie:
    child: str
    parent: str
    start: int
    end: int


def read(lake: Lake) -> Organisations:
    """Everything the lake knows about organisations, contradictions settled; empty if nothing is loaded.

    A PCN of which no file names the parent belongs to the sub-ICB location of most of its practices.
    """
    return lake.remember("organisations", lambda: _read(lake))


def _read(lake: Lake) -> Organisations:
    names, levels = _named(lake)
    ties = _settled(lake, levels)
    ties += _pcn_parents(ties, levels)
    for tie in ties:
        for code in (tie.child, tie.parent):
            levels.setdefault(code, "unknown")
    ties.sort(key=lambda t: (t.child, t.parent, t.start))
    codes = sorted(levels)
    return Organisations(
        codes=tuple(codes),
        names=tuple(names.get(code) or code for code in codes),
        levels=tuple(levels[code] for code in codes),
        child=tuple(t.child for t in ties),
        parent=tuple(t.parent for t in ties),
        start=_months([t.start for t in ties]),
        end=_months([t.end for t in ties]),
    )


def _named(lake: Lake) -> tuple[dict[str, str], dict[str, str]]:
    """Name and level of every code: the most believed, latest that says one."""
    table = lake.table("organisation")
    rows = (
        table.group_by(["code", "name", "level", "rank"]).aggregate(as_of=table.as_of.max())
        .order_by(["rank", "as_of", "name", "level"]).to_pyarrow()
    )  # fmt: skip
    names: dict[str, str] = {}
    levels: dict[str, str] = {}
    for code, name, level in zip(*(rows[c].to_pylist() for c in ("code", "name", "level")), strict=True):
        if name:
            names[code] = name
        if level:
            levels[code] = level
    return names, levels


def _settled(lake: Lake, levels: dict[str, str]) -> list[_Tie]:
    table = lake.table("membership")
    rows = (
        table.group_by(["child", "parent", "start", "end", "rank"]).aggregate(as_of=table.as_of.max()).to_pyarrow()
    )
    said: dict[tuple[str, str], list[tuple[tuple[int, int], _Tie]]] = {}
    columns = (rows[c].to_pylist() for c in ("child", "parent", "start", "end", "rank", "as_of"))
    for child, parent, start, end, rank, as_of in zip(*columns, strict=True):
        tie = _Tie(child, parent, _FIRST if start is None else start, _LAST if end is None else end)
        said.setdefault((child, levels.get(parent, "unknown")), []).append(((rank, as_of or 0), tie))
    return [tie for statements in said.values() for tie in _one_story(statements)]


def _one_story(statements: list[tuple[tuple[int, int], _Tie]]) -> list[_Tie]:
    """Statements about one child and one level of parent, the most believed first; the rest fill what it leaves."""
    told: list[_Tie] = []
    known_from = _LAST + 1
    for weight in sorted({weight for weight, _ in statements}, reverse=True):
        said = (_dated(t, weight, statements) for w, t in statements if w == weight)
        here = sorted(said, key=lambda t: (t.start, t.end, t.parent))
        kept: list[_Tie] = []
        for tie in here:
            end = min(tie.end, known_from - 1)
            if end >= tie.start and not (kept and kept[-1].end >= tie.start):
                kept.append(_Tie(tie.child, tie.parent, tie.start, end))
        told += kept
        if here:
            known_from = min(known_from, here[0].start)
    return told


def _dated(tie: _Tie, weight: tuple[int, int], statements: list[tuple[tuple[int, int], _Tie]]) -> _Tie:
    """A statement that does not say from when, begun in its own month if an older register names another parent.

    So the ICBs that merged in April 2026 stand for the months before it, where a list of that time is loaded.
    """
    rank, as_of = weight
    older = (t for (r, m), t in statements if REGISTER <= r <= rank and m < as_of and t.parent != tie.parent)
    return _Tie(tie.child, tie.parent, as_of, tie.end) if tie.start == _FIRST and any(older) else tie


def _pcn_parents(ties: list[_Tie], levels: dict[str, str]) -> list[_Tie]:
    """The sub-ICB location of most of a PCN's present practices, for PCNs without one."""
    present = [t for t in ties if t.end == _LAST]
    placed = {t.child for t in ties if levels.get(t.parent) == "sicbl"}
    home = {t.child: t.parent for t in present if levels.get(t.parent) == "sicbl"}
    votes: dict[str, Counter[str]] = {}
    for tie in present:
        if levels.get(tie.parent) == "pcn" and tie.parent not in placed and tie.child in home:
            votes.setdefault(tie.parent, Counter())[home[tie.child]] += 1
    return [
        _Tie(pcn, min(count, key=lambda code: (-count[code], code)), _FIRST, _LAST) for pcn, count in votes.items()
    ]


def _months(numbers: list[int]) -> np.ndarray:
    open_end = np.datetime64("NaT", "M")
    return np.array(
        [open_end if n in (_FIRST, _LAST) else month_of(n) for n in numbers], dtype="datetime64[M]"
    )
