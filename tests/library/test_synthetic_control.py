"""Synthetic control: a planted effect is found, placebos rank as chance says, what cannot be compared is refused."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.prove import SyntheticControl, synthetic_control
from evenhand.prove.placebo import invert, rank_p
from evenhand.prove.simplex import mixture

FIRST = np.datetime64("2020-01", "M")


def rows(table: np.ndarray) -> tuple[list[str], np.ndarray, np.ndarray]:
    """A table of units by months, as rows; units U0, U1, ..."""
    units, months = table.shape
    names = [f"U{i}" for i in range(units) for _ in range(months)]
    return names, np.tile(FIRST + np.arange(months), units), table.ravel()


def judged(table: np.ndarray, before: int, treated: str = "U0") -> SyntheticControl:
    return synthetic_control(*rows(table), treated, start=(FIRST + before).astype("datetime64[D]"))


def world(rng: np.random.Generator, units: int = 20, months: int = 36, effect: float = 0.0) -> np.ndarray:
    """Places that follow three common movements in their own measure, with noise of their own."""
    season = 2 * np.sin(np.arange(months) * np.pi / 6)
    common = np.vstack([np.cumsum(rng.normal(0, 0.5, (2, months)), axis=1), season])
    table = 50 + rng.normal(0, 2, (units, 1)) + rng.uniform(0, 1, (units, 3)) @ common
    table += rng.normal(0, 0.5, (units, months))
    table[0, months - 8 :] += effect
    return table


def slow(table: np.ndarray, before: int) -> tuple[np.ndarray, np.ndarray]:
    """Weights and p by the plainest means: projected gradient descent, one unit after another."""
    weights, ratios = [], []
    for unit in range(len(table)):
        others = np.delete(table, unit, axis=0)
        A, y = others[:, :before].T, table[unit, :before]
        w, step = np.full(len(others), 1 / len(others)), 1 / np.linalg.norm(A - y[:, None], 2) ** 2
        for _ in range(1_500):
            w = w - step * (A - y[:, None]).T @ (A - y[:, None]) @ w
            down = np.sort(w)[::-1]
            over = (np.cumsum(down) - 1) / np.arange(1, len(w) + 1)
            w = np.maximum(w - over[np.flatnonzero(down > over)[-1]], 0)
        gap = table[unit] - w @ others
        weights.append(w)
        ratios.append(np.sqrt(np.mean(gap[before:] ** 2) / np.mean(gap[:before] ** 2)))
    return weights[0], np.array(ratios)


def test_a_mixture_that_is_exact_is_found() -> None:
    others = np.random.default_rng(1).normal(0, 1, (24, 8))
    weights = np.array([0.5, 0.3, 0, 0, 0.2, 0, 0, 0])
    assert mixture(others @ weights, others) == pytest.approx(weights, abs=1e-9)


def test_a_target_outside_all_others_gets_the_nearest_of_them() -> None:
    others = np.array([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    assert mixture(np.array([9.0, 9.0]), others) == pytest.approx([0, 0, 1], abs=1e-9)


def test_weights_and_ranks_are_those_of_the_plainest_means() -> None:
    table = world(np.random.default_rng(2), units=8, months=30)
    found, (weights, ratios) = judged(table, 22), slow(table, 22)
    given = dict(found.weights)
    assert [given.get(f"U{i}", 0.0) for i in range(1, 8)] == pytest.approx(weights, abs=2e-3)
    assert found.ratio == pytest.approx(ratios[0], rel=2e-3)
    assert found.p == np.mean(ratios >= ratios[0])


def test_a_planted_effect_is_found_within_its_interval() -> None:
    found = judged(world(np.random.default_rng(2), effect=-3.0), 28)
    assert found.effect.low < -3 < found.effect.high < 0
    assert found.p == found.smallest_p == pytest.approx(1 / 20)
    assert not found.indicative


def test_the_interval_holds_exactly_the_effects_that_are_not_rejected() -> None:
    rng = np.random.default_rng(4)
    gaps, pull, scale = rng.normal(0, 1, 30), rng.dirichlet(np.ones(30)), rng.uniform(0.5, 2, 30)
    low, high = invert(gaps, pull, scale, alpha=0.1)

    def p(tau: float) -> float:
        moved = gaps + pull * tau
        moved[0] = gaps[0] - tau
        return rank_p(np.abs(moved) / scale)

    kept = [tau for tau in np.linspace(low - 5, high + 5, 4001) if p(tau) > 0.1]
    assert (min(kept), max(kept)) == pytest.approx((low, high), abs=0.01)


def test_intervals_hold_the_truth_nine_times_in_ten_and_nothing_is_found_where_nothing_was() -> None:
    rng, runs = np.random.default_rng(5), 160
    found = [(judged(world(rng, effect=e), 28), e) for e in (0.0, 2.0) for _ in range(runs // 2)]
    held = np.mean([not (r.effect.low > e or r.effect.high < e) for r, e in found])
    assert held == pytest.approx(0.9, abs=0.072)  # three Monte-Carlo errors of 0.024
    assert np.mean([r.p <= 0.1 for r, e in found if e == 0]) == pytest.approx(0.1, abs=0.1)  # three of 0.034


def test_units_and_scale_change_nothing_but_the_units() -> None:
    table = world(np.random.default_rng(6), effect=1.5)
    one, moved = judged(table, 28), judged(1000 * table + 7, 28)
    assert moved.effect.value == pytest.approx(1000 * one.effect.value)
    assert (moved.effect.low, moved.effect.high) == pytest.approx((1000 * one.effect.low, 1000 * one.effect.high))
    assert moved.p == one.p


def test_the_order_of_rows_changes_nothing() -> None:
    units, months, values = rows(world(np.random.default_rng(7)))
    mixed, start = np.random.default_rng(8).permutation(len(units)), (FIRST + 28).astype("datetime64[D]")
    one = synthetic_control(units, months, values, "U0", start=start)
    two = synthetic_control([units[i] for i in mixed], months[mixed], values[mixed], "U0", start=start)
    assert two.effect.value == pytest.approx(one.effect.value)
    assert dict(two.weights) == pytest.approx(dict(one.weights))


def test_a_donor_with_a_month_missing_is_left_out_by_name() -> None:
    table = world(np.random.default_rng(9))
    table[4, 20] = np.nan
    table[:, 11] = np.nan
    found = judged(table, 28)
    assert found.dropped == ("U4",)
    assert found.missing_months == ("2020-12",)
    assert (found.donors, found.pre_months) == (18, 27)


def test_the_month_in_which_a_scheme_starts_belongs_to_neither_side() -> None:
    table = world(np.random.default_rng(10))
    odd = table.copy()
    odd[0, 28] += 50
    start = (FIRST + 28).astype("datetime64[D]") + 14
    one, two = (synthetic_control(*rows(each), "U0", start=start) for each in (table, odd))
    assert two.effect.value == pytest.approx(one.effect.value)
    assert one.missing_months == ()


@pytest.mark.parametrize(
    ("change", "before", "said"),
    [
        (lambda t: t[:8], 28, "8 units in all"),
        (lambda t: t[:15], 28, "the 90% interval covers 93%"),
        (lambda t: t, 20, "20 months before"),
        (lambda t: t + 30 * (np.arange(20) == 0)[:, None], 28, "outside the range"),
        (lambda t: t + 4 * (np.arange(20) == 0)[:, None] * np.sin(np.arange(36)), 28, "a poor fit"),
    ],
)
def test_a_result_that_can_only_guide_says_why(change: Any, before: int, said: str) -> None:
    found = judged(change(world(np.random.default_rng(11))), before)
    assert found.indicative
    assert any(said in reason for reason in found.reasons)


def test_with_few_units_no_interval_has_an_end() -> None:
    found = judged(world(np.random.default_rng(12), units=8), 28)
    assert np.isnan([found.effect.low, found.effect.high]).all()


def test_each_donor_left_out_in_turn_shows_whether_one_place_made_the_result() -> None:
    found = judged(world(np.random.default_rng(13), effect=-3), 28)
    assert {unit for unit, _ in found.leave_one_out} == {unit for unit, _ in found.weights}
    assert all(-5 < effect < -1 for _, effect in found.leave_one_out)


@pytest.mark.parametrize(
    ("table", "before", "treated", "said"),
    [
        (np.random.default_rng(14).normal(0, 1, (5, 30)), 20, "U0", "need 5 donors"),
        (np.random.default_rng(14).normal(0, 1, (9, 30)), 5, "U0", "need 6 before"),
        (np.random.default_rng(14).normal(0, 1, (9, 30)), 30, "U0", "1 after"),
        (np.random.default_rng(14).normal(0, 1, (9, 30)), 20, "U99", "no unit 'U99'"),
        (np.ones((9, 30)), 20, "U0", "the same value"),
        (np.random.default_rng(14).normal(0, 1, (1001, 8)), 6, "U0", "1000 or fewer"),
    ],
)
def test_what_cannot_be_compared_is_refused(table: np.ndarray, before: int, treated: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        judged(table, before, treated)


def test_a_month_given_twice_is_refused() -> None:
    units, months, values = rows(world(np.random.default_rng(15)))
    with pytest.raises(InputError, match="'U0' has 2020-01 twice"):
        synthetic_control([*units, "U0"], np.append(months, FIRST), np.append(values, 1.0), "U0", start=FIRST + 20)


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    units, months, values = rows(world(np.random.default_rng(16), effect=-3))
    path = tmp_path / "places.csv"
    lines = [f"{unit},{month}-01,{value:.6f}" for unit, month, value in zip(units, months, values, strict=True)]
    path.write_text("\n".join(["unit,date,value", *lines]))
    return path


def told(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    assert main([str(word) for word in ("prove", "synthetic", *words, "--json")]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_command_says_effect_weights_months_and_placebos(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, file, "--treated", "U0", "--start", "2022-05-01")
    assert found["effect"]["low"] < -3 < found["effect"]["high"]
    assert sum(row["weight"] for row in found["weights"]) == pytest.approx(1, abs=0.02)
    assert len(found["months"]) == 36
    assert found["months"][0]["low"] is None
    assert found["months"][-1]["low"] < found["months"][-1]["gap"] < found["months"][-1]["high"]
    gaps = [row["gap"] for row in found["months"][28:]]
    assert found["effect"]["estimate"] == pytest.approx(np.mean(gaps))
    assert len(found["placebo_ratio"]) == found["donors"] == 19


def test_other_names_zipped_and_a_ratio_give_the_same(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "places.csv.gz"
    lines = [line.split(",") for line in file.read_text().splitlines()[1:]]
    text = "\n".join(["n,d,m,who", *(f"{float(v) * 4},4,{d[8:]}/{d[5:7]}/{d[:4]},{u}" for u, d, v in reversed(lines))])
    packed.write_bytes(gzip.compress(text.encode()))
    one = told(capsys, file, "--treated", "U0", "--start", "2022-05-01")
    two = told(capsys, packed, "--unit", "who", "--date", "m", "--value", "n", "--denominator", "d", "--treated", "U0",
               "--start", "01/05/2022", "--day-first")  # fmt: skip
    assert two["effect"]["estimate"] == pytest.approx(one["effect"]["estimate"])


def test_units_that_felt_the_scheme_are_no_donors(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, file, "--treated", "U0", "--start", "2022-05-01", "--without", "U3", "U7")
    assert found["donors"] == 17
    assert not {"U3", "U7"} & {row["unit"] for row in found["placebo_ratio"]}


def test_a_chart_is_drawn(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "places.svg"
    assert main(["prove", "synthetic", str(file), "--treated", "U0", "--start", "2022-05-01", "--out", str(out)]) == 0
    assert "its synthetic self" in out.read_text()


@pytest.mark.parametrize(
    "words",
    [("--treated", "U77", "--start", "2022-05-01"), ("--treated", "U0", "--start", "soon"),
     ("--treated", "U0", "--start", "2022-05-01", "--without", "U0"),
     ("--treated", "U0", "--start", "2030-05-01"), ("--treated", "U0", "--start", "2022-05-01", "--value", "valeu")],
)  # fmt: skip
def test_refusals_are_one_line(file: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "synthetic", str(file), *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
