"""Every further source is known by its columns, adds up, and leaves the lake alone when a file cannot be right."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

import numpy as np
import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.sources import Options
from further import FILES, Cells, refused, rows
from published import bytes_of


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


@pytest.mark.parametrize("name", FILES)
def test_a_file_is_known_by_its_columns_adds_up_and_loads_once(lake: Lake, tmp_path: Path, name: str) -> None:
    small = FILES[name]
    path = small.write(tmp_path)

    assert sources.recognise(path) == (name,)
    done = sources.load(lake, path)
    before = bytes_of(lake.path)
    again = sources.load(lake, path)

    assert [loaded.state for loaded in (*done, *again)] == ["loaded", "unchanged"]
    assert small.totals.items() <= done[0].totals.items()
    assert bytes_of(lake.path) == before
    assert all(rows(lake, table) for table in sources.known()[name].tables[:1])


HEADED = [name for name, small in FILES.items() if not small.headless]


@pytest.mark.parametrize("name", [name for name in HEADED if len(FILES[name].cells) > 2])
def test_the_order_of_rows_and_columns_changes_no_byte(lake: Lake, tmp_path: Path, name: str) -> None:
    small = FILES[name]
    sources.load(lake, small.write(tmp_path))
    before = bytes_of(lake.path / "tables")
    top = next(i for i, row in enumerate(small.cells) if len([cell for cell in row if cell]) > 1)
    order = list(range(len(small.cells[top])))
    shuffled = small.cells[top + 1 :]
    random.Random(7).shuffle(shuffled)
    if name != "drug_tariff":  # whose nameless column is known by its place
        random.Random(8).shuffle(order)

    done = sources.load(
        lake, small.write(tmp_path, [[row[i] for i in order] for row in (*small.cells[: top + 1], *shuffled)])
    )

    assert done[0].state == "unchanged"
    assert bytes_of(lake.path / "tables") == before


def spoilt(name: str) -> dict[str, str | bytes]:
    """The text of one file under every fault that its shape can have."""
    small = FILES[name]
    top = next(i for i, row in enumerate(small.cells) if len([cell for cell in row if cell]) > 1)
    body = small.cells[top + (not small.headless) :]
    found: dict[str, str | bytes] = {
        "empty": "", "not a table": "Dear colleague,\n\nplease find attached.\n", "binary": b"\x00\x01\x02" * 99,
        "UTF-16": small.text().encode("utf-16"),
    }  # fmt: skip
    if not small.headless:
        found["header alone"] = small.text(small.cells[: top + 1])
    for row, column, cell in small.spoilt:
        cells: Cells = [list(line) for line in small.cells]
        cells[row - 1][column] = cell
        found[f"{cell!r} in row {row}, column {column}"] = small.text(cells)
    if small.swapped is not None:
        a, b = small.swapped
        head = list(small.cells[top])
        head[a], head[b] = head[b], head[a]
        found["swapped columns"] = small.text([*small.cells[:top], head, *body])
    whole = small.text()
    found["cut short"] = whole[: whole.rstrip("\n").rfind(small.delimiter)]
    found["a row of another width"] = whole + small.delimiter.join(["1"] * (len(body[0]) + 2)) + "\n"
    found["an open quote"] = whole + '"' + whole.splitlines()[-1] + "\n"
    if name not in ("formulation_swaps", "pca", "dmd_bnf"):  # where the same row again says nothing new
        other = [list(line) for line in body]
        other[0][-1] = body[-1][-1] if name == "successors" else other[0][-1]
        found["a key given twice"] = small.text([*small.cells, other[0]])
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_fault_is_refused_in_one_line_and_leaves_the_lake_alone(lake: Lake, tmp_path: Path, name: str) -> None:
    for fault, content in spoilt(name).items():
        path = tmp_path / FILES[name].name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        before = bytes_of(lake.path)
        try:
            sources.load(lake, path)
        except InputError as error:
            said = str(error)
        else:
            pytest.fail(f"{name}: {fault} was loaded")
        assert "\n" not in said, fault
        assert bytes_of(lake.path) == before, fault


@pytest.mark.parametrize("name", [name for name in HEADED if len(FILES[name].cells[0]) > 3])
def test_a_renamed_column_is_missed_by_name(lake: Lake, tmp_path: Path, name: str) -> None:
    """Each needed column in turn is called otherwise: the file is refused, or the column was not needed."""
    small = FILES[name]
    top = next(i for i, row in enumerate(small.cells) if len([cell for cell in row if cell]) > 1)
    missed = 0
    for place, column in enumerate(small.cells[top]):
        head = [("zzz" if i == place else cell) for i, cell in enumerate(small.cells[top])]
        path = small.write(tmp_path, [*small.cells[:top], head, *small.cells[top + 1 :]])
        try:
            known, said = sources.recognise(path), ""
        except InputError as error:
            known, said = (name,), str(error)
        missed += bool(said)
        assert known == (name,), column
        assert not said or any(words in said for words in ("no column", "not a known table", "not a publication")), said
    assert missed


def test_a_code_that_a_spreadsheet_has_rounded_is_refused(lake: Lake, tmp_path: Path) -> None:
    small = FILES["price_concessions"]
    at = small.cells[0].index("vmpp_code")
    cells = [small.cells[0], *([*row[:at], "9.41E+14", *row[at + 1 :]] for row in small.cells[1:])]

    assert "expected a SNOMED CT code: 6 to 18 digits" in refused(lake, small.write(tmp_path, cells))


def test_payments_that_have_no_name_are_refused(lake: Lake, tmp_path: Path) -> None:
    small = FILES["gp_payments"]
    head, *body = ([*row[:-1], extra, row[-1]] for row, extra in zip(small.cells, ("***", 0, 0), strict=True))

    assert "column '***' has no name" in refused(lake, small.write(tmp_path, [head, *body]))


def test_a_smaller_release_of_a_month_needs_to_be_meant(lake: Lake, tmp_path: Path) -> None:
    small = FILES["scmd"]
    sources.load(lake, small.write(tmp_path))
    fewer = small.write(tmp_path, small.cells[:2])

    assert "say --replace" in refused(lake, fewer)
    done = sources.load(lake, fewer, options=Options(replace=True))

    assert done[0].state == "replaced"
    assert [former["rows"] for former in lake.snapshots("scmd")[0].superseded] == [2]


def test_days_are_added_to_months_and_a_code_stands_in_one_file(lake: Lake, tmp_path: Path) -> None:
    head = ["SUB_ICB_LOCATION_CODE", "Appointment_Date", "APPT_STATUS", "HCP_TYPE", "APPT_MODE",
            "TIME_BETWEEN_BOOK_AND_APPT", "COUNT_OF_APPOINTMENTS"]  # fmt: skip
    small = FILES["appointments"]
    rest = ["Attended", "GP", "Telephone", "Same Day"]
    daily = small.write(tmp_path, [head, ["16C", "01JUN2026", *rest, 3], ["16C", "02JUN2026", *rest, 4]])
    sources.load(lake, daily)

    assert [(r["month"], r["wait"], r["appointments"]) for r in rows(lake, "appointments")] == [(317, "same_day", 7)]
    both = small.write(tmp_path, [head, ["16C", "03JUN2026", *rest, 5], ["99X", "03JUN2026", *rest, 1]])
    assert "are held from" in refused(lake, both)
    twice = small.write(tmp_path, [head, ["99X", "01JUN2026", *rest, 3], ["99X", "01JUN2026", *rest, 4]])
    assert "was already given in row 2" in refused(lake, twice)


def test_rows_of_merged_places_are_added_up_and_a_stray_repeat_is_not(lake: Lake, tmp_path: Path) -> None:
    small = FILES["appointments"]
    waits = ["Same Day", "1 Day", "2 to 7 Days", "8  to 14 Days"]
    once = [["16C", "MAR2019", "Attended", "GP", "Telephone", wait, n] for n, wait in enumerate(waits, start=5)]
    merged = [*once, *([*row[:-1], row[-1] + 10] for row in once)]

    sources.load(lake, small.write(tmp_path, [small.cells[0], *merged]))

    assert sum(int(str(r["appointments"])) for r in rows(lake, "appointments")) == 2 * (5 + 6 + 7 + 8) + 40


def test_a_practice_stands_in_one_file_of_a_years_achievement(lake: Lake, tmp_path: Path) -> None:
    small = FILES["qof_achievement"]
    sources.load(lake, small.write(tmp_path))
    (tmp_path / "ACHIEVEMENT_MIDLANDS_2425.csv").write_text(small.text().replace("7.5", "7.25"))

    assert "a practice stands in one file of a year" in refused(lake, tmp_path / "ACHIEVEMENT_MIDLANDS_2425.csv")


def test_codes_that_change_again_are_followed_and_circles_refused(lake: Lake, tmp_path: Path) -> None:
    from evenhand.sources.bnf_changes import latest

    small = FILES["bnf_changes"]
    a, b, c = "0101010F0BDAAAU", "0101010F0BDABBE", "0101010F0BDABCC"
    assert "must end somewhere" in refused(lake, small.write(tmp_path, [["old_code", "new_code"], [a, b], [b, a]]))
    sources.load(lake, small.write(tmp_path, [["old_code", "new_code"], [a, b], [b, c]]))

    assert latest(lake) == {a: c, b: c}


def test_who_stands_for_a_merged_organisation_today(lake: Lake, tmp_path: Path) -> None:
    from evenhand.sources.successors import followed

    small = FILES["successors"]
    day = "2026-04-01"
    circle = small.write(tmp_path, [small.cells[0], ["Q11", "Q22", day], ["Q22", "Q11", day]])
    assert "by itself" in refused(lake, circle)
    (tmp_path / "succ.csv").write_text("QX1,QX9,M,20260401,1\nQX5,QX6,M,20260401,1\nQX5,QX7,M,20260401,1\n")
    sources.load(lake, [small.write(tmp_path), tmp_path / "succ.csv"])

    assert followed(lake, ["QX1", "QX2", "QX5", "ABC"]).tolist() == ["QX9", "QX9", "QX5", "ABC"]


def test_icbs_that_merged_stand_for_the_months_before(lake: Lake, tmp_path: Path) -> None:
    def lookup(year: str, icb: str) -> Path:
        path = tmp_path / f"lookup{year}.csv"
        path.write_text(
            f"SICBL{year}CDH,SICBL{year}NM,ICB{year}CDH,ICB{year}NM,NHSER{year}CDH,NHSER{year}NM\n"
            f"16C,Tees,{icb},An ICB,Y63,North\n00L,Coast,QHM,Its ICB,Y63,North\n"
        )
        return path

    sources.load(lake, [lookup("23", "QOLD"), lookup("26", "QNEW")])

    held = sources.organisations.read(lake)
    months = [np.datetime64(month) for month in ("2022-01", "2026-03", "2026-04", "2027-01")]
    assert [held.ancestor("16C", "icb", month) for month in months] == ["QOLD", "QOLD", "QNEW", "QNEW"]
    assert [held.ancestor("00L", "icb", month) for month in months] == ["QHM"] * 4


def test_a_sheet_of_a_workbook_is_a_table_too(lake: Lake, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Notes"
    book.active.append(["Only words", "here"])
    sheet = book.create_sheet("Coverage")
    sheet.append(["A title above the table"])
    sheet.append([])
    for line in FILES["appointments_coverage"].cells:
        sheet.append(line)
    book.save(tmp_path / "coverage.xlsx")

    done = sources.load(lake, tmp_path / "coverage.xlsx")

    assert [(loaded.source, loaded.totals["practices"]) for loaded in done] == [("appointments_coverage", 35)]
    assert done[0].file == "coverage.xlsx[Coverage]"


def test_a_cut_workbook_is_refused(lake: Lake, tmp_path: Path) -> None:
    (tmp_path / "cut.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    assert "old Excel workbook is broken" in refused(lake, tmp_path / "cut.xls")


def test_many_tables_of_one_zip_are_passed_over_in_one_line(lake: Lake, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    FILES["gp_systems"].write(folder)
    with zipfile.ZipFile(folder / "study.zip", "w") as archive:
        for place in range(3):
            archive.writestr(f"{place}.csv", "name,is.nbreak,is.tfirst\n1,2,3\n")

    done = sources.load(lake, folder)

    assert [loaded.state for loaded in done] == ["loaded", "skipped"]
    assert done[1].note.startswith("study.zip: 3 tables, each the answers of a change-detection study")


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("name,is.nbreak,is.tfirst", "the answers of a change-detection study"),
        ("month,ratio_quantity.A1,ratio_quantity.A2", "a study's ratios by practice without numerators"),
        ("timestamp,comment-id,voter-id,vote", "votes, which `evenhand decide tally` reads"),
        ("respondent_id,q1", "answers of a survey"),
        ("unit,allocation,baseline", "a trial's allocation"),
    ],
)
def test_what_is_no_publication_is_told_what_it_is(lake: Lake, tmp_path: Path, columns: str, message: str) -> None:
    (tmp_path / "x.csv").write_text(f"{columns}\n" + ",".join("1" for _ in columns.split(",")) + "\n")
    assert message in refused(lake, tmp_path / "x.csv")
