"""Staggered panels: two stages, groups and periods, and what plain two-way effects get wrong.

Tolerance 1e-8: the same sums in another order.
"""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.errors import InputError
from evenhand.prove import PanelEffect, panel
from evenhand.prove.panel_table import tabulate
from evenhand.prove.two_stage import two_stage
from evenhand.prove.twoway import two_way

NEVER = float("inf")

# unit  from  values by period 0 to 4: unit + period, plus 1 for each period treated so far in a, plus 10 in c
DRAWN = """
  a      2     1   2   4   6   8
  b      -     5   6   7   8   9
  c      3     0   1   2  13  14
  d      -     2   3   4   5   6
  e      2     3   4   6   8  10
  f      3     7   8   9  20  21
"""


def drawn() -> tuple[list[str], np.ndarray, np.ndarray, np.ndarray]:
    rows = [line.split() for line in DRAWN.strip().splitlines()]
    units = [r[0] for r in rows for _ in range(5)]
    starts = np.repeat([NEVER if r[1] == "-" else float(r[1]) for r in rows], 5)
    return units, np.tile(np.arange(5), len(rows)), np.array([float(v) for r in rows for v in r[2:]]), starts


def simulated(rng: np.random.Generator, clusters: int = 20, size: int = 1, effect: float = 1.0, months: int = 16):
    """Three waves and 40% never; the effect grows and differs by wave; errors AR(1) 0.5; the first wave moves most."""
    wave = np.full(clusters, NEVER)
    order = rng.permutation(clusters)[int(0.4 * clusters):]
    wave[order] = np.array([6.0, 9, 12])[np.arange(len(order)) % 3]
    cluster = np.repeat(np.arange(clusters), size)
    start = wave[cluster]
    noise = np.zeros((len(cluster), months))
    noise[:, 0] = rng.normal(0, 1.15, len(cluster))
    for t in range(1, months):
        noise[:, t] = 0.5 * noise[:, t - 1] + rng.normal(0, 1, len(cluster))
    since = np.arange(months) - start[:, None]
    grown = np.where(since >= 0, 0.5 + 0.2 * np.clip(since, 0, months), 0)
    truth = effect * grown * np.where(start == 6, 1.5, 0.75)[:, None]
    y = rng.normal(0, 3, len(cluster))[:, None] + np.sin(np.arange(months)) + noise + truth
    units = [f"{i:03d}" for i in range(len(cluster)) for _ in range(months)]
    return (units, np.tile(np.arange(months), len(cluster)), y.ravel(), np.repeat(start, months),
            [str(c) for c in np.repeat(cluster, months)], float(truth[since >= 0].mean()))  # fmt: skip


def test_an_effect_without_noise_is_found_exactly_by_both() -> None:
    # treated cells: a and e 1, 2, 3; c and f 10, 10: the mean of ten
    for method in ("did2s", "event"):
        found = panel(*drawn(), method=method)
        assert found.att.estimate == pytest.approx((2 * (1 + 2 + 3) + 2 * (10 + 10)) / 10)
        after = {e.period: e.estimate for e in found.event if e.period >= 0}
        assert after == pytest.approx({0: (1 + 1 + 10 + 10) / 4, 1: (2 + 2 + 10 + 10) / 4, 2: 3.0})
        assert all(e.estimate == pytest.approx(0, abs=1e-9) for e in found.event if e.period < 0)


def test_two_way_fixed_effects_get_the_same_file_wrong_and_say_so() -> None:
    found = panel(*drawn(), method="twfe")
    assert abs(found.att.estimate - 5.2) > 0.4
    assert "never for a saving" in found.warning


