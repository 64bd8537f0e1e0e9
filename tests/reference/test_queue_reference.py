"""Waiting lists against NHSRwaitinglist 0.1.2, at the tolerance of each case's params.json.

Where we differ on purpose: that peer's mean wait is in days and its pressure divides days by weeks (ours are weeks
both); its queue from a start date counts those who left before; and it adds to uncertain demand a share that depends on
the unit of time. Each difference has its own test below.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.prove.queues import (
    careful_demand,
    pressure,
    queue,
    queue_load,
    relief_capacity,
    target_capacity,
    target_mean_wait,
    target_queue_size,
)
from shared import ORACLE, needs_oracle

CASES = ORACLE / "waiting_list"
LISTS = ("cabg_stays_all", "cabg_stays_census", "small_list_after_schedule")


def document(case: str, name: str) -> dict[str, Any]:
    return json.loads((CASES / case / name).read_text())


def rows(case: str, name: str) -> list[dict[str, str]]:
    with (CASES / case / name).open() as file:
        return list(csv.DictReader(file))


def told(capsys: pytest.CaptureFixture[str], *words: object) -> dict[str, Any]:
    assert main(["prove", "queue", *map(str, words), "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@needs_oracle
@pytest.mark.parametrize("case", LISTS)
def test_a_list_is_summed_up_as_the_peer_sums_it_up(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    asked, want = document(case, "params.json"), document(case, "expected.json")
    found = told(capsys, CASES / case / "input.csv", "--target", asked["target_wait"])
    near = {"rel": asked["tolerance_rel"]}
    for ours, theirs in {
        "demand_per_week": "mean_demand", "capacity_per_week": "mean_capacity", "load": "load",
        "queue_size": "queue_size", "target_queue_size": "target_queue_size", "mean_wait_days": "mean_wait",
        "cv_demand": "cv_arrival", "cv_capacity": "cv_removal", "target_capacity": "target_capacity",
        "relief_capacity": "relief_capacity",
    }.items():  # fmt: skip
        if want[theirs] is None:
            assert found[ours] is None
        else:
            assert found[ours] == pytest.approx(want[theirs], **near)
    assert (found["load_too_big"], found["queue_too_big"]) == (want["load_too_big"], want["queue_too_big"])
    assert found["removals"] == document(case, "expected_referral_removal.json")["removal"]["removal_count"]
    assert found["referrals"] == want["count_demand"] - 1  # the peer counts gaps, one more than people


@needs_oracle
@pytest.mark.parametrize("case", LISTS)
def test_the_queue_of_every_day_is_the_peers(case: str, capsys: pytest.CaptureFixture[str]) -> None:
    found = told(capsys, CASES / case / "input.csv")["queue"]
    assert [(row["date"], row["queue_size"]) for row in found] == [
        (row["date"], int(row["queue_size"])) for row in rows(case, "expected_queue.csv")
    ]


@needs_oracle
def test_pressure_is_weeks_over_weeks_where_the_peer_has_days_over_weeks(capsys: pytest.CaptureFixture[str]) -> None:
    want = document("cabg_stays_census", "expected.json")
    found = told(capsys, CASES / "cabg_stays_census" / "input.csv", "--target", 4)
    assert found["mean_wait_weeks"] == pytest.approx(want["mean_wait"] / 7)
    assert found["pressure"] == pytest.approx(want["pressure"] / 7)
    assert round(found["pressure"], 2) == 1.15


@needs_oracle
def test_those_who_left_before_the_first_day_never_wait(capsys: pytest.CaptureFixture[str]) -> None:
    given = rows("cabg_stays_all", "input.csv")
    found = told(capsys, CASES / "cabg_stays_all" / "input.csv", "--from", "2012-01-01", "--to", "2014-06-30")
    assert found["queue_size"] == 30
    assert found["queue"][0]["queue_size"] == sum(r["referral"] <= "2012-01-01" < r["removal"] for r in given)


@needs_oracle
def test_every_formula_is_as_published_over_a_grid() -> None:
    for row in rows("formulas_grid", "expected.csv"):
        demand, target, size = (float(row[k]) for k in ("demand", "target_wait", "queue_size"))
        goal = target_queue_size(demand, target)
        found = {
            "load": queue_load(demand, float(row["capacity"])), "target_mean_wait_f4": target_mean_wait(target),
            "target_mean_wait_f6": target_mean_wait(target, 6), "target_queue_f4": goal,
            "target_queue_f6": target_queue_size(demand, target, 6),
            "relief_capacity_26": relief_capacity(demand, size, goal),
            "target_capacity_cv1": target_capacity(demand, target),
            "target_capacity_cvs": target_capacity(demand, target, cv_demand=1.1, cv_capacity=1.2),
            "pressure": pressure(0.3 * target, target),
        }  # fmt: skip
        assert found == pytest.approx({name: float(row[name]) for name in found}, rel=1e-12)


@needs_oracle
def test_uncertain_demand_is_the_peers_where_one_person_comes_in_a_unit_of_time_and_the_same_share_elsewhere() -> None:
    """The peer multiplies the share by demand itself, so weeks and days disagree; at a demand of 1 both rules meet."""
    for row in rows("formulas_grid", "expected.csv"):
        demand, plain = float(row["demand"]), float(row["relief_capacity_26"])
        less = 2 * 1.1 / np.sqrt(500) * demand  # the peer's
        theirs = plain + (demand / (1 - less) - demand if less < 1 else 0)
        assert theirs == pytest.approx(float(row["relief_capacity_26_uncertain"]), rel=1e-12)
    assert careful_demand(1.0, 500, 1.1) == pytest.approx(1 / (1 - 2 * 1.1 / np.sqrt(500)))
    assert careful_demand(7.0, 500, 1.1) == pytest.approx(7 * careful_demand(1.0, 500, 1.1))


@needs_oracle
def test_the_peers_own_tests_hold() -> None:
    want = document("package_unit_tests", "expected.json")
    near = {"rel": 1e-8, "abs": 5e-7}  # the peer writes six decimals
    for function, key in (
        (queue_load, "calc_queue_load"), (relief_capacity, "calc_relief_capacity"),
        (target_capacity, "calc_target_capacity"), (target_mean_wait, "calc_target_mean_wait"),
        (target_queue_size, "calc_target_queue_size"), (pressure, "calc_waiting_list_pressure"),
    ):  # fmt: skip
        for *given, answer in want[key]:
            assert function(*given) == pytest.approx(answer, **near)
    loads = [queue_load(*pair) for pair in ((35, 27), (30, 25), (26, 21))]
    assert loads == pytest.approx(want["calc_queue_load_vec"], **near)


@needs_oracle
def test_free_slots_go_to_the_longest_waiting(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    case = CASES / "schedule_fifo"
    slots = tmp_path / "slots.csv"
    slots.write_text("\n".join(["date", *document("schedule_fifo", "params.json")["schedule"]]))
    found = told(capsys, case / "input.csv", "--slots", slots)
    assert found["removals_after_slots"] == [row["removal"] or None for row in rows("schedule_fifo", "expected.csv")]
    assert [int(slot["used"]) for slot in found["slots"]] == [
        int(row["scheduled"]) for row in rows("schedule_fifo", "expected_slots.csv")
    ]


def test_a_queue_is_counted_by_hand() -> None:
    """Four people; the third left on the last day, so two wait: 10 and 2 days, 6 on average."""
    days = np.array(["2024-03-01", "2024-03-01", "2024-03-05", "2024-03-09", "2024-03-11"], dtype="datetime64[D]")
    gone = np.array(["2024-03-04", "NaT", "2024-03-11", "NaT", "2024-03-11"], dtype="datetime64[D]")
    found = queue(days, gone, target_weeks=18)
    assert (found.queue_size, found.mean_wait_days) == (2, 6.0)
    assert found.sizes.tolist() == [2, 2, 2, 1, 2, 2, 2, 2, 3, 3, 2]
