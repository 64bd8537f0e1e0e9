"""A randomised wave: ANCOVA, several arms, clusters. Tolerance 1e-10: the same sums in another order."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove import indicators, trial

# unit   arm  baseline outcome, drawn so that outcome = 1 + baseline/2, minus 3 in arm a and plus 1 in arm b
DRAWN = """
         a        2      -1
         con      2       2
         b        4       4
         con      6       4
         a        8       2
         b       10       7
"""


def drawn() -> tuple[list[str], np.ndarray, np.ndarray]:
    rows = [line.split() for line in DRAWN.strip().splitlines()]
    return [r[0] for r in rows], np.array([float(r[1]) for r in rows]), np.array([float(r[2]) for r in rows])


def simulated(rng: np.random.Generator, effect: float = 0.0, clusters: int = 40, size: int = 5):
    cluster = np.repeat(np.arange(clusters), size)
    arm = (rng.permutation(clusters) < clusters // 2)[cluster]
    true = rng.normal(50, 10, len(cluster))
    baseline = true + rng.normal(0, 5, len(cluster))
    outcome = true - 4 + effect * arm + rng.normal(0, 2, clusters)[cluster] + rng.normal(0, 5, len(cluster))
    return ["treated" if a else "con" for a in arm], baseline, outcome, [str(c) for c in cluster]


def test_exact_arms_are_found_exactly() -> None:
    found = trial(*drawn(), control="con")
    assert [e.effect for e in found.effects] == pytest.approx([-3, 1])
    assert found.baseline_slope == pytest.approx(0.5)


def test_arms_come_in_order_of_first_appearance_with_their_plain_means() -> None:
    found = trial(*drawn(), control="con")
    assert [(a.arm, a.n, a.baseline_mean, a.outcome_mean) for a in found.arms] == [
        ("a", 2, 5, 0.5), ("con", 2, 4, 3), ("b", 2, 7, 5.5),
    ]  # fmt: skip
    assert [e.arm for e in found.effects] == ["a", "b"]


def test_before_and_after_is_shown_over_all_treated_units() -> None:
    assert trial(*drawn(), control="con").naive_change == pytest.approx((-3 - 6 + 0 - 3) / 4)


def test_shuffled_rows_change_nothing() -> None:
    arm, baseline, outcome, clusters = simulated(np.random.default_rng(1))
    order = np.random.default_rng(2).permutation(len(arm))
    straight = trial(arm, baseline, outcome, control="con", clusters=clusters).effects[0]
    mixed = trial([arm[i] for i in order], baseline[order], outcome[order], control="con",
                  clusters=[clusters[i] for i in order]).effects[0]  # fmt: skip
    assert (mixed.effect, mixed.se, mixed.p) == pytest.approx((straight.effect, straight.se, straight.p), rel=1e-10)


def test_a_unit_without_an_outcome_is_left_out_and_counted() -> None:
    arm, baseline, outcome, _ = simulated(np.random.default_rng(3))
    without = trial(arm[3:], baseline[3:], outcome[3:], control="con").effects[0]
    outcome[:2], baseline[2] = np.nan, np.nan
    found = trial(arm, baseline, outcome, control="con")
    assert (found.n, found.missing) == (197, 3)
    assert found.effects[0] == without


def test_an_outcome_in_other_units_scales_the_effect_and_not_its_p() -> None:
    arm, baseline, outcome, _ = simulated(np.random.default_rng(4), -2)
    one, hundred = (trial(arm, baseline, k * outcome, control="con").effects[0] for k in (1, 100))
    assert hundred.effect == pytest.approx(100 * one.effect, rel=1e-10)
    assert hundred.p == pytest.approx(one.p, rel=1e-9)


def test_equal_weights_are_no_weights_and_volume_counts() -> None:
    arm, baseline, outcome, clusters = simulated(np.random.default_rng(5), -2)
    plain = trial(arm, baseline, outcome, control="con", clusters=clusters).effects[0]
    same = trial(arm, baseline, outcome, control="con", clusters=clusters, weights=np.full(len(arm), 7.0)).effects[0]
    assert (same.effect, same.se) == pytest.approx((plain.effect, plain.se), rel=1e-9)


def test_a_covariate_of_words_is_one_column_for_each_word_but_the_first() -> None:
    columns = indicators("region", ["north", "south", "north", "west"])
    assert {name: list(values) for name, values in columns.items()} == {
        "region=south": [0, 1, 0, 0], "region=west": [0, 0, 0, 1],
    }  # fmt: skip


def test_a_unit_without_a_word_is_left_out_and_one_word_alone_is_refused() -> None:
    columns = indicators("region", ["", "south", "", "west"])
    assert np.array_equal(columns["region=west"], [np.nan, 0, np.nan, 1], equal_nan=True)
    arm, baseline, outcome, _ = simulated(np.random.default_rng(6))
    place = ["", "", *(("north", "south")[i % 3 == 0] for i in range(len(arm) - 2))]
    found = trial(arm, baseline, outcome, control="con", covariates=indicators("place", place))
    assert (found.n, found.missing) == (len(arm) - 2, 2)
    with pytest.raises(InputError, match="covariate 'place=north' says nothing"):
        trial(arm, baseline, outcome, control="con", covariates=indicators("place", ["north"] * len(arm)))


def test_a_covariate_that_explains_the_outcome_narrows_the_interval() -> None:
    rng = np.random.default_rng(6)
    arm, baseline, outcome, _ = simulated(rng)
    rural = rng.integers(0, 2, len(arm)).astype(float)
    plain = trial(arm, baseline, outcome + 20 * rural, control="con").effects[0]
    adjusted = trial(arm, baseline, outcome + 20 * rural, control="con", covariates={"rural": rural}).effects[0]
    assert adjusted.se < plain.se / 1.5


@pytest.mark.parametrize("by_cluster", [False, True])
def test_the_interval_holds_the_planted_effect_as_often_as_it_says(by_cluster: bool) -> None:
    rng, rounds, held = np.random.default_rng(7), 400, 0
    for _ in range(rounds):
        arm, baseline, outcome, clusters = simulated(rng, -3.0, clusters=40, size=5 if by_cluster else 1)
        effect = trial(arm, baseline, outcome, control="con", clusters=clusters if by_cluster else None).effects[0]
        held += effect.low <= -3 <= effect.high
    assert held / rounds > 0.92  # 95% less three Monte-Carlo errors of 0.011


def test_ignoring_clusters_claims_too_much() -> None:
    arm, baseline, outcome, clusters = simulated(np.random.default_rng(9), clusters=20, size=20)
    outcome = outcome + np.random.default_rng(10).normal(0, 6, 20)[[int(c) for c in clusters]]
    ignoring = trial(arm, baseline, outcome, control="con").effects[0].se
    assert trial(arm, baseline, outcome, control="con", clusters=clusters).effects[0].se > 2 * ignoring


@pytest.mark.parametrize(
    ("arms", "control", "said"),
    [
        (["con"] * 6, "con", "only one arm"),
        (["a", "con", "a", "con", "a", "con"], "controls", "'controls' is not in the file; its arms are: a, con"),
        (["a", "con", "con", "con", "con", "con"], "con", "arm 'a' has 1 units"),
    ],
)
def test_a_trial_without_a_comparison_is_refused(arms: list[str], control: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        trial(arms, np.arange(6.0), np.array([1, 3, 2, 5, 4, 6.0]), control=control)


def test_one_cluster_in_an_arm_is_refused() -> None:
    arm, baseline, outcome, _ = simulated(np.random.default_rng(11), clusters=20, size=1)
    clusters = ["one" if a == "treated" else f"c{i}" for i, a in enumerate(arm)]
    with pytest.raises(InputError, match="need at least 2 clusters in each arm"):
        trial(arm, baseline, outcome, control="con", clusters=clusters)


def test_a_column_that_repeats_another_is_refused_by_name() -> None:
    arm, baseline, outcome, _ = simulated(np.random.default_rng(12), clusters=20, size=1)
    with pytest.raises(InputError, match="covariate 'again' says nothing"):
        trial(arm, baseline, outcome, control="con", covariates={"again": 3 * baseline + 1})
    with pytest.raises(InputError, match="the baseline says nothing"):
        trial(arm, np.full(20, 5.0), outcome, control="con")


def test_more_coefficients_than_units_are_refused() -> None:
    with pytest.raises(InputError, match="need more units"):
        trial(["a", "a", "con", "con"], np.array([1, 2, 4, 3.0]), np.arange(4.0), control="con",
              covariates={"x": np.array([0, 1, 1, 0.0])})  # fmt: skip
