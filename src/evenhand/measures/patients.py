"""Patients of one month: registered with each practice, of an age and sex if a measure says so."""

from __future__ import annotations

import ibis

from .prescribing import Tables
from .rule import Counted, age_bands

_SEXES = ("male", "female")


def count(tables: Tables, month: int, side: Counted) -> dict[str, float]:
    """Patients / `side.patients` by practice; a practice whose list was not published that finely is absent.

    The published total is used for everybody; otherwise the five-year bands of both sexes are added.
    """
    rows = tables.table("list_size").filter(ibis._.month == month)
    published: dict[str, dict[tuple[str, str], int]] = {}
    columns = rows.select("practice", "sex", "age_band", "patients").to_pyarrow()
    for practice, sex, band, patients in zip(*(column.to_pylist() for column in columns.columns), strict=True):
        published.setdefault(practice, {})[sex, band] = patients
    per = side.patients or 1
    found = {practice: _patients(cells, side) for practice, cells in published.items()}
    return {practice: patients / per for practice, patients in found.items() if patients is not None}


def _patients(cells: dict[tuple[str, str], int], side: Counted) -> int | None:
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
