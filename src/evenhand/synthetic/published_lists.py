"""Patients Registered at a GP Practice, two files a month (METHODS D.5): by sex and five-year band, and in all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from .calendar import Calendar
from .lists import BANDS, SEXES, by_age
from .organisations import Nation
from .published import Column, csv, pick, write


def list_size_files(folder: Path, world: Nation, when: Calendar, t: int) -> list[Path]:
    """Write the list sizes of month `t`; a closed practice has no rows."""
    there = np.flatnonzero(world.patients[:, t] > 0)
    counts = by_age(world, t)[there]
    day = when.months[t].astype("datetime64[D]").astype(object)
    date = day.strftime("%d%b%Y").upper()
    # a row for everybody, then each sex by band and in all
    cells = [counts.sum(axis=(1, 2))[:, None]]
    for sex in range(len(SEXES)):
        cells += [counts[:, sex], counts[:, sex].sum(axis=1)[:, None]]
    patients = np.concatenate(cells, axis=1)
    sexes = ["ALL", *(sex for sex in SEXES for _ in range(len(BANDS) + 1))]
    bands = ["ALL", *(band for _ in SEXES for band in (*BANDS, "ALL"))]
    practice = np.repeat(there, patients.shape[1])
    place = np.tile(np.arange(patients.shape[1]), len(there))
    head = _head(len(practice), date)
    quinary: dict[str, Column] = head | {
        "ORG_TYPE": _same("GP", len(practice)), "ORG_CODE": pick(world.practices, practice),
        "ONS_CODE": pa.nulls(len(practice), pa.string()), "POSTCODE": pa.nulls(len(practice), pa.string()),
        "SEX": pick(sexes, place), "AGE_GROUP_5": pick(bands, place), "NUMBER_OF_PATIENTS": patients.ravel(),
    }  # fmt: skip
    n = len(there)
    everyone: dict[str, Column] = _head(n, date) | {
        "TYPE": _same("GP", n), "SUB_ICB_LOCATION_CODE": pick(world.sicbls, world.sicbl[there]),
        "ONS_SUB_ICB_LOCATION_CODE": pa.nulls(n, pa.string()), "CODE": pick(world.practices, there),
        "POSTCODE": pa.nulls(n, pa.string()), "SEX": _same("ALL", n), "AGE": _same("ALL", n),
        "NUMBER_OF_PATIENTS": patients[:, 0],
    }  # fmt: skip
    period = when.word(t)
    return [
        write(folder / f"gp-reg-pat-prac-quin-age-{period}.csv.gz", csv(quinary)),
        write(folder / f"gp-reg-pat-prac-all-{period}.csv", csv(everyone)),
    ]


def _head(rows: int, date: str) -> dict[str, Column]:
    return {"PUBLICATION": _same("GP_PRAC_PAT_LIST", rows), "EXTRACT_DATE": _same(date, rows)}


def _same(word: str, rows: int) -> pa.Array:
    return pick([word], np.zeros(rows, np.int64))
