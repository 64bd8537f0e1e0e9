"""An interrupted series: did level and slope change at the start, and what would have happened without it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .autocorrelation import Autocorrelation, autocorrelation
from .contrasts import Answers, Fitted
from .segmented import LEVEL, SLOPE, Season, columns, untreated
from .series_fit import Errors, Family, Fit, fit, ratio_beside
from .series_window import Window, window
from .series_words import design_in_words, notes_on, reasons_for_care

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


@dataclass(frozen=True, eq=False)
class Change(Record):
    """One coefficient. low, high and p are what to rely on; plain_* take the autocorrelation as known, as nlme does.

    ratio and its interval are e to the power of these where the model is of logs (counts), else NaN.
    """

    estimate: float
    se: float
    low: float
    high: float
    p: float
    plain_low: float
    plain_high: float
    plain_p: float
    ratio: float
    ratio_low: float
    ratio_high: float


@dataclass(frozen=True, eq=False)
class Month(Record):
    """One month after the start. low and high bound the counterfactual; effect is fitted minus counterfactual.

    observed is NaN where the month is missing.
    """

    date: np.datetime64
    observed: float
    fitted: float
    counterfactual: float
    low: float
    high: float
    effect: float
    effect_low: float
    effect_high: float


@dataclass(frozen=True, eq=False)
class Point(Record):
    """One month of the whole series, on the fitted lines; NaN where it is missing."""

    date: np.datetime64
    observed: float
    fitted: float


@dataclass(frozen=True, eq=False)
class Sum(Record):
    """A sum over the months after the start that were observed."""

    estimate: float
    se: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class Series(Record):
    """What an interrupted series says.

    level: the step at the start; slope: the change of slope a step; counterfactual: the months after the start;
    cumulative: the sum of effects, in the measure's unit; cumulative_numerator: the same times the denominator, in
    what is counted; confidence: of every interval; indicative: nothing here may move a saving, for `reasons`; notes:
    what else a reader must know; missing: months between the first and the last that have no value; points, fitted:
    every month of the series, observed and on the fitted lines; terms: every coefficient by name.
    """

    level: Change
    slope: Change
    counterfactual: tuple[Month, ...]
    cumulative: Sum
    cumulative_numerator: Sum | None
    confidence: float
    indicative: bool
    reasons: tuple[str, ...]
    notes: tuple[str, ...]
    design: str
    errors: str
    lags: int | None
    family: str
    start: np.datetime64
    n: int
    n_pre: int
    n_post: int
    df: float
    missing: tuple[str, ...]
    autocorrelation: Autocorrelation
    sigma: float
    loglik: float
    r_squared: float
    dispersion: float
    theta: float
    points: tuple[Point, ...]
    terms: dict[str, Change]
    counts: dict[str, object] | None


def series(
    dates: Dates,
    values: Floats,
    *,
    start: np.datetime64,
    denominator: Floats | None = None,
    control: Floats | None = None,
    season: Season = "none",
    harmonics: int = 2,
    errors: Errors | None = None,
    lags: int | None = None,
    family: Family = "gaussian",
    per_day: bool = False,
    confidence: float = 0.95,
    breaks: Mapping[np.datetime64, str] | None = None,
) -> Series:
    """Estimate the change of level and slope at `start`, by segmented regression with noise that leans on itself.

    y = b0 + b1 t + b2 post + b3 t_post + season; t_post is 0 in the first month after the start. With a control, y is
    the series minus the control, so that whatever moves both is taken out. Holds where nothing else began at `start`
    and the earlier line would have gone on; a control makes the second easier to believe.

    Parameters
    ----------
    dates, values
        (n,), in any order; NaN where a month is missing. One a month (or week, or day).
    denominator
        (n,): values are divided by it; with a family of counts it is the offset.
    control
        (n,), in the unit of values / denominator.
    season, harmonics
        none, month (a level for each month of the year) or harmonic (so many pairs of waves).
    errors
        ar1 (unless given): restricted likelihood, intervals averaged over the autocorrelation; newey-west, hc1, model:
        for comparison, always indicative. Counts: ar1 with quasipoisson, else model.
    family
        gaussian, or poisson, quasipoisson, negbin: a log line for counts.
    per_day
        Divide by the days of the month, times those of the mean month.
    breaks
        First months in which the measure is not what it was, with why: a step of its own is fitted at each, which the
        counterfactual keeps.

    Raises
    ------
    InputError
        If a date comes twice, the dates follow no step, the start lies outside them, there are fewer than 6 points
        before it or 3 after it, or the model has more coefficients than these months can tell.

    Source: Wagner and others (2002), J Clin Pharm Ther 27:299; checked against R (nlme, sandwich, lmtest, MASS).
    """
    seen = window(dates, values, start, denominator, control, per_day=per_day)
    if control is not None and not seen.y.any():
        raise InputError("the control is the series itself in every month; expected one that the start did not touch")
    asked = _settle(errors, family, lags, season, harmonics, control is not None)
    named = breaks or {}
    places = seen.breaks(named)
    X, names = columns(
        seen.at, seen.first_after, season=season, months=seen.months, year=seen.steps.year, harmonics=harmonics,
        breaks=places,
    )  # fmt: skip
    found = fit(seen, X, names, errors=asked, family=family, lags=lags)
    changes = _changes(found.fitted, len(names), confidence, found.logs)
    told = dict(zip(names, changes, strict=True))
    reasons = reasons_for_care(seen, found, errors=asked, family=family)
    late = seen.everywhere(season, harmonics, places)
    residual = seen.y - X @ np.linalg.lstsq(X, seen.y, rcond=None)[0]
    return Series(
        level=changes[LEVEL], slope=changes[SLOPE],
        counterfactual=_months(seen, late, found, confidence),
        cumulative=_sum(seen, X, found, confidence, np.ones(len(seen.y))),
        cumulative_numerator=None if denominator is None and not per_day
        else _sum(seen, X, found, confidence, seen.exposure),
        confidence=confidence, indicative=bool(reasons), reasons=tuple(reasons),
        notes=tuple(notes_on(seen, X, season=season, per_day=per_day, breaks=named)),
        design=design_in_words(seen, season, harmonics, asked, family, found.lags), errors=asked, lags=found.lags,
        family=family, start=start.astype("datetime64[D]"), n=len(seen.y), n_pre=seen.n_pre, n_post=seen.n_post,
        df=found.fitted.df, missing=tuple(str(day) for day in seen.missing),
        autocorrelation=_leaning(residual, seen, X, found), sigma=found.sigma, loglik=found.loglik,
        r_squared=_explained(seen.y, residual), dispersion=found.dispersion, theta=found.theta,
        points=_points(seen, X, found), terms=told,
        counts=ratio_beside(seen, X, confidence) if family == "gaussian" and denominator is not None else None,
    )  # fmt: skip


def _settle(
    errors: Errors | None, family: Family, lags: int | None, season: Season, harmonics: int, controlled: bool
) -> Errors:
    """The errors to use, or a refusal of what does not go together."""
    if errors is None:
        errors = "ar1" if family in ("gaussian", "quasipoisson") else "model"
    if errors == "ar1" and family in ("poisson", "negbin"):
        raise InputError(f"--errors ar1 needs a spread of its own, which {family} has not; expected quasipoisson")
    if errors == "hc1" and family != "gaussian":
        raise InputError("--errors hc1 is for the gaussian family; expected newey-west")
    if lags is not None and errors != "newey-west":
        raise InputError("--lags belongs to --errors newey-west; leave one of them out")
    if lags is not None and lags < 0:
        raise InputError(f"--lags: expected 0 or more, found {lags}")
    if season == "harmonic" and not 1 <= harmonics <= 5:
        raise InputError(f"--harmonics: expected 1 to 5 pairs of waves, found {harmonics}")
    if controlled and family != "gaussian":
        raise InputError("a control is compared by differences; expected --family gaussian with --control")
    return errors


def _changes(fitted: Fitted, k: int, confidence: float, logs: bool) -> list[Change]:
    kept, plain = fitted.ask(np.eye(k), confidence), fitted.plain(np.eye(k), confidence)
    out = []
    for j in range(k):
        ends = [float(kept.estimate[j]), float(kept.low[j]), float(kept.high[j])]
        with np.errstate(over="ignore"):
            ratio = [float(np.exp(v)) if logs else np.nan for v in ends]
        out.append(Change(
            ends[0], float(kept.se[j]), ends[1], ends[2], float(kept.p[j]), float(plain.low[j]),
            float(plain.high[j]), float(plain.p[j]), ratio[0], ratio[1], ratio[2],
        ))  # fmt: skip
    return out


def _months(seen: Window, late: Floats, found: Fit, confidence: float) -> tuple[Month, ...]:
    """Every month from the start on, missing ones too."""
    places = np.arange(seen.first_after, seen.last + 1)
    X, X0 = late[places], untreated(late[places])
    base = found.fitted.ask(X0, confidence)
    low, high = (np.exp(base.low), np.exp(base.high)) if found.logs else (base.low, base.high)
    change = _shifted(found, X, X0, confidence)
    added = seen.control_on_grid()[places]
    observed = seen.on_grid(seen.y)[places]
    return tuple(
        Month(seen.day(int(place)), observed[i] + added[i], found.value(X)[i] + added[i], found.value(X0)[i] + added[i],
              low[i] + added[i], high[i] + added[i], change.estimate[i], change.low[i], change.high[i])
        for i, place in enumerate(places)
    )  # fmt: skip


def _shifted(found: Fit, X: Floats, X0: Floats, confidence: float) -> Answers:
    """Fitted minus counterfactual, row by row; for logs by the delta method."""
    C = found.gradient(X) - found.gradient(X0)
    answer, value = found.fitted.ask(C, confidence), found.value(X) - found.value(X0)
    moved = value - answer.estimate
    return replace(answer, estimate=value, low=answer.low + moved, high=answer.high + moved)


def _sum(seen: Window, X: Floats, found: Fit, confidence: float, times: Floats) -> Sum:
    after = seen.at >= seen.first_after
    w = times[after]
    late, none = X[after], untreated(X[after])
    C = (w @ (found.gradient(late) - found.gradient(none)))[None, :]
    value = float(w @ (found.value(late) - found.value(none)))
    answer = found.fitted.ask(C, confidence)
    moved = value - float(answer.estimate[0])
    return Sum(value, float(answer.se[0]), float(answer.low[0]) + moved, float(answer.high[0]) + moved)


def _leaning(residual: Floats, seen: Window, X: Floats, found: Fit) -> Autocorrelation:
    if found.exact:
        nan = float("nan")
        return Autocorrelation(nan, nan, nan, np.full(3, nan), nan, nan, nan, nan, nan, nan)
    return autocorrelation(residual, X, seen.at, phi=found.phi)


def _explained(y: Floats, residual: Floats) -> float:
    total = float(np.sum((y - y.mean()) ** 2))
    return 1 - float(residual @ residual) / total if total > 0 else float("nan")


def _points(seen: Window, X: Floats, found: Fit) -> tuple[Point, ...]:
    fitted = seen.on_grid(found.value(X)) + seen.control_on_grid()
    observed = seen.on_grid(seen.y) + seen.control_on_grid()
    return tuple(Point(seen.day(i), observed[i], fitted[i]) for i in range(seen.last + 1))
