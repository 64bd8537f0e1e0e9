"""Reach from a lake: the model of METHODS G with what was measured in place of guesses."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

import planted
from evenhand import account
from evenhand.account.reach import Parameters
from evenhand.account.reach_fed import Field, reach_fed
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.story.reaching import reach_of
from tiny_lake import TinyLake

EFFECT = -0.06
# What the planted scheme saves in a year: 24 treated practices x 240 items x 12 months x £26 x 6 points.
PLANTED = planted.PRACTICES / 2 * planted.ITEMS * 12 * 26.0 * -EFFECT
ONE = Field("m", "s", 100e3, 30e3, 25e3, 35e3, adopters=30, invited=50, fall=0.12, fall_se=0.01, real="counts")


@pytest.fixture(scope="module")
def lake(tmp_path_factory):
    """A lake with one planted scheme, whose practices' people came as far as verified in 12 of 24."""
    folder = tmp_path_factory.mktemp("reach") / "lake"
    made = planted.lake(folder, effect=EFFECT, seed=11)
    rows = (folder / "schemes" / "gliptins_allocation.csv").read_text().splitlines()[1:]
    treated = [row.split(",")[0] for row in rows if row.endswith("intervention")]
    people = [(f"demo-{k}", code) for k, code in enumerate(treated)]
    planted.write(folder / "people" / "participants.csv", "participant,organisation", people)
    events = [(who, "gliptins", stage, "2026-01-10") for who, _ in people for stage in ("reached", "viewed")]
    events += [(who, "gliptins", "verified", "2026-04-10") for who, _ in people[:12]]
    planted.write(folder / "people" / "engagement_events.csv", "person,content,stage,time", events)
    return made


def test_the_published_figures_of_the_planning_model_are_met():
    found = account.reach()
    assert found.without_engagement.median == pytest.approx(11.4, abs=0.2)  # METHODS G
    assert found.with_engagement.median == pytest.approx(14.6, abs=0.2)
    assert found.worth.median == pytest.approx(3.2, abs=0.2)


def test_the_interval_holds_what_was_planted(lake):
    found = reach_of(lake).found
    assert found.with_engagement.low_90 <= PLANTED <= found.with_engagement.high_90
    assert found.with_engagement.high_90 < 2.5 * PLANTED  # and it is an answer, not a shrug


def test_it_moves_with_adoption(lake):
    asked = [reach_of(lake, adoption=share).found.with_engagement.median for share in (0.0, 0.2, 0.5, 0.9)]
    assert np.all(np.diff(asked) > 0)
    assert reach_of(lake, adoption=0.0).found.worth.median == 0
    ladder = [rung.median for rung in reach_of(lake).found.ladder]
    assert np.all(np.diff(ladder) >= 0)


def test_every_input_says_where_it_came_from(lake):
    told = reach_of(lake)
    sources = {one.name.removeprefix("gliptins: "): one.source for one in told.inputs}
    assert sources["adoption"] == "funnel"
    assert sources["fall among those invited"] == "verdict"
    assert sources["spent on what should change, £ a year"] == "lake"
    assert sources["lost to overlap and slippage"] == "METHODS default"
    assert "12 of 24 organisations (verified)" in next(one.says for one in told.inputs if one.source == "funnel")
    assert reach_of(lake, adoption=0.5).inputs[-1].source == "slider"


def test_everywhere_is_more_than_the_invited(lake):
    here, all_of_it = (reach_of(lake, where=word).found.with_engagement.median for word in ("schemes", "everywhere"))
    assert 1.6 < all_of_it / here < 2.4  # half of the practices were invited


def test_a_breach_leaves_the_verified_view_and_not_the_reported_one(tmp_path):
    made = planted.lake(tmp_path / "lake", effect=EFFECT, waits=-0.05, seed=11)
    found = reach_of(made).found
    assert found.by_measure[0].real == "blocked"
    assert found.with_engagement.verified_median == 0 < found.with_engagement.median


