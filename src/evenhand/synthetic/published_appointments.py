"""Appointments in general practice by practice, a zip a month: the practice-level crosstab (METHODS D.3)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .appointments import CATEGORIES, KINDS, MODES, PROFESSIONALS, STATUSES, WAITS, Appointments
from .calendar import Calendar
from .organisations import Nation
from .published import Column, csv, pick, write, write_parquet

NEWER_FROM = np.datetime64("2024-01", "M")  # releases of 2022 held OCT2022; we do not know when that changed (ours)
SUPPLIER = "DEMONSTRATION"


def appointments_file(folder: Path, world: Nation, when: Calendar, found: Appointments, t: int, kind: str) -> Path:
    """Write the appointments of month `t`, as a zip of one CSV or, of a national month, as Parquet."""
    stem = f"Practice_Level_Crosstab_{when.months[t].astype('datetime64[D]').astype(object):%b_%y}"
    columns = _columns(world, when, found, t)
    if kind == "parquet":
        return write_parquet(folder / f"{stem}.parquet", [columns])
    return write(folder / f"{stem}.zip", csv(columns))


def _columns(world: Nation, when: Calendar, found: Appointments, t: int) -> dict[str, Column]:
    """The rows of the file: each combination with any appointments once."""
    practice, professional, mode, category, wait, status, count = _rows(found)
    month = when.months[t].astype("datetime64[D]").astype(object).strftime("%d%b%Y").upper()
    newer = when.months[t] >= NEWER_FROM
    same = np.zeros(len(practice), np.int64)
    icb = world.icb[practice]
    return {
        "APPOINTMENT_MONTH_START_DATE" if newer else "APPOINTMENT_MONTH": pick([month if newer else month[2:]], same),
        "GP_CODE": pick(world.practices, practice), "GP_NAME": pick(world.practice_names, practice),
        "SUPPLIER": pick([SUPPLIER], same), "PCN_NAME": pick(world.pcn_names, world.pcn_in(t)[practice]),
        "SUB_ICB_LOCATION_NAME": pick(world.sicbl_names, world.sicbl[practice]), "ICB_NAME": pick(world.icb_names, icb),
        "REGION_NAME": pick(world.region_names, world.region_of_icb[icb]),
        "HCP_TYPE": pick(PROFESSIONALS, professional), "APPT_MODE": pick(MODES, mode),
        "NATIONAL_CATEGORY": pick(CATEGORIES, category), "TIME_BETWEEN_BOOK_AND_APPT": pick(WAITS, wait),
        "COUNT_OF_APPOINTMENTS": pa.array(count), "APPT_STATUS": pick(STATUSES, status),
    }  # fmt: skip


def _rows(found: Appointments) -> tuple[NDArray[np.int64], ...]:
    """Practice, professional, mode, category, wait, status and count: kinds without a mapped category come together."""
    professional, mode = (np.array([kind[at] for kind in KINDS])[found.kind] for at in (0, 1))
    cell, status = np.nonzero(found.counts)
    parts = (found.practice, professional, mode, found.category, found.wait)
    sizes = (int(found.practice.max(initial=0)) + 1, len(PROFESSIONALS), len(MODES), len(CATEGORIES), len(WAITS))
    key = np.ravel_multi_index(tuple(part[cell] for part in parts), sizes) * len(STATUSES) + status
    once, row = np.unique(key, return_inverse=True)
    count = np.zeros(len(once), dtype=np.int64)
    np.add.at(count, row.ravel(), found.counts[cell, status])
    return (*np.unravel_index(once // len(STATUSES), sizes), once % len(STATUSES), count)
