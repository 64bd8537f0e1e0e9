"""The English Prescribing Dataset, a file a month: `EPD_YYYYMM` to June 2025, `EPD_SNOMED_YYYYMM` from July 2025.

Columns: METHODS D.4. From July 2025 `BNF_CHEMICAL_SUBSTANCE` holds the name; before, it holds the code.
"""

from __future__ import annotations

from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .calendar import SNOMED_FROM
from .medicines import CHAPTERS
from .organisations import Nation
from .plan import Plan, drawn, strangers
from .prescribing import Rows
from .published import Column, csv, pick, write_parquet, write_parts

DISCOUNT = 0.0675  # actual cost is the basic price less a national average discount (size ours)
CONTAINER = 0.012  # pounds an item (ours)


def prescribing_file(folder: Path, settled: Plan, t: int, kind: str = "csv.gz") -> Path:
    """Write the prescribing of month `t`, a block of practices at a time: as csv.gz, csv or parquet."""
    period = settled.when.word(t).replace("-", "")
    snomed = bool(settled.when.months[t] >= SNOMED_FROM)
    none = np.zeros(0, np.int64)
    nobody = Rows(none, none, np.zeros(0), none)
    parts = (
        _columns(settled, rows, stranger, t, period, snomed)
        for rows, stranger in chain(((rows, nobody) for rows in drawn(settled, t)), [(nobody, strangers(settled, t))])
    )
    path = folder / f"EPD_{'SNOMED_' if snomed else ''}{period}.{kind}"
    if kind == "parquet":
        return write_parquet(path, parts)
    return write_parts(path, (csv(columns, header=i == 0) for i, columns in enumerate(parts)))


def money(settled: Plan, rows: Rows, t: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Net ingredient cost and actual cost of each row in month `t`, in pounds, rounded as they are published."""
    nic = np.round(settled.presentations.price_pence[rows.medicine, t] * rows.quantity * rows.items / 100, 2)
    return nic, np.round(nic * (1 - DISCOUNT) + CONTAINER * rows.items, 5)


def nobody_codes(world: Nation) -> list[str]:
    """How each sub-ICB location's prescribers without a practice are called in the file."""
    return [("-" if s % 2 == 0 else f"{code}98") for s, code in enumerate(world.sicbls)]


def _columns(
    settled: Plan, rows: Rows, stranger: Rows, t: int, period: str, snomed: bool
) -> dict[str, Column]:
    world, stock = settled.world, settled.presentations
    sicbl = np.concatenate([world.sicbl[rows.practice], stranger.practice])
    medicine = np.concatenate([rows.medicine, stranger.medicine])
    quantity = np.concatenate([rows.quantity, stranger.quantity])
    items = np.concatenate([rows.items, stranger.items])
    nic, actual = (np.concatenate(pair) for pair in zip(money(settled, rows, t), money(settled, stranger, t),
                                                        strict=True))  # fmt: skip
    icb = world.icb_of_sicbl[sicbl]
    region = world.region_of_icb[icb]
    blank = pa.nulls(len(items), pa.string())
    nobody = nobody_codes(world)
    practice = np.concatenate([rows.practice, len(world.practices) + stranger.practice])
    unknown = ("UNIDENTIFIED DOCTORS",) * len(nobody)
    chemical = pick([code[:9] for code in stock.codes], medicine)
    chemical_name = pick(stock.chemicals, medicine)
    code, name = pick(stock.codes, medicine), pick(stock.names, medicine)
    columns: dict[str, Column] = {
        "YEAR_MONTH": pick([period], np.zeros(len(items), np.int64)),
        "REGIONAL_OFFICE_NAME": pick(world.region_names, region), "REGIONAL_OFFICE_CODE": pick(world.regions, region),
        "ICB_NAME": pick(world.icb_names, icb), "ICB_CODE": pick(world.icbs, icb),
        "PCO_NAME": pick(world.sicbl_names, sicbl), "PCO_CODE": pick(world.sicbls, sicbl),
        "PRACTICE_NAME": pick(world.practice_names + unknown, practice),
        "PRACTICE_CODE": pick([*world.practices, *nobody], practice),
        "ADDRESS_1": blank, "ADDRESS_2": blank, "ADDRESS_3": blank, "ADDRESS_4": blank, "POSTCODE": blank,
    }  # fmt: skip
    if snomed:
        columns |= {
            "BNF_CHEMICAL_SUBSTANCE_CODE": chemical, "BNF_CHEMICAL_SUBSTANCE": chemical_name,
            "BNF_PRESENTATION_CODE": code, "BNF_PRESENTATION_NAME": name,
        }  # fmt: skip
    else:
        columns |= {
            "BNF_CHEMICAL_SUBSTANCE": chemical, "CHEMICAL_SUBSTANCE_BNF_DESCR": chemical_name,
            "BNF_CODE": code, "BNF_DESCRIPTION": name,
        }  # fmt: skip
    columns |= {
        "BNF_CHAPTER_PLUS_CODE": pick([f"{c[:2]}: {CHAPTERS[c[:2]]}" for c in stock.codes], medicine),
        "QUANTITY": quantity, "ITEMS": items, "TOTAL_QUANTITY": quantity * items,
        "ADQ_USAGE" if snomed else "ADQUSAGE": np.zeros(len(items)),
        "NIC": nic, "ACTUAL_COST": actual,
        "UNIDENTIFIED": pick(["N", "Y"], (practice >= len(world.practices)).astype(np.int64)),
    }  # fmt: skip
    return columns | ({"SNOMED_CODE": pick(_no_snomed(len(stock.codes)), medicine)} if snomed else {})


def _no_snomed(count: int) -> list[str]:
    """Codes as long as dm+d's, yet impossible: no SNOMED identifier has 99 before its check digit."""
    return [f"{999_000_000_000_000 + i:015d}990" for i in range(count)]


