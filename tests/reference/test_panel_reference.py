"""Staggered panels as R's fixest 0.12.2 and did 2.1.2 analysed them: oracle/did.

Tolerances as each case's params.json says: 1e-8 for fixest, 1e-6 for did. One figure is left out, `cs_group_overall`'s
standard error: did 2.1.2 gives each group's share the influence of another group (docs/decisions/0088).
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.prove import panel
from evenhand.prove.group_time import cells, overall
from evenhand.prove.panel_table import tabulate
from shared import ORACLE, needs_oracle

pytestmark = needs_oracle
CASES = ORACLE / "did"
FIXEST, DID = 1e-8, 1e-6


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open() as file:
        return list(csv.DictReader(file))


def expected(case: str) -> dict[str, dict[str, str]]:
    return {row["spec"]: row for row in rows_of(CASES / case / "expected.csv")}


def opioids(around: int | None = None):
    """Units, periods, values, starts, teams and list sizes; `around`: only so many months about November 2018."""
    start = np.datetime64("2018-11", "M").astype(int)
    rows = rows_of(CASES / "ccg_opioid_twfe" / "input.csv")
    period = np.array([r["month"] for r in rows], dtype="datetime64[M]").astype(np.int64)
    near = np.arange(len(rows)) if around is None else np.flatnonzero(abs(period - start) <= around)
    rows = [rows[i] for i in near]
    below = np.array([float(r["denominator"]) for r in rows])
    values = np.array([float(r["numerator"]) for r in rows]) / below
    starts = np.where([r["treat"] == "1" for r in rows], float(start), np.inf)
    return [r["code"] for r in rows], period[near], values, starts, [r["joint_id"] for r in rows], below


def close(found, wanted: dict[str, str], *names: str, tolerance: float = FIXEST) -> None:
    att = found.att
    given = {"estimate": att.estimate, "se": att.se, "p": att.p, "ci_low": att.low, "ci_high": att.high}
    assert [given[n] for n in names] == pytest.approx([float(wanted[n]) for n in names], rel=tolerance)


EVERYTHING = ("estimate", "se", "p", "ci_low", "ci_high")


@pytest.mark.parametrize(
    ("spec", "options"),
    [
        ("twfe_cluster_team", {}), ("twfe_cluster_team_no_small_sample_correction", {"errors": "CR0"}),
        ("twfe_iid", {"errors": "iid"}), ("twfe_hetero_HC1", {"errors": "HC1"}),
        ("twfe_twoway_team_month", {"errors": "two-way"}), ("twfe_unit_trends_cluster_team", {"trends": True}),
    ],
)  # fmt: skip
def test_two_way_fixed_effects_are_those_of_fixest(spec: str, options: dict) -> None:
    *given, teams, _ = opioids()
    found = panel(*given, clusters=teams, method="twfe", **options)
    close(found, expected("ccg_opioid_twfe")[spec], "estimate", "se", "ci_low", "ci_high")
    assert found.att.p == pytest.approx(float(expected("ccg_opioid_twfe")[spec]["p"]), rel=1e-6)


def test_units_as_clusters_and_weights_are_those_of_fixest() -> None:
    *given, teams, below = opioids()
    wanted = expected("ccg_opioid_twfe")
    close(panel(*given, method="twfe"), wanted["twfe_cluster_ccg"], *EVERYTHING)
    weighted = panel(*given, clusters=teams, weights=below, method="twfe")
    close(weighted, wanted["twfe_weighted_cluster_team"], *EVERYTHING)


def test_the_event_study_and_its_test_of_earlier_trends_are_those_of_fixest() -> None:
    *given, teams, _ = opioids(around=12)
    found = panel(*given, clusters=teams, method="twfe")
    wanted = rows_of(CASES / "ccg_opioid_event_study" / "expected.csv")
    assert [f"rel::{e.period}:treat" for e in found.event] == [row["term"] for row in wanted]
    for event, row in zip(found.event, wanted, strict=True):
        got = [event.estimate, event.se, event.low, event.high]
        assert got == pytest.approx([float(row[n]) for n in ("estimate", "se", "ci_low", "ci_high")], rel=FIXEST)
    test = json.loads((CASES / "ccg_opioid_event_study" / "expected_pretrend.json").read_text())
    assert [found.pretrend_f, found.pretrend_p, *found.pretrend_df] == pytest.approx(
        [test["F"], test["p"], test["df1"], test["df2"]], rel=FIXEST)  # fmt: skip


@pytest.mark.parametrize(("spec", "weighted"), [("twfe", False), ("twfe_weighted", True)])
def test_a_placebo_is_that_of_fixest_through_the_command_line(
    spec: str, weighted: bool, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = rows_of(CASES / "icb_sub_aware_placebo" / "input.csv")
    first = min(row["month"] for row in rows if row["post"] == "1")
    file = tmp_path / "placebo.csv"
    lines = [
        f"{r['code']},{r['month']},{100 * float(r['numerator'])},{r['denominator']},"
        f"{first if r['treat'] == '1' else 'NA'}" for r in reversed(rows)
    ]  # fmt: skip
    file.write_text("\n".join(["sub_icb,month,items,all,from", *lines]))
    asked = ["--unit", "sub_icb", "--date", "month", "--value", "items", "--denominator", "all", "--treated-from",
             "from", "--method", "twfe", *(["--weights", "all"] if weighted else [])]  # fmt: skip
    assert main(["prove", "panel", str(file), *asked, "--json"]) == 0
    att = json.loads(capsys.readouterr().out)["att"]
    wanted = expected("icb_sub_aware_placebo")[spec]
    assert [att[n] for n in ("estimate", "se", "p", "low", "high")] == pytest.approx(
        [float(wanted[n]) for n in EVERYTHING], rel=FIXEST)  # fmt: skip


@pytest.mark.parametrize("name", ["ccg_as_published", "ccg_dates_fixed", "practice_dates_fixed"])
def test_the_visit_trial_as_a_panel_of_two_periods_is_that_of_fixest(name: str) -> None:
    rows = rows_of(CASES / f"lpp_rct_pageviews_{name}" / "input.csv")
    wanted = {r["term"]: r for r in rows_of(CASES / f"lpp_rct_pageviews_{name}" / "expected.csv")
              if r["spec"] == "did_fe_cluster"}["intervention:post"]  # fmt: skip
    units = [r["joint_id"] for r in rows]
    views = np.array([[float(r["before"]), float(r["after"])] for r in rows])
    views = np.minimum(views, np.quantile(views, 0.95, axis=0))  # as published: nothing above the 95th percentile
    starts = np.where([r["intervention"] == "1" for r in rows], 1.0, np.inf)
    found = panel([u for u in units for _ in (0, 1)], np.tile([0, 1], len(units)), views.ravel(),
                  np.repeat(starts, 2), method="twfe")  # fmt: skip
    close(found, wanted, "estimate", "se", "ci_low", "ci_high")


def counties(covariates: bool = False):
    rows = rows_of(CASES / "mpdta_callaway_santanna" / "input.csv")
    starts = np.array([float(r["first.treat"]) for r in rows])
    given = ([r["countyreal"] for r in rows], np.array([int(r["year"]) for r in rows]),
             np.array([float(r["lemp"]) for r in rows]), np.where(starts > 0, starts, np.inf))  # fmt: skip
    return given, {"lpop": np.array([float(r["lpop"]) for r in rows])} if covariates else None


@pytest.mark.parametrize(
    ("spec", "controls", "covariates"),
    [("nevertreated", "never", False), ("notyettreated", "not-yet", False), ("dr_lpop", "never", True)],
)
def test_groups_and_periods_are_those_of_callaway_and_santanna(spec: str, controls, covariates: bool) -> None:
    given, extra = counties(covariates)
    found = panel(*given, method="event", controls=controls, covariates=extra)
    rows = rows_of(CASES / "mpdta_callaway_santanna" / "expected.csv")
    wanted = [r for r in rows if r["spec"] == f"cs_{spec}_att_gt"]
    assert [(str(g.group), str(g.time)) for g in found.groups] == [(r["group"], r["t"]) for r in wanted]
    got = [[g.estimate, g.se] for g in found.groups]
    assert np.array(got) == pytest.approx(
        np.array([[float(r["estimate"]), float(r["se"])] for r in wanted]), rel=DID)  # fmt: skip


def test_the_ways_to_one_number_are_those_of_callaway_and_santanna() -> None:
    given, _ = counties()
    found, wanted = panel(*given, method="event"), expected("mpdta_callaway_santanna")
    close(found, wanted["cs_simple"], "estimate", "se", tolerance=DID)
    dynamic, group = found.overall["dynamic"], found.overall["group"]
    assert [dynamic.estimate, dynamic.se] == pytest.approx(
        [float(wanted["cs_dynamic_overall"][n]) for n in ("estimate", "se")], rel=DID)  # fmt: skip
    assert group.estimate == pytest.approx(float(wanted["cs_group_overall"]["estimate"]), rel=DID)
    rows = [r for r in rows_of(CASES / "mpdta_callaway_santanna" / "expected.csv") if r["spec"] == "cs_dynamic"]
    assert [(str(e.period), e.estimate, e.se) for e in found.event] == [
        (r["t"], pytest.approx(float(r["estimate"]), rel=DID), pytest.approx(float(r["se"]), rel=DID)) for r in rows
    ]


def test_the_one_figure_that_differs_comes_of_shares_of_another_group() -> None:
    (units, years, values, starts), _ = counties()
    table = tabulate(units, years, values, starts)
    found = cells(table, "never")
    ours = overall(table, found, "group").influence[:, 0]
    effects = {g: np.mean([c.estimate for c in found if c.group == g and c.since >= 0]) for g in (2004, 2006, 2007)}
    share = {g: np.mean(table.start == g) for g in effects}
    mean, whole = sum(share[g] * effects[g] for g in effects) / sum(share.values()), sum(share.values())

    def drawn(read_as: dict[int, int]) -> np.ndarray:  # what drawing the shares adds, if group g is read as another
        parts = [((table.start == read_as[g]) - share[g]) * (effects[g] - mean) / whole for g in effects]
        return np.sum(parts, axis=0) / len(table.units)

    theirs = ours - drawn({g: g for g in effects}) + drawn(dict.fromkeys(effects, 2004))
    wanted = float(expected("mpdta_callaway_santanna")["cs_group_overall"]["se"])
    assert np.sqrt(np.sum(theirs**2)) == pytest.approx(wanted, rel=DID)


@pytest.mark.parametrize(("method", "spec"), [("twfe", "twfe"), ("sunab", "sunab_ATT")])
def test_the_regressions_to_compare_with_are_those_of_fixest(method, spec: str) -> None:
    given, _ = counties()
    close(panel(*given, method=method), expected("mpdta_callaway_santanna")[spec], "estimate", "se", tolerance=DID)


def test_the_command_line_gives_callaway_and_santanna_from_the_file(capsys: pytest.CaptureFixture[str]) -> None:
    file = CASES / "mpdta_callaway_santanna" / "input.csv"
    asked = ["--unit", "countyreal", "--date", "year", "--value", "lemp", "--treated-from", "first.treat"]
    assert main(["prove", "panel", str(file), *asked, "--method", "event", "--json"]) == 0
    found, wanted = json.loads(capsys.readouterr().out), expected("mpdta_callaway_santanna")["cs_simple"]
    assert [found["att"]["estimate"], found["att"]["se"]] == pytest.approx(
        [float(wanted["estimate"]), float(wanted["se"])], rel=DID)  # fmt: skip
    assert (found["controls"], found["groups"][0]["group"]) == ("never", "2004")
