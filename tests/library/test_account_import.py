"""A savings tracker as people keep it: read with its titles, groups and totals; nothing in it is ever confirmed."""

from __future__ import annotations

import gzip
import io
import json

import pytest
from openpyxl import Workbook

from evenhand import account
from evenhand.cli.main import main
from evenhand.errors import InputError

PLAIN = [
    ["ICB savings tracker", "", "", "", "", ""],
    ["", "", "", "", "", ""],
    ["Ref", "Scheme", "Status", "Plan (£000)", "Delivered (£000)", "Forecast (£k)"],
    ["Medicines", "", "", "", "", ""],
    ["1", "Gliptins", "Delivered", "1,200", "400", "1.1m"],
    ["02", "Strips", "Idea", "50", "-", "£50"],
    ["", "Sub-total", "", "1,250", "400", "1150"],
    ["", "", "", "", "", ""],
    ["Estates", "", "", "", "", ""],
    ["3", "Rooms", "Live", "(10)", "5.5", "5"],
    ["", "TOTAL", "", "1240", "405.5", "1155"],
]


def read(grid, **asked):
    return account.tracker(grid, "t", asked=account.Asked(**asked))


def changed(row, place, cell):
    return [[*line[:place], cell, *line[place + 1 :]] if at == row else list(line) for at, line in enumerate(PLAIN)]


def test_what_is_called_delivered_is_in_flight_and_reported_and_nothing_is_confirmed():
    found = read(PLAIN)
    assert {s.scheme: (s.state, s.basis, s.reported_pence) for s in found.schemes} == {
        "Gliptins": ("in_flight", "reported", 40_000_000), "Strips": ("idea", "planned", None),
        "Rooms": ("in_flight", "reported", 550_000),
    }  # fmt: skip


def test_titles_groups_and_totals_are_no_schemes_and_the_totals_are_reconciled():
    found = read(PLAIN)
    assert (found.header_row, found.totals, [s.row for s in found.schemes]) == (3, (7, 11), [5, 6, 10])
    assert [s.workstream for s in found.schemes] == ["Medicines", "Medicines", "Estates"]
    assert (found.planned_pence, found.reported_pence) == (124_000_000, 40_550_000)


def test_units_brackets_commas_and_dashes_are_read_and_codes_keep_their_zeros():
    found = read(PLAIN)
    assert [s.planned_pence for s in found.schemes] == [120_000_000, 5_000_000, -1_000_000]
    assert found.schemes[0].forecast_pence == 110_000_000  # 1.1m says its own unit
    assert (found.schemes[1].reference, found.schemes[1].reported_pence) == ("02", None)


