"""Every source says what it is by its columns, adds up, and is refused in one line if it does not."""

from __future__ import annotations

import gzip
import io
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.sources import Options, unpack
from published import (
    Row,
    bytes_of,
    list_sizes,
    month_of_prescribing,
    prescribing_columns,
    prescribing_file,
    rtt_extract,
    write_csv,
)  # fmt: skip
from shared import DATA, needs_data


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def indicator_rows() -> list[Row]:
    return [{"month": "2024-01-01", "code": "06N", "numerator": 3, "denominator": 10.5},
            {"month": "2024-01-01", "code": "00L", "numerator": "", "denominator": 4},
            {"month": "2024-02-01", "code": "00L", "numerator": -1, "denominator": 0}]  # fmt: skip


def tree_rows() -> list[Row]:
    return [{"code": "LOC1", "name": "North locality", "level": "locality", "parent": "16C"},
            {"code": "A00001", "name": "A practice", "level": "practice", "parent": "LOC1"}]  # fmt: skip


def files_of_each(folder: Path) -> dict[str, Path]:
    """One small file of every source that a CSV can hold."""
    epraccur = folder / "epraccur.csv"
    epraccur.write_text("\n".join(",".join(f'"{cell}"' for cell in epraccur_row(*row)) for row in (
        ("A00001", "Y63", "19740401", "", "A", "16C", "20200401", "4"),
        ("A00002", "Y63", "20100101", "20150331", "C", "16C", "20130401", "13"),
        ("W00003", "W00", "19740401", "", "A", "7A1", "19740401", "4"),
    )) + "\n")  # fmt: skip
    practices = [{"code": "A00001", "name": "ONE", "ccg_id": "16C", "pcn_id": "U00001", "setting": 4,
                  "join_provider_date": "2013-04-01", "open_date": "1974-04-01", "status_code": "A"}]  # fmt: skip
    lookup = [{"SICBL26CD": "E1", "SICBL26CDH": "16C", "SICBL26NM": "Tees", "ICB26CD": "E5", "ICB26CDH": "QHM",
               "ICB26NM": "North East", "NHSER26CD": "E4", "NHSER26CDH": "Y63", "NHSER26NM": "NEY"}]  # fmt: skip
    wide = [{"GP_PRACTICE_CODE": "A00001", **{f"{sex}_{low}-{low + 4}" if low < 95 else f"{sex}_95+": 1
                                              for sex in ("Male", "Female") for low in range(0, 100, 5)}}]  # fmt: skip
    placed = [{"PUBLICATION": "MAP", "EXTRACT_DATE": "01JAN2026", "PRACTICE_CODE": "A00001", "PRACTICE_NAME": "ONE",
               "PCN_CODE": "U00001", "PCN_NAME": "FIRST PCN", "SUB_ICB_LOCATION_CODE": "16C",
               "SUB_ICB_LOCATION_NAME": "Tees", "ICB_CODE": "QHM", "ICB_NAME": "North East",
               "COMM_REGION_CODE": "Y63", "COMM_REGION_NAME": "NEY"}]  # fmt: skip
    total = [{"practice": "A00001", "month": "2017-08-01", "total_list_size": 29},
             {"practice": "A00001", "month": "2017-09-01", "total_list_size": 31}]  # fmt: skip
    return {
        "prescribing": prescribing_file(folder / "epd.csv"),
        "list_size": write_csv(folder / "quin.csv", list_sizes()),
        "list_size_total": write_csv(folder / "totals.csv", total),
        "list_size_wide": write_csv(folder / "gp-reg-2016-10.csv", wide),
        "list_size_map": write_csv(folder / "map.csv", placed),
        "ods_practices": epraccur,
        "openprescribing_practices": write_csv(folder / "practices.csv", practices),
        "icb_lookup": write_csv(folder / "lookup.csv", lookup),
        "organisation_tree": write_csv(folder / "tree.csv", tree_rows()),
        "indicator": write_csv(folder / "saba.csv", indicator_rows()),
        "rtt": write_csv(folder / "rtt.csv", rtt_extract()),
    }


def epraccur_row(
    code: str, national: str, opened: str, closed: str, status: str, commissioner: str, joined: str, setting: str
) -> list[str]:
    row = [""] * 27
    for place, cell in ((1, code), (2, f"NAME OF {code}"), (3, national), (4, "QXX"), (11, opened), (12, closed),
                        (13, status), (15, commissioner), (16, joined), (26, setting)):  # fmt: skip
        row[place - 1] = cell
    return row


