"""Waiting lists: balance, slots and projections, as simulated lists and short hand-made ones answer."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.prove import Flows, calibrate, project, queue, schedule
from evenhand.prove.queues import careful_demand

NEVER = np.datetime64("NaT", "D")


def days(*words: str) -> np.ndarray:
    return np.array(words, dtype="datetime64[D]")


def simulated(rng: np.random.Generator, a_day: float, served: float, length: int = 2000) -> tuple[Any, Any]:
    """First come first served: Poisson arrivals, Poisson slots, a slot used from the day after referral."""
    start = np.datetime64("2020-01-01")
    came = start + np.repeat(np.arange(length), rng.poisson(a_day, length))
    slots = start + np.repeat(np.arange(length), rng.poisson(served, length))
    plan = schedule(came, np.full(len(came), NEVER), slots)
    return came, plan.removal


def test_demand_and_load_of_a_simulated_list_are_found() -> None:
    came, gone = simulated(np.random.default_rng(1), 4.0, 3.5)
    found = queue(came, gone, target_weeks=18)
    assert found.demand_per_week == pytest.approx(28, rel=0.03)
    assert found.capacity_per_week == pytest.approx(24.5, rel=0.03)
    assert found.load_too_big
    assert found.queue_size == np.isnat(gone).sum() + (gone > came.max()).sum()


def test_a_list_at_its_target_load_sees_98_percent_in_time() -> None:
    """Fong: with room to spare of (cv^2 + cv^2)/2 x 4/target, waits are exponential with a mean of a quarter of it."""
    target_days = 40
    came, gone = simulated(np.random.default_rng(2), 1.0, 1.0 + 4 / target_days, 60_000)
    waited = (gone - came)[~np.isnat(gone)].astype(float)
    assert np.mean(waited <= target_days) == pytest.approx(1 - np.exp(-4), abs=0.012)
    assert waited.mean() == pytest.approx(target_days / 4, rel=0.15)


def test_the_order_of_people_changes_nothing() -> None:
    came, gone = simulated(np.random.default_rng(3), 2.0, 1.5, 300)
    mixed = np.random.default_rng(4).permutation(len(came))
    assert queue(came, gone, target_weeks=6) == queue(came[mixed], gone[mixed], target_weeks=6)


def test_twice_the_people_are_twice_the_queue_and_wait_as_long() -> None:
    came, gone = simulated(np.random.default_rng(5), 3.0, 2.5, 400)
    one, two = (queue(np.tile(came, n), np.tile(gone, n), target_weeks=6) for n in (1, 2))
    assert (two.queue_size, two.mean_wait_days) == (2 * one.queue_size, one.mean_wait_days)
    assert two.demand_per_week == pytest.approx(2 * one.demand_per_week, rel=0.001)


def test_a_list_from_which_nobody_left_has_no_capacity_and_no_load() -> None:
    found = queue(days("2024-01-01", "2024-01-03"), days("NaT", "NaT"), target_weeks=18)
    assert np.isnan([found.capacity_per_week, found.load]).all()
    assert not found.load_too_big


def test_a_queue_without_people_has_no_wait() -> None:
    found = queue(days("2024-01-01", "2024-01-03"), days("2024-01-02", "2024-01-03"), target_weeks=18)
    assert found.queue_size == 0
    assert np.isnan(found.mean_wait_weeks)


@pytest.mark.parametrize(
    ("came", "gone", "asked", "said"),
    [
        (["2024-01-05", "2024-01-09"], ["2024-01-04", "NaT"], {}, "before the referral"),
        (["2024-01-05", "2024-01-05"], ["NaT", "NaT"], {}, "different days"),
        (["2024-01-05"], ["NaT"], {}, "two referrals"),
        (["2024-01-05", "NaT"], ["NaT", "NaT"], {}, "no date"),
        (["2024-01-05", "2024-01-09"], ["NaT", "NaT"], {"target_weeks": 0.0}, "target"),
        (["2024-01-05", "2024-01-09"], ["NaT", "NaT"], {"since": np.datetime64("2025-01-01")}, "found 0"),
    ],
)
def test_lists_that_make_no_sense_are_refused(came: list[str], gone: list[str], asked: Any, said: str) -> None:
    with pytest.raises(InputError, match=said):
        queue(days(*came), days(*gone), **({"target_weeks": 18.0} | asked))


def test_few_referrals_bound_no_demand() -> None:
    with pytest.raises(InputError, match="more than 4"):
        careful_demand(5, 3, 1.0)


# --- stock and flow ---------------------------------------------------------------------------------------------------

FLOWS = Flows(np.array([0.2, 0.1, 0.3]), np.array([0.05, 0.1, 0.0]))


def run(periods: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A list that follows FLOWS exactly."""
    referrals, stock = np.full(periods, 100.0), np.array([80.0, 50.0, 40.0])
    treated, waiting = np.zeros((periods, 3)), np.zeros((periods, 3))
    for k in range(periods):
        inflow = np.array([100.0, stock[0], stock[1] + stock[2]])
        treated[k], gone = FLOWS.capacity * inflow, FLOWS.renege * inflow
        stock = waiting[k] = inflow - treated[k] - gone
    return referrals, treated, waiting