@pytest.mark.parametrize(
    ("grid", "asked", "why"),
    [
        (changed(10, 3, "1300"), {}, r"row 11, column 'Plan \(£000\)': the total says £1,300,000.00, the rows"),
        (changed(4, 3, "lots"), {}, r"row 5, column 'Plan \(£000\)': expected an amount, found 'lots'"),
        (changed(4, 3, "#DIV/0!"), {}, "expected an amount, found '#DIV/0!'"),
        ([*PLAIN[:4], PLAIN[4], PLAIN[4]], {}, "row 6: scheme 'Gliptins' was already given in row 5"),
        (changed(5, 1, ""), {}, "row 6: has amounts and no scheme's name"),
        (PLAIN[:2], {}, "no header found"),
        (PLAIN[:3], {}, "no scheme below the header in row 3"),
        (changed(2, 1, "Wheeze"), {}, "no header found"),
        (changed(2, 3, "Target"), {"roles": {"plan": "Targit"}}, "no heading 'Targit'; did you mean 'Target'"),
        (changed(2, 5, "Actual"), {}, "both 'Delivered .£000.' and 'Actual' read as the actual"),
        (PLAIN, {"header_row": 99}, "has 11 rows, so none is row 99"),
        ([["Scheme", "Plan", "Apr"], ["A", "1", "1"]], {"months": "plan"}, "a month without its year"),
        ([["Scheme", "Plan", "Apr-25"], ["A", "1", "1"]], {}, "does not say what it is of"),
        ([["Scheme", "Month", "Plan"], ["A", "2025-04", "1"], ["A", "Apr-25", "1"]], {}, "already given"),
        ([["Scheme", "Month", "Plan"], ["A", "soon", "1"]], {}, "expected a month, such as 2025-04, found 'soon'"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_place(grid, asked, why):
    with pytest.raises(InputError, match=why):
        read(grid, **asked)


def test_totals_that_are_wrong_can_be_left_out():
    assert len(read(changed(10, 3, "1300"), ignore_totals=True).schemes) == 3


def test_headings_that_are_not_usual_are_named():
    found = read(changed(2, 1, "Wheeze"), roles={"scheme": "Wheeze"})
    assert found.schemes[0].scheme == "Gliptins"


def test_months_under_plan_and_actual_are_told_apart():
    grid = [
        ["", "Plan", "", "Actual", "", "Total plan"],
        ["Project", "Apr", "May", "Apr", "May", "Annual plan"],
        ["Gliptins", "10", "20", "9", "", "30"],
        ["Strips", "1", "1", "1", "1", "5"],
    ]
    found = read(grid, year="2025-26")
    assert [m.as_json() for m in found.schemes[0].months] == [
        {"month": "2025-04", "planned_pence": 1000, "reported_pence": 900, "forecast_pence": None},
        {"month": "2025-05", "planned_pence": 2000, "reported_pence": None, "forecast_pence": None},
    ]
    assert (found.schemes[0].reported_pence, found.notes) == (900, ("row 4: plan says £5.00, its months £2.00",))


def test_one_row_a_scheme_and_month_gives_the_same_as_months_across():
    long = [["Scheme", "Period", "Plan", "Actual"], ["A", "May-25", "20", ""], ["A", "Apr-25", "10", "9"]]
    wide = [["Scheme", "Plan Apr-25", "Plan May-25", "Actual Apr-25", "Actual May-25"], ["A", "10", "20", "9", ""]]
    one, other = read(long).schemes[0], read(wide).schemes[0]
    assert (one.months, one.planned_pence, one.reported_pence) == (other.months, 3000, 900)


# --- the command -------------------------------------------------------------------------------------------------


def workbook(**sheets):
    book = Workbook()
    book.remove(book.active)
    for title, grid in sheets.items():
        page = book.create_sheet(title)
        for row in grid:
            page.append([cell or None for cell in row])
    book["Tracker"].merge_cells("A1:F1")
    made = io.BytesIO()
    book.save(made)
    return made.getvalue()


def run(capsys, *words):
    code = main(["account", "import", *(str(word) for word in words)])
    out, err = capsys.readouterr()
    return code, out, err


def test_a_workbook_with_a_merged_title_and_other_sheets_says_the_same_as_a_csv(tmp_path, capsys):
    (tmp_path / "t.xlsx").write_bytes(workbook(Notes=[["read me"]], Tracker=PLAIN))
    text = "\r\n".join(";".join(row) for row in PLAIN)
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode("utf-8-sig")))
    one, other = (json.loads(run(capsys, tmp_path / name, "--json")[1]) for name in ("t.xlsx", "t.csv.gz"))
    assert one["sheet"] == "Tracker"
    assert one["schemes"] == other["schemes"]


def test_two_trackers_in_a_workbook_must_be_told_apart(tmp_path, capsys):
    (tmp_path / "t.xlsx").write_bytes(workbook(Old=PLAIN, Tracker=PLAIN))
    code, _, err = run(capsys, tmp_path / "t.xlsx", "--json")
    assert (code, "choose one with --sheet" in err) == (2, True)
    assert run(capsys, tmp_path / "t.xlsx", "--json", "--sheet", "Old")[::2] == (0, "")


def test_it_is_kept_beside_the_lake_once_and_progress_shows_it_apart(tmp_path, capsys):
    (tmp_path / "t.csv").write_text("Scheme,Plan,Actual\nGliptins,100,40\n")
    assert run(capsys, tmp_path / "t.csv", "--lake", tmp_path)[0] == 0
    kept = (tmp_path / "people" / "reported.jsonl").read_text().splitlines()
    assert [(s["scheme"], s["state"], s["reported_pence"]) for s in map(json.loads, kept)] == [
        ("Gliptins", "in_flight", 4000)
    ]
    code, out, err = run(capsys, tmp_path / "t.csv", "--lake", tmp_path)
    assert (code, out, "imported before" in err) == (2, "", True)
    assert (tmp_path / "people" / "reported.jsonl").read_text().splitlines() == kept


@pytest.mark.parametrize(
    ("content", "words", "why"),
    [
        (b"", [], "the file is empty"),
        (b"Scheme,Plan\nA,1\n", ["--sheet", "x"], "no Excel workbook"),
        (b"Scheme,Plan\nA,1\n", ["--year", "2025"], "expected a financial year"),
        (b"PAR1\x00", [], "not a table of text"),
        (b"\x1f\x8b\x08", [], "cannot be read"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_2(tmp_path, capsys, content, words, why):
    (tmp_path / "t.csv").write_bytes(content)
    code, out, err = run(capsys, tmp_path / "t.csv", "--json", *words)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert why in err


def test_progress_shows_what_is_reported_apart_from_what_is_confirmed(tmp_path, capsys):
    from savings import confirmed

    (tmp_path / "t.csv").write_text("Scheme,Plan,Actual\nGliptins,100,40\n")
    (tmp_path / "again.csv").write_text("Scheme,Plan,Actual\nGliptins,100,60\nStrips,5,\n")
    for name in ("t.csv", "again.csv"):
        run(capsys, tmp_path / name, "--lake", tmp_path)
    (tmp_path / "people" / "ledger.jsonl").write_text("".join(e.line() + "\n" for e in confirmed().entries))
    assert main(["account", "progress", "--target", "100000", "--lake", str(tmp_path), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["reported"] == {
        "schemes": 2, "in_flight": 1, "reported_pence": 6000, "planned_pence": 10_500, "confirmed_pence": 0,
    }  # fmt: skip
    assert found["confirmed_pence"] == 4_200_000


KPIS = [
    ["Scheme", "RAG", "Plan Apr-25", "Actual Apr-25", "Plan May-25", "Actual May-25", "Plan Jun-25", "Actual Jun-25",
     "KPI", "KPI baseline", "KPI target", "KPI actual"],
    ["Gliptins", "Green", "100", "90", "100", "60", "100", "", "Share of items", "40%", "50", "48.5%"],
    ["Strips", "Green", "100", "100", "100", "95", "", "", "Reviews done", "", "1,200", "on track"],
    ["Rooms", "", "", "50", "", "", "", "", "", "", "", ""],
]  # fmt: skip


def test_plan_and_report_are_compared_over_the_months_that_have_both_whatever_the_tracker_calls_itself():
    told = {s.scheme: s.to_date for s in read(KPIS).schemes}
    assert (told["Gliptins"].month, told["Gliptins"].share, told["Gliptins"].financial) == ("2025-05", 0.75, "red")
    assert (told["Strips"].variance_pence, told["Strips"].financial) == (-500, "green")
    assert (told["Rooms"].financial, told["Rooms"].month) == ("not_assessed", "")


def test_an_indicator_is_compared_with_its_plan_and_words_are_no_number():
    told = {s.scheme: s.kpi for s in read(KPIS).schemes}
    assert (round(told["Gliptins"].way, 2), told["Gliptins"].status) == (0.85, "behind")
    assert told["Strips"].status == "not_assessed"
    assert told["Rooms"] is None


def test_the_command_names_the_indicators_columns(tmp_path, capsys):
    file = tmp_path / "t.csv"
    file.write_text("\n".join(",".join(f'"{cell}"' for cell in row) for row in KPIS).replace("KPI actual", "Now"))
    assert main(["account", "import", str(file), "--kpi-actual", "Now", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)["schemes"]
    assert [one["kpi"] and one["kpi"]["status"] for one in found] == ["behind", "not_assessed", None]
    assert found[0]["to_date"]["financial"] == "red"