def test_a_lake_without_schemes_is_asked_everywhere_and_with_nothing_in_it_refused(tmp_path):
    with pytest.raises(InputError, match="no measure with something to gain"):
        reach_of(TinyLake(tmp_path / "lake").lake)
    with pytest.raises(InputError, match="no scheme with an allocation"):
        reach_of(TinyLake(tmp_path / "other").lake, where="schemes")


def test_a_sure_verdict_outweighs_what_is_usual():
    fixed = Parameters.model_validate({
        name: {"least": value, "likely": value, "most": value}
        for name, value in (("overlap", 0.0), ("kept_engaged", 1.0), ("kept_top_down", 0.6))
    } | {"top_down": [{"effect": 0.0, "se": 0.0}]})  # fmt: skip
    found = reach_fed([replace(ONE, adopters=3000, invited=5000, fall_se=0.001)], parameters=fixed)
    assert found.with_engagement.median == pytest.approx(12e3, rel=0.03)
    vague = reach_fed([replace(ONE, fall=0.0, fall_se=0.5)], parameters=fixed)
    assert vague.by_measure[0].effect_of_adopters == pytest.approx(0.25, abs=0.05)  # what METHODS G expects


def test_verdicts_teach_what_to_expect_of_measures_without_one():
    blank = replace(ONE, measure="n", scheme="t", fall=float("nan"), fall_se=float("nan"), real="not known")
    nothing = [replace(ONE, scheme=f"s{k}", fall=0.0, adopters=400, invited=500) for k in range(6)]
    before = reach_fed([blank]).by_measure[-1].effect_of_adopters
    after = reach_fed([*nothing, blank]).by_measure[-1].effect_of_adopters
    assert after < 0.75 * before


def test_the_opportunity_caps_what_no_verdict_has_shown():
    blank = replace(ONE, fall=float("nan"), fall_se=float("nan"), opportunity=5e3, opportunity_low=5e3,
                    opportunity_high=5e3)  # fmt: skip
    assert reach_fed([blank], adoption=1.0).with_engagement.high_90 < 5e3


def test_the_target_tips_where_half_the_draws_reach_it():
    found = reach_fed([ONE], target=8e3)
    at = reach_fed([ONE], target=8e3, adoption=found.tipping_adoption)
    below = reach_fed([ONE], target=8e3, adoption=found.tipping_adoption - 0.01)
    assert below.probability < 0.5 <= at.probability
    assert reach_fed([ONE], target=1e9).tipping_adoption is None
    assert found.next_adopters == 20
    assert found.next_pounds.median > 0


def run(capsys, *words):
    code = main(["account", "reach", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command_gives_the_agreed_keys_and_the_same_bytes_twice(lake, capsys):
    words = ("--lake", lake.path, "--draws", 2000, "--target", 50000, "--json")
    _, first, _ = run(capsys, *words)
    told = json.loads(first)
    assert {"without_engagement", "with_engagement", "worth", "seed", "inputs", "ladder"} <= told.keys()
    assert {"median", "low_90", "high_90", "verified_median"} <= told["with_engagement"].keys()
    assert run(capsys, *words)[1] == first


def test_the_slider_moves_the_planning_model_too(capsys):
    low, high = (json.loads(run(capsys, "--adoption", a, "--draws", 20000, "--json")[1]) for a in (0.0, 0.4))
    assert low["with_engagement"]["median"] == pytest.approx(11.4, abs=0.2)  # METHODS G: the ladder
    assert high["with_engagement"]["median"] == pytest.approx(15.2, abs=0.2)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--adoption", "1.5"], "a share from 0 to 1"),
        (["--where", "schemes"], "expected --lake DIR beside it"),
        (["--target", "5"], "expected --lake DIR beside it"),
        (["--draws", "9"], "100 or more"),
        (["--lake", "nowhere-at-all"], "nowhere-at-all"),
    ],
)
def test_a_wrong_question_is_refused_in_one_line(words, says, capsys):
    code, out, err = run(capsys, *words, "--json")
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err
