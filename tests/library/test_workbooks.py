"""A workbook in is the table that a CSV would be, or is refused in one line; a workbook out holds text as text."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.sheet import write_rows
from evenhand.table import read


def book(path: Path, *rows: list[Any], merged: str = "", **sheets: list[list[Any]]) -> Path:
    made = Workbook()
    for row in rows:
        made.active.append(row)
    if merged:
        made.active.merge_cells(merged)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name)
        for line in lines:
            sheet.append(line)
    made.save(path)
    return path


def test_a_workbook_is_read_as_the_csv_would_be(tmp_path: Path) -> None:
    path = book(tmp_path / "x.xlsx", ["code", "n", "share", "day", "at", "yes"],
                ["00L", 3, 0.1, date(2024, 3, 1), datetime(2024, 3, 1, 9, 30), True], [None] * 6,
                ["06N", 4.0, None, datetime(2024, 4, 1), None, False])  # fmt: skip
    (tmp_path / "x.csv").write_text(
        "code,n,share,day,at,yes\n00L,3,0.1,2024-03-01,2024-03-01 09:30:00,TRUE\n06N,4,,2024-04-01,,FALSE\n"
    )

    assert read(path).columns == read(tmp_path / "x.csv").columns


def test_the_first_sheet_that_is_seen_is_read_or_the_one_that_is_named(tmp_path: Path) -> None:
    made = Workbook()
    made.active.sheet_state = "hidden"
    for name, value in (("First one", 1), ("Second", 2)):
        sheet = made.create_sheet(name)
        sheet.append(["a"])
        sheet.append([value])
    made.save(tmp_path / "x.xlsx")

    assert read(tmp_path / "x.xlsx").columns == {"a": ["1"]}
    assert read(f"{tmp_path}/x.xlsx[Second]").columns == {"a": ["2"]}
    with pytest.raises(InputError, match=r"no sheet 'Secnd'; did you mean 'Second'\?; there are: Sheet, First one"):
        read(f"{tmp_path}/x.xlsx[Secnd]")


def test_a_command_reads_a_named_sheet_and_writes_a_workbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [["unit", "numerator", "denominator"], *([f"0{i}A", 10 + i, 100] for i in range(9))]
    path = book(tmp_path / "x.xlsx", ["nothing"], ["here"], Units=rows)

    assert main(["see", "funnel", str(path), "--sheet", "Units", "--out", str(tmp_path / "y.xlsx"), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert main(["see", "funnel", str(path), "--sheet=Units", "--out", str(tmp_path / "z.xlsx")]) == 0

    assert (tmp_path / "y.xlsx").read_bytes() == (tmp_path / "z.xlsx").read_bytes()
    written = read(tmp_path / "y.xlsx")
    assert written.text("unit") == [f"0{i}A" for i in range(9)]
    # Excel keeps 15 digits
    assert written.numbers("z").tolist() == pytest.approx([u["z"] for u in said["units"]], rel=1e-14)
    assert main(["see", "funnel", str(path)]) == 2
    assert "no column" in capsys.readouterr().err
    assert main(["see", "funnel", "x.csv", "--sheet", "Units"]) == 2


def test_text_is_never_a_formula_and_codes_stay_text(tmp_path: Path) -> None:
    hostile = ["=1+1", "=HYPERLINK(\"http://x\")", "+1", "-1", "@x", "0042", "", "a\x07b", "x" * 40_000, "#N/A"]
    rows = [{"text": text, "n": 1.5, "big": 322236009 * 10**9, "none": float("nan")} for text in hostile]
    content = write_rows(rows, ["text", "n", "big", "none"])
    sheet = load_workbook(io.BytesIO(content)).active

    cells = [sheet.cell(row, 1) for row in range(2, len(hostile) + 2)]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert [cell.value for cell in cells][:6] == hostile[:6]
    assert sheet["C2"].value == "322236009000000000"
    assert sheet["D2"].value is None
    assert b"<f>" not in zipfile.ZipFile(io.BytesIO(content)).read("xl/worksheets/sheet1.xml")
    assert write_rows(rows, ["text", "n", "big", "none"]) == content


@pytest.mark.parametrize(("rows", "merged", "words"), [
    ([["a", "b"], ["=1/0", 2]], "", "cell A2: holds a formula without its result"),
    ([["a", "b"], ["#DIV/0!", 2]], "", "cell A2: holds the error #DIV/0!"),
    ([["a", "b"], [1, 2]], "A1:B1", "cells A1:B1 are merged"),
    ([["a", "b"], [1, 2], [None, 3]], "A2:A3", "cells A2:A3 are merged"),
    ([["a", "b"], [10**17, 2]], "", "as a number, of which Excel keeps 15 digits"),
    ([["a", "a"], [1, 2]], "", "'a' is given twice"), ([["a", None], [1, 2]], "", "cell 2 is blank"),
    ([["a", "b"]], "", "has a header but no rows"), ([], "", "the sheet is empty"),
])  # fmt: skip
def test_what_a_workbook_can_hide_is_refused(tmp_path: Path, rows: list[list[Any]], merged: str, words: str) -> None:
    with pytest.raises(InputError) as refusal:
        read(book(tmp_path / "x.xlsx", *rows, merged=merged))

    assert words in str(refusal.value)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("cut", [5, 60, 400, 2000, -30])
def test_a_broken_workbook_is_refused(tmp_path: Path, cut: int) -> None:
    whole = book(tmp_path / "x.xlsx", ["a"], [1]).read_bytes()
    (tmp_path / "cut.xlsx").write_bytes(whole[:cut])
    with zipfile.ZipFile(tmp_path / "zip.xlsx", "w") as archive:
        archive.writestr("x.csv", "a\n1\n")
    with zipfile.ZipFile(tmp_path / "odd.xlsx", "w") as archive:
        archive.writestr("[Content_Types].xml", "<x")
    (tmp_path / "old.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))

    for name, words in (("cut", "cut short"), ("zip", "is a zip and no workbook"), ("odd", "workbook is broken")):
        with pytest.raises(InputError, match=words):
            read(tmp_path / f"{name}.xlsx")
    with pytest.raises(InputError, match="old Excel workbook"):
        read(tmp_path / "old.xls")
