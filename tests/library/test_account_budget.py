"""Indicative budgets (METHODS C.2): to the penny, between floor and cap, and the same in any order."""

from __future__ import annotations

import csv
import gzip
import io
import json
import sys
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand import account
from evenhand.cli.main import main
from evenhand.errors import InputError

USUAL = account.Rule(pace=0.5, floor=-0.02, cap=0.05)


@st.composite
def places(draw, most=12):
    """Practices with needs and histories, and a total that floor and cap leave room for."""
    n = draw(st.integers(1, most))
    need = np.array(draw(st.lists(st.floats(1, 1e6), min_size=n, max_size=n)))
    historic = np.array(draw(st.lists(st.integers(100, 10**10), min_size=n, max_size=n))) / 100
    rule = account.Rule(draw(st.floats(0, 1)), draw(st.sampled_from([-0.5, -0.02, 0.0])),
                        draw(st.sampled_from([0.01, 0.05, 1.0])))  # fmt: skip
    pence = (historic * 100).round()
    low, high = np.ceil(pence * (1 + rule.floor) - 1e-6), np.floor(pence * (1 + rule.cap) + 1e-6)
    # A whole penny lies between for every practice from £1 on: 1% of 100 pence is a penny.
    total = int(low.sum() + draw(st.floats(0, 1)) * (high.sum() - low.sum()))
    return [f"P{i}" for i in range(n)], need, historic, total, rule


@settings(deadline=None)
@given(places())
def test_budgets_add_up_to_the_penny_and_never_leave_floor_and_cap(given):
    name, need, historic, total, rule = given
    found = account.budgets(name, need, historic, total_pence=total, rule=rule)
    assert int(found.budget_pence.sum()) == total
    for pence, pounds in zip(found.budget_pence.tolist(), historic.tolist(), strict=True):
        exact = Decimal(repr(pounds)) * 100
        assert exact * (1 + Decimal(str(rule.floor))) <= pence <= exact * (1 + Decimal(str(rule.cap)))


