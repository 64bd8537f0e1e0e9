"""Moved: which measures of one organisation changed this quarter, by the rules of control charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..lake import Lake
from ..stats.xmr import xmr
from ..stats.xmr_latest import quiet
from .sight import FEWEST_POINTS, IMPROVES
from .stood import Stood, stood

QUARTER = 3  # months

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Moved:
    """rows: measures with a special cause in the last quarter, the dearest first; looked_at: measures with a chart;
    too_short: those with fewer than 12 points."""

    organisation: str
    level: str
    rows: tuple[Mapping[str, Any], ...]
    looked_at: int
    too_short: int


def moved(lake: Lake, level: str, code: str, *, stored_only: bool = False) -> Moved:
    """What moved this quarter: a special cause (Making Data Count) in any of the last three months of a measure.

    Each row has the months of the signal, its rule, whether it improves, the quarter's value against the mean of all
    months before, and, where a unit of the measure has a price, what the change is worth over the quarter in pounds
    (above 0: saved). stored_only: as pages, of what `evenhand see store` has worked out; otherwise of the rest too.

    Raises
    ------
    InputError
        If no measure has numbers of this organisation at this level.
    """
    rows: list[dict[str, Any]] = []
    looked, short = 0, 0
    for held in stood(lake, level, code, stored_only=stored_only):
        value = held.standing.course
        if np.isfinite(value).sum() < FEWEST_POINTS or not np.isfinite(value[-QUARTER:]).any():
            short += 1
            continue
        looked += 1
        if not quiet(value, QUARTER) and (row := _row(lake, held)):
            rows.append(row)
    rows.sort(key=lambda row: -abs(row["pounds"]) if np.isfinite(row["pounds"]) else 0.0)
    return Moved(code, level, tuple(rows), looked, short)


def _row(lake: Lake, held: Stood) -> dict[str, Any] | None:
    """What moved of one measure; None if its last quarter has no special cause."""
    measure, standing = held.measure, held.standing
    value, months = standing.course, standing.months
    chart = xmr(value, improves=IMPROVES[measure.direction])
    at = [t for t in range(len(value) - QUARTER, len(value)) if t >= 0 and chart.special_cause[t]]
    if not at:
        return None
    top, bottom = standing.top, standing.bottom
    now, before = (_ratio(top[part], bottom[part]) for part in (slice(-QUARTER, None), slice(None, -QUARTER)))
    sign = {"lower": -1.0, "higher": 1.0}.get(measure.direction, np.nan)
    return {
        "measure": measure.id, "title": measure.title, "months": [str(months[t]) for t in at],
        "special_cause": chart.special_cause[at[-1]], "point_type": chart.point_type[at[-1]],
        "direction": "up" if now > before else "down", "better": measure.direction, "value": now, "before": before,
        "pounds": float(sign * (now - before) * np.nansum(bottom[-QUARTER:]) * held.price(lake)),
    }  # fmt: skip


def _ratio(top: Floats, bottom: Floats) -> float:
    known = np.isfinite(top) & np.isfinite(bottom)
    under = float(bottom[known].sum())
    return float(top[known].sum()) / under if under > 0 else float("nan")
