"""Guardrails: non-inferiority against controls, never green where a month is missing."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove import guardrail
from evenhand.records import Guardrail

START = np.datetime64("2025-04-01")

# Student (1908), The probable error of a mean, Biometrika 6:1: extra hours of sleep with two drugs, ten patients each.
# Taken as two groups: difference of means -1.58, Student's t -1.8608 with 18 degrees of freedom.
FIRST = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
SECOND = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]


def judged(table: np.ndarray, treated: int, first: str = "2024-04", **asked: object) -> Guardrail:
    """A table of units by months; the first `treated` rows are treated."""
    units, months = table.shape
    return guardrail(
        [f"U{i}" for i in range(units) for _ in range(months)],
        np.tile(np.datetime64(first, "M") + np.arange(months), units), table.ravel(),
        [i < treated for i in range(units) for _ in range(months)],
        **({"start": START, "margin": 1.0, "harm": "down"} | asked),
    )  # fmt: skip


def simulated(rng: np.random.Generator, harm: float = 0.0, units: int = 8, months: int = 18) -> np.ndarray:
    season = 3 * np.sin(np.arange(months) * np.pi / 6)
    level = rng.normal(60, 5, (units, 1)) + season - 0.2 * np.arange(months)
    table = level + rng.normal(0, 0.6, (units, months)) + np.cumsum(rng.normal(0, 0.15, (units, months)), axis=1)
    table[: units // 2, 12:] -= harm
    return table


def test_the_effect_and_its_bound_are_students() -> None:
    changes = np.array([*FIRST, *SECOND])
    found = judged(np.column_stack([np.zeros(20), changes]), 10, "2025-03", margin=3.0)
    assert found.effect == pytest.approx(-1.58)
    assert found.effect / found.se == pytest.approx(-1.8608, abs=5e-5)
    assert found.bound == pytest.approx(-1.58 - 1.3304 * found.se, abs=5e-5)  # t tables: 1.330 at 18 df, one-sided 10%
    assert found.verdict == "pass"


@pytest.mark.parametrize(
    ("margin", "harm", "verdict"),
    [(3.0, "down", "pass"), (2.0, "down", "inconclusive"), (1.0, "down", "breach"), (1.0, "up", "pass")],
)
def test_the_margin_decides_between_pass_inconclusive_and_breach(margin: float, harm: str, verdict: str) -> None:
    table = np.column_stack([np.zeros(20), [*FIRST, *SECOND]])
    assert judged(table, 10, "2025-03", margin=margin, harm=harm).verdict == verdict


def test_harm_that_chance_may_have_made_is_inconclusive_however_large() -> None:
    table = np.column_stack([np.zeros(6), [-9, 8, -8, 2, 1, 3]])
    found = judged(table, 3, "2025-03", margin=1.0)
    assert found.effect < -1
    assert found.verdict == "inconclusive"


def test_a_season_is_no_harm() -> None:
    table = np.tile(60 + 5 * np.sin(np.arange(18) * np.pi / 6), (8, 1)) + np.arange(8)[:, None]
    table[:4] += 3 * np.cos(np.arange(18) * np.pi / 6)  # the treated have a season of their own
    assert judged(table, 4).effect == pytest.approx(0, abs=1e-9)


def test_a_national_fall_is_not_the_schemes() -> None:
    table = simulated(np.random.default_rng(1))
    fallen = table.copy()
    fallen[:, 12:] -= 10
    assert judged(fallen, 4).effect == pytest.approx(judged(table, 4).effect)


def test_up_and_down_mirror_each_other() -> None:
    table = simulated(np.random.default_rng(2), 0.4)
    down, up = judged(table, 4), judged(-table, 4, harm="up")
    assert (up.verdict, up.effect, up.bound) == pytest.approx((down.verdict, -down.effect, -down.bound))


def test_the_order_of_rows_changes_nothing() -> None:
    table = simulated(np.random.default_rng(3))
    rows = [(f"U{i}", np.datetime64("2024-04") + j, table[i, j], i < 4) for i in range(8) for j in range(18)]
    mixed = [rows[i] for i in np.random.default_rng(4).permutation(len(rows))]
    unit, month, value, treated = zip(*mixed, strict=True)
    found = guardrail(unit, np.array(month), np.array(value), treated, start=START, margin=1.0, harm="down")
    assert (found.effect, found.bound) == pytest.approx((judged(table, 4).effect, judged(table, 4).bound))


@pytest.mark.parametrize(("unit", "month"), [(0, 13), (7, 13), (0, 1)])
def test_a_month_that_is_needed_and_missing_is_never_green(unit: int, month: int) -> None:
    table = simulated(np.random.default_rng(5))
    table[unit, month] = np.nan
    found = judged(table, 4)
    assert found.verdict == "not_assessed"
    assert f"U{unit} has no value for {np.datetime64('2024-04') + month}" in found.reason
    assert np.isnan(found.effect)


def test_a_month_that_is_not_needed_may_be_missing() -> None:
    table = simulated(np.random.default_rng(6))
    table[0, 8] = np.nan  # December before; the follow-up ends in September
    assert judged(table, 4).verdict != "not_assessed"


def test_a_month_that_nobody_has_is_missing_for_all() -> None:
    table = simulated(np.random.default_rng(7))
    units = [f"U{i}" for i in range(8) for j in range(18) if j != 14]
    months = np.array([np.datetime64("2024-04") + j for _ in range(8) for j in range(18) if j != 14])
    values = np.array([table[i, j] for i in range(8) for j in range(18) if j != 14])
    treated = [i < 4 for i in range(8) for j in range(18) if j != 14]
    found = guardrail(units, months, values, treated, start=START, margin=1.0, harm="down")
    assert found.verdict == "not_assessed"


def test_the_month_in_which_a_scheme_starts_belongs_to_neither_side() -> None:
    table = simulated(np.random.default_rng(8))
    odd = table.copy()
    odd[:4, 12] += 50
    middle = np.datetime64("2025-04-15")
    assert judged(odd, 4, start=middle).effect == pytest.approx(judged(table, 4, start=middle).effect)


def test_a_second_year_is_compared_with_the_year_before_the_start() -> None:
    table = np.tile(np.arange(12.0), (8, 3)) + np.arange(8)[:, None]
    table[:4, 12:] -= 2
    assert judged(table, 4, margin=5).effect == pytest.approx(-2)


@pytest.mark.parametrize(("treated", "units"), [(1, 3), (2, 3), (0, 6), (6, 6), (5, 6)])
def test_too_few_units_are_not_assessed(treated: int, units: int) -> None:
    assert judged(simulated(np.random.default_rng(9), units=units), treated).verdict == "not_assessed"


@pytest.mark.parametrize(("first", "said"), [("2023-01", "no month after"), ("2025-04", "no month before")])
def test_a_side_without_months_is_not_assessed(first: str, said: str) -> None:
    found = judged(simulated(np.random.default_rng(10)), 4, first)
    assert found.verdict == "not_assessed"
    assert said in found.reason


def test_harm_of_twice_the_margin_hardly_ever_passes_and_no_harm_hardly_ever_breaches() -> None:
    rng, rounds = np.random.default_rng(11), 400
    harmed = [judged(simulated(rng, 2.0), 4).verdict for _ in range(rounds)]
    spared = [judged(simulated(rng, 0.0), 4).verdict for _ in range(rounds)]
    assert harmed.count("pass") / rounds <= 0.05
    assert spared.count("breach") / rounds <= 0.05
    assert spared.count("pass") > harmed.count("pass")


def test_harm_at_the_margin_passes_one_time_in_ten_as_its_bound_says() -> None:
    rng, rounds = np.random.default_rng(12), 1000
    passed = sum(judged(simulated(rng, 1.0), 4).verdict == "pass" for _ in range(rounds))
    assert passed / rounds == pytest.approx(0.1, abs=0.03)  # three Monte-Carlo errors of 0.0095


def test_what_makes_no_sense_is_refused() -> None:
    table, months = simulated(np.random.default_rng(13)), np.array(["2025-03", "2025-03"], dtype="datetime64[M]")
    for margin in (0.0, -1.0, float("nan")):
        with pytest.raises(InputError, match="margin"):
            judged(table, 4, margin=margin)
    with pytest.raises(InputError, match="has 2025-03 twice"):
        guardrail(["A", "A"], months, np.zeros(2), [True, True], start=START, margin=1, harm="up")
    with pytest.raises(InputError, match="treated in some rows"):
        guardrail(["A", "A"], months, np.zeros(2), [True, False], start=START, margin=1, harm="up")
