"""A panel from the store of spreads: the very numbers of a panel that is counted, and never those of other data."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from evenhand import measures
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story import panels, sights

MEASURE, WAITS = "diabetes_dpp4_cost", "wait_within_18_weeks"


@pytest.fixture(scope="module")
def lake(demo_lake) -> Lake:
    return Lake.open(demo_lake)


@pytest.mark.parametrize(("measure", "level"), [
    (MEASURE, "practice"), (MEASURE, "icb"), (MEASURE, "nation"), (WAITS, "provider"), (WAITS, "sicbl"),
])  # fmt: skip
def test_it_is_the_panel_that_is_counted_to_the_last_bit(lake, measure, level):
    months = measures.panel(lake, measure, level).months
    part = {"first": str(months[1]), "last": str(months[-2])} if len(months) > 3 else {}
    for asked in ({}, part):
        found, definition = panels.panel(lake, measure, level, **asked)
        assert found == measures.panel(lake, measure, level, **asked)
        assert definition == measures.for_lake(lake)[measure]


def test_it_asks_the_query_engine_nothing(demo_lake, monkeypatch):
    fresh = Lake.open(demo_lake)
    monkeypatch.setattr(Lake, "table", lambda *_: pytest.fail("the engine was asked"))
    found, _ = panels.panel(fresh, MEASURE, "practice", last="2099-01")
    assert np.isfinite(found.numerator).any()


def test_an_organisation_of_which_those_months_hold_nothing_has_no_row(lake, monkeypatch):
    whole = panels.panel(lake, MEASURE, "icb")[0]
    top, bottom = whole.numerator.copy(), whole.denominator.copy()
    top[0, :4] = bottom[0, :4] = np.nan
    gone = type(whole)(MEASURE, "icb", whole.organisations, whole.months, top, bottom, whole.source)
    monkeypatch.setattr(sights, "course", lambda *_: gone)
    found, _ = panels.panel(Lake.open(lake.path), MEASURE, "icb", last=str(whole.months[3]))
    assert found.organisations == whole.organisations[1:]


def test_months_that_are_not_there_are_refused_as_ever(lake):
    with pytest.raises(InputError, match="no month between"):
        panels.panel(lake, MEASURE, "practice", first="2090-01")


def test_after_new_data_or_a_new_definition_nothing_old_is_read(demo_lake, tmp_path, monkeypatch):
    leave = ("published", "people", "truth", "sights_of_chemicals")
    shutil.copytree(demo_lake, tmp_path / "own", ignore=shutil.ignore_patterns(*leave), copy_function=_linked)
    lake = Lake.open(tmp_path / "own")
    monkeypatch.setattr(sights, "course", lambda *_: pytest.fail("the store was read"))
    with pytest.raises(pytest.fail.Exception):
        panels.panel(lake, MEASURE, "icb")
    text = (measures.library.DEFINITIONS / "measures" / f"{MEASURE}.yaml").read_text(encoding="utf-8")
    (lake.path / "measures").mkdir()
    (lake.path / "measures" / "mine.yaml").write_text(text.replace(f"id: {MEASURE}", "id: mine"), encoding="utf-8")
    assert panels.panel(lake, "mine", "icb")[0].measure == "mine"
    next(lake.path.joinpath("snapshots", "rtt").iterdir()).unlink()
    fresh = Lake.open(lake.path)
    assert panels.panel(fresh, MEASURE, "icb")[0] == measures.panel(fresh, MEASURE, "icb")


def _linked(source: str, target: str) -> None:
    """A second name of a file that nobody changes: no time for a copy."""
    Path(target).hardlink_to(source)
