"""A campaign's ground: whom it is for, what it could see, and a planted effect found again once it may be looked at."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from evenhand.change import randomise
from evenhand.errors import InputError
from evenhand.measures import load_all
from evenhand.records import Panel
from evenhand.story import campaigning
from evenhand.story.campaigning import campaign_power, chosen, ground, outcome, sizes

UNITS = tuple(f"P{i:03d}" for i in range(120))
NETWORKS = [f"N{i // 4:02d}" for i in range(120)]
MONTHS = np.arange("2025-01", "2026-07", dtype="datetime64[M]")
EFFECT, LAUNCH = -0.06, 12  # from the thirteenth month on


@pytest.fixture
def lake(monkeypatch):
    """Practices whose networks differ, over eighteen months; `lake.arm` says whose share falls after the launch."""
    there = SimpleNamespace(arm={}, measure=load_all()["diabetes_dpp4_cost"])

    def read(_lake, _measure, level, *, first=None, last=None):
        rng = np.random.default_rng(1)
        network = rng.normal(0, 0.08, 30)[np.arange(120) // 4]
        share = np.clip(0.5 + network + rng.normal(0, 0.04, 120), 0.1, 0.9)[:, None] * np.ones(len(MONTHS))
        treated = np.array([there.arm.get(unit, "") == "intervention" for unit in UNITS])
        share[treated, LAUNCH:] += EFFECT
        size = rng.integers(80, 400, (120, 1)) * np.ones((1, len(MONTHS)))
        hits = rng.binomial(size.astype(int), np.clip(share, 0, 1)).astype(float)
        whole = Panel("diabetes_dpp4_cost", level, UNITS, MONTHS, hits, size)
        panel = whole.between(first or "2025-01", last or "2026-06")
        return panel, there.measure

    monkeypatch.setattr(campaigning, "stored_panel", read)
    return there


def test_those_beyond_the_benchmark_are_on_the_worse_side_and_about_three_quarters(lake) -> None:
    here = ground(lake, "diabetes_dpp4_cost")
    beyond = chosen(here, UNITS, "benchmark")
    value = dict(zip(here.units, here.value, strict=True))
    assert all(value[unit] > here.benchmark for unit in beyond)
    assert len(beyond) == pytest.approx(90, abs=2)
    assert (here.first, here.last) == ("2026-01", "2026-06")


def test_those_beyond_the_limit_are_fewer_and_all_are_beyond_the_benchmark(lake) -> None:
    here = ground(lake, "diabetes_dpp4_cost")
    limit, benchmark = set(chosen(here, UNITS, "limit")), set(chosen(here, UNITS, "benchmark"))
    assert limit <= benchmark
    assert len(limit) < len(benchmark)
    assert chosen(here, UNITS, "all") == UNITS


def test_higher_is_better_turns_the_side_over(lake) -> None:
    lake.measure = lake.measure.model_copy(update={"direction": "higher"})
    here = ground(lake, "diabetes_dpp4_cost")
    value = dict(zip(here.units, here.value, strict=True))
    assert all(value[unit] < here.benchmark for unit in chosen(here, UNITS, "benchmark"))


def test_where_no_side_is_better_nobody_is_beyond_anything(lake) -> None:
    lake.measure = lake.measure.model_copy(update={"direction": "neutral"})
    with pytest.raises(InputError, match="no side is better"):
        chosen(ground(lake, "diabetes_dpp4_cost"), UNITS, "benchmark")


def test_pounds_have_no_limits_of_chance(lake) -> None:
    lake.measure = lake.measure.model_copy(update={"unit": "£ per item", "is_share": False})
    with pytest.raises(InputError, match="no limits of chance"):
        chosen(ground(lake, "diabetes_dpp4_cost"), UNITS, "limit")


def test_half_of_the_networks_are_larger(lake) -> None:
    found = sizes(ground(lake, "diabetes_dpp4_cost"), UNITS, NETWORKS)
    assert sorted(found.values()) == ["larger"] * 15 + ["smaller"] * 15


def test_more_messages_leave_less_power_for_each(lake) -> None:
    here = ground(lake, "diabetes_dpp4_cost")
    one, two = (campaign_power(here, UNITS, NETWORKS, effect=-0.02, ratio=ratio) for ratio in ((1, 1), (1, 1, 1)))
    assert (one.clusters, two.clusters) == (30, 20)
    assert two.minimum_detectable_effect > one.minimum_detectable_effect
    assert two.power < one.power


def test_a_measure_that_is_no_share_has_power_too(lake) -> None:
    lake.measure = lake.measure.model_copy(update={"is_share": False})
    wave = campaign_power(ground(lake, "diabetes_dpp4_cost"), UNITS, NETWORKS, effect=-0.1)
    assert wave.clusters == 30
    assert 0 < wave.minimum_detectable_effect < 0.2


def test_too_few_networks_have_no_power_to_tell(lake) -> None:
    here = ground(lake, "diabetes_dpp4_cost")
    assert campaign_power(here, UNITS[:12], NETWORKS[:12], effect=-0.05) is None


def test_a_planted_effect_is_found_against_those_held_out(lake) -> None:
    drawn = randomise(UNITS, ["intervention", "control"], clusters=NETWORKS, seed=3)
    lake.arm = dict(zip(drawn.units, drawn.arm, strict=True))
    found = outcome(lake, "diabetes_dpp4_cost", UNITS, drawn.arm, NETWORKS, control="control",
                    baseline=("2025-07", "2025-12"), follow_up=("2026-01", "2026-06"))  # fmt: skip
    effect = found.effects[0]
    assert effect.low <= EFFECT <= effect.high
    assert effect.high < 0


def test_no_effect_is_found_where_none_is(lake) -> None:
    drawn = randomise(UNITS, ["intervention", "control"], clusters=NETWORKS, seed=3)
    found = outcome(lake, "diabetes_dpp4_cost", UNITS, drawn.arm, NETWORKS, control="control",
                    baseline=("2025-07", "2025-12"), follow_up=("2026-01", "2026-06"))  # fmt: skip
    assert found.effects[0].low <= 0 <= found.effects[0].high


def test_a_follow_up_that_is_not_published_is_refused(lake) -> None:
    drawn = randomise(UNITS, ["intervention", "control"], clusters=NETWORKS, seed=3)
    with pytest.raises(InputError, match="the follow-up ends in 2026-12; what is published ends in 2026-06"):
        outcome(lake, "diabetes_dpp4_cost", UNITS, drawn.arm, NETWORKS, control="control",
                baseline=("2025-07", "2025-12"), follow_up=("2026-07", "2026-12"))  # fmt: skip
