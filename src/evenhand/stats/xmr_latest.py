"""The latest points of many control charts at once: what `xmr` says of the last months of thousands of series."""

from __future__ import annotations

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from .chart_icons import variation
from .chart_lines import NEAR
from .moving_range import SCREEN, XMR
from .xmr import xmr
from .xmr_rules import RUN, label

CLOSE = 1e-9  # relative: nearer to a mean or limit than this, the exact chart decides

Floats = NDArray[np.float64]
Signs = NDArray[np.int64]
Labels = tuple[str | None, ...]


def latest(values: Floats, *, improves: str = "increase", fewest: int = 12) -> Labels:
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
    labels, clear = _labels(values[whole], 1)
    for row, words, sure in zip(np.flatnonzero(whole), labels, clear, strict=True):
        found[row] = variation(words[-1], improves) if sure else xmr(values[row], improves=improves).variation
    for row in np.flatnonzero(~whole & (known.sum(axis=1) >= fewest)):
        found[row] = xmr(values[row], improves=improves).variation
    return tuple(found)


def causes(values: Floats, last: int) -> tuple[Labels, ...]:
    """Ask of each series, float64 (P, T), which labels its last few points have: `xmr(row).special_cause[-last:]`.

    Rows without gaps whose points are clear of every line are counted together, the others drawn one by one.

    >>> causes(np.array([[5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 20, 6]]), 3)
    (('7 Points Below CL', 'Above UCL', None),)
    """
    values = np.asarray(values, dtype=np.float64)
    whole = np.isfinite(values).all(axis=1) & (values.shape[1] >= RUN - 1 + last)
    labels, clear = _labels(values[whole], last)
    found = {row: words for row, words, sure in zip(np.flatnonzero(whole).tolist(), labels, clear, strict=True) if sure}
    return tuple(found.get(row) or xmr(values[row]).special_cause[-last:] for row in range(len(values)))


def _labels(values: Floats, last: int) -> tuple[list[Labels], NDArray[np.bool_]]:
    """The labels of each row's last few points, and whether rounding could not have decided them."""
    if not len(values):
        return [], np.zeros(0, dtype=bool)
    mean, ranges = values.mean(axis=1), np.abs(np.diff(values, axis=1))
    average = ranges.mean(axis=1)
    kept = ranges < SCREEN * average[:, None]
    near_screen = np.abs(ranges - SCREEN * average[:, None]) <= CLOSE * np.maximum(average[:, None], 1e-300)
    with np.errstate(invalid="ignore", divide="ignore"):
        half = XMR * np.where(kept, ranges, 0.0).sum(axis=1) / kept.sum(axis=1)
    ends = values[:, -(RUN - 1 + last) :]  # all that the rules of the last points look at
    away = ends - mean[:, None]
    room = CLOSE * np.maximum(np.abs(values).max(axis=1), 1e-300)[:, None]
    lines = np.stack([np.zeros_like(half), half, NEAR * half], axis=1)
    distance = np.abs(np.abs(away)[:, :, None] - lines[:, None, :]).min(axis=(1, 2))
    clear = (half > 0) & (distance > room[:, 0]) & ~near_screen.any(axis=1)
    side = np.sign(away).astype(np.int64)
    outside = np.where(np.abs(away) > half[:, None], side, 0)
    close = np.where((np.abs(away) > NEAR * half[:, None]) & (outside == 0), side, 0)
    pairs = np.where((np.abs(_sums(side, 3)) == 3) & (np.abs(_sums(close, 3)) >= 2), 1, 0)
    rising = _over(_ends(np.sign(np.diff(ends, axis=1)).astype(np.int64), RUN - 1), last)
    moved = _over(_ends(side, RUN), last)
    two = np.where(_over(pairs[:, -last:], last, 3) != 0, close[:, -last:], 0)
    signs = np.stack([outside[:, -last:], rising, two, moved], axis=2)
    found: list[Labels] = [(None,) * last] * len(values)
    for row in np.flatnonzero((signs != 0).any(axis=(1, 2))):
        found[row] = tuple(label(*point) for point in signs[row].tolist())
    return found, clear


def _sums(signs: Signs, size: int) -> Signs:
    """The sum of every `size` in a row of each series."""
    return np.asarray(sliding_window_view(signs, size, axis=1).sum(axis=2), dtype=np.int64)


def _ends(signs: Signs, size: int) -> Signs:
    """The sign of `size` equal signs in a row, on the last of them; 0 elsewhere."""
    total = _sums(signs, size)
    return np.where(np.abs(total) == size, np.sign(total), 0)


def _over(ends: Signs, last: int, size: int = RUN) -> Signs:
    """Each end's sign on the `size` points up to it, of the last few; a later end overrides an earlier one."""
    found = np.zeros_like(ends)
    for at in range(last):
        before = found[:, max(0, at - size + 1) : at + 1]
        before[:] = np.where(ends[:, at : at + 1] != 0, ends[:, at : at + 1], before)
    return found
