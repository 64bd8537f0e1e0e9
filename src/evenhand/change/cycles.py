"""PDSA cycles on a control chart: what was predicted, what came, and whether a signal stands in its months."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import ControlChart, Estimate, Record
from .cycle_words import says, signal_words
from .moved import LONGEST, interval, mean, noise, way

Times = NDArray[Any]  # datetime64[D], or int64 where points are only numbered
DECISIONS = ("adopt", "adapt", "abandon")


@dataclass(frozen=True, eq=False)
class Cycle(Record):
    """What a team tries from `starts` to `ends`, and what it expects: in words, and as a value (NaN for none).

    decision: adopt, adapt or abandon; None while none was taken. starts, ends: as the series' times.
    """

    idea: str
    prediction: str
    starts: Any
    ends: Any
    expected: float = float("nan")
    decision: str | None = None


@dataclass(frozen=True, eq=False)
class Signal(Record):
    """A point of a cycle's months that chance does not explain: the chart's label, its kind, and plain words."""

    date: str
    special_cause: str
    point_type: str
    words: str


@dataclass(frozen=True, eq=False)
class Studied(Record):
    """A cycle held against its series.

    inside: positions of its points. usual: the mean of the points before it (12 at most); came: of its own points;
    change: the difference; each with its interval, NaN while the cycle runs. outcome: as_predicted (the expected
    value lies in the interval of what came), short, beyond, higher, lower (where neither way is better),
    no_number, running, no_data, or cannot_tell. way: as `Moved`. overlaps: ideas that were tried in the same time,
    so that nobody can tell the two apart.
    """

    cycle: Cycle
    inside: NDArray[np.int64]
    usual: Estimate
    came: Estimate
    change: Estimate
    outcome: str
    way: str | None
    signals: tuple[Signal, ...]
    overlaps: tuple[str, ...]
    sentence: str


def study(times: Times, chart: ControlChart, cycles: Sequence[Cycle], *, share: bool = False) -> tuple[Studied, ...]:
    """Ask of every cycle: did what its team predicted come, and does the chart show a signal in its months?

    A point belongs to a cycle if the time it stands for (from its date to the next) and the cycle's touch; a cycle
    that ends after the last point still runs, and nothing of it is read. The interval of what came follows from the
    moving ranges before, within and after the cycle, none across its ends. It is no proof: a cycle has no control.

    Parameters
    ----------
    times
        (T,) rising, of the chart's points: datetime64[D], or whole numbers.
    cycles
        In any order; the answer keeps it.
    share
        Values are shares: sentences write them as percentages.

    Raises
    ------
    InputError
        If a cycle has no idea or no prediction, ends before it starts, is given twice, or has an unknown decision.

    Source: Langley and others, The Improvement Guide (2009): the prediction comes first; intervals as `moved`.

    >>> from evenhand.stats.xmr import xmr
    >>> series = np.array([30.0, 31, 29, 30, 32, 30, 29, 31, 24, 23, 25, 24])
    >>> months = (np.datetime64("2025-01") + np.arange(12)).astype("datetime64[D]")
    >>> tried = Cycle("Letters", "24", np.datetime64("2025-09-01"), np.datetime64("2025-12-31"), 24.0, "adopt")
    >>> found, = study(months, xmr(series, improves="decrease"), [tried])
    >>> found.outcome, found.way, len(found.inside)
    ('as_predicted', 'better', 4)
    """
    _check(cycles)
    spans = [_inside(times, one) for one in cycles]
    return tuple(
        _studied(times, chart, one, inside, ended, _overlaps(one, cycles), share)
        for one, (inside, ended) in zip(cycles, spans, strict=True)
    )


def _studied(
    times: Times, chart: ControlChart, cycle: Cycle, inside: NDArray[np.int64], ended: bool,
    overlaps: tuple[str, ...], share: bool,
) -> Studied:  # fmt: skip
    values = chart.values.copy()
    values[list(chart.left_out)] = np.nan
    first = int(inside[0]) if len(inside) else int(np.searchsorted(_as(times), _as(cycle.starts)))
    own = values[inside] if ended else np.zeros(0)
    earlier = values[:first][-LONGEST:]
    later = values[inside[-1] + 1 :] if len(inside) and ended else np.zeros(0)
    spread, known = noise(earlier, own, later)
    usual, came = mean(earlier, spread, known), mean(own, spread, known)
    n0, n1 = int(np.isfinite(earlier).sum()), int(np.isfinite(own).sum())
    change = interval(came.value - usual.value, spread * np.sqrt(1 / n0 + 1 / n1) if n0 and n1 else np.nan, known)
    outcome = _outcome(cycle, came, ended, chart.improves)
    signals = tuple(
        Signal(str(times[i]), label, str(chart.point_type[i]), signal_words(label))
        for i in (inside if ended else ()) if (label := chart.special_cause[i]) is not None
    )  # fmt: skip
    went = way(change, chart.improves)
    sentence = says(outcome, cycle.expected, came, usual, change, went, [s.words for s in signals], share)
    return Studied(cycle, inside, usual, came, change, outcome, went, signals, overlaps, sentence)


def _outcome(cycle: Cycle, came: Estimate, ended: bool, improves: str) -> str:
    if not ended:
        return "running"
    if not np.isfinite(came.value):
        return "no_data"
    if not np.isfinite(cycle.expected):
        return "no_number"
    if not np.isfinite(came.low):
        return "cannot_tell"
    if came.low <= cycle.expected <= came.high:
        return "as_predicted"
    above = came.value > cycle.expected
    if improves == "neutral":
        return "higher" if above else "lower"
    return "beyond" if above == (improves == "increase") else "short"


def _inside(times: Times, cycle: Cycle) -> tuple[NDArray[np.int64], bool]:
    """The positions of a cycle's points, and whether the series reaches its end."""
    at, starts, ends = _as(times), int(_as(cycle.starts)), int(_as(cycle.ends))
    if _monthly(times):
        at, starts, ends = (_months(part) for part in (times, cycle.starts, cycle.ends))
    step = int(np.median(np.diff(at))) if len(at) > 1 else 1
    until = np.minimum(at + step, np.append(at[1:], at[-1:] + step))  # the first moment that a point says nothing of
    return np.flatnonzero((until > starts) & (at <= ends)), bool(len(at) and until[-1] > ends)


