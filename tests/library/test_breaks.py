"""A break that is named: a series fits it, a guardrail never compares across it, and a design seals it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from evenhand import definition, prove
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.prove.series import series
from evenhand.records import Break, Scheme
from evenhand.story import guarding

MONTHS = np.datetime64("2015-04", "M") + np.arange(84)
START, CHANGED = np.datetime64("2020-04-01"), np.datetime64("2018-04", "M")


def counted(rng: np.random.Generator, *, leap: float, effect: float) -> np.ndarray:
    changed, begun = (np.arange(84) >= place for place in (36, 60))
    line = 100 + 0.1 * np.arange(84) + leap * changed + effect * begun
    return line + rng.normal(0, 1.0, 84)


def test_a_step_of_the_measure_is_not_taken_for_an_effect() -> None:
    rng, held, narrower = np.random.default_rng(7), 0, 0
    for _ in range(5):
        values = counted(rng, leap=12.0, effect=-3.0)
        named = series(MONTHS, values, start=START, breaks={CHANGED: "a new code"})
        held += named.level.low <= -3.0 <= named.level.high
        plain = series(MONTHS, values, start=START)
        narrower += named.level.high - named.level.low < 0.6 * (plain.level.high - plain.level.low)
    assert held >= 4
    assert narrower == 5  # without it the step is taken for noise that leans on itself
    assert "a new code" in " ".join(named.notes)
    assert named.terms["break 2018-04"].estimate == pytest.approx(12.0, abs=2.5)
    assert named.counterfactual[0].counterfactual == pytest.approx(100 + 6.0 + 12.0, abs=3.0)  # it keeps the step


@pytest.mark.parametrize("when", ["2020-05", "2015-05", "2022-03", "2030-01"])
def test_a_break_that_nothing_tells_from_the_start_is_refused(when: str) -> None:
    values = counted(np.random.default_rng(1), leap=0.0, effect=0.0)
    with pytest.raises(InputError, match="expected 3 of each"):
        series(MONTHS, values, start=START, breaks={np.datetime64(when, "M"): "a new code"})


def test_the_command_takes_breaks_and_refuses_one_without_a_reason(tmp_path: Path, capsys) -> None:
    file = tmp_path / "items.csv"
    values = counted(np.random.default_rng(3), leap=12.0, effect=-3.0)
    file.write_text("date,value\n" + "".join(f"{m}-01,{v}\n" for m, v in zip(MONTHS, values, strict=True)))
    words = ["prove", "series", str(file), "--start", "2020-04-01", "--json"]
    assert main([*words, "--break", "2018-04=a new code"]) == 0
    assert "break 2018-04" in json.loads(capsys.readouterr().out)["terms"]
    for wrong in (["--break", "2018-04"], ["--break", "2018-04=x", "--break", "2018-04=y"]):
        assert main([*words, *wrong]) == 2
        assert capsys.readouterr().err.count("\n") == 1


@pytest.fixture(scope="module")
def scheme(demo_lake: Path) -> Scheme:
    return definition.load(demo_lake / "schemes" / "diabetes_dpp4.yaml", Scheme)


def named(scheme: Scheme, *breaks: Break) -> Scheme:
    rails = tuple(rule.model_copy(update={"breaks": breaks}) for rule in scheme.guardrails)
    return scheme.model_copy(update={"guardrails": rails})


def test_a_design_seals_its_breaks_and_one_without_any_keeps_its_hash(scheme: Scheme) -> None:
    text = prove.register(scheme)
    assert prove.register(named(scheme)) == text
    assert prove.register(named(scheme, Break(month="2025-01", why="dental work enters"))) != text


def test_a_guardrail_is_not_assessed_across_a_break_that_its_scheme_names(scheme: Scheme, demo_lake: Path) -> None:
    lake, after = Lake.open(demo_lake), scheme.follow_up.first
    found = guarding.guardrail(lake, scheme, named(scheme, Break(month=after, why="dental work enters")).guardrails[0])
    assert found.verdict == "not_assessed"
    assert "dental work enters" in found.reason


def test_a_scheme_that_names_a_month_twice_is_refused_by_line(scheme: Scheme, demo_lake: Path) -> None:
    text = (demo_lake / "schemes" / "diabetes_dpp4.yaml").read_text()
    twice = "  breaks:\n  - {month: 2025-01, why: one}\n  - {month: 2025-01, why: two}\n"
    with pytest.raises(InputError, match="2025-01 twice"):
        definition.loads(text.replace("  breaks: []\n", twice, 1), Scheme, where="scheme.yaml")
