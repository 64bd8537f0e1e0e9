"""Downloads of a table: the same cells in every format, typed, with their source, and none that is run."""

from __future__ import annotations

import csv
import io
import json
import math

import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from evenhand_web.site.figures import Figure, download
from evenhand_web.site.tables import FORMATS, Sheet, as_csv, as_parquet, as_xlsx, harmless

SHEET = Sheet(
    "t", "It fell.", ("code", "month", "share", "count", "sure"),
    [("001", "2026-01", 0.123456789012345, 3, True), ("002", "2026-02", math.nan, None, False)],
    how=("A mean.",), command="evenhand x --json", source=("prescribing 2026-01 sha256 ab",),
)  # fmt: skip
RUN = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1", "\n=1", "=HYPERLINK(\"http://x.example\")")
TEXT = st.text(max_size=12) | st.sampled_from(RUN) | st.sampled_from(["=\x00", "x\x07", "\ud800", "a" * 40])
CELLS = st.none() | st.booleans() | st.integers(-(10**20), 10**20) | st.floats() | TEXT


def test_a_sheet_has_typed_cells_and_codes_keep_their_noughts():
    table = load_workbook(io.BytesIO(as_xlsx(SHEET)))["Table"]
    rows = list(table.iter_rows(values_only=True))
    assert rows == [("code", "month", "share", "count", "sure"), ("001", "2026-01", 0.123456789012345, 3, True),
                    ("002", "2026-02", None, None, False)]  # fmt: skip
    assert [cell.data_type for cell in table[2]] == ["s", "s", "n", "n", "b"]
    assert table.freeze_panes == "A2"


def test_a_sheet_says_how_from_which_files_and_by_which_command():
    about = load_workbook(io.BytesIO(as_xlsx(SHEET)))["About"]
    said = dict(about.iter_rows(values_only=True))
    assert said["How"] == "A mean."
    assert said["The same by command"] == "evenhand x --json"
    assert said["Source"] == "prescribing 2026-01 sha256 ab"


def test_parquet_has_typed_columns_and_carries_its_source():
    table = pq.read_table(io.BytesIO(as_parquet(SHEET)))
    assert [str(field.type) for field in table.schema] == ["string", "string", "double", "int64", "bool"]
    assert table.to_pylist()[0] == {"code": "001", "month": "2026-01", "share": 0.123456789012345, "count": 3,
                                    "sure": True}  # fmt: skip
    assert table.to_pylist()[1]["share"] is None
    assert json.loads(table.schema.metadata[b"evenhand"])["source"] == ["prescribing 2026-01 sha256 ab"]


def test_a_column_of_numbers_and_words_is_text_and_two_of_one_name_stay_apart():
    sheet = Sheet("t", "T.", ("n", "n"), [(12, 1), ("fewer than 10", 2)])
    assert pq.read_table(io.BytesIO(as_parquet(sheet))).to_pydict() == {"n": ["12", "fewer than 10"], "n 2": [1, 2]}


@pytest.mark.parametrize("text", RUN)
def test_a_text_that_a_spreadsheet_would_run_is_a_text_in_every_format(text):
    sheet = Sheet("t", "T.", (text, "b"), [(text, -3)])
    head, row = csv.reader(io.StringIO(as_csv(sheet).decode(), newline=""))
    said = "'" + text.replace("\r", "\n")
    assert (head[0], row) == (said, [said, "-3"])
    cell = load_workbook(io.BytesIO(as_xlsx(sheet)))["Table"]["A2"]
    assert cell.data_type == "s"
    assert cell.quotePrefix
    assert b"<f>" not in as_xlsx(sheet)


@pytest.mark.parametrize("word", ["−3%", "–", "P1", "a=b", "", "2026-01", "1-2"])
def test_a_text_that_nothing_runs_stays_as_it_is(word):
    assert harmless(word) == word


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(CELLS, CELLS), max_size=4))
def test_whatever_is_in_a_table_it_can_be_downloaded_in_every_format(rows):
    sheet = Sheet("t", "T.", ("a", "b"), [tuple(_said(cell) for cell in row) for row in rows])
    files = {kind: write(sheet) for kind, (_, write) in FORMATS.items()}
    assert load_workbook(io.BytesIO(files["xlsx"]))["Table"].max_row <= len(rows) + 1
    assert pq.read_table(io.BytesIO(files["parquet"])).num_rows == len(rows)
    assert len(json.loads(files["json"])) == len(rows)
    assert len(list(csv.reader(io.StringIO(files["csv"].decode(), newline="")))) == len(rows) + 1


def test_an_empty_table_can_be_downloaded_too(rf):
    figure = Figure("t", "T.", ("a", "b"), [])
    for kind, (media, _) in FORMATS.items():
        answer = download(rf.get("/", {"download": f"t.{kind}"}), figure)
        assert (answer.headers["Content-Type"], bool(answer.content)) == (media, True)


def _said(cell):
    """What a database can hold: no half of a pair of signs."""
    return cell.encode("utf-8", "replace").decode() if isinstance(cell, str) else cell
