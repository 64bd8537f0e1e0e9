"""Panels without rows are the panels of the rows, to the last digit."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest

from evenhand import measures
from evenhand.errors import InputError
from evenhand.lake import Beside, Lake, month_number
from evenhand.records import Organisations
from evenhand.sources import organisations
from evenhand.story import budgeting, presentations
from evenhand.synthetic import Filled, fill, make
from evenhand.synthetic.panels import keys, month_tables
from evenhand.synthetic.plan import plan as settle
from evenhand.synthetic.waits import true_share

LAKE = ("lake.json", "snapshots", "tables")
SIZE = {"practices": 32, "months": 12, "seed": 5, "presentations": 600}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    """The last month in rows, eleven months before it without."""
    return fill(make(tmp_path_factory.mktemp("rows"), rows=1, **SIZE))


def panel_of(lake: Lake, month: str) -> dict[tuple[str, str, str], str]:
    table = lake.table("panel")
    rows = table.filter(table.month == month_number(month)).to_pyarrow().to_pylist()
    return {(r["measure"], r["level"], r["code"]): f"{r['numerator']!r} over {r['denominator']!r}" for r in rows}


def test_panels_without_rows_equal_those_of_rows_to_the_last_digit(made: Filled, tmp_path: Path) -> None:
    none = Lake.create(tmp_path / "none")
    plan, last = settle(**SIZE), SIZE["months"] - 1
    with Beside(none, month_tables(plan, true_share(plan.world, plan.when, plan.runs, plan.seed), last)) as tables:
        measures.keep(none, tables, "2026-03", measures.for_lake(none))
    with_rows = panel_of(made.lake, "2026-03")
    assert len(with_rows) > 32 * 40
    assert panel_of(none, "2026-03") == with_rows


def test_a_lake_without_rows_knows_who_is_above_as_one_with_rows_does(made: Filled, tmp_path: Path) -> None:
    none = Lake.create(tmp_path / "none")
    keys(settle(**SIZE), none)
    with_rows, without = organisations.read(made.lake), organisations.read(none)
    above = {code: (name, level) for code, name, level in zip(*_named(with_rows), strict=True)
             if level not in ("practice", "pcn", "commissioner")}  # fmt: skip
    assert {"sicbl", "icb", "region", "nation", "provider"} <= {level for _, level in above.values()}
    assert dict(zip(without.codes, zip(*_named(without)[1:], strict=True), strict=True)) == above
    ties = {(c, p) for c, p in zip(with_rows.child, with_rows.parent, strict=True) if c in above and p in above}
    assert set(zip(without.child, without.parent, strict=True)) == ties


def _named(found: Organisations) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    return found.codes, found.names, found.levels


def test_months_without_rows_are_read_like_any_other(made: Filled) -> None:
    practices, locations = (measures.panel(made.lake, "diabetes_dpp4_cost", level) for level in ("practice", "sicbl"))
    assert len(made.panels) == len(locations.months) == 12
    assert np.all(np.nansum(locations.denominator, axis=0) >= np.nansum(practices.denominator, axis=0))


def test_prescribers_without_a_practice_count_above_practices_in_both_kinds_of_month(made: Filled) -> None:
    panel = made.lake.table("panel")
    mine = panel.filter((panel.measure == "prescribing_cost") & panel.code.startswith("-"))
    assert mine.month.nunique().to_pyarrow().as_py() == 12
    assert measures.read(made.lake, "prescribing_cost", "icb").left_out == ()


def test_nothing_is_counted_where_the_rows_are_gone(made: Filled) -> None:
    few = measures.read_codes("0601023AE")
    assert measures.adhoc(made.lake, few, few, "nation", first="2026-03").numerator[0, 0] > 0
    with pytest.raises(InputError, match="of 2025-04 the lake holds panels without rows"):
        measures.adhoc(made.lake, few, few, "nation")


def test_panels_that_stand_are_left_alone(made: Filled) -> None:
    state = {file: file.stat().st_mtime_ns for file in made.lake.path.rglob("*") if file.is_file()}
    again = fill(make(made.lake.path, rows=1, **SIZE))
    lake_files = {file: at for file, at in state.items() if file.relative_to(made.lake.path).parts[0] in LAKE}
    assert again.panels == made.panels
    assert all(file.stat().st_mtime_ns == at for file, at in lake_files.items())


def test_a_long_tail_makes_a_month_as_skewed_as_a_national_one() -> None:
    from evenhand.synthetic.plan import drawn, plan

    rows = next(drawn(plan(64, 12, 5, 25_500), 0))
    cells = np.bincount(rows.practice)
    assert 1_500 < np.median(cells[cells > 0]) < 3_500  # a practice's rows in a month of EPD: about 2,500
    assert len(np.unique(rows.medicine)) > 10_000
    assert np.median(rows.items) <= 2
    assert rows.items.max() > 300


def test_england_has_its_numbers_of_organisations() -> None:
    from evenhand.synthetic.calendar import calendar
    from evenhand.synthetic.organisations import nation

    world = nation(6500, calendar(12), 3)
    sizes = (len(world.regions), len(world.icbs), len(world.sicbls), len(world.pcns))
    assert sizes == (7, 42, 106, 1300)
    assert (len(set(world.practice_names)), len(set(world.pcn_names))) == (6500, 1300)
    assert 55e6 < world.patients[:, -1].sum() < 72e6


def test_a_demonstration_says_what_it_cannot_have(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="--rows 13: expected 0 to 12"):
        make(tmp_path / "a", rows=13, practices=32, months=12)
    with pytest.raises(InputError, match="--presentations 50000: expected 0 to 40,000"):
        make(tmp_path / "b", presentations=50_000, practices=32, months=12)
    assert list(tmp_path.iterdir()) == []


def test_what_only_rows_can_say_is_refused_of_a_month_without(made: Filled, monkeypatch: pytest.MonkeyPatch) -> None:
    one = next(m for m in measures.for_lake(made.lake).values() if m.kind == "prescribing")
    february = np.datetime64("2026-02", "M")
    year = SimpleNamespace(area="A", first=february, months_to_date=2, rows=lambda codes: [0])
    with pytest.raises(InputError, match="in panels alone, so nothing says why"):
        budgeting.explain(made.lake, cast(Any, year), ["DEMO-P0001"], cast(Any, None))
    monkeypatch.setattr(presentations, "months_held", lambda lake, kind: [month_number("2026-02")])
    with pytest.raises(InputError, match="holds 2026-02 in panels alone"):
        presentations.made_of(made.lake, one, "DEMO-P0001")
