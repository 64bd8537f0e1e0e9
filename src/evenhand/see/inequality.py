"""Inequality: how far does an outcome differ from the most to the least deprived, over everybody between?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats
from scipy.special import expit, logit

from ..errors import InputError, did_you_mean
from ..records.base import Record

KINDS = ("normal", "rate", "proportion")
DRAWS = 100_000  # for limits of what is not normal: a limit's own error is then under 1% of the interval
SEED = 1
NOTHING = 1e-12  # of the largest value: what roundings leave of a base of 0, over which there is no ratio

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Inequality(Record):
    """sii: the slope index, value at the least deprived end less value at the most; rii: the one over the other."""

    sii: float
    sii_low: float
    sii_high: float
    rii: float
    rii_low: float
    rii_high: float
    level: float


def inequality(
    group: ArrayLike,
    population: ArrayLike,
    value: ArrayLike,
    se: ArrayLike,
    *,
    kind: str = "normal",
    transform: bool = False,
    level: float = 0.95,
    seed: int = SEED,
) -> Inequality:
    """Fit a line through the values of groups ranked from the most deprived, each as wide as its population.

    Parameters
    ----------
    group
        Quantile of deprivation, 1 the most deprived; each given once.
    se
        Of each value: of the value itself (normal), of its logarithm (rate), or of its logit (proportion).
    transform
        Fit the logarithms (rate) or logits (proportion), and bring the ends of the line back.
    seed
        Fixes the draws from which limits of a rate or proportion come; those of a normal value are exact.

    Raises
    ------
    InputError
        If there are fewer than three groups, one is given twice, a number is missing or out of range.

    Source: Low & Low (2004) J. Public Health 26:395; the ratio's exact limits are Fieller's (1954) JRSS B 16:175.
    Point estimates as PHEindicatormethods 2.1.0, whose limits are draws where ours are exact.

    >>> found = inequality([1, 2, 3, 4], [100, 100, 100, 100], [8.0, 6.0, 4.0, 2.0], [0.1, 0.1, 0.1, 0.1])
    >>> print(f"{found.sii:.1f} ({found.sii_low:.1f} to {found.sii_high:.1f})")
    -8.0 (-8.4 to -7.6)
    """
    y, error, a, middle = _checked(group, population, value, se, kind, transform, level)
    root = np.sqrt(a)
    design = np.column_stack([root, root * middle])
    solve = np.linalg.inv(design.T @ design) @ (design * root[:, None]).T  # coefficients = solve @ y
    if kind != "normal" and not transform:
        return _drawn(solve, y, error, kind, level, seed)
    fit = _link(y, kind) if transform else y
    beta, cover = solve @ fit, (solve * error**2) @ solve.T
    if transform:
        return _back(beta, cover, kind, level, seed)
    reach = float(stats.norm.ppf((1 + level) / 2))
    spread = reach * float(np.sqrt(cover[1, 1]))
    low, high = _fieller(beta, cover, reach)
    sii, no_base = float(beta[1]), abs(beta[0]) <= NOTHING * np.abs(y).max()
    rii = float("nan") if no_base else float(1 + beta[1] / beta[0])
    return Inequality(sii, sii - spread, sii + spread, rii, low, high, level)


def _fieller(beta: Floats, cover: Floats, reach: float) -> tuple[float, float]:
    """Limits of (b0 + b1) / b0: the ratios r at which b0 + b1 - r b0 may be 0; NaN if b0 itself may be."""
    top, bottom = float(beta.sum()), float(beta[0])
    v_top, v_bottom, v_both = float(cover.sum()), float(cover[0, 0]), float(cover[0, 0] + cover[0, 1])
    a = bottom**2 - reach**2 * v_bottom
    b = top * bottom - reach**2 * v_both
    c = top**2 - reach**2 * v_top
    if a <= 0 or b * b < a * c:
        return float("nan"), float("nan")
    half = float(np.sqrt(b * b - a * c))
    return (b - half) / a, (b + half) / a


def _drawn(solve: Floats, y: Floats, error: Floats, kind: str, level: float, seed: int) -> Inequality:
    """A line through the values themselves, whose noise is normal on the logarithm or logit only."""
    chance = np.random.default_rng(seed).standard_normal((DRAWS, len(y)))
    linked = _link(y, kind) + chance * error
    beta = (np.exp(linked) if kind == "rate" else expit(linked)) @ solve.T
    b0, b1 = solve @ y
    return _told(float(b1), float((b0 + b1) / b0), beta[:, 1], beta.sum(axis=1) / beta[:, 0], level)


def _back(beta: Floats, cover: Floats, kind: str, level: float, seed: int) -> Inequality:
    """The ends of a line through logarithms or logits, brought back."""
    drawn = beta + np.random.default_rng(seed).standard_normal((DRAWS, 2)) @ _root(cover).T
    ends = np.exp if kind == "rate" else expit
    most, least = ends(beta[0]), ends(beta.sum())
    starts, stops = ends(drawn[:, 0]), ends(drawn.sum(axis=1))
    return _told(float(least - most), float(least / most), stops - starts, stops / starts, level)


def _root(cover: Floats) -> Floats:
    """A square root of a covariance, which is nothing along what is known without error."""
    try:
        return np.asarray(np.linalg.cholesky(cover))
    except np.linalg.LinAlgError:
        size, turn = np.linalg.eigh(cover)
        return np.asarray(turn * np.sqrt(np.maximum(size, 0.0)))


def _told(sii: float, rii: float, slopes: Floats, ratios: Floats, level: float) -> Inequality:
    ends = [(1 - level) / 2, (1 + level) / 2]
    (low, high), (few, many) = np.quantile(slopes, ends), np.quantile(ratios, ends)
    return Inequality(sii, float(low), float(high), rii, float(few), float(many), level)


def _link(y: Floats, kind: str) -> Floats:
    return np.asarray(np.log(y) if kind == "rate" else logit(y))


def _checked(
    group: ArrayLike, population: ArrayLike, value: ArrayLike, se: ArrayLike, kind: str, transform: bool, level: float
) -> tuple[Floats, Floats, Floats, Floats]:
    """Values, their errors, the groups' shares of the population and the middles of those, most deprived first."""
    if kind not in KINDS:
        raise InputError(f"kind: expected {', '.join(KINDS)}, found {kind!r}{did_you_mean(kind, KINDS)}")
    if transform and kind == "normal":
        raise InputError("transform: a normal value has none; expected kind rate or proportion")
    if not 0 < level < 1:
        raise InputError(f"level: expected a share between 0 and 1, found {level:g}")
    g, n, y, e = (np.asarray(column, dtype=np.float64) for column in (group, population, value, se))
    if len(g) < 3:
        raise InputError(f"inequality: expected 3 groups or more, found {len(g)}")
    _known(g, ("group", g), ("population", n), ("value", y))
    inside = (y > 0) if kind == "rate" else ((y > 0) & (y < 1)) if kind == "proportion" else np.isfinite(y)
    if not inside.all():
        row = int(np.flatnonzero(~inside)[0])
        right = "a rate above 0" if kind == "rate" else "a share between 0 and 1"
        raise InputError(f"group {g[row]:g}: expected {right}, found {y[row]:g}")
    _known(g, ("standard error", e))
    if len(np.unique(g)) < len(g):
        raise InputError(f"group {_twice(g):g} is given twice; each must be given once")
    for name, column, least in (("population above 0", n, 0.0), ("standard error of 0 or more", e, -1e-300)):
        if (wrong := np.flatnonzero(column <= least)).size:
            raise InputError(f"group {g[wrong[0]]:g}: expected a {name}, found {column[wrong[0]]:g}")
    order = np.argsort(g)
    share = n[order] / n.sum()
    return y[order], e[order], share, np.cumsum(share) - share / 2


def _known(group: Floats, *columns: tuple[str, Floats]) -> None:
    """Refuse a number that is missing."""
    for name, column in columns:
        if (missing := np.flatnonzero(~np.isfinite(column))).size:
            raise InputError(f"group {group[missing[0]]:g}: expected a {name}, found none")


def _twice(values: Floats) -> float:
    numbers, counts = np.unique(values, return_counts=True)
    return float(numbers[counts > 1][0])


def errors_of(
    kind: str, value: Sequence[float] | Floats, low: ArrayLike, high: ArrayLike, *, level: float = 0.95
) -> Floats:
    """Standard errors of values from their limits: on the logarithm of a rate, the logit of a proportion.

    >>> errors_of("normal", [5.0], [3.04], [6.96]).round(2).tolist()
    [1.0]
    """
    reach = float(stats.norm.ppf((1 + level) / 2))
    bottom, top = np.asarray(low, dtype=np.float64), np.asarray(high, dtype=np.float64)
    if kind != "normal":
        with np.errstate(divide="ignore", invalid="ignore"):
            bottom, top = _link(bottom, kind), _link(top, kind)
    return np.asarray((top - bottom) / (2 * reach))
