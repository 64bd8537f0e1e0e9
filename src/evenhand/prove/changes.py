"""Change detection for each of many units: did it change, when, how fast and how much.

The method is trend-indicator saturation: every month is offered as a place where the line may bend, and a search
from general to specific keeps the bends that the series cannot do without (`changes_search`). The first that turns
the unit the asked way, the steepest stretch after it and the levels at both ends are then read off (`changes_read`).

Source: the analysis published as BMJ 2019;367:l5205, with gets 0.38 (Pretis, Reade and Sucarrat 2018, Journal of
Statistical Software 86(3)); both restated here, none of it copied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records.changes import Change, Changes
from .changes_design import Floats
from .changes_gaps import filled, lines
from .changes_grid import monthly
from .changes_read import DIRECTIONS, SAME, Reading, read
from .changes_search import Fit, Settings, critical, fit, search

P = 1e-6  # published analysis: the level of significance of a break
LARGEST, LARGEST_MARKED = 15, 12  # published analysis: candidates in a block, without and with missing months
FEWEST = 12  # our rule: with fewer months no break reaches the published level of significance but by chance
TURN = 1e-3  # our rule: one test of one slope, where the search was many; so it need not be as strict
SLICE = 1024  # units between two reports of progress

NOT_YET = "it bends that way, but by no more than chance would"
LEVELS = ("published", "fitted")


def changes(
    units: Sequence[str],
    points: NDArray[np.datetime64] | NDArray[np.int64],
    values: NDArray[np.float64],
    *,
    direction: str = "down",
    expected: np.datetime64 | int | None = None,
    months_per_point: float = 1.0,
    p: float = P,
    levels: str = "published",
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Changes:
    """Find when, how fast and how much each unit changed.

    Holds for evenly spaced points and at least 12 values a unit. A search over all months at p = 1e-6 is blind to
    small or slow changes in noisy units: `benchmarks/change_truth.py` says how blind.

    Parameters
    ----------
    units
        U names.
    points
        T dates or whole numbers in order, evenly spaced.
    values
        (U, T), NaN where missing.
    direction
        Which way counts: down, up or both.
    expected
        Only breaks after this point count; None: all.
    months_per_point
        Months from one point to the next, so that a slope is per month.
    levels
        How `before` and `after` are read: 'published' as the published tables were, 'fitted' off the fitted line.

    Raises
    ------
    InputError
        If shapes disagree, a word is not known, p is not between 0 and 0.5, or no break could be after `expected`.
    """
    _check(units, points, values, direction, levels, p)
    reasons = [_reason(row) for row in values]
    known = np.array([not reason for reason in reasons], dtype=bool)
    after = _up_to(points, expected)
    found = [Change(name, None, reason=why, months=int(np.isfinite(row).sum()), missing=int(np.isnan(row).sum()))
             for name, why, row in zip(units, reasons, values, strict=True)]  # fmt: skip
    fitted = np.full(values.shape, np.nan)
    done = 0
    for whole in (True, False):
        todo = np.flatnonzero(known & (np.isfinite(values).all(axis=1) == whole))
        for rows in np.split(todo, range(SLICE, len(todo), SLICE)):
            if not len(rows):
                continue
            series, marks, fill = filled(values[rows], whole)
            settings = Settings("trend", p, LARGEST if whole else LARGEST_MARKED)
            regression = fit(series, marks, search(series, marks, settings), "trend")
            for place, row in enumerate(rows):
                line, seen = lines(regression, place, values[row], fill[place])
                fitted[row] = line
                reading = read(regression.coefficients[place], seen, direction, after)
                straight = whole and len(seen) == len(line)  # then both are the same
                off_line = reading if straight else read(regression.coefficients[place], line, direction, after)
                found[row] = _told(found[row], reading, off_line, levels, points, months_per_point, regression, place)
            done += len(rows)
            progress(done, int(known.sum()))
    return Changes(
        tuple(found), _quartiles(found, points), direction, "" if expected is None else str(expected), p, levels,
        np.asarray(points), values, fitted,
    )  # fmt: skip


def _check(
    units: Sequence[str], points: NDArray[Any], values: Floats, direction: str, levels: str, p: float
) -> None:
    if values.shape != (len(units), len(points)):
        raise InputError(f"need one row for each unit and one column for each point; got {values.shape}")
    for word, words, what in ((direction, DIRECTIONS, "direction"), (levels, LEVELS, "levels")):
        if word not in words:
            raise InputError(f"{what}: expected {', '.join(words)}, found {word!r}")
    if not 0 < p < 0.5:
        raise InputError(f"need 0 < p < 0.5; got {p}")


def _up_to(points: NDArray[Any], expected: np.datetime64 | int | None) -> int:
    """How many points lie up to the expected one; a date of a monthly series stands for its whole month."""
    if expected is None:
        return 0
    last = np.asarray(expected, points.dtype)
    if monthly(points):
        points, last = points.astype("datetime64[M]"), last.astype("datetime64[M]")
    after = int(np.searchsorted(points, last, side="right"))
    if after >= len(points):
        raise InputError(f"no month lies after the expected one ({expected}); the last is {points[-1]}")
    return after


def _reason(series: Floats) -> str:
    """Why nothing can be said of a series, or nothing."""
    there = series[np.isfinite(series)]
    if not len(there):
        return "no month has a value"
    if len(there) < FEWEST:
        return f"{len(there)} months have a value; at least {FEWEST} are needed"
    if np.ptp(there) <= SAME * np.abs(there).max():
        return "the same in every month"
    return ""


def _told(
    blank: Change, reading: Reading, off_line: Reading, levels: str, points: NDArray[Any], step: float,
    regression: Fit, place: int,
) -> Change:  # fmt: skip
    bends = tuple(_label(points, int(j) + 1) for j in np.flatnonzero(regression.chosen[place]))
    if np.isnan(reading.known):
        return replace(blank, changed=False, breaks=bends)
    asked = off_line if levels == "fitted" else reading
    scale = max(abs(off_line.before), abs(off_line.after))
    astray = levels == "published" and not abs(reading.size - off_line.size) <= SAME * scale
    turned = _turned(reading, off_line.size, regression, place)
    return replace(
        blank, changed=turned, reason="" if turned else NOT_YET, start=_label(points, int(reading.start)),
        slope_per_month=reading.slope / step, size=asked.size, size_share=asked.size_share,
        before=asked.before, after=asked.after, size_fitted=off_line.size, start_index=int(reading.start) + 1,
        breaks=bends,
        note="published reading of levels skips missing months and fits below zero; see size_fitted" if astray else "",
    )  # fmt: skip


def _turned(reading: Reading, size: float, regression: Fit, place: int) -> bool:
    """Whether the steepest stretch is steeper than chance, and the level moved its way.

    The published tables count any turn. After a rise, a line that goes flat falls a little as often as not.
    """
    n = regression.fitted.shape[1]
    last = np.flatnonzero(regression.chosen[place][: int(reading.start)])[-1]
    steep = regression.slope_t[place, last] ** 2 >= critical(n, TURN)[regression.free[place]]
    return bool(steep and size * reading.slope < 0)


def _label(points: NDArray[Any], point: int) -> np.datetime64 | int:
    label = points[point]
    return label if points.dtype.kind == "M" else int(label)


def _quartiles(found: Sequence[Change], points: NDArray[Any]) -> dict[str, list[Any]]:
    """Of the units that changed: type 7, and a date is that of the nearest point."""
    starts = [unit.start_index for unit in found if unit.changed and unit.start_index is not None]
    sizes = [unit.size for unit in found if unit.changed and np.isfinite(unit.size)]
    places = np.percentile(starts, [25, 50, 75]) if starts else np.full(3, np.nan)
    near = [None if np.isnan(q) else _label(points, int(np.floor(q + 0.5)) - 1) for q in places]
    return {
        "start": near, "size": [float(q) for q in np.percentile(sizes, [25, 50, 75])] if sizes else [np.nan] * 3,
        "start_index": [float(q) for q in places],
    }  # fmt: skip
