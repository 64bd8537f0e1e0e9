"""The latest point of many control charts at once: what `xmr` says of the last month of thousands of organisations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .chart_icons import variation
from .chart_lines import NEAR
from .moving_range import SCREEN, XMR
from .xmr import xmr
from .xmr_rules import RUN

CLOSE = 1e-9  # relative: nearer to a mean or limit than this, the exact chart decides

Floats = NDArray[np.float64]


def latest(values: Floats, *, improves: str = "increase", fewest: int = 12) -> tuple[str | None, ...]:
    """Ask of each series, float64 (P, T), which variation icon its last known point has: `xmr(row).variation`.

    None where fewer than `fewest` points are known. Rows without gaps whose last point is clear of every line are
    counted together; the others are drawn one by one, so that the answer is always the chart's own.

    >>> latest(np.array([[5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 20], [5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6]]))
    ('improvement_high', 'common_cause')
    """
    values = np.asarray(values, dtype=np.float64)
    known = np.isfinite(values)
    found: list[str | None] = [None] * len(values)
    whole = known.all(axis=1) & (values.shape[1] >= max(fewest, RUN))
    label, clear = _labels(values[whole])
    for row, word, sure in zip(np.flatnonzero(whole), label, clear, strict=True):
        found[row] = variation(word, improves) if sure else xmr(values[row], improves=improves).variation
    for row in np.flatnonzero(~whole & (known.sum(axis=1) >= fewest)):
        found[row] = xmr(values[row], improves=improves).variation
    return tuple(found)


def quiet(values: Floats, last: int) -> bool:
    """Whether the last few points of one series, float64 (T,), surely have no special cause; False where only the
    chart can say. A list of measures draws the charts of those that are not quiet, and of no others.

    >>> quiet(np.array([5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 6]), 3)
    True
    """
    if len(values) < RUN + last or not np.isfinite(values).all():
        return False
    mean, ranges = values.mean(), np.abs(np.diff(values))
    average = ranges.mean()
    room = CLOSE * max(float(np.abs(values).max()), 1e-300)
    if (np.abs(ranges - SCREEN * average) <= CLOSE * average).any():
        return False
    half = XMR * ranges[ranges < SCREEN * average].mean() if average > 0 else 0.0
    away = values - mean
    side = np.where(np.abs(away) <= room, 0, np.sign(away))
    for end in range(len(values) - last + 1, len(values) + 1):
        run, three = side[end - RUN : end], side[end - 3 : end]
        steps = np.sign(np.diff(values[end - RUN : end]))
        close = np.abs(away[end - 3 : end]) > NEAR * half - room
        if abs(away[end - 1]) > half - room or abs(steps.sum()) == RUN - 1 or len(set(run) - {0}) < 2 \
                or (len(set(three) - {0}) < 2 and close.sum() >= 2):  # fmt: skip
            return False
    return True


def _labels(values: Floats) -> tuple[Sequence[str | None], NDArray[np.bool_]]:
    """The label of each last point, and whether rounding could not have decided it."""
    if not len(values):
        return [], np.zeros(0, dtype=bool)
    mean, ranges = values.mean(axis=1), np.abs(np.diff(values, axis=1))
    average = ranges.mean(axis=1)
    kept = ranges < SCREEN * average[:, None]
    near_screen = np.abs(ranges - SCREEN * average[:, None]) <= CLOSE * np.maximum(average[:, None], 1e-300)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = XMR * np.where(kept, ranges, 0.0).sum(axis=1) / kept.sum(axis=1)
    last = values[:, -RUN:] - mean[:, None]
    room = CLOSE * np.maximum(np.abs(values).max(axis=1), 1e-300)[:, None]
    lines = np.stack([np.zeros_like(half), half, NEAR * half], axis=1)
    distance = np.abs(np.abs(last)[:, :, None] - lines[:, None, :]).min(axis=(1, 2))
    clear = (half > 0) & (distance > room[:, 0]) & ~near_screen.any(axis=1)
    end = last[:, -1]
    up = end > 0
    outside = np.abs(end) > half
    steps = np.sign(np.diff(values[:, -RUN:], axis=1)).sum(axis=1)
    three = last[:, -3:]
    same = np.abs(np.sign(three).sum(axis=1)) == 3
    close = (np.abs(three) > NEAR * half[:, None]) & (np.abs(three) <= half[:, None])
    two = same & (close.sum(axis=1) >= 2) & close[:, -1]
    moved = np.abs(np.sign(last).sum(axis=1)) == RUN
    words: list[str | None] = []
    for i in range(len(values)):
        if outside[i]:
            words.append("Above UCL" if up[i] else "Below LCL")
        elif abs(steps[i]) == RUN - 1:
            words.append(f"{RUN} Point Trend ({'Increasing' if steps[i] > 0 else 'Decreasing'})")
        elif two[i]:
            words.append(f"2 in 3 {'Above' if up[i] else 'Below'} CL")
        elif moved[i]:
            words.append(f"{RUN} Points {'Above' if up[i] else 'Below'} CL")
        else:
            words.append(None)
    return words, clear
