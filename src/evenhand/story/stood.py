"""Stood: one organisation on every measure at its level, read from the store and worked out where it is not there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from ..errors import InputError, did_you_mean
from ..lake import Lake
from ..measures import Measure
from ..measures import read as read_measure
from ..records.spread import Standing
from ..stats.ranks import percent_rank
from . import sights
from .apart import apart
from .sight import WINDOW
from .spread_patients import expected_of
from .spreads import LEVELS, sums
from .worth import pounds_per_unit


@dataclass(frozen=True)
class Stood:
    """One measure of one organisation; stored: read, not worked out (then without its gains)."""

    measure: Measure
    standing: Standing
    stored: bool

    def price(self, lake: Lake) -> float:
        """Pounds saved when one unit moves to the better side; NaN if nothing says so."""
        if self.stored:
            return self.standing.price
        return pounds_per_unit(lake, self.measure, str(self.standing.months[-1]))


def stood(lake: Lake, level: str, code: str, *, stored_only: bool = False) -> Iterator[Stood]:
    """One organisation on each measure of the lake that has numbers of it, in the order of the measures.

    stored_only: leave out what `evenhand see store` has not worked out, as a page does, in place of working it out.

    Raises
    ------
    InputError
        If nothing is known of this organisation at this level.
    """
    held = {s.measure: s for s in sights.standings(lake, [(level, code)])} if level in LEVELS else {}
    stored = {measure.id for measure in sights.stored(lake)} if level in LEVELS else set()
    ordered = bool(held) or level not in LEVELS or sights.is_in_order(lake, level)
    seen: set[str] = set()
    found = False
    for name, measure in sights.known(lake).items():
        standing = held.get(name)
        if not ordered and name in stored and (whole := sights.spread(lake, measure, level, course=True)) is not None:
            standing = sights.standing_of(whole, code)
        if standing is None and name not in stored and not stored_only:
            standing = _worked_out(lake, measure, level, code, seen)
        if standing is not None:
            found = True
            yield Stood(measure, standing, name in stored)
    if not found:
        raise _unknown(lake, level, code, seen | _codes(lake, level, stored))


def _worked_out(lake: Lake, measure: Measure, level: str, code: str, seen: set[str]) -> Standing | None:
    """What a store would hold of it, but for its gains; `seen` gathers the codes that are there."""
    try:
        panel = read_measure(lake, measure.id, level).panel
    except InputError:
        return None  # nothing of it at this level
    seen.update(panel.organisations)
    if code not in panel.organisations or not len(panel.months):
        return None
    window = panel.months > panel.months[-1] - (1 if measure.is_state else WINDOW)  # a waiting list is not summed
    _, _, top, bottom, there = sums(panel, window)
    fair = there & (bottom >= max(measure.minimum_denominator, 1))
    expected = expected_of(lake, measure, panel, window, level, fair, top, bottom).numerator
    z, z_unlike, how = apart(measure, top, bottom, fair, expected)
    own, nan = panel.row(code), float("nan")
    value = top[fair] / bottom[fair]
    rank = percent_rank(np.where(fair, top / np.where(bottom > 0, bottom, np.nan), np.nan))[own]
    return Standing(
        measure=measure.id, level=level, code=code,
        first=str(panel.months[window][0]), last=str(panel.months[-1]),
        numerator=float(top[own]), denominator=float(bottom[own]), expected=float(expected[own]), fair=bool(fair[own]),
        z=float(z[own]), z_unlike=float(z_unlike[own]), compared_by=how, outlier=None, unlike=None,
        rank=float(rank), middle=float(np.median(value)) if len(value) else nan, compared=int(fair.sum()),
        worse=nan, units=nan, pounds=nan, low=nan, high=nan, together=False, price=nan, icon=None,
        tenths=np.full(9, nan), months=panel.months, top=panel.numerator[own], bottom=panel.denominator[own],
    )  # fmt: skip


def _codes(lake: Lake, level: str, stored: set[str]) -> set[str]:
    """The codes that the store has of a level."""
    every = sights.known(lake)
    shown = (sights.spread(lake, every[name], level) for name in stored)
    return {code for spread in shown if spread is not None for code in spread.codes}


def _unknown(lake: Lake, level: str, code: str, known: set[str]) -> InputError:
    hint = did_you_mean(code, sorted(known)) if known else ""
    return InputError(f"--organisation {code}: no measure has numbers of a {level} of this code{hint}")