def test_the_variance_of_two_stages_is_that_of_the_whole_matrices() -> None:
    """Gardner's variance written out with every dummy: first stage on the untreated, second on all, sums by cluster."""
    units, periods, y, starts, clusters, _ = simulated(np.random.default_rng(1), 12, 2)
    names = sorted(set(units))
    dummies = np.array([[float(u == n) for n in names] + [float(p == t) for t in range(1, 16)]
                        for u, p in zip(units, periods, strict=True)])  # fmt: skip
    treated = periods >= starts
    free = dummies * ~treated[:, None]
    gamma = np.linalg.lstsq(free, y * ~treated, rcond=None)[0]
    x2 = treated.astype(float)
    left = y - dummies @ gamma
    att = left[treated].mean()
    first, second = (y - free @ gamma) * ~treated, (left - att * x2) * x2
    whole = np.zeros(1)
    bridge = x2 @ dummies @ np.linalg.pinv(free.T @ free)
    for one in sorted(set(clusters)):
        own = np.array([c == one for c in clusters])
        whole += (x2[own] @ second[own] - bridge @ (free[own].T @ first[own])) ** 2
    found = panel(units, periods, y, starts, clusters=clusters)
    se = float(np.sqrt(whole[0])) / treated.sum()
    assert [found.att.estimate, found.att.se] == pytest.approx([att, se], rel=1e-8)


@pytest.mark.parametrize("method", ["did2s", "event"])
def test_the_jackknife_is_that_of_leaving_each_cluster_out_about_the_mean_of_its_wave(method) -> None:
    units, periods, y, starts, clusters, _ = simulated(np.random.default_rng(2), 10, 2)
    found = panel(units, periods, y, starts, clusters=clusters, method=method)
    away: dict[float, list[float]] = {}
    for one in set(clusters):
        rest = np.array([c != one for c in clusters])
        again = panel([u for u, r in zip(units, rest, strict=True) if r], periods[rest], y[rest], starts[rest],
                      clusters=[c for c in clusters if c != one], method=method)  # fmt: skip
        away.setdefault(float(starts[clusters.index(one)]), []).append(again.att.estimate)
    squares = sum(np.sqrt(len(own) * (len(own) - 1)) * np.var(own, ddof=1) for own in away.values())
    assert found.att.se_interval == pytest.approx(np.sqrt(9 / 10 * squares), rel=1e-8)
    assert found.att.df == 10 - len(away)


def test_shuffled_rows_and_a_larger_unit_of_measure_change_nothing_else() -> None:
    units, periods, y, starts, _, _ = simulated(np.random.default_rng(3))
    order = np.random.default_rng(4).permutation(len(units))
    for method in ("did2s", "event", "twfe"):
        plain = panel(units, periods, y, starts, method=method)
        mixed = panel([units[i] for i in order], periods[order], 100 * y[order], starts[order], method=method)
        assert [mixed.att.estimate, mixed.att.se, mixed.att.high] == pytest.approx(
            [100 * plain.att.estimate, 100 * plain.att.se, 100 * plain.att.high], rel=1e-8)  # fmt: skip
        assert (mixed.att.p, mixed.pretrend_p) == pytest.approx((plain.att.p, plain.pretrend_p), rel=1e-7)


def test_weights_of_two_count_a_unit_twice() -> None:
    units, periods, y, starts, _, _ = simulated(np.random.default_rng(5), 10)
    twice = np.array([u == "003" for u in units])
    again = np.flatnonzero(twice)
    weighted = panel(units, periods, y, starts, weights=1.0 + twice)
    doubled = panel([*units, *("003 again" for _ in again)], np.r_[periods, periods[again]], np.r_[y, y[again]],
                    np.r_[starts, starts[again]], clusters=[*units, *(units[i] for i in again)])  # fmt: skip
    assert [weighted.att.estimate, weighted.att.se] == pytest.approx([doubled.att.estimate, doubled.att.se], rel=1e-8)


def test_missing_months_are_used_as_far_as_they_reach() -> None:
    units, periods, y, starts = drawn()
    gone = np.array([u == "d" and p == 1 for u, p in zip(units, periods, strict=True)])
    for method in ("did2s", "event"):
        found = panel(units, periods, np.where(gone, np.nan, y), starts, method=method)
        assert found.att.estimate == pytest.approx(5.2)
        assert (found.balanced, found.missing, found.n) == (False, 1, 29)


def test_units_treated_throughout_count_nowhere() -> None:
    units, periods, y, starts, _, _ = simulated(np.random.default_rng(4))
    always = np.isin(units, ["003", "011"])
    for method in ("did2s", "event"):
        there = panel(units, periods, y, np.where(always, 0.0, starts), method=method)
        kept = [unit for unit, out in zip(units, always, strict=True) if not out]
        gone = panel(kept, periods[~always], y[~always], starts[~always], method=method)
        assert there.att == gone.att
        assert there.event == gone.event
        assert (there.n, there.units, there.clusters, there.treated_units) == (
            gone.n, gone.units, gone.clusters, gone.treated_units)  # fmt: skip
        assert "2 units that have no value before" in there.left_out


