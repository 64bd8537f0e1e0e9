"""When a new level has lasted: dates at which a person who knows the cause may begin a new phase."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..records import ControlChart, SuggestedRebase
from .chart_lines import Floats
from .shewhart_events import rooted

BEFORE = 12  # points: Making Data Count sets limits on no fewer
AFTER = 8  # points since, all of the first 8 on one side: one more than the shift rule asks
STRENGTH = 4.0  # standard errors: measured, see decision 51: 1 proposal or fewer in 100 series of chance
LASTS = 0.5  # of the difference must be left in the later half of the points since
MOST = 5  # levels in a phase: more is not a step any more
MOST_LINKED = 0.9  # an autocorrelation above this leaves no standard error worth the name


def suggest_rebases(chart: ControlChart) -> tuple[SuggestedRebase, ...]:
    """Ask where the level of a series moved and stayed, phase by phase, in time order. Nothing is applied.

    A point is proposed if 12 points or more of its phase lie before it and 8 or more from it on; the first 8 from it
    all lie on one side of the mean before; the two means differ by 4 standard errors or more, widened for what
    neighbouring points share; half of the difference or more is left in the later half; and a step fits better than a
    steady drift and than a step up to 8 points away. As many levels are taken, up to 5, as keep the rule with each next
    one. Gaps and points left out do not count. Times and cases between events are compared by their 3.6th root.

    >>> from evenhand.stats.xmr import xmr
    >>> found = suggest_rebases(xmr(np.array([5.0, 6, 4] * 6 + [9, 10, 11] * 4)))
    >>> [(one.position, one.direction) for one in found]
    [(18, 'up')]
    """
    counts = np.isfinite(chart.values)
    counts[list(chart.left_out)] = False
    found: list[SuggestedRebase] = []
    for number in np.unique(chart.phase):
        rows = np.flatnonzero(counts & (chart.phase == number))
        seen = rooted(chart.values[rows]) if chart.kind in ("t", "g") else chart.values[rows]
        for start, at, end, strength in _steps(seen):
            before, after = chart.values[rows[start:at]], chart.values[rows[at:end]]
            found.append(_told(int(rows[at]), int(number), before, after, strength))
    return tuple(found)


def _steps(seen: Floats) -> list[tuple[int, int, int, float]]:
    """First point, step, end and strength of every step, in time order: as many as all keep the rule."""
    for count in range(min(MOST, 1 + (len(seen) - AFTER) // BEFORE), 2, -1):
        edges = [0, *_cuts(seen, count), len(seen)]
        found = [
            (start, at, end, _strength(seen[start:end], at - start))
            for start, at, end in zip(edges, edges[1:], edges[2:], strict=False)
        ]
        if all(strength >= STRENGTH for *_, strength in found):
            return found
    best = max(((_strength(seen, at), at) for at in range(BEFORE, len(seen) - AFTER + 1)), default=(0.0, 0))
    return [(0, best[1], len(seen), best[0])] if best[0] >= STRENGTH else []


def _cuts(seen: Floats, count: int) -> list[int]:
    """Where `count` levels begin, the first left out, that leave the least squares; all but the last hold BEFORE."""
    points = len(seen)
    sums, squares = np.concatenate(([0.0], np.cumsum(seen))), np.concatenate(([0.0], np.cumsum(seen**2)))

    def rest(start: NDArray[np.int64], end: int) -> Floats:
        return np.asarray(squares[end] - squares[start] - (sums[end] - sums[start]) ** 2 / (end - start))

    least = np.array([np.inf, *(float(rest(np.array([0]), end)[0]) for end in range(1, points + 1))])
    least[:BEFORE] = np.inf
    came: list[NDArray[np.int64]] = []
    for level in range(1, count):
        size = AFTER if level == count - 1 else BEFORE
        now, source = np.full(points + 1, np.inf), np.zeros(points + 1, dtype=np.int64)
        for end in range(level * BEFORE + size, points + 1):
            start = np.arange(level * BEFORE, end - size + 1)
            total = least[start] + rest(start, end)
            source[end] = start[np.argmin(total)]
            now[end] = total.min()
        least = now
        came.append(source)
    cuts = [points]
    for source in reversed(came):
        cuts.insert(0, int(source[cuts[0]]))
    return cuts[:-1]


def _strength(seen: Floats, at: int) -> float:
    """The difference of the two levels in standard errors; 0 if the rule does not hold at this point."""
    before, after = seen[:at], seen[at:]
    level = float(before.mean())
    difference = float(after.mean()) - level
    way = np.sign(difference)
    first_stay = bool(np.all(np.sign(after[:AFTER] - level) == way))
    left = way * (float(after[len(after) // 2 :].mean()) - level)
    if way == 0 or not first_stay or left < LASTS * abs(difference):
        return 0.0
    rest = np.concatenate((before - level, after - after.mean()))
    squares = float(rest @ rest)
    if squares <= 1e-24 * float(seen @ seen):  # two levels and nothing else
        return float("inf")
    if squares > _about_a_line(seen) or squares > _nearby(seen, at):
        return 0.0
    points = len(seen)
    error = squares / (points - 2) * (1 / at + 1 / (points - at)) * _shared(rest, squares)
    return float(abs(difference) / np.sqrt(error))


def _nearby(seen: Floats, at: int) -> float:
    """The least squares that a step up to 8 points away would leave."""
    near = [k for k in range(max(2, at - AFTER), min(len(seen) - 2, at + AFTER) + 1) if k != at]
    total, points = np.cumsum(seen - seen.mean()), len(seen)
    gained = [float(total[k - 1]) ** 2 * points / (k * (points - k)) for k in near]
    centred = seen - seen.mean()
    return float(centred @ centred) * (1 + 1e-12) - max(gained)


def _shared(rest: Floats, squares: float) -> float:
    """How much wider the variance of a mean is because neighbours are alike; 1 where they are not."""
    link = float(rest[1:] @ rest[:-1]) / squares
    link += (1 + 3 * link) / len(rest)  # Kendall (1954): what a short series hides of it
    link = min(max(link, 0.0), MOST_LINKED)
    return (1 + link) / (1 - link)


def _about_a_line(seen: Floats) -> float:
    time = np.arange(len(seen)) - (len(seen) - 1) / 2
    centred = seen - seen.mean()
    return float(centred @ centred - (time @ centred) ** 2 / (time @ time))


def _told(position: int, phase: int, before: Floats, after: Floats, strength: float) -> SuggestedRebase:
    one, two = float(before.mean()), float(after.mean())
    direction = "up" if two > one else "down"
    apart = f"{strength:.1f} standard errors apart" if np.isfinite(strength) else "with nothing between them"
    reason = (
        f"the level moved {direction} and stayed: {len(after)} points average {two:.4g} against {one:.4g} over the "
        f"{len(before)} before, {apart} (rule: {STRENGTH:g}); all of the first {AFTER} lie on one side of the old mean"
    )
    return SuggestedRebase(position, phase, direction, one, two, len(before), len(after), strength, reason)
