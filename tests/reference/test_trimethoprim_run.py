"""Trimethoprim across the Quality Premium of 2017-18, by CCG: a real incentive, told in docs/how-to/judge-a-series.md.

Share of trimethoprim among trimethoprim and nitrofurantoin items, 2011-01 to 2017-11, start 2017-04. Every figure in
the page is held here to the digits that are printed there; the CCGs' own series on every fourteenth CCG, to be quick.
"""

from __future__ import annotations

import csv
import gzip
import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.prove import series
from evenhand.prove.before_after import before_after
from shared import DATA, needs_data

pytestmark = [needs_data, pytest.mark.shared]

FILE = DATA / "02_ccg_measures_pre2020" / "trimethoprim_nitrofurantoin_ccg_month.csv.gz"
START = np.datetime64("2017-04-01")
WORDS = ("--date", "period", "--value", "trimethoprim_items", "--denominator", "all_items", "--start", "2017-04-01")


@cache
def rows() -> list[dict[str, str]]:
    with gzip.open(FILE, "rt") as opened:
        return list(csv.DictReader(opened))


@cache
def england() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    days = np.array([row["period"] for row in rows()], dtype="datetime64[D]")
    dates, at = np.unique(days, return_inverse=True)
    above = np.bincount(at, [float(row["trimethoprim_items"]) for row in rows()])
    return dates, above, np.bincount(at, [float(row["all_items"]) for row in rows()])


def judged(**more: Any) -> Any:
    dates, above, below = england()
    return series(dates, above, denominator=below, start=START, **more)


def test_england_bent_at_the_start_and_it_is_said_how_unsure_that_is() -> None:
    dates, above, below = england()
    share = above / below
    assert share[dates == np.datetime64("2017-03-01")] == pytest.approx(0.5197, abs=5e-5)
    assert share[-1] == pytest.approx(0.3796, abs=5e-5)
    found = judged()
    assert (found.n_pre, found.n_post) == (75, 8)
    assert [found.level.estimate, found.slope.estimate] == pytest.approx([-0.0158, -0.0145], abs=5e-5)
    assert found.level.low < found.level.high < 0
    assert found.slope.low < found.slope.high < 0
    assert found.autocorrelation.phi > 0.99
    assert found.indicative
    assert "leans" in found.reasons[0]


def test_newey_west_would_have_claimed_four_times_the_step() -> None:
    found = judged(errors="newey-west")
    assert found.level.estimate == pytest.approx(-0.0676, abs=5e-5)
    assert found.indicative


@pytest.mark.parametrize("year", [2013, 2014, 2015, 2016])
def test_in_no_earlier_april_does_the_line_bend(year: int) -> None:
    dates, above, below = england()
    seen = dates < np.datetime64(f"{year + 1}-01-01")
    found = series(dates[seen], above[seen], denominator=below[seen], start=np.datetime64(f"{year}-04-01"))
    assert found.level.low < 0 < found.level.high
    assert found.slope.low < 0 < found.slope.high


def test_before_and_after_is_ten_times_the_step_and_regression_to_the_mean_is_small() -> None:
    codes = sorted({row["pct"] for row in rows()})
    dates, _, _ = england()
    values = np.full((len(codes), len(dates)), np.nan)
    for row in rows():
        at = int(np.searchsorted(dates, np.datetime64(row["period"])))
        values[codes.index(row["pct"]), at] = float(row["trimethoprim_items"]) / float(row["all_items"])
    found = before_after(values, int(np.searchsorted(dates, START)))
    assert (found.units, found.chosen) == (207, 52)
    assert [found.before, found.after] == pytest.approx([0.657, 0.504], abs=5e-4)
    assert [found.change, found.everyone_change] == pytest.approx([-0.153, -0.123], abs=5e-4)
    assert found.regression_to_the_mean == pytest.approx(0.0005, abs=5e-5)


def test_by_ccg_those_that_closed_are_refused_and_the_rest_bent_downwards(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closed = {"00F"}
    chosen = set(sorted({row["pct"] for row in rows()})[::14]) | closed
    some = tmp_path / "some.csv"
    with some.open("w", newline="") as opened:
        writer = csv.DictWriter(opened, list(rows()[0]))
        writer.writeheader()
        writer.writerows(row for row in rows() if row["pct"] in chosen)
    assert main(["prove", "series", str(some), *WORDS, "--unit", "pct", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    by_code = {row["unit"]: row for row in found["units"]}
    assert "leaves no dates" in by_code["00F"]["refused"]
    slopes = [row["slope"] for row in found["units"] if not row["refused"]]
    assert np.median([slope["estimate"] for slope in slopes]) == pytest.approx(-0.0144, abs=0.006)
    assert not any(slope["low"] > 0 for slope in slopes)
    assert sum(slope["high"] < 0 for slope in slopes) > len(slopes) / 3
