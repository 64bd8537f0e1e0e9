"""Would a randomised wave of this size see an effect that matters? Asked before launch."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.optimize import brentq
from scipy.special import nctdtr, stdtrit

from ..errors import InputError
from ..records import Record


@dataclass(frozen=True, eq=False)
class Power(Record):
    """What a wave can see. Shares and effects are between 0 and 1; power is NaN if no effect was named.

    minimum_detectable_effect: the smallest fall below the baseline seen with `target` power (NaN if even a fall to 0
    would not be); minimum_detectable_relative: the same as a share of the baseline.
    """

    clusters: int
    size: float
    icc: float
    baseline: float
    effect: float
    design_effect: float
    effective_n: float
    power: float
    minimum_detectable_effect: float
    minimum_detectable_relative: float
    alpha: float
    target: float


def power(
    *,
    clusters: int,
    size: float,
    icc: float,
    baseline: float,
    effect: float | None = None,
    size_cv: float = 0.0,
    correlation: float = 0.0,
    alpha: float = 0.05,
    target: float = 0.8,
    treated: int | None = None,
) -> Power:
    """Work out the power and the minimum detectable effect of a wave of clusters in two arms.

    Compares two shares. The design effect is 1 + ((cv^2 + 1) x size - 1) x icc; a baseline that is adjusted for takes
    away correlation^2 of what is left; the test is Student's with clusters - 2 degrees of freedom, two-sided, so
    that few clusters are not flattered.

    Parameters
    ----------
    clusters
        In both arms together, as equal as can be (4 or more).
    size
        Decisions (items, patients) in each cluster and window, 1 or more.
    icc
        Intra-cluster correlation, 0 to 1. With size 1 it plays no part.
    baseline
        The share before, between 0 and 1.
    effect
        The change of the share that would matter (-0.05: five points lower).
    size_cv
        Spread of cluster sizes over their mean.
    correlation
        Of a cluster's baseline with its outcome, 0 (not adjusted) to below 1.
    alpha, target
        Two-sided error rate, and the power that the minimum detectable effect is for.
    treated
        How many of the clusters are written to; half of them, rounded down, if not given.

    Raises
    ------
    InputError
        If a number is out of its range, or the effect would carry the share out of 0 to 1.

    Source: Donner and Klar (2000), Design and Analysis of Cluster Randomization Trials, ch. 5; Eldridge, Ashby and
    Kerry (2006), Int J Epidemiology 35:1292 (unequal sizes); Teerenstra et al. (2012), Stat Med 31:2169 (ANCOVA).

    >>> wave = power(clusters=64, size=100, icc=0.02, baseline=0.5, effect=-0.06)
    >>> round(wave.design_effect, 2), round(wave.power, 2), round(wave.minimum_detectable_effect, 3)
    (2.98, 0.78, 0.061)
    """
    _check(clusters, size, icc, baseline, effect, size_cv, correlation, alpha, target)
    _split(clusters, treated)
    inflation = 1 + ((size_cv**2 + 1) * size - 1) * icc
    small = clusters // 2 if treated is None else treated
    large = clusters - small
    scale = inflation / size * (1 - correlation**2)

    def chance(change: float) -> float:
        after = baseline + change
        variance = scale * (after * (1 - after) / small + baseline * (1 - baseline) / large)
        return _chance(abs(change) / math.sqrt(variance), clusters - 2, alpha)

    furthest = -baseline * (1 - 1e-9)
    least = math.nan
    if chance(furthest) >= target:
        least = -float(brentq(lambda change: chance(change) - target, furthest, -1e-12, xtol=1e-14))
    return Power(
        clusters, size, icc, baseline, math.nan if effect is None else effect, inflation,
        clusters * size / inflation, math.nan if effect is None else chance(effect), least, least / baseline,
        alpha, target,
    )  # fmt: skip


def power_of_means(
    *,
    clusters: int,
    spread: float,
    baseline: float,
    effect: float | None = None,
    correlation: float = 0.0,
    alpha: float = 0.05,
    target: float = 0.8,
    treated: int | None = None,
) -> Power:
    """The same for a measure that is no share (items per 1,000 patients, pounds): two means of cluster values.

    Parameters
    ----------
    spread
        Standard deviation of the clusters' values over the baseline, in the measure's own unit, above 0.
    baseline
        Their mean.
    clusters, effect, correlation, alpha, target, treated
        As in `power`; the effect is in the measure's own unit.

    size, icc and design_effect are NaN: they are in the spread already. The minimum detectable effect is a change
    either way.

    Raises
    ------
    InputError
        If a number is out of its range.

    Source: Student's test of two means with clusters as units, as in Donner and Klar (2000), ch. 6.

    >>> wave = power_of_means(clusters=128, spread=1.0, baseline=3.0, effect=-0.5)
    >>> round(wave.power, 2)          # Cohen (1988), table 2.3: d = 0.5, 64 in each group
    0.8
    """
    wrong = [
        (clusters < 4, f"clusters: expected 4 or more in both arms together, got {clusters}"),
        (not (spread > 0 and math.isfinite(spread)), f"spread: expected above 0, got {spread:g}"),
        (not 0 <= correlation < 1, f"correlation: expected 0 to below 1, got {correlation:g}"),
        (not 0 < alpha < 1, f"alpha: expected between 0 and 1, got {alpha:g}"),
        (not alpha < target < 1, f"target: expected between alpha and 1, got {target:g}"),
        (effect is not None and not (effect and math.isfinite(effect)), f"effect: expected a change, got {effect}"),
    ]
    for is_wrong, message in wrong:
        if is_wrong:
            raise InputError(message)
    _split(clusters, treated)
    small = clusters // 2 if treated is None else treated
    error = spread * math.sqrt((1 - correlation**2) * (1 / small + 1 / (clusters - small)))
    shift = float(brentq(lambda z: _chance(z, clusters - 2, alpha) - target, 0.0, 20.0, xtol=1e-12))
    least = shift * error
    chance = math.nan if effect is None else _chance(abs(effect) / error, clusters - 2, alpha)
    return Power(
        clusters, math.nan, math.nan, baseline, math.nan if effect is None else effect, math.nan, math.nan, chance,
        least, least / abs(baseline) if baseline else math.nan, alpha, target,
    )  # fmt: skip


def _split(clusters: int, treated: int | None) -> None:
    if treated is not None and not 1 <= treated <= clusters - 1:
        raise InputError(f"treated: expected 1 to {clusters - 1} of {clusters} clusters, got {treated}")


def _chance(shift: float, df: int, alpha: float) -> float:
    """The chance that |t| exceeds its limit when its mean is shifted by `shift` standard errors.

    Beyond 20 it is 1, and beyond 4 the other tail is 0: there SciPy's distribution underflows to NaN.
    """
    limit = float(stdtrit(df, 1 - alpha / 2))
    if shift > 20:
        return 1.0
    other = float(nctdtr(df, shift, -limit)) if shift < 4 else 0.0
    return 1 - float(nctdtr(df, shift, limit)) + other


def _check(
    clusters: int, size: float, icc: float, baseline: float, effect: float | None, size_cv: float,
    correlation: float, alpha: float, target: float,
) -> None:  # fmt: skip
    wrong = [
        (clusters < 4, f"clusters: expected 4 or more in both arms together, got {clusters}"),
        (not size >= 1, f"size: expected 1 or more decisions in a cluster, got {size:g}"),
        (not 0 <= icc <= 1, f"icc: expected 0 to 1, got {icc:g}"),
        (not 0 < baseline < 1, f"baseline: expected a share between 0 and 1, got {baseline:g}"),
        (not size_cv >= 0, f"size_cv: expected 0 or more, got {size_cv:g}"),
        (not 0 <= correlation < 1, f"correlation: expected 0 to below 1, got {correlation:g}"),
        (not 0 < alpha < 1, f"alpha: expected between 0 and 1, got {alpha:g}"),
        (not alpha < target < 1, f"target: expected between alpha and 1, got {target:g}"),
    ]
    if effect is not None:
        inside = effect != 0 and 0 <= baseline + effect <= 1
        wrong.append((not inside, f"effect: expected a change that keeps {baseline:g} between 0 and 1, got {effect:g}"))
    for is_wrong, message in wrong:
        if is_wrong:
            raise InputError(message)