def test_each_file_is_recognised_by_its_columns(tmp_path: Path) -> None:
    files = files_of_each(tmp_path)

    assert {name: sources.recognise(path) for name, path in files.items()} == {name: (name,) for name in files}


def test_a_folder_loads_in_one_go_and_again_changes_nothing(lake: Lake, tmp_path: Path) -> None:
    folder = tmp_path / "given"
    folder.mkdir()
    files_of_each(folder)
    (folder / "notes.txt").write_text("nothing,to,see\n1,2,3\n")
    (folder / "picture.bin").write_bytes(b"\x00\x01\x02" * 50)

    done = sources.load(lake, folder, options=Options(level="sicbl"))
    before = bytes_of(lake.path)
    again = sources.load(lake, folder, options=Options(level="sicbl"))

    assert sorted(loaded.state for loaded in done) == ["loaded"] * 11 + ["skipped"] * 2
    assert {loaded.state for loaded in again} == {"unchanged", "skipped"}
    assert bytes_of(lake.path) == before


def test_every_level_above_a_practice_is_found_and_the_users_own_too(lake: Lake, tmp_path: Path) -> None:
    files = files_of_each(tmp_path)
    sources.load(lake, [files[name] for name in ("ods_practices", "icb_lookup", "list_size_map", "organisation_tree")])

    held, now = sources.organisations.read(lake), np.datetime64("2026-04")
    levels = ("locality", "pcn", "sicbl", "icb", "region", "nation")
    assert [held.ancestor("A00001", level, now) for level in levels] == ["LOC1", "U00001", "16C", "QHM", "Y63", "ENG"]
    assert held.level("A00002") == "other_prescriber"
    assert held.ancestor("A00002", "sicbl", now) == "16C"  # closed, but its past still counts there
    assert held.level("W00003") is None


def tree(lake: Lake, path: Path, rows: list[Row]) -> None:
    sources.load(lake, write_csv(path, rows), "organisation_tree")


def test_memberships_hold_from_and_to_their_months(lake: Lake, tmp_path: Path) -> None:
    tree(lake, tmp_path / "t.csv", [
        {"code": "F1", "name": "", "level": "federation", "parent": "", "start": "", "end": ""},
        {"code": "F2", "name": "", "level": "federation", "parent": "", "start": "", "end": ""},
        {"code": "A1", "name": "", "level": "practice", "parent": "F1", "start": "", "end": "2020-03"},
        {"code": "A1", "name": "", "level": "practice", "parent": "F2", "start": "2020-04", "end": ""},
    ])  # fmt: skip

    held = sources.organisations.read(lake)
    months = [np.datetime64(m) for m in ("2015-01", "2020-03", "2020-04", "2026-01")]
    assert [held.ancestor("A1", "federation", m) for m in months] == ["F1", "F1", "F2", "F2"]


def test_the_users_own_tree_is_believed_before_a_register(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, files_of_each(tmp_path)["ods_practices"])

    tree(lake, tmp_path / "own.csv", [
        {"code": "99X", "name": "", "level": "sicbl", "parent": ""},
        {"code": "A00001", "name": "My name for it", "level": "practice", "parent": "99X"},
    ])  # fmt: skip

    held = sources.organisations.read(lake)
    assert held.ancestor("A00001", "sicbl", np.datetime64("2026-01")) == "99X"
    assert held.name("A00001") == "My name for it"


def test_a_network_without_a_stated_place_is_where_most_of_its_practices_are(lake: Lake, tmp_path: Path) -> None:
    rows = [{"code": f"A0000{i}", "name": "", "ccg_id": place, "pcn_id": "U1", "setting": 4, "join_provider_date": "",
             "open_date": "1974-04-01", "status_code": "A"} for i, place in enumerate(["16C", "16C", "00L"])]
    sources.load(lake, write_csv(tmp_path / "p.csv", rows))

    assert sources.organisations.read(lake).ancestor("U1", "sicbl", np.datetime64("2026-01")) == "16C"


def sizes(lake: Lake) -> dict[tuple[int, str], int]:
    table = lake.table("list_size").filter(lambda t: (t.sex == "all") & (t.age_band == "all")).to_pyarrow()
    columns = (table[name].to_pylist() for name in ("month", "practice", "patients"))
    keys = list(zip(*columns, strict=True))
    assert len({key[:2] for key in keys}) == len(keys)
    return {key[:2]: key[2] for key in keys}


