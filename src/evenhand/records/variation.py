"""Funnel, Shrinkage, Opportunity, PeerGroup: what SEE says about how places differ, and how much chance explains."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from .base import Record
from .estimate import Estimate


@dataclass(frozen=True, eq=False)
class Limits(Record):
    """Control limits at N denominators: lower and upper, 95% and 99.8%, float64 (N,)."""

    lower_95: NDArray[np.float64]
    upper_95: NDArray[np.float64]
    lower_998: NDArray[np.float64]
    upper_998: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Funnel(Record):
    """N units against limits that chance draws, widened by the variation that all units share.

    value and limits are times `multiplier`; target, phi, tau2, z and z_adjusted are not. All float64 (N,), NaN
    for a unit without a denominator. limits are the ones drawn: adjusted for over-dispersion if `adjusted`.
    outlier: high, low or None, outside the limits named by `limit` (95 or 99.8). curve_at float64 (M,) and
    curve draw the funnel over denominators.
    """

    units: tuple[str, ...]
    numerator: NDArray[np.float64]
    denominator: NDArray[np.float64]
    value: NDArray[np.float64]
    z: NDArray[np.float64]
    z_adjusted: NDArray[np.float64]
    limits: Limits
    outlier: tuple[str | None, ...]
    target: float
    phi: float
    tau2: float
    adjusted: bool
    kind: str
    method: str
    limit: float
    multiplier: float
    curve_at: NDArray[np.float64]
    curve: Limits


@dataclass(frozen=True, eq=False)
class Shrinkage(Record):
    """N units drawn towards their common mean by as much as chance may have moved them.

    raw, shrunken, low, high: float64 (N,), shares (binomial) or rates (poisson); mode and conditional_sd are the
    unit's effect on the logit or log scale. intercept and sd_unit are on that scale too.
    """

    units: tuple[str, ...]
    raw: NDArray[np.float64]
    shrunken: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mode: NDArray[np.float64]
    conditional_sd: NDArray[np.float64]
    intercept: float
    sd_unit: float
    family: str
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class VariationSplit(Record):
    """Where the variance of the observed values comes from: observed = chance + case_mix + unexplained.

    systematic_component: McPherson's, times 100, NaN where the numerator is not a count.
    """

    observed: float
    chance: float
    case_mix: float
    unexplained: float
    systematic_component: float


@dataclass(frozen=True, eq=False)
class Opportunity(Record):
    """What it would be worth if nobody were on the worse side of the benchmark, chance and case-mix taken out.

    total: pounds, the median of the posterior draws with its 90% interval; naive: the same sum from the observed
    values, which overstates. value, shrunken, low, high (95%): float64 (N,) on the measure's own scale, case-mix
    taken out of the last three; probability_above: that the unit truly lies above the benchmark;
    pounds: the unit's expected opportunity. seed: what fixed chance, if known. areas: pounds that the units of an
    area could gain together, with a 90% interval, where areas were asked for. shift: float64 (N,), what case-mix adds
    to a unit's value; 0 without case-mix. clustering: how many times chance's variance the counts were found to
    scatter within units; 1 for plain counts; clustering_from: months or sizes, whichever said so, None where nothing
    can. notes: what a reader must know before using the total.
    """

    units: tuple[str, ...]
    value: NDArray[np.float64]
    shrunken: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    probability_above: NDArray[np.float64]
    pounds: NDArray[np.float64]
    total: Estimate
    naive: float
    benchmark: Estimate
    benchmark_name: str
    better: str
    family: str
    split: VariationSplit
    draws: int
    seed: int | None = None
    areas: dict[str, Estimate] = field(default_factory=dict)
    shift: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    clustering: float = 1.0
    clustering_from: str | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class PeerGroup(Record):
    """The organisations most like one, nearest first.

    codes: n of them; distance: float64 (n,), in standard deviations; features: what was compared.
    """

    code: str
    codes: tuple[str, ...]
    distance: NDArray[np.float64]
    features: tuple[str, ...]