def test_shares_that_made_a_list_are_learnt_from_it() -> None:
    found = calibrate(*run(6))
    assert found.capacity == pytest.approx(FLOWS.capacity)
    assert found.renege == pytest.approx(FLOWS.renege)


def test_a_projection_goes_on_as_the_list_went() -> None:
    referrals, treated, waiting = run(12)
    found = project(waiting[5], referrals[6:], treated[6:].sum(axis=1), FLOWS)
    assert found.incompletes == pytest.approx(waiting[6:])


@pytest.mark.parametrize("surplus", ["evenly", "longest"])
def test_nobody_is_treated_who_does_not_wait(surplus: Any) -> None:
    steep = Flows(np.array([0.05, 0.05, 0.9]), np.array([0.0, 0.0, 0.2]))
    found = project(np.array([50.0, 20.0, 5.0]), np.full(4, 40.0), np.array([60.0, 60.0, 500.0, 10.0]), steep,
                    surplus=surplus)  # fmt: skip
    assert (found.incompletes >= -1e-9).all()
    assert found.treated.sum(axis=1) + found.unused == pytest.approx([60, 60, 500, 10])
    assert found.unused[2] > 0
    assert found.incompletes[2].sum() == pytest.approx(0, abs=1e-9)


def test_capacity_to_spare_goes_to_the_longest_waiting_if_asked() -> None:
    flows = Flows(np.array([1.0, 0.0, 0.0]), np.zeros(3))
    found = project(np.array([10.0, 10.0, 10.0]), np.array([5.0]), np.array([25.0]), flows, surplus="longest")
    assert found.treated[0] == pytest.approx([5, 0, 20])


def test_counts_that_make_no_list_are_refused() -> None:
    referrals, treated, waiting = run(3)
    with pytest.raises(InputError, match="differ in shape"):
        calibrate(referrals[:2], treated, waiting)
    with pytest.raises(InputError, match="below 0"):
        calibrate(referrals, -treated, waiting)
    with pytest.raises(InputError, match="2 of each"):
        calibrate(referrals[:1], treated[:1], waiting[:1])
    with pytest.raises(InputError, match="as many of each"):
        project(waiting[0], referrals, referrals[:1], FLOWS)
    with pytest.raises(InputError, match="share of capacity"):
        project(waiting[0], referrals, referrals, Flows(np.zeros(3), np.zeros(3)))


# --- the commands -----------------------------------------------------------------------------------------------------


def told(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    assert main([str(word) for word in (*words, "--json")]) == 0
    return json.loads(capsys.readouterr().out)


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main([str(word) for word in words]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    return err


def test_a_list_is_read_under_any_names_zipped_and_day_first(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, packed = tmp_path / "list.csv", tmp_path / "list.csv.gz"
    plain.write_text("referral,removal\n2024-02-01,2024-02-09\n2024-02-03,\n2024-02-08,\n")
    packed.write_bytes(gzip.compress(b"who,added,seen\n01,01/02/2024,09/02/2024\n02,03/02/2024,NA\n03,08/02/2024,\n"))
    names = ("--referral", "added", "--removal", "seen", "--person", "who")
    assert told(capsys, "prove", "queue", plain) == told(capsys, "prove", "queue", packed, *names, "--day-first")
    assert "day-first" in refused(capsys, "prove", "queue", packed, *names)


def test_a_person_twice_and_a_date_that_is_none_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "list.csv"
    file.write_text("who,referral,removal\n1,2024-02-01,soon\n1,2024-02-03,\n")
    assert "already given" in refused(capsys, "prove", "queue", file, "--person", "who")
    assert "row 2, column 'removal'" in refused(capsys, "prove", "queue", file)


def test_a_projection_is_asked_for_with_three_files(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _, treated, waiting = run(12)
    past, came, can = (tmp_path / name for name in ("past.csv", "referrals.csv", "capacity.csv"))
    rows = [f"{k},{m},{waiting[k, m]},{treated[k, m]}" for k in range(6) for m in range(3)]
    past.write_text("\n".join(["period,months_waited,incompletes,treated", *reversed(rows)]))
    came.write_text("\n".join(["period,referrals", *(f"{k},100" for k in range(12))]))
    can.write_text("\n".join(["period,capacity", *(f"{k},{treated[k].sum()}" for k in range(6, 12))]))
    asked = ("prove", "project", past, "--referrals", came, "--capacity", can)
    found = told(capsys, *asked)
    assert [row["period"] for row in found["periods"]] == [str(k) for k in range(6, 12)]
    assert [row["waiting"] for row in found["periods"]] == pytest.approx(waiting[6:].sum(axis=1))
    past.write_text("\n".join(["period,months_waited,incompletes,treated", *rows[:-2], rows[-1]]))
    assert "no row for 1 months waited" in refused(capsys, *asked)
    can.write_text("period,capacity\n3,50\n")
    past.write_text("\n".join(["period,months_waited,incompletes,treated", *rows]))
    assert "not after the last past period" in refused(capsys, *asked)
