"""Every open case of PHEindicatormethods (rates, means, groups, funnels and slope indices); run limits as qicharts2.

Tolerances are the cases' own (1e-8 to 1e-10). Limits of a slope index are 100,000 random draws at the peer and exact
here (or other draws): they are compared to 1% of the interval's width, as the cases say.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.see import direct, funnel, indirect, inequality, means, rates
from evenhand.see.inequality import errors_of
from evenhand.see.plain_funnel import exposure_limits, share_limits, significance
from evenhand.stats.byar import count_limits
from evenhand.stats.ranks import quantile_groups
from evenhand.stats.runs import crossings_limit, longest_run_limit
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle
LEVELS = (0.95, 0.998)
LIMITS = {"lower95_0cl": ("low", 0), "upper95_0cl": ("high", 0), "lowercl": ("low", 0), "uppercl": ("high", 0),
          "lower99_8cl": ("low", 1), "upper99_8cl": ("high", 1)}  # fmt: skip
AGES = {"phe_fixture_3areas": "ageband", "la_deaths_by_decile_std": "Decile", "phe_fixture_esp1976": "Age Band",
        "la_smr_by_decile": "Decile", "phe_fixture_israte": "ageband", "phe_fixture_isratio": "ageband"}  # fmt: skip
DRAWN = 0.01
SEARCHED = 1e-7  # expected events: where the peer's bisection stops (oracle README 2.4)


def _rows(path):
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def _case(kind, case):
    folder = ORACLE / kind / case
    said = json.loads((folder / "params.json").read_text())
    return _rows(folder / "input.csv"), _rows(folder / "expected.csv"), said.get("args", {}), said["tolerance_rel"]


def _cases(*kinds):
    folders = [ORACLE / kind for kind in kinds if (ORACLE / kind).is_dir()]
    return [(folder.name, path.name) for folder in folders for path in sorted(folder.iterdir())]


def _column(rows, name):
    return np.array([float(row[name]) if row[name] not in ("", "NA") else np.nan for row in rows])


def _compare(found, expected, group, times, tolerance, left_out=()):
    """Value and every limit that the peer prints, group by group."""
    at = {unit: i for i, unit in enumerate(found.units)}
    kept = [row for row in expected if not group or row[group] not in left_out]
    rows = [at[row[group] if group else ""] for row in kept]
    np.testing.assert_allclose(found.value[rows] * times, _column(kept, "value"), rtol=tolerance)
    compared = 0
    for column, (side, level) in LIMITS.items():
        if column in expected[0]:
            compared += 1
            ours = getattr(found, side)[level][rows] * times
            np.testing.assert_allclose(ours, _column(kept, column), rtol=tolerance, atol=1e-12)
    assert compared >= 2


@pytest.mark.parametrize(("kind", "case"), [c for c in _cases("proportion", "rate") if c[1] != "byars_table"])
def test_limits_of_shares_and_rates_are_the_peers(kind, case):
    given, expected, args, tolerance = _case(kind, case)
    group = args.get("group_by")
    units = [row[group] for row in given] if group else [str(i) for i in range(len(given))]
    found = rates(units, _column(given, args["x"]), _column(given, args["n"]), kind=kind, levels=LEVELS)
    if not group:
        expected = [{**row, "row": str(i)} for i, row in enumerate(expected)]
    times = args.get("multiplier", 100_000 if kind == "rate" else 1)
    _compare(found, expected, group or "row", times, tolerance)


def test_byars_limits_are_the_published_ones_from_ten_events():
    folder = ORACLE / "rate" / "byars_table"
    expected = _rows(folder / "expected.csv")
    tolerance = json.loads((folder / "params.json").read_text())["tolerance_rel"]
    for level, name in ((0.9, "900"), (0.95, "950"), (0.998, "998")):
        low, high = count_limits([float(row["x"]) for row in expected], level=level)
        np.testing.assert_allclose(low, [float(row[f"lower_{name}"]) for row in expected], rtol=tolerance)
        np.testing.assert_allclose(high, [float(row[f"upper_{name}"]) for row in expected], rtol=tolerance)


@pytest.mark.parametrize(("kind", "case"), _cases("dsr"))
def test_directly_standardised_rates_are_the_peers(kind, case):
    given, expected, args, tolerance = _case(kind, case)
    group = args.get("group_by")
    found = direct([row[group] if group else "" for row in given], [row[AGES[case]] for row in given],
                   *(_column(given, args[name]) for name in ("x", "n", "stdpop")), levels=LEVELS)  # fmt: skip
    _compare(found, expected, group, args["multiplier"], tolerance)


@pytest.mark.parametrize(("kind", "case"), _cases("isr"))
def test_indirectly_standardised_rates_and_ratios_are_the_peers(kind, case):
    given, expected, args, tolerance = _case(kind, case)
    rate = "ISRate" in json.loads((ORACLE / kind / case / "params.json").read_text())["fn"]
    group = args["group_by"]
    found = indirect([row[group] for row in given], [row[AGES[case]] for row in given],
                     *(_column(given, args[name]) for name in ("x", "n", "x_ref", "n_ref")), levels=LEVELS,
                     rate=rate)  # fmt: skip
    blank = {row[group] for row in given if row[args["n"]] == ""}  # one area's input lacks a row that its answer had
    _compare(found, expected, group, args["multiplier" if rate else "refvalue"], tolerance, left_out=blank)
    assert len(blank) <= 1


@pytest.mark.parametrize(("kind", "case"), _cases("mean"))
def test_means_are_the_peers(kind, case):
    given, expected, args, tolerance = _case(kind, case)
    group = args.get("group_by")
    found = means([row[group] if group else "" for row in given], _column(given, args["x"]), levels=LEVELS)
    _compare(found, expected, group, 1, tolerance)


@pytest.mark.parametrize(("kind", "case"), _cases("quantile"))
def test_groups_of_equal_number_are_the_peers(kind, case):
    given, expected, args, _ = _case(kind, case)
    found = quantile_groups(_column(given, args["values"]), args["nquantiles"], highest_first=args["invert"])
    np.testing.assert_array_equal(found, _column(expected, "quantile"))


@pytest.mark.parametrize(("kind", "case"), _cases("sii"))
def test_slope_and_relative_indices_are_the_peers(kind, case):
    given, expected, args, tolerance = _case(kind, case)
    for peer in expected:
        rows = [row for row in given if "group_by" not in args or row[args["group_by"]] == peer[args["group_by"]]]
        people, value = _column(rows, args["population"]), _column(rows, args["value"])
        name = "proportion" if args["value_type"] == 2 else "normal"
        if name == "normal":
            error = _column(rows, args["se"])
        else:
            limits = rates([str(i) for i in range(len(rows))], _column(rows, args["x"]), people, kind="proportion")
            error = errors_of("proportion", value, limits.low[0], limits.high[0])
        found = inequality(_column(rows, args["quantile"]), people, value, error, kind=name)
        for what in ("sii", "rii"):
            low, high = float(peer[f"{what}_lower95_0cl"]), float(peer[f"{what}_upper95_0cl"])
            assert getattr(found, what) == pytest.approx(float(peer[what]), rel=tolerance)
            assert getattr(found, f"{what}_low") == pytest.approx(low, abs=DRAWN * (high - low))
            assert getattr(found, f"{what}_high") == pytest.approx(high, abs=DRAWN * (high - low))


@pytest.mark.parametrize(("kind", "case"), [c for c in _cases("phe_funnel") if "significance" in c[1]])
def test_plain_funnels_flag_the_same_units(kind, case):
    _, expected, args, _ = _case(kind, case)
    flags = significance(_column(expected, args["numerator"]), _column(expected, args["denominator"]),
                         kind=args["statistic"])  # fmt: skip
    said = {"high_998": "High (0.001)", "high_95": "High (0.025)", "low_998": "Low (0.001)", "low_95": "Low (0.025)"}
    assert [said.get(flag or "", "Not significant") for flag in flags] == [row["significance"] for row in expected]


def test_plain_funnels_of_shares_have_the_peers_limits():
    given, expected, _, tolerance = _case("phe_funnel", "prop_limits_fixture")
    target = _column(given, "numerator").sum() / _column(given, "denominator").sum()
    assert 100 * target == pytest.approx(float(expected[0]["baseline"]))
    for level, name in ((0.95, "2s"), (0.998, "3s")):
        low, high = share_limits(_column(expected, "Population"), target, level=level)
        np.testing.assert_allclose(low * 100, _column(expected, f"lower_{name}_limit"), rtol=tolerance, atol=1e-9)
        np.testing.assert_allclose(high * 100, _column(expected, f"upper_{name}_limit"), rtol=tolerance)
    drawn = funnel([row["Area"] for row in given], _column(given, "numerator"), _column(given, "denominator"),
                   kind="proportion", method="phe")  # fmt: skip
    low, _ = share_limits(drawn.denominator, target, level=0.998)
    np.testing.assert_allclose(drawn.limits.lower_998, low)


def test_plain_funnels_of_ratios_and_rates_have_the_peers_limits():
    _, ratios, _, tolerance = _case("phe_funnel", "ratio_limits_isr")
    _, others, args, _ = _case("phe_funnel", "rate_dsr_limits_fixture")
    per_year = float(others[0]["baseline"]) / args["multiplier"] * args["years_of_data"]
    for level, name in ((0.95, "2s"), (0.998, "3s")):
        for rows, count, column, times in (
            (ratios, "Observed_events", "exp_events", 1), (others, "Events", "population_1_year", per_year)
        ):  # fmt: skip
            ends = exposure_limits(_column(rows, count), level=level)
            for ours, side in zip(ends, ("lower", "upper"), strict=True):
                peer = _column(rows, f"{side}_{name}_{column}") * times
                np.testing.assert_allclose(ours, peer, rtol=tolerance, atol=SEARCHED)


def test_run_limits_are_the_peers_for_every_number_of_points_to_200():
    folder = ORACLE / "shewhart_runs" / "anhoej_limits_table"
    (path,) = folder.glob("expected*.csv")
    for row in _rows(path):
        useful = int(row["n_useful"])
        assert longest_run_limit(useful) == int(row["longest_run_max"])
        assert crossings_limit(useful) == int(float(row["n_crossings_min"]))
