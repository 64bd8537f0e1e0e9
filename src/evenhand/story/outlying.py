"""Outlying: on which measures, or in which medicines, one organisation differs by more than chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..lake import Lake, month_of
from ..measures import Measure
from ..measures import read as read_measure
from ..measures.held import months_held
from ..measures.levels import Grid, general_practices, roll_up
from ..measures.panel import latest_month
from ..measures.prescribing import unidentified
from ..see.outliers import FALSE_SHARE, Outliers, outliers, z_scores
from ..see.persistent import persistent
from ..sources import organisations as organisations_source
from .apart import FEWEST_PLACES
from .stood import stood
from .worth import SEED

MONTHS = 6  # of prescribing that a comparison of medicines adds up
CHEMICAL, SUB_PARAGRAPH = 9, 7  # characters of a BNF code
FEWEST_ITEMS = 50  # of the sub-paragraph in the organisation: below, shares jump by chance
FEWEST_EXPECTED = 5.0  # items of the chemical, and of the others: as for any normal approximation
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


def by_chemical(lake: Lake, level: str, code: str, *, false_share: float = FALSE_SHARE) -> Outlying:
    """One organisation's share of each chemical among its BNF sub-paragraph, items of the last six months.

    Raises
    ------
    InputError
        If the lake has no prescribing rows, or none of this organisation.
    """
    held = months_held(lake, "prescribing")[-MONTHS:]
    if not held:
        raise InputError(f"{lake.path}: holds no prescribing; load some months first")
    places, chemicals, items = _items(lake, held)
    organisations, as_of = organisations_source.read(lake), latest_month(lake)
    grid = Grid(places, items, np.ones_like(items))
    if level == "practice":
        grid = general_practices(grid, organisations)
        out = unidentified(lake)
        keep = [i for i, place in enumerate(grid.codes) if place not in out]
        grid = Grid(tuple(grid.codes[i] for i in keep), grid.numerator[keep], grid.denominator[keep])
    else:
        grid = roll_up(grid, level, organisations, as_of)
    if code not in grid.codes:
        raise _nothing(code, level, set(grid.codes))
    own, rows = grid.codes.index(code), []
    sub = np.array([chemical[:SUB_PARAGRAPH] for chemical in chemicals])
    counts = np.nan_to_num(grid.numerator)
    for group in dict.fromkeys(sub):
        columns = np.flatnonzero(sub == group)
        whole = counts[:, columns].sum(axis=1)
        if len(columns) < 2 or whole[own] < FEWEST_ITEMS or (whole > 0).sum() < FEWEST_PLACES:
            continue
        for column in columns:
            target = counts[:, column].sum() / whole.sum()
            if min(target, 1 - target) * whole[own] < FEWEST_EXPECTED:
                continue
            z = z_scores(counts[:, column], whole, kind="proportion")
            if np.isfinite(z[own]):
                some, of = float(counts[own, column]), float(whole[own])
                rows.append({
                    "chemical": chemicals[column], "name": "", "sub_paragraph": str(group), "items": some,
                    "of_items": of, "value": some / of, "middle": float(target),
                    "expected_items": float(target * of), "z": z[own],
                })  # fmt: skip
    names = _names(lake)
    for row in rows:
        row["name"] = names.get(row["chemical"], "")
    minimum = (
        f"{FEWEST_ITEMS} items of the sub-paragraph, {FEWEST_EXPECTED:g} expected of the chemical and of the others, "
        f"{FEWEST_PLACES} organisations"
    )
    months = (str(month_of(held[0])), str(month_of(held[-1])))
    return _told(code, level, "chemical", months, rows, false_share, minimum)


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


def _items(lake: Lake, months: list[int]) -> tuple[tuple[str, ...], tuple[str, ...], Floats]:
    """Places, chemicals and their items (P, C) over these months."""
    rows = lake.table("prescribing").filter(ibis._.month.isin(months))
    keys, names = lake.table("practice_key"), lake.table("presentation")
    part = names.select("presentation_id", chemical=names.bnf_code.substr(0, CHEMICAL))
    sums = rows.inner_join(part, "presentation_id").group_by(["practice_id", "chemical"]).aggregate(
        items=ibis._.items.sum())  # fmt: skip
    found = sums.inner_join(keys.select("practice_id", "practice"), "practice_id").to_pyarrow()
    place, row = np.unique(np.array(found["practice"].to_pylist(), dtype=str), return_inverse=True)
    chemical, column = np.unique(np.array(found["chemical"].to_pylist(), dtype=str), return_inverse=True)
    items = np.zeros((len(place), len(chemical)))
    np.add.at(items, (row, column), found["items"].to_numpy(zero_copy_only=False).astype(np.float64))
    kept = np.char.str_len(chemical) == CHEMICAL
    kept &= ~np.char.startswith(chemical, ("2",))  # appliances have no chemical (BNF chapters 20 to 23)
    return tuple(map(str, place)), tuple(map(str, chemical[kept])), np.maximum(items[:, kept], 0.0)


def _names(lake: Lake) -> dict[str, str]:
    """A word for each chemical: the shortest name of its presentations, up to the first space or bracket."""
    table = lake.table("presentation").select("bnf_code", "name").to_pyarrow().to_pylist()
    names: dict[str, str] = {}
    for row in sorted(table, key=lambda row: (len(row["name"] or ""), row["name"] or "")):
        if row["name"]:
            names.setdefault(row["bnf_code"][:CHEMICAL], row["name"].split("_")[0].split(" (")[0])
    return names


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