def test_nobody_is_counted_twice_when_two_publications_count_a_month(lake: Lake, tmp_path: Path) -> None:
    files = files_of_each(tmp_path)

    sources.load(lake, [files["list_size_total"], files["list_size"]])

    assert sizes(lake) == {(211, "A00001"): 29, (212, "A00001"): 30, (212, "B00002"): 30}


def test_columns_of_bands_become_rows_that_add_up(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, files_of_each(tmp_path)["list_size_wide"])

    assert sizes(lake) == {(201, "A00001"): 40}
    assert set(lake.table("list_size").to_pyarrow()["age_band"].to_pylist()) >= {"0_4", "90_94", "95+", "all"}


def test_a_file_without_a_month_needs_one(lake: Lake, tmp_path: Path) -> None:
    file = files_of_each(tmp_path)["list_size_wide"].rename(tmp_path / "sizes.csv")

    with pytest.raises(InputError, match="say --month"):
        sources.load(lake, file)
    done = sources.load(lake, file, options=Options(month="2016-10"))

    assert done[0].months == ("2016-10",)


def test_the_same_extract_zipped_is_the_version_that_is_there(lake: Lake, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "saba.csv", indicator_rows())
    zipped = tmp_path / "saba.csv.gz"
    zipped.write_bytes(gzip.compress(file.read_bytes()))
    first, again = (sources.load(lake, each, options=Options(level="sicbl"))[0] for each in (file, zipped))
    assert (first.state, again.state) == ("loaded", "unchanged")
    assert len(lake.snapshots("indicator")) == 1


def test_two_extracts_of_a_measure_are_two_versions(lake: Lake, tmp_path: Path) -> None:
    options = Options(level="sicbl", measure="saba")
    first = write_csv(tmp_path / "one.csv", indicator_rows())
    second = write_csv(tmp_path / "two.csv", [{**row, "numerator": row["numerator"] and row["numerator"] * 2}
                                              for row in indicator_rows()])  # fmt: skip

    done = [sources.load(lake, file, "indicator", options=options)[0] for file in (first, second, first)]

    assert [loaded.state for loaded in done] == ["loaded", "loaded", "unchanged"]
    assert done[1].note.startswith("2 cells are also in version 2024-01_to_2024-02; the numerator of 2 differs")
    table = lake.table("indicator").to_pyarrow()
    assert (table.num_rows, len(set(table["version"].to_pylist()))) == (6, 2)


def test_a_version_is_never_overwritten(lake: Lake, tmp_path: Path) -> None:
    options = Options(level="sicbl", measure="saba", version="2024")
    sources.load(lake, write_csv(tmp_path / "one.csv", indicator_rows()), "indicator", options=options)

    with pytest.raises(InputError, match="is held from another file"):
        sources.load(lake, write_csv(tmp_path / "two.csv", indicator_rows()[:1]), "indicator", options=options)


def test_an_empty_cell_is_missing_and_a_zero_is_zero(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, write_csv(tmp_path / "saba.csv", indicator_rows()), options=Options(level="sicbl"))

    rows = lake.table("indicator").order_by("month", "code").to_pyarrow().to_pylist()
    assert [(r["code"], r["numerator"], r["denominator"]) for r in rows] == [
        ("00L", None, 4.0), ("06N", 3.0, 10.5), ("00L", -1.0, 0.0)]  # fmt: skip


def test_an_ambiguous_date_is_refused_until_its_order_is_said(lake: Lake, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "saba.csv", [{**row, "month": "03/04/2024", "code": str(i)}
                                             for i, row in enumerate(indicator_rows())])  # fmt: skip

    with pytest.raises(InputError, match="--day-first or --month-first"):
        sources.load(lake, file, options=Options(level="sicbl"))
    sources.load(lake, file, "indicator", options=Options(level="sicbl", day_first=True))

    assert set(lake.table("indicator").to_pyarrow()["month"].to_pylist()) == {291}


