"""Indicative budgets from England's real weighted populations (docs/explanation/how-a-budget-is-set.md)."""

from __future__ import annotations

import csv
import gzip
import io
import json
from decimal import Decimal

import pytest

from evenhand.cli.main import main
from shared import DATA, needs_data

pytestmark = needs_data
BACKBONE = DATA / "06_practice_backbone"
TOTAL = 10_000_000_000  # an example amount: the data hold no allocation


def rows(name: str) -> list[dict[str, str]]:
    text = gzip.decompress((BACKBONE / name).read_bytes()).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def asked(tmp_path, table: list[dict[str, object]], *more: str) -> dict:
    path, out = tmp_path / "practices.csv", tmp_path / "budgets.json"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]))
        writer.writeheader()
        writer.writerows(table)
    code = main(["account", "budget", str(path), "--pace", "0.5", "--floor", "-0.02", "--cap", "0.05",
                 "--contingency", "0.01", *more, "--out", str(out)])  # fmt: skip
    assert code == 0
    return json.loads(out.read_text())


@pytest.fixture(scope="module")
def england(tmp_path_factory) -> dict:
    """Need: the prescribing weights of 2025/26. Historic: what those of 2024/25 would have given of the same total."""
    before = {row["Practice_Code"]: Decimal(row["Prescr WP"])
              for row in rows("icb_allocation_practice_weighted_pop_2024_2025.csv.gz")}  # fmt: skip
    whole = sum(before.values())
    table = [
        {"Practice_Code": row["Practice_Code"], "Prescr WP": row["Prescr WP"],
         "spent": round(before[row["Practice_Code"]] / whole * TOTAL, 2) if row["Practice_Code"] in before else ""}
        for row in rows("icb_allocation_practice_weighted_pop_2025_2026.csv.gz")
    ]  # fmt: skip
    return asked(tmp_path_factory.mktemp("england"), table, "--practice", "Practice_Code", "--need", "Prescr WP",
                 "--historic", "spent", "--total", str(TOTAL), "--new", "fair")  # fmt: skip


def test_6348_budgets_add_up_to_the_penny_and_hold_floor_and_cap(england):
    assert (england["practices"], england["without_history"]) == (6348, 13)
    assert (england["at_floor"], england["at_cap"]) == (2095, 894)
    assert sum(row["budget_pence"] for row in england["rows"]) == TOTAL * 99
    for row in england["rows"]:
        if row["bound"] != "new":
            spent = Decimal(repr(row["historic"])) * 100
            low, high = spent * Decimal("0.98"), spent * Decimal("1.05")
            assert low <= row["budget_pence"] <= high or high - low < 1  # a penny or two of history has no room


def test_the_three_practices_of_the_docs_worked_by_hand(england):
    found = {row["practice"]: row for row in england["rows"]}
    # A81001: need 5,068.451745 of 63,849,324.21; £797,740.42 before; half way to £785,876.33; x 1.000777567
    assert found["A81001"]["fair"] == pytest.approx(9.9e9 * 5068.451745 / 63_849_324.21, abs=0.01)
    assert found["A81001"]["target"] == pytest.approx((797_740.42 + 785_876.33) / 2, abs=0.01)
    assert (found["A81001"]["budget"], found["A81001"]["bound"]) == (792_424.06, None)
    assert found["A81001"]["budget"] == pytest.approx(791_808.37 * 1.000777567, abs=0.02)
    # A81004: 98% of £2,059,808.86; A81021: 105% of £2,728,353.38, to the penny inside
    assert (found["A81004"]["budget"], found["A81004"]["bound"]) == (2_018_612.69, "floor")
    assert (found["A81021"]["budget"], found["A81021"]["bound"]) == (2_864_771.04, "cap")


def test_real_payments_to_practices_as_history_hold_the_same(tmp_path, capsys):
    # £10.2bn paid to practices in 2022-23, with the weights of primary medical care; four were in debit and are refused
    need = {row["Practice_Code"]: row["Primary Medical Care WP"]
            for row in rows("icb_allocation_practice_weighted_pop_2023_2024.csv.gz")}  # fmt: skip
    table = [
        {"practice": row["Practice Code"], "need": need[row["Practice Code"]],
         "historic": row["Total NHS Payments to General Practice"]}
        for row in rows("nhs_payments_gp_2022-23.csv.gz") if row["Practice Code"] in need
    ]  # fmt: skip
    with pytest.raises(AssertionError):
        asked(tmp_path, table, "--total", "10300000000")
    assert "expected 0 or more, found '-" in capsys.readouterr().err
    table = [row for row in table if float(row["historic"]) >= 0]
    found = asked(tmp_path, table, "--total", "10300000000")
    assert sum(row["budget_pence"] for row in found["rows"]) == 1_019_700_000_000
    assert all(-0.02 - 1e-9 <= row["change"] <= 0.05 + 1e-9 for row in found["rows"] if row["historic"] > 1)
