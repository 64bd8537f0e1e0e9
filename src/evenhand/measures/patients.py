"""Patients of one month: registered with each practice, of an age and sex if a measure says so."""

from __future__ import annotations

import math

import ibis

from .prescribing import Tables
from .prescribing_units import astro_pu, star_pu
from .side import Counted, age_bands

_SEXES = ("male", "female")
HOLDS = 36  # months: an older register says nothing of today's patients (ours)


Lists = dict[str, dict[tuple[str, str], int]]  # patients by practice, then by sex and age band


def read(tables: Tables, month: int) -> Lists:
    """A month's list sizes, read once however many measures ask."""
    rows = tables.table("list_size").filter(ibis._.month == month)
    published: Lists = {}
    columns = rows.select("practice", "sex", "age_band", "patients").to_pyarrow()
    for practice, sex, band, patients in zip(*(column.to_pylist() for column in columns.columns), strict=True):
        published.setdefault(practice, {})[sex, band] = patients
    return published


def count(tables: Tables, month: int, side: Counted, lists: Lists | None = None) -> dict[str, float]:
    """Patients / `side.patients` by practice; a practice whose list was not published that finely is absent.

    The published total is used for everybody; otherwise the five-year bands of both sexes are added. STAR-PUs and
    ASTRO-PUs are sums of bands times weights; a disease register and a weighted population are the latest published
    up to that month. `lists`: the month's list sizes, where they were read before.
    """
    if side.on_register is not None or side.weighted is not None:
        return _latest(tables, month, side)
    published = read(tables, month) if lists is None else lists
    per = side.patients or 1
    found = {practice: _patients(cells, side) for practice, cells in published.items()}
    return {practice: patients / per for practice, patients in found.items() if patients is not None}


def _latest(tables: Tables, month: int, side: Counted) -> dict[str, float]:
    """A yearly publication holds until the next: the year that had last been published for each practice."""
    if side.on_register is not None:
        rows = tables.table("qof_register")
        rows = rows.filter(rows.register == side.on_register)
    else:
        rows = tables.table("weighted_population")
        rows = rows.filter(rows.component == side.weighted)
    rows = rows.filter((rows.month <= month) & (rows.month > month - HOLDS) & rows.patients.notnull())
    found = rows.select("practice", "month", "patients").order_by("month").to_pyarrow()
    per = side.patients or 1
    pairs = zip(found["practice"].to_pylist(), found["patients"].to_pylist(), strict=True)
    return {practice: float(patients) / per for practice, patients in pairs}  # the last one stands


def _patients(cells: dict[tuple[str, str], int], side: Counted) -> float | None:
    if side.star_pu is not None or side.astro_pu is not None:
        weights = star_pu(side.star_pu) if side.star_pu is not None else astro_pu(side.astro_pu or "cost")
        if not any(sex in _SEXES and band != "all" for sex, band in cells):
            return None  # a list that was published without ages and sexes has no weighted units
        return math.fsum(weights.get(cell, 0.0) * patients for cell, patients in cells.items())  # in whatever order
    if side.age is None:
        sex = side.sex or "all"
        if (sex, "all") in cells:
            return cells[sex, "all"]
    bands = age_bands(side.age) if side.age else age_bands("0+")
    sexes: tuple[str, ...] = (side.sex,) if side.sex else _SEXES
    if side.sex is None and any(("all", band) in cells for band in bands):
        sexes = ("all",)
    have_bands = any(band != "all" and sex in sexes for sex, band in cells)
    # A band with nobody in it has no row in the published file: that is 0, but only if bands were published.
    return sum(cells.get((sex, band), 0) for sex in sexes for band in bands) if have_bands else None
