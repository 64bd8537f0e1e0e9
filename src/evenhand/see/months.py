"""Months: how much do a unit's counts scatter from one month to the next, beyond what chance would give?

A year's total of every unit says little about noise of its own; its months say it directly. Scatter above chance is
clustering; scatter below chance means that the same people are counted again, so that twelve months hold less news
than twelve counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .units import summed

FEWEST_STEPS = 100  # from one month to the next, over all units: a deviation of the multiple of about 0.2 (our rule)
EXTREME = 0.01  # share of units at each end drawn in to the rest: one absurd month is no clustering
REPEATED = 0.9  # of chance's scatter, below which the same people are counted again, if sure by SURE deviations
SURE = 4.0
SHOWN = 2.0  # deviations of the multiple from 1 below which counts are plain: else chance would always add to it
KNOWN = 0.04  # of the multiple: known as well as that, it is one number
THIRDS = np.array([-0.967, 0.0, 0.967])  # the middles of the thirds of a normal distribution

Floats = NDArray[np.float64]


def scatter_by_month(
    units: Sequence[str], months: Sequence[object], numerator: Floats, denominator: Floats, *, share: bool
) -> Floats | None:
    """How many times chance's variance a unit's total scatters: a few equally likely values, at least 1.

    Each row is a unit's count in a month; several rows of one month are summed. Expected is the unit's own level,
    times what the month adds to all; residuals over chance's deviation are compared with the month before, so that a
    steady rise of one unit is no scatter. share: hits of those counted, whose variance is less by the share.

    Returns None where months are too few to tell. Where months scatter less than chance by far, a share rho of
    their variance is common to all T of a unit, whose total then scatters 1 + (T - 1) rho times (Kish's design effect).
    """
    when = {month: i for i, month in enumerate(sorted(set(months)))}  # type: ignore[type-var]
    names, _ = summed(units, numerator)
    at = {name: i for i, name in enumerate(names)}
    cell = (np.array([at[unit] for unit in units]), np.array([when[month] for month in months]))
    hits, base, rows = (np.zeros((len(names), len(when))) for _ in range(3))
    for table, values in ((hits, numerator), (base, denominator), (rows, np.ones(len(units)))):
        np.add.at(table, cell, values)
    there = (rows > 0) & np.isfinite(hits) & (base > 0)
    hits, base = np.where(there, hits, 0.0), np.where(there, base, 0.0)
    foreseen = _expected(hits, base)
    chance = foreseen * np.clip(1 - foreseen / np.where(there, base, 1.0), 0.0, 1.0) if share else foreseen
    known = there & (chance > 0)
    z = np.where(known, (hits - foreseen) / np.sqrt(np.where(known, chance, 1.0)), 0.0)
    steps = known[:, 1:] & known[:, :-1]
    count = steps.sum(axis=1)
    if count.sum() < FEWEST_STEPS:
        return None
    square = np.where(steps, np.diff(z, axis=1) ** 2 / 2, 0.0).sum(axis=1)[count > 0]
    length = known.sum(axis=1)[count > 0]
    count = count[count > 0]
    each = square / count
    if len(each) > 1 / EXTREME:
        each = np.clip(each, *np.quantile(each, [EXTREME, 1 - EXTREME]))
    times = float(each @ count / count.sum())
    error = max(float(np.sqrt(np.sum((count * (each - times)) ** 2))), (2 * count.sum()) ** 0.5) / float(count.sum())
    if times < REPEATED and times + SURE * error < 1:
        return np.array([1 + (float(length.mean()) - 1) * (1 - times)])
    if times < 1 + SHOWN * error:
        return np.ones(1)
    if error < KNOWN * times:
        return np.array([times])
    return np.asarray(np.maximum(1.0, times + error * THIRDS))


def _expected(hits: Floats, base: Floats) -> Floats:
    """The unit's own level times what each month adds to all, times the base, float64 (N, T)."""
    month = np.ones(hits.shape[1])
    for _ in range(5):  # converges at once where every unit has every month
        level = hits.sum(axis=1) / np.maximum(base @ month, 1e-300)
        foreseen = (base * level[:, None]).sum(axis=0)
        month = np.where(foreseen > 0, hits.sum(axis=0) / np.where(foreseen > 0, foreseen, 1.0), 1.0)
    level = hits.sum(axis=1) / np.maximum(base @ month, 1e-300)
    return np.asarray(base * month * level[:, None])
