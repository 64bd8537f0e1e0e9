"""Moved: which measures of one organisation changed this quarter, by the rules of control charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..lake import Lake
from ..stats.chart_icons import kind
from ..stats.xmr_latest import Labels, causes
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
    charted: list[tuple[Stood, Floats]] = []
    short = 0
    for held in stood(lake, level, code, stored_only=stored_only):
        value = held.standing.course
        if np.isfinite(value).sum() < FEWEST_POINTS or not np.isfinite(value[-QUARTER:]).any():
            short += 1
        else:
            charted.append((held, value))
    found = zip(charted, _causes([value for _, value in charted]), strict=True)
    rows = [_row(lake, held, labels) for (held, _), labels in found if any(labels)]
    rows.sort(key=lambda row: -abs(row["pounds"]) if np.isfinite(row["pounds"]) else 0.0)
    return Moved(code, level, tuple(rows), len(charted), short)


def _causes(courses: list[Floats]) -> list[Labels]:
    """The labels of the last quarter of each measure's chart; those of like length are looked at together."""
    found: list[Labels] = [()] * len(courses)
    for length in {len(course) for course in courses}:
        at = [i for i, course in enumerate(courses) if len(course) == length]
        for i, labels in zip(at, causes(np.stack([courses[i] for i in at]), QUARTER), strict=True):
            found[i] = labels
    return found


def _row(lake: Lake, held: Stood, labels: Labels) -> dict[str, Any]:
    """What moved of one measure, given the labels of its last quarter, of which one at least says something."""
    measure, standing = held.measure, held.standing
    said = [(str(month), label) for month, label in zip(standing.months[-QUARTER:], labels, strict=True) if label]
    top, bottom = standing.top, standing.bottom
    now, before = (_ratio(top[part], bottom[part]) for part in (slice(-QUARTER, None), slice(None, -QUARTER)))
    sign = {"lower": -1.0, "higher": 1.0}.get(measure.direction, np.nan)
    return {
        "measure": measure.id, "title": measure.title, "months": [month for month, _ in said],
        "special_cause": said[-1][1], "point_type": kind(said[-1][1], IMPROVES[measure.direction]),
        "direction": "up" if now > before else "down", "better": measure.direction, "value": now, "before": before,
        "pounds": float(sign * (now - before) * np.nansum(bottom[-QUARTER:]) * held.price(lake)),
    }  # fmt: skip


def _ratio(top: Floats, bottom: Floats) -> float:
    known = np.isfinite(top) & np.isfinite(bottom)
    under = float(bottom[known].sum())
    return float(top[known].sum()) / under if under > 0 else float("nan")
