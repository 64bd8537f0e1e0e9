"""Prices come from the month's own data; and every number can be followed to the published rows it was counted from."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from evenhand.errors import InputError
from evenhand.lake import month_number
from evenhand.measures import Counted, panel, read_codes, rows, unit_prices
from evenhand.measures.model import Replacement
from evenhand.measures.panel import unnamed
from tiny_lake import TinyLake

DPP4 = "diabetes_dpp4_cost"
SITA, LINA, ALO, STRIP, DEAR = (
    "0601023X0AAAAAA", "0601023AEAAAAAA", "0601023AKAAAAAA", "0601060D0CUABA0", "0601060D0CCAAA0",
)  # fmt: skip
LEVELS = {"A": "practice", "B": "practice", "P": "pcn", "S": "sicbl"}


@pytest.fixture
def tiny(tmp_path: Path) -> TinyLake:
    tiny = TinyLake(tmp_path / "lake")
    tiny.prescribed("2024-01", [
        ("A", SITA, 20, 560, 30.0), ("A", LINA, 4, 112, 120.0), ("B", LINA, 4, 112, 124.0), ("B", ALO, 2, 56, 50.0),
        ("A", STRIP, 5, 250, 46.0, 49.75), ("B", DEAR, 2, 100, 30.0, 32.0),
    ])  # fmt: skip
    tiny.prescribed("2024-02", [("A", SITA, 10, 280, 20.0), ("A", LINA, 1, 28, 31.0)])
    tiny.listed("2024-01", {"A": 2000, "B": 1000})
    return tiny.belongs(LEVELS, [("A", "P"), ("B", "P"), ("P", "S")])


def test_a_price_is_the_national_cost_of_an_item_in_that_month(tiny: TinyLake) -> None:
    january, february = (unit_prices(tiny.lake, DPP4, month) for month in ("2024-01", "2024-02"))
    assert (january.numerator, january.replacement) == (294 / 10, 30 / 20)
    assert january.difference == january.saving == 294 / 10 - 30 / 20
    assert (february.numerator, february.replacement) == (31.0, 2.0)


def test_a_price_per_strip_takes_each_side_of_the_line(tiny: TinyLake) -> None:
    prices = unit_prices(tiny.lake, "diabetes_test_strips", "2024-01")
    assert (prices.unit, prices.numerator, prices.replacement) == ("quantity", 30 / 100, 46 / 250)


def test_a_better_choice_that_costs_more_is_a_negative_saving(tiny: TinyLake) -> None:
    higher = panel_measure().model_copy(update={"direction": "higher"})
    assert unit_prices(tiny.lake, higher, "2024-01").saving == 30 / 20 - 29.4


def test_money_is_priced_as_what_the_same_quantity_would_cost(tiny: TinyLake) -> None:
    measure = panel_measure(sum="cost")
    prices = unit_prices(tiny.lake, measure, "2024-01")
    assert (prices.unit, prices.numerator) == ("pounds", 1.0)
    assert prices.replacement == pytest.approx((30 / 560) / (294 / 280), rel=1e-12)


def test_where_nothing_replaces_it_the_whole_price_is_saved_and_where_nothing_is_said_none(tiny: TinyLake) -> None:
    stopped = panel_measure().model_copy(update={"replacement": Replacement(words="nothing", none=True)})
    silent = panel_measure().model_copy(update={"replacement": None})
    assert unit_prices(tiny.lake, stopped, "2024-01").saving == 29.4
    assert math.isnan(unit_prices(tiny.lake, silent, "2024-01").saving)


@pytest.mark.parametrize(
    ("measure", "month", "says"),
    [
        (DPP4, "2023-01", "no prescribing of 2023-01"),
        ("wait_within_18_weeks", "2024-01", "sums no prescribing of its own"),
        ("diabetes_test_strips", "2024-02", "nothing of its numerator was prescribed"),
        ("diabetes", "2024-01", "no measure 'diabetes'"),
    ],
)
def test_where_there_is_no_price_none_is_made_up(tiny: TinyLake, measure: str, month: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        unit_prices(tiny.lake, measure, month)


def test_the_rows_of_a_practice_add_up_to_its_number(tiny: TinyLake) -> None:
    found = rows(tiny.lake, DPP4, "B", "2024-01")
    number = panel(tiny.lake, DPP4, "practice")
    assert sum(row["items"] for row in found if row["in_numerator"]) == number.numerator[number.row("B"), 0] == 6
    assert {(row["bnf_code"], row["file"]) for row in found} == {
        (LINA, "prescribing 2024-01"), (ALO, "prescribing 2024-01")
    }  # fmt: skip


def test_the_rows_of_a_higher_level_are_those_of_its_members(tiny: TinyLake) -> None:
    found = rows(tiny.lake, "diabetes_spend", "S", "2024-01")
    assert sum(row["actual_cost"] for row in found if row["table"] == "prescribing") == 400.0
    assert {row["practice"]: row["patients"] for row in found if row["table"] == "list_size"} == {"A": 2000, "B": 1000}


def test_the_row_of_an_indicator_names_its_version(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path).indicated("x", "old", "sicbl", [("2024-01", "S", 3.0, 10.0), ("2024-01", "T", 4.0, 10.0)])
    found = rows(tiny.lake, "x", "S", "2024-01")
    assert [(row["version"], row["numerator"], row["file"]) for row in found] == [("old", 3.0, "indicator x/old/sicbl")]


def test_the_rows_of_a_wait_are_the_trusts_own(tmp_path: Path) -> None:
    waited = [("R1", "S", "C_130", 3, 30), ("R1", "S", "C_130", 30, 10), ("R2", "S", "X02", 1, 7)]
    tiny = TinyLake(tmp_path).waited("2024-01", waited).belongs({"S": "sicbl", "I": "icb"}, [("S", "I")])
    one = rows(tiny.lake, "wait_within_18_weeks", "R2", "2024-01")
    both = rows(tiny.lake, "wait_within_18_weeks", "I", "2024-01")
    assert [(row["provider"], row["counted"], row["total_all"]) for row in one] == [("R2", 7, 7)]
    assert sum(row["counted"] for row in both) == 37


def test_the_rows_of_a_monthly_publication_name_the_files_of_their_month(tmp_path: Path) -> None:
    tiny = TinyLake(tmp_path)
    for month, late in (("2024-01", 90), ("2024-02", 45)):
        tiny.add("ae", month, [{"month": month_number(month), "provider": "T", "type": "1", "attendances": 900,
                                "over_4_hours": late, "admissions": 300}])  # fmt: skip
    (row,) = rows(tiny.lake, "ae_within_four_hours", "T", "2024-02")
    assert (row["over_4_hours"], row["file"], "month" in row) == (45, "ae 2024-02", False)


def test_no_row_is_refused(tiny: TinyLake) -> None:
    with pytest.raises(InputError, match="no row of 'Z' in 2024-01"):
        rows(tiny.lake, DPP4, "Z", "2024-01")


def panel_measure(sum: str = "items"):  # type: ignore[no-untyped-def]
    measure = unnamed(read_codes("0601023AE,0601023AK", sum=sum), Counted(patients=1000))
    replacement = Replacement(words="sitagliptin", bnf=("0601023X0",))
    return measure.model_copy(update={"direction": "lower", "replacement": replacement})
