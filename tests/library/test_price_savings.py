"""Savings by price: each formula on rows that a reader can add up, in the lake and on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.lake import month_number
from evenhand.see.price_savings import concession_cost, ghost_generics, group_quantile, price_per_unit, tariff_discount
from evenhand.see.substitutes import generic_of, substitution_sets
from evenhand.story.savings import savings
from tiny_lake import TinyLake

GENERIC, BRAND, OTHER = "0703021Q0AAAAAA", "0703021Q0BBAAAA", "0212000B0AAAAAA"
CEDED = {"A": 100, "B": 100, "C": 100}


def test_a_brand_belongs_to_its_generic_and_an_appliance_to_nobody() -> None:
    assert generic_of(BRAND) == generic_of(GENERIC) == GENERIC
    assert generic_of("21010900601") is None
    assert generic_of("091000000BBTAA0") is None


def test_swaps_join_sets_whatever_their_order() -> None:
    codes = [GENERIC, BRAND, OTHER, "0212000B0AAABAB", "21010900601"]
    assert substitution_sets(codes).tolist() == [0, 0, 2, 3, 4]
    for swaps in ([(OTHER, "0212000B0AAABAB")], [("0212000B0AAABAB", "X"), ("X", OTHER)]):
        assert substitution_sets(codes, swaps).tolist() == [0, 0, 2, 2, 4]


def test_the_target_is_the_best_tenth_and_only_dearer_practices_save() -> None:
    group = np.zeros(11, dtype=np.int64)
    found = price_per_unit(group, np.arange(11.0) * 10, np.full(11, 10.0))  # prices 0 to 10 pounds
    assert found.target[0] == pytest.approx(1.0)
    assert found.saving.tolist() == [0, 0, *(10.0 * np.arange(1, 10))]


@pytest.mark.parametrize("seed", range(5))
def test_quantiles_by_group_are_numpys_group_by_group(seed: int) -> None:
    rng = np.random.default_rng(seed)
    group, value = rng.integers(0, 7, 200), rng.normal(size=200)
    value[rng.random(200) < 0.1] = np.nan
    for q, lower, method in ((0.1, False, "linear"), (0.5, True, "lower")):
        mine = group_quantile(group, value, q, lower=lower)
        theirs = [np.nanquantile(value[group == g], q, method=method) for g in range(7)]
        assert mine == pytest.approx(theirs)


def test_a_practice_without_quantity_has_no_price_and_saves_nothing() -> None:
    found = price_per_unit(np.zeros(3, np.int64), np.array([5.0, 10.0, 20.0]), np.array([0.0, 10.0, 10.0]))
    assert found.saving[0] == 0
    assert found.target[0] == pytest.approx(1.1)


def test_a_ghost_is_what_is_paid_above_the_lower_middle_price_and_may_be_negative() -> None:
    group, quantity = np.zeros(4, np.int64), np.full(4, 100.0)
    found = ghost_generics(group, np.array([90.0, 100.0, 101.0, 150.0]), quantity)
    assert found.target.tolist() == [1.0]
    assert found.saving.tolist() == [-10.0, 0.0, 0.0, 50.0]  # a pound's difference is nought


def test_a_product_with_cost_and_no_quantity_anywhere_is_no_ghost() -> None:
    found = ghost_generics(np.zeros(2, np.int64), np.array([5.0, 150.0]), np.array([0.0, 100.0]))
    assert np.isnan(found.target[0])
    assert found.saving.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("category", "month", "discount"),
    [
        ("A", "2024-03", 0.072), ("Part VIIIA Category A", "2024-04", 0.20), ("M", "2025-01", 0.20),
        ("Part VIIIA Category C", "2024-04", 0.05), ("", "2024-04", 0.05), ("Appliance", "2024-04", 0.0985),
    ],
)  # fmt: skip
def test_the_discount_of_a_month_and_category(category: str, month: str, discount: float) -> None:
    assert tariff_discount(category, np.datetime64(month)) == discount


def test_a_concession_costs_what_stands_above_the_tariff_net_of_discounts() -> None:
    usual, extra = concession_cost(
        np.array([280.0]), np.array([500.0]), np.array([100.0]), np.array([28.0]), np.datetime64("2023-05"), ("A",)
    )
    assert usual[0] == pytest.approx(10 * 1.00 * 0.928)
    assert extra[0] == pytest.approx(10 * 5.00 - 9.28)


def test_a_pack_of_nothing_is_refused() -> None:
    one = np.array([1.0])
    with pytest.raises(InputError, match="a pack of no units"):
        concession_cost(one, one, one, np.array([0.0]), np.datetime64("2024-01"), ("",))


@pytest.fixture
def tiny(tmp_path: Path) -> TinyLake:
    # A pays 2.00 a tablet on average, B 1.00, C 1.00; D has no practice of its own and is no example to anybody.
    lake = TinyLake(tmp_path / "lake").prescribed("2024-03", [
        ("A", GENERIC, 1, 50, 50.0, 50.0), ("A", BRAND, 1, 50, 150.0, 150.0), ("B", GENERIC, 2, 100, 100.0, 100.0),
        ("C", GENERIC, 3, 100, 100.0, 100.0), ("-36J", GENERIC, 3, 100, 1.0, 1.0),
        ("A", "21010900601", 1, 10, 9.0, 9.0),
    ])  # fmt: skip
    levels = {"A": "practice", "B": "practice", "C": "practice", "S": "sicbl", "T": "sicbl"}
    return lake.belongs(levels, [("A", "S"), ("B", "S"), ("C", "T")], "2024-03")


def test_practices_savings_are_added_up_to_the_organisation(tiny: TinyLake) -> None:
    found = savings(tiny.lake, "ppu", "sicbl", "S", minimum=0)
    assert found.total == pytest.approx(100.0)
    assert [(r["code"], r["saving"], r["target_price"], r["presentations"]) for r in found.rows] == [
        (GENERIC, pytest.approx(100.0), pytest.approx(1.0), 2)
    ]
    every = savings(tiny.lake, "ppu", "sicbl", minimum=0)
    assert {r["code"]: r["saving"] for r in every.rows} == {"S": pytest.approx(100.0)}


def test_small_rows_are_left_out_and_the_total_keeps_them(tiny: TinyLake) -> None:
    found = savings(tiny.lake, "ppu", "sicbl", "S")
    assert (found.rows, found.shown) == ((), 0)
    assert found.total == pytest.approx(100.0)


def test_ghosts_look_at_generics_alone_and_say_what_could_not_be_checked(tiny: TinyLake) -> None:
    tiny.prescribed("2024-04", [
        ("A", GENERIC, 1, 100, 130.0), ("B", GENERIC, 1, 100, 100.0), ("A", BRAND, 1, 10, 99.0),
    ])  # fmt: skip
    found = savings(tiny.lake, "ghost", "practice", "A")
    assert [(r["code"], r["saving"]) for r in found.rows] == [(GENERIC, pytest.approx(30.0))]
    assert "no Drug Tariff with dm+d" in found.notes[0]


def concession(tiny: TinyLake, vmpp: str, pence: int, pack: float) -> dict:
    return {"month": month_number("2024-03"), "vmpp": vmpp, "bnf_code": GENERIC, "name": "", "pack_size": pack,
            "price_pence": pence, "tariff_price_pence": 100}  # fmt: skip


def test_of_several_packs_with_a_concession_the_dearest_counts(tiny: TinyLake) -> None:
    tiny.add("price_concession", "2024-03", [concession(tiny, "1", 300, 50), concession(tiny, "2", 900, 100)])
    found = savings(tiny.lake, "concessions", "nation", minimum=0)
    # 250 tablets of the three practices, packs of 100 at 9.00 against 1.00 less 7.2%
    assert found.total == pytest.approx(2.5 * (9.0 - 0.928))


def test_concessions_that_are_not_loaded_are_refused(tiny: TinyLake, capsys: pytest.CaptureFixture[str]) -> None:
    lake = str(tiny.lake.path)
    assert main(["see", "savings", "concessions", "--level", "nation", "--lake", lake]) == 2
    assert "holds no price concessions of 2024-03" in capsys.readouterr().err


def test_the_command_line_gives_the_same_rows(tiny: TinyLake, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["see", "savings", "ppu", "--level", "sicbl", "--organisation", "S", "--lake", str(tiny.lake.path)]
    assert main([*words, "--minimum", "0", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["months"] == ["2024-03"]
    assert document["rows"][0]["saving"] == pytest.approx(100.0)
    assert main([*words[:4], "practice", *words[5:], "--json"]) == 2
    assert "is a sicbl, not a practice" in capsys.readouterr().err


def test_a_level_that_is_none_and_a_limit_that_is_none_are_refused(
    tiny: TinyLake, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["see", "savings", "ppu", "--lake", str(tiny.lake.path), "--level"]
    assert main([*words, "practise"]) == 2
    assert "no organisations of level 'practise' are loaded; did you mean 'practice'?" in capsys.readouterr().err
    assert main([*words, "practice", "--minimum", "nan"]) == 2
    assert "expected a finite number, found 'nan'" in capsys.readouterr().err