@pytest.mark.parametrize("weeks", [52, 104])
@pytest.mark.parametrize("title_rows", [0, 2])
@pytest.mark.parametrize("total_rows", [True, False])
def test_waits_add_up_whatever_the_extract(
    lake: Lake, tmp_path: Path, weeks: int, title_rows: int, total_rows: bool
) -> None:
    file = write_csv(tmp_path / "rtt.csv", rtt_extract(weeks=weeks, total_rows=total_rows))
    file.write_text("Referral to treatment\n" * title_rows + file.read_text())

    done = sources.load(lake, file)

    assert {name: done[0].totals[name] for name in ("incomplete", "incomplete_within_18_weeks", "new_periods",
                                                    "completed_admitted", "incomplete_with_decision")} == {
        "incomplete": 10, "incomplete_within_18_weeks": 7, "new_periods": 3, "completed_admitted": 2,
        "incomplete_with_decision": 1}  # fmt: skip
    rtt = lake.table("rtt").to_pyarrow().to_pylist()
    incomplete = [(r["weeks_from"], r["open"], r["pathways"]) for r in rtt if r["part"] == "Part_2"]
    assert sorted(incomplete) == [(0, False, 3), (5, False, 2), (17, False, 2), (18, False, 1), (weeks, True, 2)]
    assert {r["treatment_function"] for r in rtt} == {"C_100", "C_101"}


Spoil = Callable[[list[Row]], list[Row]]


def in_row(number: int, column: str, value: object) -> Spoil:
    return lambda rows: [{**row, column: value} if i == number - 2 else row for i, row in enumerate(rows)]


def twice(rows: list[Row]) -> list[Row]:
    return [*rows, rows[0]]


def without(column: str) -> Spoil:
    return lambda rows: [{k: v for k, v in row.items() if k != column} for row in rows]