def _monthly(times: Times) -> bool:
    """Whether every point is the first of a month, so that it stands for the month."""
    return times.dtype.kind == "M" and bool((times == times.astype("datetime64[M]")).all())


def _months(when: Any) -> Any:
    return np.asarray(when).astype("datetime64[M]").astype(np.int64)


def _as(when: Any) -> Any:
    """Days or numbers as whole numbers."""
    found = np.asarray(when)
    return (found.astype("datetime64[D]") if found.dtype.kind == "M" else found).astype(np.int64)


def _overlaps(one: Cycle, cycles: Sequence[Cycle]) -> tuple[str, ...]:
    return tuple(
        other.idea for other in cycles
        if other is not one and _as(other.starts) <= _as(one.ends) and _as(one.starts) <= _as(other.ends)
    )  # fmt: skip


def _check(cycles: Sequence[Cycle]) -> None:
    seen: set[tuple[str, str]] = set()
    for number, one in enumerate(cycles, start=1):
        where = f"cycle {number}" + (f" ({one.idea})" if one.idea.strip() else "")
        if not one.idea.strip():
            raise InputError(f"{where}: its idea is blank; expected what is tried")
        if not one.prediction.strip():
            raise InputError(f"{where}: its prediction is blank; expected what its team thinks will happen, and why")
        if _as(one.ends) < _as(one.starts):
            raise InputError(f"{where}: ends {one.ends}, before it starts ({one.starts}); expected that day or later")
        if one.decision is not None and one.decision not in DECISIONS:
            hint = did_you_mean(one.decision, DECISIONS)
            raise InputError(f"{where}: no decision {one.decision!r}{hint}; expected {', '.join(DECISIONS)} or none")
        if (one.idea, str(one.starts)) in seen:
            raise InputError(f"{where}: was given already with the same start, {one.starts}; expected each cycle once")
        seen.add((one.idea, str(one.starts)))
