"""Forecast: how likely a target is reached by a date, from schemes with their states, adoption and effects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .drivers import Driver, variance_share
from .forecast_draws import ADOPTION, DELIVERY, SIZE_OF_PLAN, Chance, check_groups, in_time, once, rest, total
from .forecast_draws import groups as overlapping
from .outlook import LIKELY, UNSEEN, Outlook, better, check

Floats = NDArray[np.float64]

# Of each risk, how much all schemes share (a hard winter, a change of staff), and how much a programme shares besides.
SHARED = (0.2, 0.2)  # our rule; without it a portfolio of many schemes looks far surer than any was (METHODS A.1)
QUANTILES = np.arange(1, 100) / 100


@dataclass(frozen=True, eq=False)
class SchemeForecast(Record):
    """What one scheme adds by the date, overlaps taken off. variance_share: its part of the total's variance (over all
    schemes they sum to 1); one_step_better: the state next to its own, and what being there would add to the median
    and to the probability. assumed: what the file did not say, and what was put in its place."""

    scheme: str
    state: str
    planned: float
    confirmed: float
    probability: float
    in_time: float
    mean: float
    median: float
    low_90: float
    high_90: float
    variance_share: float
    one_step_better: str | None
    adds_median: float
    adds_mean: float
    adds_probability: float
    origin: str
    assumed: dict[str, str]


@dataclass(frozen=True, eq=False)
class Forecast(Record):
    """Pounds saved by a date and confirmed in the end. probability: of reaching `target`, with its Monte-Carlo error.

    quantiles: 1% to 99% of the total, (99,). drivers: what the total's variance comes from, the largest first.
    """

    median: float
    low_90: float
    high_90: float
    probability: float
    probability_error: float
    mean: float
    low_50: float
    high_50: float
    target: float
    by: str
    confirmed: float
    by_scheme: tuple[SchemeForecast, ...]
    drivers: tuple[Driver, ...]
    quantiles: Floats
    by_origin: dict[str, float]
    draws: int
    seed: int


def forecast(
    schemes: Sequence[Outlook], *, target: float, by: str, until: float, draws: int = 20_000, seed: int = 1,
    shared: tuple[float, float] = SHARED, unseen: tuple[float, float, float] = UNSEEN,
) -> Forecast:  # fmt: skip
    """Ask how much these schemes save by a date, and how likely that is to reach a target.

    Each scheme is confirmed in the end or not (by its state, unless it says how likely), by good or bad times that all
    share; then it brings what its verdict estimates, or else its plan by the delivery and the adoption that come, as
    far as it falls before the date. What is confirmed counts as it is. Schemes that would save the same pounds are
    counted once; of what is not confirmed, a part is lost to overlaps and slippage that nobody saw, if there are two
    schemes or more that wait for it.

    Parameters
    ----------
    until
        The date as months since January 1970, a day being its part of the month.
    shared
        Of each risk, how much is common to all schemes, and besides to a programme: each 0 or more, together below 1.
    unseen
        Least, most likely and most of what is lost to overlaps and slippage.

    Raises
    ------
    InputError
        If there is no scheme, one is named twice, or its numbers contradict one another.

    Source: METHODS A.5 and G (product version); B.7 for overlaps.

    >>> found = forecast([Outlook("a", "confirmed", 100.0, confirmed=100.0), Outlook("b", "in_flight", 50.0)],
    ...                  target=120, by="2026-03-31", until=675.0)
    >>> found.confirmed, bool(0.45 < found.probability < 0.62)
    (100.0, True)
    """
    _check(schemes, shared, unseen)
    chance = Chance.draw(schemes, draws, seed, shared, unseen)
    rests = np.column_stack([rest(one, k, chance, until) for k, one in enumerate(schemes)])
    whole, each = total(rests, schemes, chance.unseen)
    hit = float((whole >= target).mean())
    spread = whole.var()
    low, low_50, median, high_50, high = np.quantile(whole, [0.05, 0.25, 0.5, 0.75, 0.95])
    rows = tuple(
        _scheme(k, one, schemes, rests, each, whole, chance, until, target, spread) for k, one in enumerate(schemes)
    )
    origins: dict[str, float] = {}
    for row in rows:
        origins[row.origin or "not said"] = origins.get(row.origin or "not said", 0.0) + row.mean
    return Forecast(
        float(median), float(low), float(high), hit, float(np.sqrt(hit * (1 - hit) / draws)), float(whole.mean()),
        float(low_50), float(high_50), target, by, float(sum(one.confirmed for one in schemes)), rows,
        _drivers(schemes, chance, whole), np.quantile(whole, QUANTILES), origins, draws, seed,
    )  # fmt: skip


def _check(schemes: Sequence[Outlook], shared: tuple[float, float], unseen: tuple[float, float, float]) -> None:
    if not schemes:
        raise InputError("expected at least one scheme, found none")
    seen: set[str] = set()
    for one in schemes:
        check(one)
        if one.scheme in seen:
            raise InputError(f"scheme {one.scheme!r} is given twice; each must be given once")
        seen.add(one.scheme)
    check_groups(schemes)
    if min(shared) < 0 or sum(shared) >= 1:
        raise InputError(f"shared risk: expected two parts of 0 or more that stay below 1 together, found {shared}")
    if not 0 <= unseen[0] <= unseen[1] <= unseen[2] < 1:
        raise InputError(f"unseen overlap: expected least <= likely <= most, from 0 to below 1; found {unseen}")


def _scheme(
    k: int, one: Outlook, schemes: Sequence[Outlook], rests: Floats, each: Floats, whole: Floats, chance: Chance,
    until: float, target: float, spread: float,
) -> SchemeForecast:  # fmt: skip
    own = each[:, k]
    low, median, high = np.quantile(own, [0.05, 0.5, 0.95])
    further = better(one)
    add_median = add_mean = add_chance = 0.0
    if further:
        other = _with(k, _moved(one, further), schemes, rests, whole, chance, until)
        add_median = float(np.median(other) - np.median(whole))
        add_mean = float(other.mean() - whole.mean())
        add_chance = float((other >= target).mean() - (whole >= target).mean())
    share = float(np.cov(own, whole, bias=True)[0, 1] / spread) if spread > 0 else float("nan")
    return SchemeForecast(
        one.scheme, one.state, one.whole, one.confirmed, one.likely, in_time(one, until), float(own.mean()),
        float(median), float(low), float(high), share, further, add_median, add_mean, add_chance, one.origin,
        _assumed(one),
    )  # fmt: skip


def _moved(one: Outlook, further: str) -> Outlook:
    """The scheme one state on: never less likely than it was."""
    return replace(one, state=further, probability=max(one.likely, LIKELY[further][0]))


def _with(
    k: int, changed: Outlook, schemes: Sequence[Outlook], rests: Floats, whole: Floats, chance: Chance, until: float
) -> Floats:
    """The total, if only scheme k were as `changed`."""
    new = rest(changed, k, chance, until)
    columns = next((c for c in overlapping(schemes).values() if k in c), None)
    if columns is None:
        gain = new - rests[:, k]
    else:
        members = [schemes[c] for c in columns]
        before, after = rests[:, columns], rests[:, columns].copy()
        after[:, columns.index(k)] = new
        gain = once(after, members).sum(axis=1) - once(before, members).sum(axis=1)
    changed_total: Floats = whole + gain * (1 - chance.unseen)
    return changed_total


def _drivers(schemes: Sequence[Outlook], chance: Chance, whole: Floats) -> tuple[Driver, ...]:
    """Every input that is drawn, and the part of the variance that would go if it were known."""
    inputs: list[tuple[str, Floats]] = [("good or bad times for all", chance.common)]
    inputs += [(f"programme {name}", drawn) for name, drawn in chance.programmes.items()]
    if chance.unseen.any():
        inputs.append(("overlaps and slippage nobody saw", chance.unseen))
    for k, one in enumerate(schemes):
        if one.state == "reversed":
            continue
        if 0 < one.likely < 1:
            inputs.append((f"{one.scheme}: confirmed or not", chance.own[:, k, DELIVERY]))
        if one.told_by_verdict:
            inputs.append((f"{one.scheme}: the size of its effect", chance.verdict[:, k]))
            continue
        inputs.append((f"{one.scheme}: how much of its plan is delivered", chance.own[:, k, SIZE_OF_PLAN]))
        if np.isfinite(one.invited) or np.isfinite(one.adoption):
            inputs.append((f"{one.scheme}: how many adopt", chance.own[:, k, ADOPTION]))
    found = [Driver(name, variance_share(drawn, whole)) for name, drawn in inputs]
    return tuple(sorted((one for one in found if one.variance_share > 0), key=lambda one: -one.variance_share))


def _assumed(one: Outlook) -> dict[str, str]:
    """What the file did not say."""
    found = {}
    if not np.isfinite(one.probability):
        found["probability"] = f"{LIKELY[one.state][0]:g}: {LIKELY[one.state][1]}"
    if not one.told_by_verdict and one.state not in ("confirmed", "reversed"):
        found["size"] = "0.75 to 1 of the plan, most likely 0.95: METHODS G, an assumption"
    if np.isfinite(one.invited):
        found["adoption"] = "the counts given, with METHODS G's adoption (0.34) as if 46 had been seen"
    if one.start is None and one.state != "reversed":
        found["start"] = "none given: the whole plan falls before the date"
    return found
