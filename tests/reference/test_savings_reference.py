"""Savings by price against what OpenPrescribing published, where the inputs are at hand.

For price per unit the practices' own prices are not, only the target: the arithmetic is checked on every row by
practice. For ghost-branded generics no input is at hand. For concessions prices and quantities are, and all rows agree.
"""

from __future__ import annotations

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

from evenhand.see.price_savings import concession_cost, price_per_unit
from shared import DATA, needs_data

pytestmark = [needs_data, pytest.mark.shared]
PRICES = DATA / "09_prices"


def read(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("month", "rows"), [("2022-06", 105), ("2022-07", 92)])
def test_what_concessions_cost_england_is_what_was_published(month: str, rows: int) -> None:
    dearest: dict[str, dict[str, str]] = {}
    for row in read(PRICES / "price_concessions_pc_df.csv.gz"):
        held = dearest.get(row["bnf_code"])
        if row["month"][:7] == month and (held is None or float(row["pc_price_pence"]) > float(held["pc_price_pence"])):
            dearest[row["bnf_code"]] = row
    published = read(PRICES / f"price_concessions_cost_nhs_england_{month}-01.csv")
    assert len(published) == rows
    price = [dearest[row["BNF code"]] for row in published]

    def column(table: list[dict[str, str]], name: str) -> np.ndarray:
        return np.array([float(row[name]) for row in table])

    usual, extra = concession_cost(
        column(published, "Quantity"), column(price, "pc_price_pence"), column(price, "dt_price_pence"),
        column(price, "qtyval"), np.datetime64(month), ("",) * rows,
    )  # fmt: skip
    assert usual == pytest.approx(column(published, "Normally costs"), rel=1e-9)
    assert extra == pytest.approx(column(published, list(published[0])[4]), rel=1e-6)


def test_a_practices_saving_is_its_quantity_times_the_price_above_the_target() -> None:
    rows = read(DATA / "07_practice_prescribing" / "price_per_unit_savings_practices-2016-09-01.csv.gz")
    quantity, price, target, saving = (
        np.array([float(row[name]) for row in rows])
        for name in ("quantity", "price_per_dose", "lowest_decile", "possible_savings")
    )
    assert len(rows) == 1000
    twice = np.concatenate([quantity, quantity])  # each practice beside one that pays the published target
    group = np.tile(np.arange(1000), 2)
    found = price_per_unit(group, twice * np.concatenate([price, target]), twice, quantile=0)
    assert found.target == pytest.approx(target)
    assert found.saving[:1000] == pytest.approx(saving, rel=1e-9)
