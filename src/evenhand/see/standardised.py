"""Standardised rates: what a place's events would be if its people were as old as everybody else's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError
from ..records.base import Record
from ..stats.byar import count_limits
from .units import check_counts

FEWEST_EVENTS = 10  # PHE technical guide: no directly standardised rate of fewer events

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Standardised(Record):
    """value: float64 (N,); low, high: float64 (L, N), one row a level. NaN where it cannot be said.

    observed: events; expected: events at the reference's rates (NaN if standardised directly); population: people.
    """

    units: tuple[str, ...]
    value: Floats
    low: Floats
    high: Floats
    observed: Floats
    expected: Floats
    population: Floats


def direct(
    units: Sequence[str],
    strata: Sequence[str],
    events: ArrayLike,
    population: ArrayLike,
    standard: ArrayLike,
    *,
    levels: Sequence[float] = (0.95, 0.998),
    frequency: ArrayLike | None = None,
) -> Standardised:
    """Ask what each unit's rate would be if its people were spread over strata (ages) as the standard's are.

    Rows of one unit, stratum (and frequency) are summed. Not said (NaN) of a unit with fewer than 10 events, with
    a missing number, or with nobody in a stratum.

    Parameters
    ----------
    standard
        People of the standard population in the row's stratum, one a row.
    frequency
        How often each of the row's people had the event, where events repeat: then `events` counts those people.

    Raises
    ------
    InputError
        If a number is negative, nobody is in the standard, or one unit's stratum has two standards.

    Source: Dobson et al. (1991) Statist. Med. 10:457, with Byar's limits of the count, as PHE's technical guide has
    it; repeated events after Stukel et al. (1994) Statist. Med. 13:1781.

    >>> r = direct(["a", "a"], ["young", "old"], [10, 40], [1000, 500], [3, 1], levels=(0.95,))
    >>> print(f"{1000 * r.value[0]:.1f} ({1000 * r.low[0, 0]:.1f} to {1000 * r.high[0, 0]:.1f})")
    27.5 (20.3 to 36.4)
    """
    often = np.ones(len(units)) if frequency is None else np.asarray(frequency, dtype=np.float64)
    names, cells, of, (count, people, weight, times) = _cells(units, strata, events, population, standard, often)
    many = np.array([(u, s) for u, s, _ in cells], dtype=object)
    first = _firsts([tuple(row) for row in many])
    with np.errstate(divide="ignore", invalid="ignore"):
        rate, spread = weight * count / people, weight**2 * count / people**2
    rate, spread = np.where(people > 0, rate, np.nan), np.where(people > 0, spread, np.nan)
    total = _add(of[first], weight[first], len(names))
    if not (np.nan_to_num(total) > 0).any():
        raise InputError("standard: expected a population above 0, found nobody in it")
    value = _add(of, rate * times, len(names)) / total
    observed = _add(of, count * times, len(names))
    variance = np.zeros(len(names))
    for often_one in np.unique(times):
        at = np.flatnonzero(times == often_one)
        present = _add(of[at], weight[at], len(names))  # the peer divides by the standard of the ages at hand
        with np.errstate(divide="ignore", invalid="ignore"):
            part = often_one**2 * _add(of[at], spread[at], len(names)) / present**2
        variance += np.where(present > 0, part, 0.0)
    low, high = np.full((len(levels), len(names)), np.nan), np.full((len(levels), len(names)), np.nan)
    enough = np.isfinite(value) & (observed >= FEWEST_EVENTS)
    for row, level in enumerate(levels):
        fewest, most = count_limits(observed[enough], level=level)
        stretch = np.sqrt(variance[enough] / observed[enough])
        low[row, enough] = value[enough] + stretch * (fewest - observed[enough])
        high[row, enough] = value[enough] + stretch * (most - observed[enough])
    value[~enough] = np.nan
    everybody = _add(of[first], people[first], len(names))
    return Standardised(names, value, low, high, observed, np.full(len(names), np.nan), everybody)


def indirect(
    units: Sequence[str],
    strata: Sequence[str],
    events: ArrayLike,
    population: ArrayLike,
    reference_events: ArrayLike,
    reference_population: ArrayLike,
    *,
    levels: Sequence[float] = (0.95, 0.998),
    rate: bool = False,
    usual: float | None = None,
) -> Standardised:
    """Ask how a unit's events compare with those that its people would have at the reference's rates.

    A ratio of observed over expected; or, with `rate`, that ratio times the reference's own rate. Rows of one unit
    and stratum are summed. Not said (NaN) of a unit with a missing number or with nothing expected.

    Parameters
    ----------
    reference_events, reference_population
        Of the row's stratum, one a row.
    usual
        The reference's rate over every stratum; without it, over those that each unit's rows have.

    Raises
    ------
    InputError
        If a number is negative, a stratum of the reference has nobody in it, or one stratum has two references.

    Source: PHE technical guide (Byar's limits, exact below 10 events); Breslow & Day (1987), IARC 82, chapter 2.

    >>> r = indirect(["a", "a"], ["young", "old"], [8, 22], [1000, 500], [5, 30], [1000, 1000], levels=(0.95,))
    >>> f"{r.value[0]:.2f} ({r.low[0, 0]:.2f} to {r.high[0, 0]:.2f})"
    '1.50 (1.01 to 2.14)'
    """
    names, cells, of, (count, people, top, bottom) = _cells(
        units, strata, events, population, reference_events, None, also=reference_population
    )
    if (nobody := np.flatnonzero(bottom == 0)).size:
        unit, stratum, _ = cells[nobody[0]]
        raise InputError(f"unit {unit!r}, stratum {stratum!r}: the reference has nobody there; expected a population")
    observed, expected = _add(of, count, len(names)), _add(of, people * top / bottom, len(names))
    own = _add(of, top, len(names)) / _add(of, bottom, len(names)) if usual is None else np.full(len(names), usual)
    said = np.isfinite(observed) & (expected > 0)
    scale = np.where(said, (own if rate else 1.0) / np.where(said, expected, 1.0), np.nan)
    low, high = np.full((len(levels), len(names)), np.nan), np.full((len(levels), len(names)), np.nan)
    for row, level in enumerate(levels):
        low[row, said], high[row, said] = (scale[said] * end for end in count_limits(observed[said], level=level))
    return Standardised(names, observed * scale, low, high, observed, expected, _add(of, people, len(names)))


def _cells(
    units: Sequence[str], strata: Sequence[str], events: ArrayLike, population: ArrayLike, weight: ArrayLike,
    often: Floats | None, also: ArrayLike | None = None,
) -> tuple[tuple[str, ...], list[tuple[str, str, float]], NDArray[np.int64], list[Floats]]:  # fmt: skip
    """Rows of one unit, stratum and frequency as one: their events and people summed, what is the stratum's kept."""
    if len(units) == 0:
        raise InputError("no units; expected at least one row")
    given = [np.asarray(column, dtype=np.float64) for column in (events, population, weight)]
    given.append(np.asarray(also, dtype=np.float64) if also is not None else np.ones(len(units)))
    check_counts(tuple(units), given[0], given[1], share=False)
    check_counts(tuple(units), given[2], given[3], share=False)
    times = np.ones(len(units)) if often is None else often
    position: dict[tuple[str, str, float], int] = {}
    row_of = np.array([
        position.setdefault((u, s, float(f)), len(position)) for u, s, f in zip(units, strata, times, strict=True)
    ])  # fmt: skip
    cells = list(position)
    sums = [_add(row_of, column, len(cells)) for column in given[:2]]
    kept = []
    for column in given[2:]:
        one = np.full(len(cells), np.nan)
        one[row_of] = column
        if (two := np.flatnonzero((one[row_of] != column) & ~(np.isnan(one[row_of]) & np.isnan(column)))).size:
            unit, stratum, _ = cells[row_of[two[0]]]
            raise InputError(f"unit {unit!r}, stratum {stratum!r}: the standard is given twice and differs")
        kept.append(one)
    names = tuple(dict.fromkeys(units))
    where = {name: i for i, name in enumerate(names)}
    of = np.array([where[unit] for unit, _, _ in cells])
    last = [np.array([f for _, _, f in cells])] if often is not None else [kept[1]]
    return names, cells, of, [*sums, kept[0], *last]


def _firsts(keys: Sequence[tuple[str, ...]]) -> NDArray[np.int64]:
    """The first row of each key."""
    seen: dict[tuple[str, ...], int] = {}
    for row, key in enumerate(keys):
        seen.setdefault(key, row)
    return np.array(list(seen.values()), dtype=np.int64)


def _add(of: NDArray[np.int64], values: Floats, size: int) -> Floats:
    return np.bincount(of, weights=values, minlength=size).astype(np.float64)
