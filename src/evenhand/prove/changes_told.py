"""A unit's breaks as a record: what was read, and whether the level moved by more than chance."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records.changes import Change
from .changes_read import SAME, Reading
from .changes_search import Fit, critical

MOVED = 1e-3  # our rule: one test of one difference, where the search was many; so it need not be as strict
NOT_YET = "its level moved within chance"


def told(
    blank: Change, asked: Reading, off_line: Reading, points: NDArray[Any], step: float,
    regression: Fit, place: int, direction: str,
) -> Change:  # fmt: skip
    """The blank filled with what the published reading or the fitted line says, and whether that is a change."""
    bends = tuple(label(points, int(j) + 1) for j in np.flatnonzero(regression.chosen[place]))
    if np.isnan(asked.known):
        return replace(blank, changed=False, breaks=bends)
    astray = not abs(asked.size - off_line.size) <= SAME * max(abs(off_line.before), abs(off_line.after))
    turned = _moved(off_line, regression, place, direction)
    return replace(
        blank, changed=turned, reason="" if turned else NOT_YET, start=label(points, int(asked.start)),
        slope_per_month=asked.slope / step, size=asked.size, size_share=asked.size_share,
        before=asked.before, after=asked.after, size_fitted=off_line.size, start_index=int(asked.start) + 1,
        breaks=bends,
        note="published reading of levels skips missing months and fits below zero; see size_fitted" if astray else "",
    )  # fmt: skip


def _moved(reading: Reading, regression: Fit, place: int, direction: str) -> bool:
    """Whether the level moved by more than chance between the turn and the end, the asked way and the stretch's.

    The published tables count any turn. After a rise, a line that goes flat falls a little as often as not.
    """
    n = regression.fitted.shape[1]
    bends = np.flatnonzero(regression.chosen[place])
    reach = n - 1 - bends - np.clip(reading.known - 1 - bends, 0, None)  # months each bend acts, in between
    free = int(regression.free[place])
    error = reach @ regression.inverse[place] @ reach * regression.rss[place] / max(free, 1)
    way = direction == "both" or (reading.size > 0) == (direction == "down")
    return bool(way and reading.size * reading.slope < 0 and reading.size**2 >= critical(n, MOVED)[free] * error)


def label(points: NDArray[Any], point: int) -> np.datetime64 | int:
    """What a point is called: its date, or its whole number."""
    name = points[point]
    return name if points.dtype.kind == "M" else int(name)
