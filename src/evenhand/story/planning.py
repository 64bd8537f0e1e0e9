"""Planning: what a randomised wave of these practices could see, asked before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..change import Power, power, power_of_means
from ..errors import InputError
from ..lake import Lake
from ..measures import read as read_measure
from ..records import Panel, Scheme

FEWEST_CLUSTERS = 4  # evenhand.change.power: below, no test has any power


def wave_power(lake: Lake, scheme: Scheme, units: Sequence[str], clusters: Sequence[str]) -> Power | None:
    """The power of a wave over these units, from how their clusters differed in the baseline window.

    The intra-cluster correlation is the variance between cluster shares beyond chance; what the baseline will
    explain is the correlation of its first half with its second. A measure that is no share is compared by the means
    of its clusters. None where the baseline is not published for four clusters or more.

    Source: Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials, chapter 1 (the moment
    estimator of the correlation from cluster proportions).
    """
    try:
        window = scheme.baseline
        reading = read_measure(lake, scheme.measure, scheme.level, first=window.first, last=window.last)
    except InputError:
        return None
    return panel_power(reading.panel, units, clusters, share=reading.measure.is_share, effect=scheme.planned_effect)


def panel_power(
    panel: Panel,
    units: Sequence[str],
    clusters: Sequence[str],
    *,
    share: bool,
    effect: float | None = None,
    ratio: Sequence[int] = (1, 1),
    state: bool = False,
) -> Power | None:
    """The power of a wave, from how its clusters differed over the months of a panel.

    None where the panel has fewer than two months or the comparison fewer than four clusters.

    Parameters
    ----------
    units, clusters
        Codes of the panel's organisations and what they are drawn with, one for one.
    share
        Whether the measure is a share; else the clusters' values are compared as means.
    effect
        The change that would matter, in the measure's own unit.
    ratio
        Of the arms, the hold-out last: the least power is that of its comparison with the smallest arm.
    state
        Whether months are not to be added up (a waiting list): then only the last one counts for sizes.

    Source: as `wave_power`.
    """
    rows = {code: row for row, code in enumerate(panel.organisations)}
    there = [(rows[unit], cluster) for unit, cluster in zip(units, clusters, strict=True) if unit in rows]
    names = list(dict.fromkeys(cluster for _, cluster in there))
    if len(names) < FEWEST_CLUSTERS or len(panel.months) < 2:
        return None
    half = len(panel.months) // 2
    early, late = (_sums(panel.numerator[:, part], panel.denominator[:, part], there, names)
                   for part in (slice(None, half), slice(half, None)))  # fmt: skip
    top, size = early[0] + late[0], early[1] + late[1]
    if state:
        top, size = _sums(panel.numerator[:, -1:], panel.denominator[:, -1:], there, names)
    if not (size > 0).all():
        return None
    least = min(ratio[:-1])
    compared = int(len(names) * (least + ratio[-1]) / sum(ratio))
    treated = max(1, round(compared * least / (least + ratio[-1])))
    if compared < FEWEST_CLUSTERS or treated >= compared:
        return None
    known = correlation(early, late)
    whole = float(top.sum() / size.sum())
    if not share:
        spread = float((top / size).std(ddof=1))
        return None if spread == 0 else power_of_means(clusters=compared, spread=spread, baseline=whole, effect=effect,
                                                       correlation=known, treated=treated)  # fmt: skip
    if not 0 < whole < 1:
        return None
    asked = effect if effect is not None and 0 <= whole + effect <= 1 else None
    return power(
        clusters=compared, size=max(1.0, float(size.mean())), icc=icc(top / size, size, whole), baseline=whole,
        effect=asked, size_cv=float(size.std() / size.mean()), correlation=known, treated=treated,
    )  # fmt: skip


def _sums(
    numerator: NDArray[np.float64], denominator: NDArray[np.float64], there: list[tuple[int, str]], names: list[str]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    top, bottom = np.zeros(len(names)), np.zeros(len(names))
    place = {name: i for i, name in enumerate(names)}
    rows, at = [row for row, _ in there], [place[cluster] for _, cluster in there]
    np.add.at(top, at, np.nansum(numerator[rows], axis=1))
    np.add.at(bottom, at, np.nansum(denominator[rows], axis=1))
    return top, bottom


def icc(shares: NDArray[np.float64], size: NDArray[np.float64], share: float) -> float:
    """Variance between clusters beyond chance, as a part of all variance of a yes or no, 0 to 1.

    Source: Donner and Klar (2000), chapter 1 (the moment estimator from cluster proportions).
    """
    every = share * (1 - share)
    chance = float(np.mean(1 / size))
    return float(np.clip((shares.var(ddof=1) - every * chance) / (every * (1 - chance)), 0.0, 1.0))


def correlation(early: tuple[NDArray[np.float64], ...], late: tuple[NDArray[np.float64], ...]) -> float:
    """How well one half of the baseline tells the other, 0 to 0.99; each half is (counts, of how many) by cluster."""
    if not ((early[1] > 0).all() and (late[1] > 0).all()):
        return 0.0
    first, second = early[0] / early[1], late[0] / late[1]
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.clip(np.corrcoef(first, second)[0, 1], 0.0, 0.99))
