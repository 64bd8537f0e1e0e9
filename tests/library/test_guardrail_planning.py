"""A guardrail planned: its power, its matched controls, a break in the measure, a few noisy units."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.prove import guardrail, guardrail_power
from evenhand.prove.guardrail_power import power
from evenhand.prove.jumps import jumps
from evenhand.prove.matching import nearest
from evenhand.prove.spread_between import between, relative_noise

FIRST, START = np.datetime64("2023-04", "M"), np.datetime64("2025-04-01")


def rows(table: np.ndarray, treated: int) -> tuple[list[str], np.ndarray, np.ndarray, list[bool]]:
    units, months = table.shape
    return ([f"U{i}" for i in range(units) for _ in range(months)], np.tile(FIRST + np.arange(months), units),
            table.ravel(), [i < treated for i in range(units) for _ in range(months)])  # fmt: skip


def waits(rng: np.random.Generator, units: int = 20, months: int = 30, noise: float = 1.0) -> np.ndarray:
    season = 3 * np.sin(np.arange(months) * np.pi / 6)
    return rng.normal(60, 5, (units, 1)) + season + rng.normal(0, noise, (units, months))


# --- power ------------------------------------------------------------------------------------------------------------


def test_power_is_what_the_guardrail_then_does() -> None:
    """0.51: the error of a mean of 6 differences of months with sd 1, 5 against 15 units is 1 x sqrt(2/6 x 4/15)."""
    rng, se, rounds = np.random.default_rng(1), np.sqrt(2 / 6 * (1 / 5 + 1 / 15)), 120
    planned = power(se, 18, 0.7)
    seen = {0.0: 0, planned.smallest_harm_seen: 0}
    for harm, verdict in ((0.0, "pass"), (planned.smallest_harm_seen, "breach")):
        for _ in range(rounds):
            table = waits(rng)
            table[:5, 24:] -= harm
            seen[harm] += guardrail(*rows(table, 5), start=START, margin=0.7, harm="down").verdict == verdict
    assert seen[0.0] / rounds == pytest.approx(planned.passes_if_harmless, abs=0.12)  # three Monte-Carlo errors
    assert seen[planned.smallest_harm_seen] / rounds == pytest.approx(0.8, abs=0.12)


def test_power_is_read_from_before_the_start_and_from_nothing_after() -> None:
    table = waits(np.random.default_rng(2))
    wild = table.copy()
    wild[:, 24:] += np.random.default_rng(3).normal(0, 50, (20, 6))
    one, two = (guardrail_power(*rows(each, 5), start=START, margin=0.7) for each in (table, wild))
    assert one == two
    assert one.se == pytest.approx(0.3, rel=0.35)  # sqrt(2/6 x 4/15) = 0.298, from 18 degrees of freedom


def test_power_can_be_asked_before_there_is_anything_after() -> None:
    table = waits(np.random.default_rng(4), months=24)
    found = guardrail_power(*rows(table, 5), start=START, margin=1.0, follow_up=6)
    assert found.follow_up_months == 6
    assert found.passes_at_twice_margin < 0.05 < 0.5 < found.passes_if_harmless


def test_a_wider_margin_and_less_noise_never_see_less() -> None:
    chances = [power(se, 10, margin).passes_if_harmless for se, margin in ((0.6, 1), (0.4, 1), (0.4, 1.5), (0.2, 1.5))]
    assert chances == sorted(chances)
    assert power(0.4, 10, 1).smallest_harm_seen > 1


def test_a_guardrail_too_weak_to_pass_says_so_and_one_without_history_says_that() -> None:
    assert power(1.0, 10, 0.5).reason.startswith("too weak")
    short = guardrail_power(*rows(waits(np.random.default_rng(5), months=30)[:, 22:], 5), margin=1.0,
                            start=np.datetime64("2023-05-01"))  # fmt: skip
    assert short.reason.startswith("not known")
    assert np.isnan(short.se)


# --- a break ----------------------------------------------------------------------------------------------------------


def broken(at: int, size: float = 4.0) -> np.ndarray:
    """From month `at` on the measure holds something more, by a different amount in each unit; treated most."""
    table = waits(np.random.default_rng(6), noise=0.2)
    table[:, at:] -= np.where(np.arange(20) < 5, size, size / 2)[:, None]
    return table


def test_a_break_before_the_start_is_not_read_as_harm() -> None:
    breaks = {FIRST + 18: "dental work enters"}
    naive = guardrail(*rows(broken(18), 5), start=START, margin=1.0, harm="down")
    named = guardrail(*rows(broken(18), 5), start=START, margin=1.0, harm="down", breaks=breaks)
    assert naive.verdict == "breach"
    assert named.verdict == "pass"


@pytest.mark.parametrize("at", [22, 26])
def test_a_break_too_near_the_start_or_after_it_is_not_assessed_by_its_name(at: int) -> None:
    found = guardrail(*rows(broken(at), 5), start=START, margin=1.0, harm="down", breaks={FIRST + at: "new rules"})
    assert found.verdict == "not_assessed"
    assert "new rules" in found.reason


def test_a_month_that_nobody_has_at_a_break_belongs_to_neither_side() -> None:
    table = broken(19)
    table[:, 18] = np.nan
    asked: dict[str, Any] = {"start": START, "margin": 1.0, "harm": "down"}
    assert guardrail(*rows(table, 5), **asked, breaks={FIRST + 18: "dental work enters"}).verdict == "pass"
    assert guardrail(*rows(table, 5), **asked).verdict == "breach"  # what a break that nobody names looks like


def test_a_leap_in_what_is_counted_is_asked_about_and_a_trend_is_not() -> None:
    months = FIRST + np.arange(30)
    steady = 1000 * 1.01 ** np.arange(30) + np.random.default_rng(7).normal(0, 3, 30)
    leapt = np.where(np.arange(30) >= 12, 1.08, 1.0) * steady
    assert jumps(months, steady) == ()
    assert [str(month) for month, _ in jumps(months, leapt)] == ["2024-04"]
    assert jumps(months[:3], leapt[:3]) == ()


# --- few or noisy units, and matching ---------------------------------------------------------------------------------


def test_one_treated_unit_that_is_noisier_has_a_wider_bound() -> None:
    table = waits(np.random.default_rng(8), months=24)
    mine = np.arange(20) < 1
    calm, wild = table - table.mean(axis=1)[:, None], table.copy()
    wild[0] += np.random.default_rng(9).normal(0, 3, 24)
    assert relative_noise(calm, mine) < 3 < relative_noise(wild, mine)
    changes = np.random.default_rng(10).normal(0, 1, 20)
    assert between(changes[:1], changes[1:], 9.0).se == pytest.approx(
        between(changes[:1], changes[1:]).se * np.sqrt((9 + 1 / 19) / (1 + 1 / 19))
    )


def test_treated_that_vary_more_than_their_past_can_explain_are_compared_by_welch() -> None:
    """Welch (1947): variances over n, df by Satterthwaite; here 8 and 0.08 over 5 and 20."""
    mine, others = 2 * np.sqrt(2) * np.array([-1.0, -1, 0, 1, 1]), np.tile([0.1, -0.1], 10)
    found = between(mine, others)
    assert found.se == pytest.approx(np.sqrt(8 / 5 + np.var(others, ddof=1) / 20))
    assert found.df == pytest.approx(4, abs=0.1)


def test_short_history_says_nothing_of_noise() -> None:
    assert relative_noise(np.random.default_rng(11).normal(0, 1, (6, 8)), np.arange(6) < 2) == 1.0


def test_matched_controls_are_those_that_stood_and_moved_alike() -> None:
    rng = np.random.default_rng(12)
    before = np.vstack([np.full((1, 24), 50.0), np.full((4, 24), 50.0), np.full((15, 24), 70.0)])
    before += rng.normal(0, 0.1, before.shape)
    assert np.flatnonzero(nearest(before, np.arange(20) < 1, 4)).tolist() == [0, 1, 2, 3, 4]


def test_units_chosen_for_a_rise_lose_it_again_and_so_do_their_matched_controls() -> None:
    rng, biases = np.random.default_rng(13), {None: [], 2: []}
    for _ in range(25):
        table = waits(rng, units=60, noise=1.0)
        chosen = np.argsort(-(table[:, 12:18].mean(axis=1) - table[:, :24].mean(axis=1)))
        for match, seen in biases.items():
            seen.append(guardrail(*rows(table[chosen], 4), start=START, margin=1, harm="down", match=match).effect)
    assert np.mean(biases[None]) < -0.5
    assert abs(np.mean(biases[2])) < abs(np.mean(biases[None])) / 2


def test_no_matches_are_refused() -> None:
    with pytest.raises(InputError, match="match"):
        guardrail(*rows(waits(np.random.default_rng(14)), 5), start=START, margin=1, harm="down", match=0)


# --- the command ------------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path, table = tmp_path / "waits.csv", broken(18, 8.0)
    counts = np.where(np.arange(30) >= 18, 1080, 1000)
    lines = [f"U{i},{FIRST + j},{round(table[i, j] * counts[j] / 100, 6)},{counts[j] + j % 2},{int(i < 5)}"
             for i in range(20) for j in range(30)]  # fmt: skip
    path.write_text("\n".join(["unit,date,within,pathways,treated", *lines]))
    return path


ASKED = ("--value", "within", "--denominator", "pathways", "--start", "2025-04-01", "--margin", "0.01",
         "--harm", "down")  # fmt: skip


def told(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    assert main([str(word) for word in ("prove", "guardrail", *words, "--json")]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_leap_is_asked_about_named_or_denied(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    silent = told(capsys, file, *ASKED)
    assert (silent["verdict"], silent["effect"]) == ("not_assessed", None)
    assert "2024-10" in silent["reason"]
    named = told(capsys, file, *ASKED, "--break", "2024-10=dental work enters")
    assert named["verdict"] == "pass"
    assert named["breaks"] == [{"month": "2024-10", "why": "dental work enters"}]
    assert told(capsys, file, *ASKED, "--no-break", "2024-10")["verdict"] == "breach"


def test_power_stands_beside_the_verdict_and_before_it(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, file, *ASKED, "--until", "2025-03", "--follow-up", "2", "--break", "2024-10=dental")
    assert found["verdict"] == "not_assessed"
    assert found["power"]["passes_if_harmless"] > 0.8
    assert found["power"]["smallest_harm_seen"] > 0.01


@pytest.mark.parametrize(
    "words", [("--break", "2024-10"), ("--break", "then=why"), ("--match", "0"), ("--follow-up", "0"),
              ("--until", "1999-01"), ("--denominator", "nothing")],
)  # fmt: skip
def test_refusals_are_one_line(file: Path, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prove", "guardrail", str(file), *ASKED, *words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