FIRST, BAND = "Gt 00 To 01 Weeks SUM 1", "Gt 17 To 18 Weeks SUM 1"
REFUSED: dict[str, tuple[str, Spoil, str]] = {
    "list size given twice": ("list_size", twice, "was already given in row 2"),
    "list size that does not add up": ("list_size", in_row(3, "NUMBER_OF_PATIENTS", 11),
                                       "A00001 has 30 patients but its bands by sex add up to 31"),
    "list size of two months": ("list_size", in_row(3, "EXTRACT_DATE", "01OCT2017"), "holds 2 months"),
    "list size of half a person": ("list_size", in_row(3, "NUMBER_OF_PATIENTS", 1.5), "row 3, column"),
    "list size below none": ("list_size", in_row(3, "NUMBER_OF_PATIENTS", -1), "row 3, column"),
    "list size of another sex": ("list_size", in_row(3, "SEX", "X"), "expected ALL, MALE or FEMALE"),
    "list size by single years": ("list_size", in_row(3, "AGE_GROUP_5", "17"), "single years of age"),
    "list size without a sex": ("list_size", without("SEX"), "no column SEX"),
    "total list size given twice": ("list_size_total", twice, "was already given in row 2"),
    "practice given twice": ("openprescribing_practices", twice, "was already given in row 2"),
    "lookup given twice": ("icb_lookup", twice, "was already given in row 2"),
    "a code of two levels": ("organisation_tree", in_row(3, "code", "LOC1"), "'LOC1' is both locality and practice"),
    "a code above itself": ("organisation_tree", in_row(2, "parent", "A00001"), "is above itself"),
    "a level with a blank": ("organisation_tree", in_row(2, "level", "my level"), "row 2, column 'level'"),
    "two parents at once": ("organisation_tree",
                            lambda rows: [rows[0], {**rows[0], "code": "LOC2"}, rows[1], {**rows[1], "parent": "LOC2"}],
                            "row 5: 'A00001' already has a parent of level 'locality' at that time in row 4"),
    "indicator given twice": ("indicator", twice, "was already given for this month in row 2"),
    "indicator without a code": ("indicator", in_row(2, "code", ""), "row 2, column 'code'"),
    "indicator with a word": ("indicator", in_row(2, "numerator", "many"), "row 2, column 'numerator'"),
    "indicator without end": ("indicator", in_row(2, "denominator", "inf"), "row 2, column 'denominator'"),
    "indicator of no month": ("indicator", in_row(3, "month", "soon"), "row 3, column 'month'"),
    "indicator without denominator": ("indicator", without("denominator"), "no column denominator"),
    "waits given twice": ("rtt", twice, "was already given in row 2"),
    "waits that do not add up": ("rtt", in_row(2, "Total All", 7), "row 2: the bands add up to 6 but Total All is 7"),
    "waits with a band too few": ("rtt", without(BAND), f"no column {BAND}"),
    "waits whose total disagrees": ("rtt", lambda rows: in_row(7, "Total All", 11)(in_row(7, BAND, 3)(rows)),
                                    "C_999 says 11 pathways and the other treatment functions 10"),
    "waits whose bands disagree": ("rtt", lambda rows: in_row(7, FIRST, 4)(in_row(7, BAND, 1)(rows)),
                                   "or their bands differ"),
    "waits of two months": ("rtt", in_row(3, "Period", "RTT-May-2026"), "holds 2 months"),
    "waits of no month": ("rtt", in_row(3, "Period", "January"), "expected 'RTT-January-2026'"),
    "waits of another part": ("rtt", in_row(3, "RTT Part Type", "Part_9"), "expected one of Part_1A"),
    "waits of half a pathway": ("rtt", in_row(2, BAND, 0.5), f"row 2, column '{BAND}'"),
}  # fmt: skip
MADE: dict[str, Callable[[], list[Row]]] = {
    "list_size": list_sizes, "indicator": indicator_rows, "organisation_tree": tree_rows, "rtt": rtt_extract,
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_what_cannot_be_right_is_refused_in_one_line_and_leaves_the_lake_alone(
    lake: Lake, tmp_path: Path, why: str
) -> None:
    name, spoil, message = REFUSED[why]
    if name in MADE:
        rows = MADE[name]()
    else:
        rows = [dict(zip(*pair, strict=True)) for pair in _read(files_of_each(tmp_path)[name])]
    file = write_csv(tmp_path / "spoilt.csv", spoil(rows))
    before = bytes_of(lake.path)

    with pytest.raises(InputError) as refusal:
        sources.load(lake, file, options=Options(level="sicbl"))

    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert bytes_of(lake.path) == before


def _read(path: Path) -> list[tuple[list[str], list[str]]]:
    header, *rows = [line.split(",") for line in path.read_text().splitlines()]
    return [(header, row) for row in rows]


def _bomb() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("big.csv", "w") as member:
        for _ in range(5):
            member.write(b"0" * (1 << 20))
    return content.getvalue()


def _plain() -> bytes:
    text = io.StringIO()
    rows = prescribing_columns(month_of_prescribing())
    text.write(",".join(rows[0]) + "\n" + "".join(",".join(map(str, row.values())) + "\n" for row in rows))
    return text.getvalue().encode()


def _zipped() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("epd.csv", _plain() * 50)
    return content.getvalue()


BROKEN: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty": ("x.csv", lambda: b"", "the file is empty"),
    "a header alone": ("x.csv", lambda: _plain().splitlines()[0] + b"\n", "has a header but no rows"),
    "a blank first row": ("x.csv", lambda: b"\n\n1,2\n", "the first row is empty"),
    "a cut gzip": ("x.csv.gz", lambda: gzip.compress(_plain())[:-20], "the gzip stream is broken or cut short"),
    "a spoilt gzip": ("x.csv.gz", lambda: gzip.compress(_plain())[:-8] + b"12345678", "the gzip stream is broken"),
    "a cut zip": ("x.zip", lambda: _zipped()[:-30], "the zip is broken or cut short"),
    "an empty zip": ("x.zip", lambda: b"PK\x05\x06" + b"\x00" * 18, "the zip holds no files"),
    "a zip bomb": ("x.zip", _bomb, "refused as unsafe"),
    "a cut Parquet file": ("x.parquet", lambda: b"PAR1" + b"\x00" * 100, "the Parquet file is broken or cut short"),
    "UTF-16": ("x.csv", lambda: _plain().decode().encode("utf-16"), "the text is UTF-16"),
    "bytes": ("x.csv", lambda: b"a,b\n\x00\x01,2\n", "not a table of text"),
    "words": ("x.csv", lambda: b"Dear colleague,\nplease find attached the file.\n", "not a known table"),
    "a short row": ("x.csv", lambda: _plain() + b"201709,NORTH\n", "row 8: expected 26 cells, found 2"),
    "an open quote": ("x.csv", lambda: _plain() + b'"201709,NORTH\n', "a quotation mark is opened and never closed"),
    "a column twice": ("x.csv", lambda: _plain().replace(b"POSTCODE", b"NIC"), "'NIC' is given twice"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_file_is_refused_in_one_line_and_leaves_the_lake_alone(
    lake: Lake, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpack, "_SMALL", 1 << 20)  # a bomb of 5 MB instead of 200
    name, content, message = BROKEN[what]
    (tmp_path / name).write_bytes(content())
    before = bytes_of(lake.path)

    with pytest.raises(InputError) as refusal:
        sources.load(lake, tmp_path / name)

    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert bytes_of(lake.path) == before


def test_a_path_that_is_not_there_and_an_unknown_source_are_refused(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="there is no such file or folder"):
        sources.load(lake, tmp_path / "nowhere.csv")
    with pytest.raises(InputError, match="did you mean 'prescribing'"):
        sources.load(lake, tmp_path, "prescriping")


def test_a_zip_cannot_write_outside_the_lake(lake: Lake, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "x.zip", "w") as archive:
        archive.writestr("../../escaped.csv", _plain())

    sources.load(lake, tmp_path / "x.zip")

    assert not list(tmp_path.parent.rglob("escaped.csv"))


def test_standard_input_is_a_file_too(lake: Lake, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Given:
        buffer = io.BytesIO(_plain())

    monkeypatch.setattr(sys, "stdin", Given())

    assert sources.load(lake, "-")[0].source == "prescribing"


@needs_data
def test_every_indicator_of_both_extracts_loads_and_neither_replaces_the_other(lake: Lake) -> None:
    folder = DATA / "01_sicbl_measures"
    options = Options(level="sicbl")

    first = sources.load(lake, folder / "2018-01_to_2023-01", "indicator", options=options)
    second = sources.load(lake, folder / "2019-12_to_2024-12", "indicator", options=options)

    assert (len(first), sum(loaded.rows for loaded in first)) == (94, 607_804)
    assert (len(second), sum(loaded.rows for loaded in second)) == (68, 439_688)
    assert lake.table("indicator").count().to_pyarrow().as_py() == 607_804 + 439_688
    note = next(loaded.note for loaded in second if loaded.file == "lpzomnibus.csv.gz")
    assert note.endswith("version 2018-01_to_2023-01; the numerator of 4,028 differs, by a median 2.1%")
    table = lake.table("indicator")
    old = table.filter(table.measure == "lpzomnibus", table.version == "2018-01_to_2023-01")
    by_year = old.group_by(year=2000 + old.month // 12).aggregate(cost=old.numerator.sum()).to_pyarrow().to_pylist()
    millions = {int(row["year"]): round(row["cost"] / 1e6, 1) for row in by_year}
    assert (millions[2018], millions[2019]) == (143.4, 114.6)


@needs_data
def test_the_real_waits_of_january_2026_add_up(lake: Lake) -> None:
    done = sources.load(lake, DATA / "08_access_guardrails" / "rtt_full_extract_2026-01.zip")

    totals = done[0].totals
    assert (done[0].rows, totals["incomplete"]) == (183_417, 7_187_677)
    assert round(100 * totals["incomplete_within_18_weeks"] / totals["incomplete"], 1) == 61.4
    rtt = lake.table("rtt")
    assert rtt.filter(rtt.part == "Part_2").pathways.sum().to_pyarrow().as_py() == 7_187_677


@needs_data
def test_the_real_organisations_fit_together(lake: Lake) -> None:
    folder = DATA / "06_practice_backbone"
    names = ("epraccur_2023.csv.gz", "practices_2026.parquet", "icb_region_lookup.csv", "ePCN_2023.xlsx")

    done = sources.load(lake, [folder / name for name in names])

    assert [loaded.rows for loaded in done] == [15_536, 8_237, 106, 1_329 + 7_455]
    held, now = sources.organisations.read(lake), np.datetime64("2026-05")
    assert [len(held.at(level)) for level in ("icb", "region", "nation")] == [36, 7, 1]
    open_practices = pq.read_table(folder / "practices_2026.parquet").to_pylist()
    placed = [p["code"] for p in open_practices if p["status_code"] == "A"]
    assert [code for code in placed if held.ancestor(code, "nation", now) is None] == []
    assert all(held.ancestor(p["code"], "sicbl", now) == p["ccg_id"] for p in open_practices if p["ccg_id"])


@needs_data
def test_all_real_list_sizes_load_month_by_month(lake: Lake) -> None:
    path = DATA / "06_practice_backbone" / "practice_list_size_2015-01_to_2026-05.parquet"

    done = sources.load(lake, path)

    assert (done[0].rows, len(done[0].months), done[0].months[0], done[0].months[-1]) == (
        951_227, 137, "2015-01", "2026-05")  # fmt: skip
    table = pq.read_table(path)
    assert done[0].totals["patients"] == sum(table["total_list_size"].to_pylist())
    assert lake.table("list_size").count().to_pyarrow().as_py() == 951_227