@settings(deadline=None)
@given(places(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_decides_nothing(given, chance):
    name, need, historic, total, rule = given
    found = account.budgets(name, need, historic, total_pence=total, rule=rule)
    mixed = list(range(len(name)))
    chance.shuffle(mixed)
    other = account.budgets([name[i] for i in mixed], need[mixed], historic[mixed], total_pence=total, rule=rule)
    assert other.budget_pence.tolist() == found.budget_pence[mixed].tolist()


@settings(deadline=None)
@given(places(), st.floats(1, 100))
def test_whoever_needs_more_never_gets_less(given, more):
    name, need, historic, total, rule = given
    before = account.budgets(name, need, historic, total_pence=total, rule=rule).budget_pence[0]
    need[0] *= more
    after = account.budgets(name, need, historic, total_pence=total, rule=rule).budget_pence[0]
    assert after >= before - 1  # a penny of rounding can go to another


def test_four_practices_worked_by_hand():
    # Need 2:1:1.5:0.8 of £529,650 (1% of £535,000 kept back). C is held at +5% (£126,000), D at -2% (£93,100);
    # the other £310,550 goes to A and B in the ratio of their targets, halfway between history and share of need:
    # A (210,000 + 529,650 x 20/53) / 2, B (100,000 + 529,650 x 10/53) / 2.
    fair = 529_650 / 53
    a, b = (210_000 + 20 * fair) / 2, (100_000 + 10 * fair) / 2
    rule = account.Rule(0.5, -0.02, 0.05, contingency=0.01)
    need, historic = np.array([2000.0, 1000, 1500, 800]), np.array([210_000.0, 100_000, 120_000, 95_000])
    found = account.budgets(["A", "B", "C", "D"], need, historic, total_pence=53_500_000, rule=rule)
    assert found.bound == ("", "", "cap", "floor")
    assert found.budget_pence.tolist()[2:] == [12_600_000, 9_310_000]
    assert found.budget_pence[0] == pytest.approx(31_055_000 * a / (a + b), abs=1)
    assert int(found.budget_pence.sum()) == found.shared_pence == 52_965_000


def test_clipping_first_and_scaling_after_would_break_the_floor():
    # The trap that one scale inside the limits avoids: clip to (98, 105), sum 203, scale to 200 -> 96.6 < 98.
    found = account.budgets(["A", "B"], np.array([1.0, 9.0]), np.array([100.0, 100.0]), total_pence=20_000, rule=USUAL)
    assert (found.budget_pence[0], found.budget_pence.sum()) == (9_800, 20_000)


def test_equal_practices_share_an_odd_penny_by_name():
    found = account.budgets(["c", "a", "b"], np.ones(3), np.full(3, 33.33), total_pence=10_000,
                            rule=account.Rule(1, -0.5, 0.5))  # fmt: skip
    assert found.budget_pence.tolist() == [3333, 3334, 3333]


def test_a_new_practice_starts_at_its_share_of_need_and_no_limit_holds_it():
    found = account.budgets(["old", "new"], np.array([3.0, 1.0]), np.array([75.0, np.nan]), total_pence=10_000,
                            rule=account.Rule(0.5, -0.02, 0.05))  # fmt: skip
    assert (found.bound, found.budget_pence.tolist()) == (("", "new"), [7500, 2500])


def test_a_small_list_keeps_nearer_to_its_history_than_a_large_one():
    trust = account.trust(np.array([1000.0, 9000.0]), 1000.0)
    rule = account.Rule(1.0, -0.5, 0.5)
    found = account.budgets(["small", "large"], np.array([1.0, 9.0]), np.array([120.0, 880.0]), total_pence=100_000,
                            rule=rule, trust=trust)  # fmt: skip
    assert trust.tolist() == [0.5, 0.9]
    assert found.target.tolist() == pytest.approx([110.0, 898.0])  # half way from 120 to 100; 0.9 of 880 to 900


def test_credibility_is_that_of_the_published_example():
    # Hachemeister (1975), private bodily injury in five states, twelve quarters: average claims and their number.
    value = np.array([
        [1738, 1642, 1794, 2051, 2079, 2234, 2032, 2035, 2115, 2262, 2267, 2517],
        [1364, 1408, 1597, 1444, 1342, 1675, 1470, 1448, 1464, 1831, 1612, 1471],
        [1759, 1685, 1479, 1763, 1674, 2103, 1502, 1622, 1828, 2155, 2233, 2059],
        [1223, 1146, 1010, 1257, 1426, 1532, 1953, 1123, 1343, 1243, 1762, 1306],
        [1456, 1499, 1609, 1741, 1482, 1572, 1606, 1735, 1607, 1573, 1613, 1690],
    ], dtype=float)  # fmt: skip
    weight = np.array([
        [7861, 9251, 8706, 8575, 7917, 8263, 9456, 8003, 7365, 7832, 7849, 9077],
        [1622, 1742, 1523, 1515, 1622, 1602, 1964, 1515, 1527, 1748, 1654, 1861],
        [1147, 1357, 1329, 1204, 998, 1077, 1277, 1218, 896, 1003, 1108, 1121],
        [407, 396, 348, 341, 315, 328, 352, 331, 287, 384, 321, 342],
        [2902, 3172, 3046, 3068, 2693, 2910, 3275, 2697, 2663, 3017, 3242, 3425],
    ], dtype=float)  # fmt: skip
    found = account.credibility(value, weight)
    assert (round(found.within), round(found.between)) == (139_120_026, 89_639)
    trusted = account.trust(weight.sum(axis=1), found.half)
    assert trusted.round(4).tolist() == [0.9847, 0.9276, 0.8985, 0.7279, 0.9588]


def test_credibility_finds_a_planted_half():
    rng = np.random.default_rng(3)
    patients = np.repeat(rng.uniform(1500, 20_000, 2000)[:, None], 5, axis=1)
    level = rng.normal(1, 0.10, (2000, 1))  # lasting
    yearly = level + rng.normal(0, 1, patients.shape) * np.sqrt(30 / patients)  # one patient's worth: variance 30
    assert account.credibility(yearly, patients).half == pytest.approx(30 / 0.10**2, rel=0.1)


def test_in_year_each_month_keeps_what_was_set_for_it():
    rule = account.Rule(1.0, -0.5, 0.5)
    historic = np.array([50.0, 50.0])
    first = account.budgets(["a", "b"], np.array([1.0, 1.0]), historic, total_pence=12_000, rule=rule)
    later = account.budgets(["a", "b"], np.array([5.0, 7.0]), historic, total_pence=12_000, rule=rule)
    found = account.reweighted(first, later, 6)
    assert found.budget_pence.tolist() == [5500, 6500]  # half a year at 6000 each, half at 5000 and 7000


# the command


ROWS = "practice,need,historic\nP2,2000,210000\nP1,1000,100000\nP3,1500,120000\nP4,800,95000\n"


def run(capsys, *words):
    code = main(["account", "budget", *map(str, words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_gives_each_practice_its_budget_and_why_in_the_order_of_the_file(tmp_path, capsys):
    path = tmp_path / "p.csv"
    path.write_text(ROWS)
    code, out, _ = run(capsys, path, "--total", "535000", "--pace", 0.5, "--floor", "-0.02", "--cap", 0.05,
                       "--contingency", 0.01, "--json")  # fmt: skip
    found = json.loads(out)
    assert (code, [row["practice"] for row in found["rows"]]) == (0, ["P2", "P1", "P3", "P4"])
    assert (found["shared"], sum(row["budget_pence"] for row in found["rows"])) == (529_650.0, 52_965_000)
    assert [row["bound"] for row in found["rows"]] == [None, None, "cap", "floor"]
    assert "held at the floor of -2%" in found["rows"][3]["why"]


def test_other_names_shuffled_rows_gzip_parquet_and_standard_input_give_the_same(tmp_path, capsys, monkeypatch):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = list(csv.DictReader(io.StringIO(ROWS)))
    names = {"practice": "code", "need": "Prescr WP", "historic": "spent"}
    other = [{names[k]: v for k, v in row.items()} for row in reversed(rows)]
    text = ",".join(names.values()) + "\n" + "".join(",".join(row.values()) + "\n" for row in other)
    (tmp_path / "p.csv.gz").write_bytes(gzip.compress(text.encode()))
    pq.write_table(pa.Table.from_pylist([{"code": r["code"], "Prescr WP": int(r["Prescr WP"]), "spent":
                                          float(r["spent"])} for r in other]), tmp_path / "p.parquet")  # fmt: skip
    monkeypatch.setattr(sys, "stdin", type("In", (), {"buffer": io.BytesIO(text.encode())}))
    asked = ["--practice", "code", "--need", "Prescr WP", "--historic", "spent", "--total", "535,000", "--json"]
    plain = tmp_path / "p.csv"
    plain.write_text(ROWS)
    expected = {r["practice"]: r["budget_pence"] for r in
                json.loads(run(capsys, plain, "--total", "535000", "--json")[1])["rows"]}  # fmt: skip
    for file in (tmp_path / "p.csv.gz", tmp_path / "p.parquet", "-"):
        found = json.loads(run(capsys, file, *asked)[1])
        assert {r["practice"]: r["budget_pence"] for r in found["rows"]} == expected


def test_small_lists_and_a_new_need_within_the_year_are_told_in_the_rows(tmp_path, capsys):
    path = tmp_path / "p.csv"
    path.write_text(
        "practice,need,historic,list,october,y1,y2,y3\n"
        "01,1000,100000,900,1200,95000,98000,100000\n"
        "02,1500,140000,1600,1500,130000,138000,140000\n"
        "03,700,80000,800,600,77000,78000,80000\n"
    )
    small = ["--population", "list", "--credibility", "estimate", "--history", "y1", "y2", "y3"]
    october = ["--reweight", "october", "--from", "2026-10"]
    code, out, _ = run(capsys, path, "--total", 325_000, *small, *october, "--json")
    found = json.loads(out)
    assert (code, found["months_reweighted"], [r["practice"] for r in found["rows"]]) == (0, 6, ["01", "02", "03"])
    assert sum(r["budget_pence"] for r in found["rows"]) == 32_500_000
    assert found["rows"][0]["budget"] > found["rows"][0]["before"]
    assert 0 < found["rows"][0]["trust"] < 1


@pytest.mark.parametrize(
    ("content", "more", "why"),
    [
        (ROWS, ["--total", "635000"], "expected a total of £514,500.00 to £551,250.00"),
        (ROWS, ["--total", "530000", "--contingency", "0.1"], "expected a total of £571,666.67 to £612,500.00"),
        (ROWS, ["--total", "0"], "total 0: expected above 0"),
        (ROWS, ["--total", "535000.001"], "at most two decimals"),
        (ROWS, ["--total", "535000", "--pace", "1.5"], "pace 1.5: expected 0 to 1"),
        (ROWS, ["--total", "535000", "--floor", "0.1"], "floor 0.1 is above cap 0.05"),
        (ROWS, ["--total", "535000", "--contingency", "1"], "contingency 1: expected 0 to below 1"),
        (ROWS, ["--total", "535000", "--ring-fence", "535000"], "nothing is left to share out"),
        (ROWS, ["--total", "535000", "--need", "weight"], "no column 'weight'"),
        (ROWS, ["--total", "535000", "--credibility", "900"], "expected --population COL too"),
        (ROWS, ["--total", "535000", "--credibility", "few", "--population", "need"], "a number of patients"),
        (ROWS, ["--total", "535000", "--credibility", "estimate", "--population", "need"], "two years or more"),
        (ROWS, ["--total", "535000", "--reweight", "need"], "expected both or neither"),
        (ROWS, ["--total", "535000", "--reweight", "need", "--from", "2026-04"], "April is the whole year"),
        (ROWS + "P1,1,1\n", ["--total", "535000"], "already given in row 3"),
        (ROWS + "P5,-1,1\n", ["--total", "535000"], "expected 0 or more, found '-1'"),
        (ROWS + "P5,5,1e30\n", ["--total", "535000"], "practice 'P5': historic 1e+30: expected 0 or more, at most"),
        (ROWS, ["--total", "1e30"], "total 1e+30: expected above 0, at most"),
        (ROWS + "P5,5,\n", ["--total", "535000"], "--new fair"),
        (ROWS + "P5,,5\n", ["--total", "535000"], "row 6, column 'need'"),
        (ROWS + ",1,5\n", ["--total", "535000"], "row 6, column 'practice'"),
        ("practice,need,historic\na,0,5\n", ["--total", "5"], "no practice has any need"),
        ("practice,need,historic\n", ["--total", "5"], "no rows"),
        ("", ["--total", "5"], "empty"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2_and_nothing_is_written(tmp_path, capsys, content, more, why):
    path, out_file = tmp_path / "p.csv", tmp_path / "o.csv"
    path.write_text(content)
    code, out, err = run(capsys, path, *more, "--out", out_file)
    assert (code, out, err.strip().count("\n")) == (2, "", 0)
    assert why in err
    assert not out_file.exists()


def test_no_need_at_all_is_refused():
    with pytest.raises(InputError, match="no practice has any need"):
        account.budgets(["a"], np.zeros(1), np.ones(1), total_pence=100, rule=USUAL)