def test_what_has_no_comparison_is_left_out_and_said() -> None:
    units, periods, y, starts = drawn()
    starts = np.where(np.isin(units, ["b", "d"]), 4.0, starts)  # all are treated in period 4
    always = np.array([u == "e" for u in units])
    found = panel(units, periods, y, np.where(always, 0.0, starts))
    assert "1 units that have no value before" in found.left_out
    assert "1 periods in which every unit is treated" in found.left_out
    assert found.att.estimate == pytest.approx((1 + 2 + 10 + 10) / 4)  # a in 2 and 3, c and f in 3


def test_not_yet_treated_serve_where_nobody_is_never_treated() -> None:
    units, periods, y, starts = drawn()
    found = panel(units, periods, y, np.where(np.isfinite(starts), starts, 4.0), method="event")
    assert found.controls == "not-yet"
    assert {(g.group, g.time) for g in found.groups if g.time >= g.group} == {(2, 2), (2, 3), (3, 3)}


def test_a_start_after_the_file_is_a_control_in_it() -> None:
    units, periods, y, starts = drawn()
    later = panel(units, periods, y, np.where(np.isfinite(starts), starts, 9.0), method="event")
    assert later == panel(units, periods, y, starts, method="event")


def test_lines_of_their_own_take_out_trends_of_their_own() -> None:
    units, periods, y, starts = drawn()
    # two periods before the start are too few for a line and a level: give six more
    early = np.tile(np.arange(-6, 0), 6)
    names = [u for u in dict.fromkeys(units) for _ in range(6)]
    begun = {u: y[units.index(u)] for u in names}
    more = np.array([begun[u] + p for u, p in zip(names, early, strict=True)])
    since = np.r_[starts, [starts[units.index(u)] for u in names]]
    whole = [*units, *names], np.r_[periods, early], np.r_[y, more], since
    slope = np.where(np.isfinite(whole[3]), 3.0, 0.0)
    tilted = whole[0], whole[1], whole[2] + slope * whole[1], whole[3]
    assert panel(*tilted, trends=True).att.estimate == pytest.approx(5.2)
    assert abs(panel(*tilted).att.estimate - 5.2) > 5


def test_few_clusters_are_said_to_be_few() -> None:
    units, periods, y, starts, clusters, _ = simulated(np.random.default_rng(6), 12)
    found = panel(units, periods, y, starts, clusters=clusters)
    assert found.indicative
    assert "12 clusters" in found.warning
    assert not panel(*simulated(np.random.default_rng(6), 40)[:4]).indicative


def test_cr2_and_cr3_stand_either_side_of_one_another() -> None:
    units, periods, y, starts, clusters, _ = simulated(np.random.default_rng(7), 12, 3)
    table = tabulate(units, periods, y, starts, clusters=clusters)
    x = table.treated[:, :, None]
    found = {kind: two_way(table, x, errors=kind) for kind in ("CR1", "CR2", "CR3")}
    assert found["CR2"].covariance[0, 0] < found["CR3"].covariance[0, 0]
    assert found["CR2"].df[0] < found["CR1"].df[0] == 11


@pytest.mark.parametrize(("method", "clusters", "size"), [("did2s", 20, 1), ("event", 20, 1), ("did2s", 20, 4)])
def test_the_interval_holds_what_was_planted_as_often_as_it_says(method, clusters: int, size: int) -> None:
    rng, rounds, held, bias = np.random.default_rng(8), 60, 0, []
    for _ in range(rounds):
        *given, groups, truth = simulated(rng, clusters, size)
        found = panel(*given, clusters=groups, method=method, level=0.9)
        held += found.att.low <= truth <= found.att.high
        bias.append(found.att.estimate - truth)
    assert held / rounds > 0.78  # 90% less three Monte-Carlo errors of 0.039
    assert abs(np.mean(bias)) < 3 * np.std(bias) / np.sqrt(rounds) + 1e-9


