"""Months of one unit say how its counts scatter: planted multiples found, trends and seasons no scatter, cautions."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.see import cautions, opportunity
from evenhand.see.months import scatter_by_month

MONTHS = 12


def _panel(multiple, seed, *, n=300, rate=0.3, spread=0.06, season=0.0, rise=0.0):
    """Monthly counts of n units that scatter `multiple` times as much as chance, rows shuffled."""
    rng = np.random.default_rng(seed)
    truth = rate + spread * rng.standard_normal(n)
    size = np.round(np.exp(rng.normal(5, 0.5, n)))
    when = np.arange(MONTHS)
    lift = (1 + season * np.sin(when)) * (1 + rise * rng.standard_normal((n, 1)) * (when - when.mean()) / MONTHS)
    mean = (size * truth)[:, None] * lift
    counts = rng.poisson(mean) if multiple == 1 else rng.poisson(rng.gamma(mean / (multiple - 1), multiple - 1))
    order = rng.permutation(n * MONTHS)
    units, months = np.repeat(np.arange(n), MONTHS)[order], np.tile(when, n)[order]
    return [str(u) for u in units], list(months), counts.ravel()[order].astype(float), size[units], truth, size


@pytest.mark.parametrize("multiple", [1.3, 2.0])
def test_a_planted_multiple_is_found_whatever_season_and_trend(multiple):
    units, months, top, base, *_ = _panel(multiple, 1, season=0.2, rise=0.3)
    found = scatter_by_month(units, months, top, base, share=False)
    assert found.mean() == pytest.approx(multiple, rel=0.1)


def test_plain_counts_are_plain():
    for seed in range(5):
        units, months, top, base, *_ = _panel(1, seed, n=100)
        found = scatter_by_month(units, months, top, base, share=False)
        assert found.mean() < 1.1


def test_the_same_people_counted_twelve_times_are_not_twelve_times_the_news():
    rng = np.random.default_rng(3)
    once = rng.binomial(200, 0.3, 300).astype(float)
    units = [str(i) for i in np.repeat(np.arange(300), MONTHS)]
    months = list(np.tile(np.arange(MONTHS), 300))
    top, base = np.repeat(once, MONTHS), np.full(300 * MONTHS, 200.0)
    assert scatter_by_month(units, months, top, base, share=True).tolist() == pytest.approx([12])
    plain = opportunity(units, top, base, draws=40, rng=rng)
    fair = opportunity(units, top, base, draws=40, rng=rng, months=months)
    assert plain.total.value > 0.05 * top.sum()  # every unit truly alike, and each person counted twelve times
    assert fair.total.value == 0
    assert "the same people were counted again" in fair.notes[-1]


def test_few_months_tell_nothing():
    assert scatter_by_month(["a", "a", "b"], [1, 2, 1], np.ones(3), np.ones(3), share=False) is None
    units, months, top, base, *_ = _panel(2, 1)
    one = np.array(months) == 0
    names = [u for u, yes in zip(units, one, strict=True) if yes]
    assert scatter_by_month(names, [0] * len(names), top[one], base[one], share=False) is None


def test_missing_months_and_missing_numbers_are_gaps():
    units, months, top, base, *_ = _panel(2, 4)
    top[::7] = np.nan
    base[::11] = 0
    kept = np.arange(len(top)) % 5 > 0
    units, months = ([name for name, k in zip(names, kept, strict=True) if k] for names in (units, months))
    found = scatter_by_month(units, months, top[kept], base[kept], share=False)
    assert found.mean() == pytest.approx(2, rel=0.15)


def test_with_months_300_units_that_cluster_give_the_planted_total():
    ratios, held = [], 0
    for seed in range(5):
        units, months, top, base, truth, size = _panel(2.0, seed, spread=0.03)
        worth = np.sum(np.maximum(0, truth - np.quantile(truth, 0.25)) * size) * MONTHS
        found = opportunity(
            units, top, base, draws=100, rng=np.random.default_rng(seed), months=months, family="poisson"
        )
        ratios.append(found.total.value / worth)
        held += found.total.low <= worth <= found.total.high
    assert np.mean(ratios) == pytest.approx(1, abs=0.06)
    assert held >= 3
    assert found.clustering_from == "months"


def test_what_is_not_claimed_is_not_ruled_out():
    rng = np.random.default_rng(5)
    size = np.full(60, 50.0)
    truth = 0.3 + 0.02 * rng.standard_normal(60)
    found = opportunity([str(i) for i in range(60)], rng.binomial(50, truth), size, draws=40, rng=rng)
    worth = np.sum(np.maximum(0, truth - np.quantile(truth, 0.25)) * size)
    assert found.total.value == found.total.low == 0
    assert found.total.high > worth
    assert "nothing is claimed" in found.notes[0]


def test_what_lies_beyond_the_tested_range_is_said():
    rng = np.random.default_rng(6)
    size = np.exp(rng.normal(6, 0.4, 600))
    away = (rng.gamma(0.3, 1, 600) - 0.3) / 0.3**0.5
    skewed = opportunity([str(i) for i in range(600)], rng.poisson(size * (0.3 + 0.05 * away)), size, draws=40, rng=rng)
    assert any("long high end" in note for note in skewed.notes)
    top = rng.poisson(20 * (1 + 0.2 * rng.standard_normal(200)))
    few = opportunity([str(i) for i in range(200)], top, np.full(200, 20.5), draws=40, rng=rng)
    assert few.clustering_from is None
    assert any("fewer than 500 units without their months" in note for note in few.notes)


def test_rare_events_of_units_all_alike_are_nothing():
    claimed = 0
    for seed in range(20):
        rng = np.random.default_rng(seed)
        size = np.exp(rng.normal(5, 0.7, 600))
        top = rng.poisson(size * 0.002)  # a third of an event each
        found = opportunity([str(i) for i in range(600)], top, size, draws=20, rng=rng, family="poisson")
        claimed += found.total.value > 0
    assert claimed == 0


def _file(tmp_path, months):
    units, when, top, base, *_ = _panel(2.0, 1, n=40)
    rows = [f"{u},{months(m)},{t:.0f},{b:.0f}" for u, m, t, b in zip(units, when, top, base, strict=True)]
    path = tmp_path / "panel.csv"
    path.write_text("unit,month,numerator,denominator\n" + "\n".join(rows) + "\n")
    return path


def test_the_command_takes_months_where_the_file_has_them(tmp_path, capsys):
    assert (
        main(["see", "opportunity", str(_file(tmp_path, lambda m: f"2025-{m + 1:02d}")), "--draws", "20", "--json"])
        == 0
    )
    said = json.loads(capsys.readouterr().out)
    assert said["clustering_from"] == "months"
    assert said["clustering"] > 1.5
    assert isinstance(said["notes"], list)


def test_a_column_that_holds_no_months_is_told_of_or_refused_where_it_was_named(tmp_path, capsys):
    path = str(_file(tmp_path, lambda m: f"period {m}"))
    assert main(["see", "opportunity", path, "--draws", "20", "--json"]) == 0
    said = capsys.readouterr()
    assert "'month' holds no months" in said.err
    assert json.loads(said.out)["clustering_from"] is None
    assert main(["see", "opportunity", path, "--month", "month", "--draws", "20"]) == 2
    assert "a date as YYYY-MM-DD" in capsys.readouterr().err


def test_draws_in_which_all_units_are_alike_have_no_skewness():
    alike, drawn = np.full((40, 200), 0.3), np.random.default_rng(1).gamma(2.0, size=(40, 200))
    assert cautions._skewness(alike) is None
    assert cautions._skewness(np.vstack([alike, drawn])) == pytest.approx(np.sqrt(2), abs=0.4)  # of a gamma of 2
