"""Change detection for each of many units: did it change, when, how fast and how much.

The method is trend-indicator saturation: every month is offered as a place where the line may bend, and a search
from general to specific keeps the bends that the series cannot do without (`changes_search`). The first that turns
the unit the asked way, the steepest stretch after it and the levels at both ends are then read off (`changes_read`).

Source: the analysis published as BMJ 2019;367:l5205, with gets 0.38 (Pretis, Reade and Sucarrat 2018, Journal of
Statistical Software 86(3)); both restated here, none of it copied.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records.changes import Change, Changes
from .changes_design import Floats
from .changes_fit import P, fits
from .changes_gaps import lines
from .changes_grid import monthly
from .changes_read import DIRECTIONS, SAME, read
from .changes_told import label, told

FEWEST = 12  # our rule: with fewer months no break reaches the published level of significance but by chance

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
    workers: int = 1,
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
    workers
        Processes that share thousands of units; the answer is the same.

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
    for rows, regression, fill in fits(values, known, p, workers):
        for place, row in enumerate(rows):
            line, seen = lines(regression, place, values[row], fill[place])
            fitted[row] = line
            published = read(regression.coefficients[place], seen, direction, after)
            alike = len(seen) == len(line) and np.isfinite(values[row]).all()
            off_line = published if alike else read(regression.coefficients[place], line, direction, after)
            asked = off_line if levels == "fitted" else published
            found[row] = told(found[row], asked, off_line, points, months_per_point, regression, place, direction)
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


def _quartiles(found: Sequence[Change], points: NDArray[Any]) -> dict[str, list[Any]]:
    """Of the units that changed: type 7, and a date is that of the nearest point."""
    starts = [unit.start_index for unit in found if unit.changed and unit.start_index is not None]
    sizes = [unit.size for unit in found if unit.changed and np.isfinite(unit.size)]
    places = np.percentile(starts, [25, 50, 75]) if starts else np.full(3, np.nan)
    near = [None if np.isnan(q) else label(points, int(np.floor(q + 0.5)) - 1) for q in places]
    return {
        "start": near, "size": [float(q) for q in np.percentile(sizes, [25, 50, 75])] if sizes else [np.nan] * 3,
        "start_index": [float(q) for q in places],
    }  # fmt: skip