def test_without_an_effect_a_trend_before_the_start_is_found_no_more_often_than_chance_would() -> None:
    rng, rounds, found = np.random.default_rng(9), 60, {"did2s": 0, "event": 0}
    for _ in range(rounds):
        *given, _, _ = simulated(rng, 24, 1, 0.0)
        for method in found:
            found[method] += panel(*given, method=method).pretrend_p < 0.1
    assert max(found.values()) / rounds < 0.1 + 3 * np.sqrt(0.1 * 0.9 / rounds)


def test_a_trend_before_the_start_is_found() -> None:
    units, periods, y, starts, _, _ = simulated(np.random.default_rng(10), 40, 1, 0.0)
    drifting = y + np.where(np.isfinite(starts), 1.0, 0.0) * periods
    for method in ("did2s", "event"):
        assert panel(units, periods, drifting, starts, method=method).pretrend_p < 0.001


def test_one_unit_in_a_group_has_an_effect_and_no_interval_there() -> None:
    units, periods, y, starts = drawn()
    alone = np.where([u == "e" for u in units], NEVER, starts)  # only a starts in period 2
    found: PanelEffect = panel(units, periods, y + np.random.default_rng(11).normal(0, 0.1, 30), alone, method="event")
    last = found.event[-1]
    assert last.period == 2
    assert np.isnan([last.low, last.high]).all()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"starts": NEVER}, "no unit is treated within the file"),
        ({"starts": 0.0}, "every treated unit is treated from the first period on"),
        ({"starts": 3.0}, "0 clusters are untreated while others are treated"),
        ({"only": ["a", "b", "d"]}, "one cluster is treated"),
        ({"only": ["a", "c", "e", "f"], "starts": 2.0}, "0 clusters are untreated"),
        ({"periods": 0}, "has one period twice"),
        ({"two": True}, "is treated from two different periods"),
        ({"method": "twfe", "controls": "never"}, "controls go with method event"),
        ({"method": "event", "weights": np.ones(30)}, "weights go with method did2s"),
        ({"method": "guess"}, "method: expected one of did2s, event, twfe, sunab"),
        ({"values": float("nan")}, "no row has a value"),
        ({"clusters": ["x", "y"] * 15}, "lies in two clusters"),
    ],
)  # fmt: skip
def test_a_panel_that_cannot_be_compared_is_refused(change: dict, said: str) -> None:
    units, periods, y, starts = drawn()
    options = {k: v for k, v in change.items() if k in ("method", "controls", "weights", "clusters")}
    keep = np.isin(units, change.get("only", units))
    starts = np.full(30, change["starts"]) if "starts" in change else starts
    starts = np.where(periods == 0, 1.0, starts) if "two" in change else starts
    periods = periods * 0 if "periods" in change else periods
    y = y * change.get("values", 1.0)
    with pytest.raises(InputError, match=said):
        panel([u for u, k in zip(units, keep, strict=True) if k], periods[keep], y[keep], starts[keep], **options)


def test_periods_that_nobody_joins_are_refused() -> None:
    units, periods, y, starts = drawn()
    free = np.array([u in "bd" for u in units])
    apart = np.where(free, periods >= 3, periods < 3)  # the untreated are seen only when the others are not
    with pytest.raises(InputError, match="compare"):
        panel([u for u, k in zip(units, apart, strict=True) if k], periods[apart], y[apart], starts[apart])


def test_the_averages_of_two_stages_come_from_their_own_cells() -> None:
    table = tabulate(*drawn())
    found = two_stage(table, [0, 1, 2])
    assert found.estimate == pytest.approx([5.2, 5.5, 6.0, 3.0])


def test_a_saving_may_rest_on_it_only_with_enough_clusters_and_no_trend_before() -> None:
    units, periods, y, starts, _, _ = simulated(np.random.default_rng(12), 40)
    drifting = y + np.where(np.isfinite(starts), 1.0, 0.0) * periods
    few = simulated(np.random.default_rng(12), 12)[:4]
    assert panel(units, periods, y, starts).as_effect().has_counterfactual
    before = panel(units, periods, drifting, starts)
    for found in (panel(*few), before, panel(units, periods, y, starts, method="twfe")):
        assert not found.as_effect().has_counterfactual
    assert "already moved otherwise" in before.warning
