"""Opportunity: what it would be worth if nobody were on the worse side of a benchmark, chance taken out first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, did_you_mean
from ..records import Estimate, Opportunity, VariationSplit
from .cautions import cautions
from .dispersion import FEWEST
from .months import scatter_by_month
from .noise import family_of
from .theta import Levels, true_levels
from .units import check_counts, columns, summed, weighted

# The share of units at or below the benchmark when lower is better; mirrored when higher is.
QUANTILES = {"q25": 0.25, "q10": 0.10, "median": 0.50}
BENCHMARKS = (*QUANTILES, "mean")
# The mean gap beyond each benchmark of normal levels with deviation 1: density(z) - z * (1 - share below z).
BEYOND = {"q25": 0.8236, "q10": 1.3289, "median": 0.3989, "mean": 0.3989}
BETTER = ("lower", "higher")
MOST = 1e15  # of a unit: beyond it a double no longer holds each whole number, and chance is nothing

Floats = NDArray[np.float64]


def opportunity(
    units: Sequence[str],
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    unit_cost: ArrayLike = 1.0,
    better: str = "lower",
    benchmark: str = "q25",
    case_mix: ArrayLike | None = None,
    draws: int = 500,
    rng: np.random.Generator,
    family: str = "auto",
    standard_error: ArrayLike | None = None,
    seed: int | None = None,
    areas: Mapping[str, Sequence[str]] | None = None,
    months: Sequence[object] | None = None,
) -> Opportunity:
    """Ask what is to be gained if every unit reached the benchmark, without counting luck.

    True levels are drawn from their posterior; in each draw the benchmark is taken anew and the gaps beyond it are
    added up, each times its denominator and unit cost. Nothing is claimed at all unless Cochran's Q rejects "all
    alike" at 0.001. Rows of a unit are summed first; a unit with a missing number or no denominator takes no part.

    Parameters
    ----------
    unit_cost
        Pounds that one unit of the numerator is worth; one number, or one a row. 1 where the numerator is pounds.
    better
        lower or higher: on which side of the benchmark nothing is to be gained.
    benchmark
        q25, q10, median: a quantile of the units' true levels, counted from the better end; or their mean.
    case_mix
        float64 (rows, K): what a unit cannot choose. Its linear part is taken out of levels and benchmark.
    family
        binomial, poisson, normal, or auto: hits of those counted, counts, or (pounds) anything else. A normal
        value's noise is `standard_error`, or, if unknown, a constant over the denominator, learnt from how much
        smaller units scatter more.
    standard_error
        Of the value of each unit, in the value's own unit, one a row with one row a unit.
    areas
        Units that belong together, by area; what each area's units could gain together is drawn with the rest.
    months
        The month of each row, in an order that can be sorted. How a unit's counts scatter from month to month then
        says how much of the scatter between units is noise; without it only their uneven sizes can.

    Raises
    ------
    InputError
        If fewer than three units more than case-mix columns can be compared, a number is out of range, an option is
        unknown, or the noise of a normal value cannot be told from the units.

    Source: METHODS B.5; posterior draws after Louis (1984) JASA 79:393 and Shen & Louis (1998) JRSS B 60:455,
    who show why means of posteriors spread too little and raw values too much.
    """
    _check(better, benchmark, draws)
    names, (hits, base) = summed(units, numerator, denominator)
    cost = weighted(units, unit_cost, denominator, "unit cost")
    mix = None if case_mix is None else columns(units, case_mix, denominator)
    se = None if standard_error is None else _one_row(units, names, standard_error)
    there = np.flatnonzero(np.isfinite(hits) & np.isfinite(base) & (base > 0))
    if (huge := there[np.maximum(np.abs(hits[there]), base[there]) > MOST]).size:
        raise InputError(f"unit {names[huge[0]]!r}: expected numbers of at most {MOST:.0e}, found "
                         f"{hits[huge[0]]:g} of {base[huge[0]]:g}")  # fmt: skip
    kind = family_of(hits[there], base[there], family, se is not None)
    if kind != "normal":
        check_counts(names, hits, base, share=kind == "binomial")
    monthly = None
    if months is not None and kind != "normal":
        top, bottom = (np.asarray(column, dtype=np.float64) for column in (numerator, denominator))
        monthly = scatter_by_month(units, months, top, bottom, share=kind == "binomial")
    found = true_levels(
        hits[there],
        base[there],
        kind,
        None if se is None else se[there],
        None if mix is None else mix[there],
        draws,
        rng,
        monthly,
    )
    sign = 1.0 if better == "lower" else -1.0
    at = _benchmark(found.draws, benchmark, sign)
    weight = (base * cost)[there]
    gaps = found.draws - at[:, None]
    above = (gaps > 0).mean(axis=0)
    np.maximum(gaps if sign > 0 else np.negative(gaps, out=gaps), 0.0, out=gaps)
    observed = found.value - found.shift
    naive = np.maximum(0.0, sign * (observed - _benchmark(observed[None, :], benchmark, sign))) @ weight

    def spread(values: Floats) -> Floats:
        out = np.full(len(names), np.nan)
        out[there] = values
        return out

    low, high = _ends(found.draws, (0.025, 0.975))

    def worth(rows: NDArray[np.intp] | slice) -> Estimate:
        """What these units gain together, draw by draw."""
        sure = _estimate(gaps[:, rows] @ weight[rows])
        if found.differ:
            return replace(sure, low=sure.low * found.low, high=sure.high * found.high)
        # Nothing is claimed, but what chance would hide is not ruled out.
        return replace(sure, high=max(sure.high, found.ceiling * BEYOND[benchmark] * float(weight[rows].sum())))

    return Opportunity(
        names, spread(found.value), spread(found.draws.mean(axis=0)), spread(low), spread(high),
        spread(above), spread(gaps.mean(axis=0) * weight), worth(slice(None)), float(naive),
        _estimate(at), benchmark, better, kind, _split(found, hits[there], base[there]), draws, seed,
        _together(areas or {}, [names[i] for i in there], worth), spread(found.shift),
        found.spread, _from(kind, monthly, len(there)), cautions(found, monthly, counts=kind != "normal"),
    )  # fmt: skip


def _from(family: str, monthly: Floats | None, units: int) -> str | None:
    """What could say how much counts scatter."""
    if family == "normal":
        return None
    return "months" if monthly is not None else "sizes" if units >= FEWEST else None


def _together(
    areas: Mapping[str, Sequence[str]], names: Sequence[str], worth: Callable[[NDArray[np.intp]], Estimate]
) -> dict[str, Estimate]:
    """What the units of each area could gain together; an area with no unit here is left out."""
    at = {name: i for i, name in enumerate(names)}
    rows = {area: [at[unit] for unit in units if unit in at] for area, units in areas.items()}
    return {area: worth(np.array(own)) for area, own in rows.items() if own}


def _benchmark(levels: Floats, benchmark: str, sign: float) -> Floats:
    """The benchmark of each row of levels, float64 (M,)."""
    if benchmark == "mean":
        return np.asarray(levels.mean(axis=1))
    share = QUANTILES[benchmark]
    return np.asarray(_ends(levels.T, (share if sign > 0 else 1 - share,))[0])


def _ends(draws: Floats, shares: tuple[float, ...]) -> Floats:
    """Quantiles of each column of draws (M, N), float64 (S, N): as np.quantile along axis 0, several times as fast."""
    at = np.array(shares) * (len(draws) - 1)
    below = np.floor(at).astype(np.intp)
    above = np.minimum(below + 1, len(draws) - 1)
    rows = np.sort(np.ascontiguousarray(draws.T), axis=1)  # a vectorised sort: faster here than a partition
    return np.asarray((rows[:, below] + (at - below) * (rows[:, above] - rows[:, below])).T, dtype=np.float64)


def _estimate(values: Floats) -> Estimate:
    low, median, high = (float(q) for q in np.quantile(values, [0.05, 0.5, 0.95]))
    return Estimate(median, float(values.std(ddof=1)), low, high, 0.9)


def _split(found: Levels, hits: Floats, base: Floats) -> VariationSplit:
    observed = float(found.value.var(ddof=1))
    case_mix = min(observed, found.explained)
    chance = min(observed - case_mix, found.chance) if found.differ else observed - case_mix
    expected = base * (hits.sum() / base.sum() + found.shift)
    component = float("nan")
    if found.family != "normal" and (expected > 0).all():
        # McPherson et al. (1982) NEJM 307:1310: variance of O/E less what Poisson counts would give, times 100
        component = float(100 * np.mean(((hits - expected) / expected) ** 2 - 1 / expected))
    return VariationSplit(observed, chance, case_mix, observed - case_mix - chance, component)


def _one_row(units: Sequence[str], names: tuple[str, ...], standard_error: ArrayLike) -> Floats:
    se = np.asarray(standard_error, dtype=np.float64)
    if len(names) != len(units):
        raise InputError("a standard error needs one row a unit; a unit is given twice")
    if not (np.isfinite(se) & (se > 0)).all():
        raise InputError("a standard error must be a number above 0")
    return se


def _check(better: str, benchmark: str, draws: int) -> None:
    if better not in BETTER:
        raise InputError(f"better: expected lower or higher, found {better!r}{did_you_mean(better, BETTER)}")
    if benchmark not in BENCHMARKS:
        known = ", ".join(BENCHMARKS)
        raise InputError(f"benchmark: expected {known}, found {benchmark!r}{did_you_mean(benchmark, BENCHMARKS)}")
    if draws < 20:
        raise InputError(f"draws: expected 20 or more, found {draws}")
