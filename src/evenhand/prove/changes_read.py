"""Reading fitted breaks: when a series began to change, how steeply, and from which level to which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .changes_design import Flags, Floats

STEEP = 0.5  # published analysis: the steepest stretch is the shortest that makes more than half of the change
OFFSET = -0.8  # published analysis: a break is undone when the next stretch takes back more than 0.8 of it
SAME = 1e-9  # our rule: slopes that differ by less than this share of the steepest differ by rounding alone

DIRECTIONS = ("down", "up", "both")


@dataclass(frozen=True)
class Reading:
    """What the published tables say of one series. Points are counted from 0; NaN where there is none.

    first: the first break that turns it the asked way; known: the same, after the expected point; lasting and
    lasting_known: the same, of breaks not undone by the next; start: where the steepest stretch begins, with
    its slope, that slope as a share of the level at `known`, and the share of all change that falls into it;
    before, after: the levels it came from and ended at.
    """

    breaks: int
    first: float = np.nan
    known: float = np.nan
    lasting_known: float = np.nan
    lasting: float = np.nan
    start: float = np.nan
    slope: float = np.nan
    slope_share: float = np.nan
    stretch_share: float = np.nan
    before: float = np.nan
    after: float = np.nan

    @property
    def size(self) -> float:
        """The level before minus the level after: a fall is positive."""
        return self.before - self.after

    @property
    def size_share(self) -> float:
        """The size as a share of the level before; NaN if that is 0."""
        return self.size / self.before if self.before else np.nan


def read(coefficients: Floats, levels: Floats, direction: str, expected: int = 0) -> Reading:
    """Read the breaks of one series of n points.

    coefficients: float64 (n - 1), the change of slope at each point but the first, 0 where there is no break;
    levels: what `before` and `after` are looked up in, by the point they stand at; expected: how many
    points lie up to the expected one, so that only breaks after them count (0: all).

    Source: the rules of the analysis published as BMJ 2019;367:l5205, restated.
    """
    bent = np.flatnonzero(coefficients)
    if not len(bent):
        return Reading(0)
    slopes = np.concatenate([[0.0], np.cumsum(coefficients)])
    slopes[np.abs(slopes) <= SAME * np.abs(coefficients).max()] = 0.0
    points = bent + 1
    turned = _turned(slopes[points], direction)
    after = turned & (points + 1 > expected)
    known = _first(points[after])
    bends = _turned(coefficients[bent], direction) & turned & ~_undone(slopes, points)
    end = levels[-1] if len(levels) else np.nan
    found: dict[str, Any] = {
        "breaks": len(bent), "first": _first(points[turned]), "known": known, "after": end,
        "lasting_known": _first(points[bends & (points + 1 >= expected)]), "lasting": _first(points[bends]),
    }  # fmt: skip
    if np.isnan(known):
        return Reading(**found)
    place = int(known)
    begin, slope, share = _steepest(slopes[place:])
    alone = (points >= place).sum() == 1
    return Reading(
        **found, start=known + (0 if alone else begin), slope=slope,
        slope_share=slope / levels[place] if place < len(levels) and levels[place] else np.nan,
        stretch_share=share[0 if alone else begin], before=levels[place - 1] if place <= len(levels) else np.nan,
    )  # fmt: skip


def _turned(slopes: Floats, direction: str) -> Flags:
    turned: Flags = slopes < 0 if direction == "down" else slopes > 0 if direction == "up" else slopes != 0
    return turned


def _first(points: np.ndarray) -> float:
    return float(points.min()) if len(points) else np.nan


def _undone(slopes: Floats, points: np.ndarray) -> Flags:
    """Whether the stretch after each break is taken back by the next stretch; the last never is."""
    path = np.cumsum(slopes)
    ends = np.append(points[1:], len(path) - 1)
    change = path[ends - 1] - path[points - 1]
    undone = np.zeros(len(points), dtype=bool)
    undone[:-1] = (change[1:] < OFFSET * change[:-1]) & (change[:-1] > 0)
    undone[:-1] |= (change[1:] > OFFSET * change[:-1]) & (change[:-1] < 0)
    return undone


def _steepest(slopes: Floats) -> tuple[int, float, Floats]:
    """The shortest stretch that makes more than half of the change: its begin, its slope, each begin's share."""
    total = slopes.sum()
    path = np.concatenate([[0.0], np.cumsum(slopes)])
    for length in range(1, len(slopes) + 1):
        moved = path[length:] - path[:-length]
        share = moved / total
        enough = share > STEEP * (1 + SAME)
        if enough.any():
            steep = np.where(enough, np.abs(moved), 0.0)
            begin = int(np.argmax(steep >= steep.max() * (1 - SAME)))
            return begin, float(moved[begin] / length), share
    return 0, np.nan, np.full(1, np.nan)
