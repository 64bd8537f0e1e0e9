"""The English Prescribing Dataset, a file a month: `EPD_YYYYMM` to June 2025, `EPD_SNOMED_YYYYMM` from July 2025.

Columns: METHODS D.4. From July 2025 `BNF_CHEMICAL_SUBSTANCE` holds the name; before, it holds the code.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa

from .calendar import SNOMED_FROM, Calendar
from .chance import stream
from .decisions import Decision
from .medicines import CHAPTERS, Medicines
from .organisations import Nation
from .prescribing import Habits, Rows, blocks
from .prescribing import month as prescribed
from .published import Column, csv, pick, write

DISCOUNT = 0.0675  # actual cost is the basic price less a national average discount (size ours)
CONTAINER = 0.012  # pounds an item (ours)
UNIDENTIFIED_ROWS = 6  # rows a month and sub-ICB location without an identified practice


def prescribing_file(
    folder: Path, world: Nation, stock: Medicines, when: Calendar, choices: tuple[Decision, ...],
    usual: list[Habits], t: int, seed: int,
) -> Path:  # fmt: skip
    """Write the prescribing of month `t`."""
    month = when.months[t]
    parts = zip(usual, blocks(len(world.practices)), strict=True)
    made = [prescribed(world, stock, when, choices, habit, t, seed, block) for habit, block in parts]
    rows = Rows(*(np.concatenate([getattr(m, name) for m in made]) for name in Rows.__dataclass_fields__))
    stranger = _unidentified(world, stock, stream(seed, "unidentified", when.word(t)))
    snomed = month >= SNOMED_FROM
    columns = _columns(world, stock, rows, stranger, t, when.word(t).replace("-", ""), snomed)
    name = f"EPD_{'SNOMED_' if snomed else ''}{when.word(t).replace('-', '')}.csv.gz"
    return write(folder / name, csv(columns))


def _unidentified(world: Nation, stock: Medicines, rng: np.random.Generator) -> Rows:
    """A few rows of prescribers whom nobody can place; `practice` is here the row of the sub-ICB location."""
    places = np.repeat(np.arange(len(world.sicbls)), UNIDENTIFIED_ROWS)
    medicine = np.concatenate([
        np.sort(rng.choice(len(stock.codes), UNIDENTIFIED_ROWS, replace=False)) for _ in world.sicbls
    ])  # fmt: skip
    return Rows(places, medicine, stock.quantity[medicine], rng.integers(1, 6, len(places)))


def _columns(
    world: Nation, stock: Medicines, rows: Rows, stranger: Rows, t: int, period: str, snomed: bool
) -> dict[str, Column]:
    sicbl = np.concatenate([world.sicbl[rows.practice], stranger.practice])
    medicine = np.concatenate([rows.medicine, stranger.medicine])
    quantity = np.concatenate([rows.quantity, stranger.quantity])
    items = np.concatenate([rows.items, stranger.items])
    nic = np.round(stock.price_pence[medicine, t] * quantity * items / 100, 2)
    icb = world.icb_of_sicbl[sicbl]
    region = world.region_of_icb[icb]
    blank = pa.nulls(len(items), pa.string())
    nobody = [("-" if s % 2 == 0 else f"{code}98") for s, code in enumerate(world.sicbls)]
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
        "NIC": nic, "ACTUAL_COST": np.round(nic * (1 - DISCOUNT) + CONTAINER * items, 5),
        "UNIDENTIFIED": pick(["N", "Y"], (practice >= len(world.practices)).astype(np.int64)),
    }  # fmt: skip
    return columns | ({"SNOMED_CODE": pick(_no_snomed(len(stock.codes)), medicine)} if snomed else {})


def _no_snomed(count: int) -> list[str]:
    """Codes as long as dm+d's, yet impossible: no SNOMED identifier has 99 before its check digit."""
    return [f"{999_000_000_000_000 + i:015d}990" for i in range(count)]


