"""A revised release of a month is a revision: what changed, by how much, beside the release that it replaces."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest

from evenhand import measures, sources
from evenhand.cli.main import main
from evenhand.lake import Lake
from published import METFORMIN, SERTRALINE, list_sizes, month_of_prescribing, prescribing_file, prescription, write_csv

# Sertraline at A00001: 7 items for £8.50 become 9 for £10.50; B00002 gains metformin and loses the unknown code.
REVISED = [
    *month_of_prescribing()[:4], prescription("201709", "A00001", SERTRALINE, 2, 28, 2.0),
    prescription("201709", "B00002", METFORMIN, 3, 84, 3.0),
]  # fmt: skip


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    found = Lake.create(tmp_path / "lake")
    sources.load(found, [prescribing_file(tmp_path / "first.csv"), write_csv(tmp_path / "list.csv", list_sizes())])
    return found


def test_a_revision_says_what_changed_and_by_how_much(lake: Lake, tmp_path: Path) -> None:
    done = sources.load(lake, prescribing_file(tmp_path / "second.csv", rows=REVISED))[0]

    change = done.revisions["prescribing/2017-09"]
    assert done.state == "replaced"
    assert change["rows"] == [6, 6]
    assert change["totals"]["items"] == [15, 17]
    assert change["totals"]["actual_cost"] == [14.5, 18.5]
    cells = change["tables"]["prescribing"]
    assert (cells["added"], cells["removed"], cells["changed"]) == (0, 1, 2)
    assert cells["sums"]["items"] == [15, 17]
    first = cells["top"][0]
    assert (first["practice"], first["bnf_code"], first["items"], first["actual_cost"]) == ("B00002", METFORMIN, 4, 4.0)
    assert {row["what"] for row in cells["top"]} == {"changed", "removed"}


def test_a_revision_stands_beside_the_release_that_it_replaces(lake: Lake, tmp_path: Path) -> None:
    first = lake.snapshot("prescribing", "2017-09")
    sources.load(lake, prescribing_file(tmp_path / "second.csv", rows=REVISED))

    former = lake.snapshots("prescribing")[0].superseded[0]
    assert first is not None
    assert (former["sha256"], former["rows"], former["totals"]) == (first.sha256, first.rows, first.totals)
    assert all((lake.path / path).is_file() for path in former["paths"])
    assert former["change"]["totals"]["items"] == [15, 17]


def test_loading_a_revision_again_changes_no_byte(lake: Lake, tmp_path: Path) -> None:
    revised = prescribing_file(tmp_path / "second.csv", rows=REVISED)
    sources.load(lake, revised)
    before = {file: file.read_bytes() for file in lake.path.rglob("*") if file.is_file()}

    again = sources.load(lake, revised)[0]

    assert (again.state, again.revisions) == ("unchanged", {})
    assert {file: file.read_bytes() for file in lake.path.rglob("*") if file.is_file()} == before


def test_a_panel_of_a_revised_month_is_never_the_old_one(lake: Lake, tmp_path: Path) -> None:
    assert measures.build(lake, ["prescribing_cost"]).months == ("2017-09",)
    old = measures.panel(lake, "prescribing_cost", "practice").numerator.sum()
    sources.load(lake, prescribing_file(tmp_path / "second.csv", rows=REVISED))

    at_once = measures.panel(lake, "prescribing_cost", "practice").numerator.sum()
    assert measures.build(lake, ["prescribing_cost"]).months == ("2017-09",)
    assert measures.build(lake, ["prescribing_cost"]).months == ()
    assert (old, at_once) == (14.5, 18.5)
    assert measures.panel(lake, "prescribing_cost", "practice").numerator.sum() == at_once


def test_the_commands_show_a_revision(lake: Lake, tmp_path: Path) -> None:
    revised = prescribing_file(tmp_path / "second.csv", rows=REVISED)
    assert "items 15 to 17" in said("load", str(revised), "--lake", str(lake.path))
    assert "2 changed, 0 added, 1 removed" in said("sources", "--lake", str(lake.path)).replace("\n", " ")
    held = json.loads(said("sources", "--lake", str(lake.path), "--json"))["lake"]
    month = next(s for s in held if s["table"] == "prescribing")
    assert [former["change"]["rows"] for former in month["revisions"]] == [[6, 6]]


def said(*words: str) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), pytest.MonkeyPatch.context() as patch:
        patch.setenv("COLUMNS", "400")
        assert main(list(words)) == 0
    return out.getvalue()
