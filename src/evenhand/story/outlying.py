"""Outlying: on which measures, or in which medicines, one organisation differs by more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..lake import Lake
from ..measures import Measure
from ..measures import read as read_measure
from ..see.outliers import FALSE_SHARE, Outliers, outliers
from ..see.persistent import persistent
from . import chemical_sights, chemicals
from .apart import FEWEST_PLACES
from .stood import stood
from .worth import SEED

PERIODS, PERIOD = 8, 3  # quarters over which "persistent" is asked, and months of each
FEWEST_PERIODS = 3

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outlying:
    """rows: the comparisons, furthest first, those named before the others; found: what was controlled."""

    organisation: str
    level: str
    by: str
    months: tuple[str, str]
    rows: tuple[Mapping[str, Any], ...]
    found: Outliers
    minimum: str


def by_measure(
    lake: Lake, level: str, code: str, *, false_share: float = FALSE_SHARE, stored_only: bool = False
) -> Outlying:
    """One organisation on every measure of the lake, against all of its level, over the last 12 months: as it is, and
    (`_patients`) as observed over what patients like its own would give. Chance is controlled in either by itself.

    stored_only: as pages, what `evenhand see store` has worked out; otherwise the rest is worked out as well.

    Raises
    ------
    InputError
        If no measure has numbers of this organisation at this level.
    """
    rows: list[dict[str, Any]] = []
    for held in stood(lake, level, code, stored_only=stored_only):
        standing = held.standing
        if np.isfinite(standing.z):
            rows.append({
                "measure": held.measure.id, "title": held.measure.title, "value": standing.value,
                "middle": standing.middle, "z": standing.z, "compared_by": standing.compared_by,
                "units": standing.compared, "better": held.measure.direction, "first": standing.first,
                "last": standing.last, "expected_ratio": standing.ratio, "z_patients": standing.z_unlike,
            })  # fmt: skip
    if not rows:
        raise InputError(f"--organisation {code}: no measure has enough organisations of level {level!r} to compare it "
                         "with, or it is too small for each of them")  # fmt: skip
    patients = outliers([row["z_patients"] for row in rows], false_share=false_share)
    for row, q, side in zip(rows, patients.q, patients.outlier, strict=True):
        row |= {"q_patients": float(q), "outlier_patients": side}
    months = (min(row["first"] for row in rows), max(row["last"] for row in rows))
    minimum = f"each measure's own; {FEWEST_PLACES} organisations or more to compare with"
    return _told(code, level, "measure", months, rows, false_share, minimum)


def by_chemical(
    lake: Lake, level: str, code: str, *, false_share: float = FALSE_SHARE, stored_only: bool = False
) -> Outlying:
    """One organisation's share of each chemical among its BNF sub-paragraph, items of the last six months.

    What `evenhand see store` has worked out is read, and the same numbers are worked out now where it has not;
    stored_only: as pages, not now.

    Raises
    ------
    InputError
        If the lake has no prescribing rows, or none of this organisation; with stored_only also if it is not stored.
    """
    found = chemical_sights.read(lake, level, code)
    if found is None:
        if stored_only:
            raise InputError(f"{lake.path}: medicines are not worked out for {level!r}; run `evenhand see store` first")
        every = chemicals.compared(lake, level)
        if code not in every.codes:
            raise _nothing(code, level, set(every.codes))
        found = every.months, list(chemicals.rows_of(every, every.codes.index(code)))
    months, rows = found
    return _told(code, level, "chemical", months, rows, false_share, chemicals.MINIMUM)


def steady(lake: Lake, level: str, measure: Measure) -> dict[str, Any] | None:
    """Which organisations truly reach the best quarter in most of the last quarters of a year; None if too few
    periods or places, or if nothing says which way is better. Codes only."""
    if measure.direction not in ("lower", "higher") or measure.kind == "waits":
        return None
    try:
        panel = read_measure(lake, measure.id, level).panel
    except InputError:
        return None
    periods = min(PERIODS, len(panel.months) // PERIOD)
    if periods < FEWEST_PERIODS:
        return None
    sides = []
    for side in (panel.numerator, panel.denominator):
        last = side[:, -periods * PERIOD :].reshape(len(side), periods, PERIOD)
        sides.append(last.sum(axis=2))  # a missing month leaves the quarter missing
    fair = (np.nan_to_num(sides[1]) >= max(measure.minimum_denominator, 1)).all(axis=1)
    if fair.sum() < FEWEST_PLACES:
        return None
    codes = [unit for unit, yes in zip(panel.organisations, fair, strict=True) if yes]
    try:
        found = persistent(codes, sides[0][fair], sides[1][fair], better=measure.direction,
                           rng=np.random.default_rng(SEED))  # fmt: skip
    except InputError:
        return None  # pounds whose chance cannot be told
    return {"measure": measure.id, "better": measure.direction, "periods": periods, "needed": found.needed,
            "sure": found.sure, "compared": len(codes), "false_rate": found.false_rate,
            "persistent": list(found.persistent)}  # fmt: skip


def _told(
    code: str, level: str, by: str, months: tuple[str, str], rows: list[dict[str, Any]], share: float, minimum: str
) -> Outlying:
    found = outliers([row["z"] for row in rows], false_share=share)
    for row, q, side in zip(rows, found.q, found.outlier, strict=True):
        row |= {"q": float(q), "outlier": side}
    ordered = sorted(rows, key=lambda row: (row["outlier"] is None, -abs(row["z"])))
    return Outlying(code, level, by, months, tuple(ordered), found, minimum)


def _nothing(code: str, level: str, known: set[str]) -> InputError:
    return InputError(f"--organisation {code}: nothing can be compared of a {level} of this code"
                      f"{did_you_mean(code, sorted(known)) if known else ''}")  # fmt: skip
