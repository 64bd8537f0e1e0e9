"""Levels: from practices (or trusts, or sub-ICB locations) upward, always as ratios of sums."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import Organisations
from ..sources.organisations import NATION

Matrix = NDArray[np.float64]


@dataclass(frozen=True)
class Grid:
    """Numbers of organisations over months: numerator, denominator float64 (P, T), NaN where missing.

    `left_out` counts organisations below that belong to none of the level, so that a total can be checked.
    """

    codes: tuple[str, ...]
    numerator: Matrix
    denominator: Matrix
    left_out: tuple[str, ...] = ()


def grid_of(rows: pa.Table, months: Sequence[int]) -> Grid:
    """Rows of month, code, numerator and denominator as a grid over these months (rising)."""
    coded = rows["code"].combine_chunks().dictionary_encode()  # 400,000 rows of 6,500 practices: each word once
    words = coded.dictionary.to_pylist()
    codes = sorted(words)
    place = {word: i for i, word in enumerate(codes)}
    row = np.array([place[word] for word in words], dtype=np.intp)[coded.indices.to_numpy(zero_copy_only=False)]
    column = np.searchsorted(np.array(months), rows["month"].to_numpy())
    sides = []
    for name in ("numerator", "denominator"):
        cells = np.full((len(codes), len(months)), np.nan)
        cells[row, column] = rows[name].to_numpy(zero_copy_only=False).astype(np.float64)
        sides.append(cells)
    return Grid(tuple(codes), sides[0], sides[1])


def roll_up(grid: Grid, level: str, organisations: Organisations, as_of: np.datetime64) -> Grid:
    """The sums of a level's members, with the memberships of the month `as_of` for every month.

    A member's cell counts where both its numerator and its denominator are known; a cell no member knows is
    missing. The nation is the sum of everything.

    Raises
    ------
    InputError
        If no organisation of that level is known, or one belongs to two of them at once.
    """
    if level == "nation":
        nations = organisations.at("nation")
        parents: dict[str, str | None] = dict.fromkeys(grid.codes, nations[0] if len(nations) == 1 else NATION)
    else:
        if level not in organisations.levels:
            known = sorted(set(organisations.levels) - {"unknown"} | {"nation"})
            raise InputError(
                f"no organisations of level {level!r} are loaded{did_you_mean(level, known)}; there are: "
                f"{', '.join(known)}"
            )
        parents = {code: parent_of(code, level, organisations, as_of) for code in grid.codes}
    codes = tuple(sorted({parent for parent in parents.values() if parent is not None}))
    if not codes:
        raise InputError(f"none of the {len(grid.codes)} organisations with numbers belongs to a {level} in {as_of}")
    place = {code: i for i, code in enumerate(codes)}
    members = [i for i, code in enumerate(grid.codes) if parents[code] is not None]
    rows = np.array([place[parents[grid.codes[i]] or ""] for i in members], dtype=np.intp)
    known_cells = np.isfinite(grid.numerator) & np.isfinite(grid.denominator)
    shape = (len(codes), grid.numerator.shape[1])
    counted = np.zeros(shape)
    np.add.at(counted, rows, known_cells[members].astype(np.float64))
    sums = []
    for side in (grid.numerator, grid.denominator):
        total = np.zeros(shape)
        np.add.at(total, rows, np.where(known_cells, side, 0.0)[members])
        sums.append(np.where(counted > 0, total, np.nan))
    left = tuple(code for code in grid.codes if parents[code] is None)
    return Grid(codes, sums[0], sums[1], left)


def general_practices(grid: Grid, organisations: Organisations, also: frozenset[str] = frozenset()) -> Grid:
    """Without the prescribers that the organisations know to be something else; `also` are kept all the same."""
    keep = [
        i for i, code in enumerate(grid.codes)
        if code in also or organisations.level(code) in (None, "practice", "unknown")
    ]  # fmt: skip
    if len(keep) == len(grid.codes):
        return grid
    return Grid(tuple(grid.codes[i] for i in keep), grid.numerator[keep], grid.denominator[keep], grid.left_out)


def merge(lake_says: Organisations, own: Organisations | None) -> Organisations:
    """The lake's organisations with a user's own tree on top; on one child and level of parent the user's wins."""
    if own is None:
        return lake_says
    levels = dict(zip(lake_says.codes, lake_says.levels, strict=True)) | {
        code: level for code, level in zip(own.codes, own.levels, strict=True) if level != "unknown"
    }
    names = dict(zip(lake_says.codes, lake_says.names, strict=True)) | {
        code: name for code, name in zip(own.codes, own.names, strict=True) if name and name != code
    }
    for code in (*own.child, *own.parent):
        levels.setdefault(code, "unknown")
    settled = {(child, levels[parent]) for child, parent in zip(own.child, own.parent, strict=True)}
    kept = [
        i for i, (child, parent) in enumerate(zip(lake_says.child, lake_says.parent, strict=True))
        if (child, levels.get(parent, "unknown")) not in settled
    ]  # fmt: skip
    return Organisations(
        codes=tuple(levels),
        names=tuple(names.get(code, code) for code in levels),
        levels=tuple(levels.values()),
        child=(*(lake_says.child[i] for i in kept), *own.child),
        parent=(*(lake_says.parent[i] for i in kept), *own.parent),
        start=np.concatenate([lake_says.start[kept], own.start]).astype("datetime64[M]"),
        end=np.concatenate([lake_says.end[kept], own.end]).astype("datetime64[M]"),
    )


def parent_of(code: str, level: str, organisations: Organisations, as_of: np.datetime64) -> str | None:
    """The nearest organisation of the level above `code`; refused if two are equally near."""
    front, seen = [code], {code}
    while front:
        hits = sorted({item for item in front if organisations.level(item) == level})
        if len(hits) > 1:
            raise InputError(
                f"{code} belongs to {len(hits)} organisations of level {level!r} at once in {as_of}: {', '.join(hits)}"
            )
        if hits:
            return hits[0]
        front = [up for item in front for up in organisations.parents(item, as_of) if up not in seen]
        seen.update(front)
    return None
