"""A month of prescribing loads whole, in every published layout, or not at all."""

from __future__ import annotations

import gzip
import itertools
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.sources import Options
from published import (
    METFORMIN,
    NEW,
    OLD,
    SERTRALINE,
    Row,
    bytes_of,
    month_of_prescribing,
    prescribing_columns,
    prescribing_file,
    prescription,
    write_csv,
)  # fmt: skip
from shared import DATA, needs_data


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def prescribed(lake: Lake) -> list[tuple[Any, ...]]:
    """(month, practice, code, items, quantity, cost) of everything loaded, in order of codes."""
    table = lake.table("prescribing")
    named = table.join(lake.table("practice_key"), "practice_id").join(lake.table("presentation"), "presentation_id")
    columns = ("month", "practice", "bnf_code", "items", "quantity", "actual_cost")
    rows = named.select(*columns).order_by(*columns[:3]).to_pyarrow()
    return list(zip(*(rows[c].to_pylist() for c in columns), strict=True))


THE_MONTH = [
    (212, "A00001", SERTRALINE, 7, 252.0, 8.5),
    (212, "A00001", METFORMIN, 5, 420.0, 5.0),
    (212, "B00002", METFORMIN, -1, -84.0, -1.0),
    (212, "B00002", "9999999Z0ZZZZZZ", 4, 40.0, 2.0),
]


@pytest.mark.parametrize(
    ("layout", "month"), [("icb", "201709"), ("stp", "2017-09-01"), ("area_team", "2017_09"), ("snomed", "201709")]
)
def test_every_layout_says_the_same(lake: Lake, tmp_path: Path, layout: str, month: str) -> None:
    done = sources.load(lake, prescribing_file(tmp_path / "epd.csv", month, layout))

    assert (done[0].state, done[0].rows, done[0].totals["items"], done[0].totals["actual_cost"]) == (
        "loaded", 6, 15, 14.5)  # fmt: skip
    assert prescribed(lake) == THE_MONTH


def test_columns_and_rows_in_any_order_make_the_same_files(tmp_path: Path) -> None:
    rows = prescribing_columns(month_of_prescribing())
    shuffled = random.Random(1).sample(rows, len(rows))
    one, two = Lake.create(tmp_path / "one"), Lake.create(tmp_path / "two")

    sources.load(one, write_csv(tmp_path / "a.csv", rows))
    sources.load(two, write_csv(tmp_path / "b.csv", shuffled, columns=random.Random(2).sample(OLD, len(OLD))))

    assert bytes_of(one.path / "tables") == bytes_of(two.path / "tables")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "latin-1"])
def test_names_survive_every_encoding(lake: Lake, tmp_path: Path, encoding: str) -> None:
    sources.load(lake, write_csv(tmp_path / "epd.csv", prescribing_columns(month_of_prescribing()), encoding=encoding))

    names = lake.table("presentation").to_pyarrow()["name"].to_pylist()
    assert f"Café {METFORMIN}" in names


def packed(path: Path, kind: str) -> Path:
    """The same month as CSV, gzip, zip, gzip in a zip, or Parquet with and without types."""
    rows = prescribing_columns(month_of_prescribing())
    plain = write_csv(path / "epd.csv", rows)
    target = path / f"epd.{kind.replace(' ', '_')}"
    if kind == "gz":
        target.write_bytes(gzip.compress(plain.read_bytes()))
    elif kind.startswith("zip"):
        inside = gzip.compress(plain.read_bytes()) if "gz" in kind else plain.read_bytes()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("folder/epd.csv.gz" if "gz" in kind else "folder/epd.csv", inside)
            archive.writestr("readme.pdf", b"%PDF")
    elif kind == "parquet":
        pq.write_table(pa.Table.from_pylist(rows), target)
    elif kind == "parquet of text":
        pq.write_table(pa.Table.from_pylist([{k: str(v) for k, v in row.items()} for row in rows]), target)
    return target if kind != "csv" else plain


@pytest.mark.parametrize("kind", ["csv", "gz", "zip", "zip of gz", "parquet", "parquet of text"])
def test_every_packing_says_the_same(lake: Lake, tmp_path: Path, kind: str) -> None:
    sources.load(lake, packed(tmp_path, kind))

    assert prescribed(lake) == THE_MONTH


def test_bands_hold_the_same_items_by_quantity(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, prescribing_file(tmp_path / "epd.csv"))

    band = lake.table("prescribing_band").order_by("presentation_id", "practice_id", "quantity_per_item").to_pyarrow()
    assert band["quantity_per_item"].to_pylist() == [28.0, 56.0, 84.0, 84.0, 10.0]
    assert band["items"].to_pylist() == [5, 2, 5, -1, 4]


def test_loading_twice_changes_no_byte(lake: Lake, tmp_path: Path) -> None:
    file = prescribing_file(tmp_path / "epd.csv")
    sources.load(lake, file)
    before = bytes_of(lake.path)

    again = sources.load(lake, file)
    (tmp_path / "copy.csv.gz").write_bytes(gzip.compress(file.read_bytes()))
    packed_again = sources.load(lake, tmp_path / "copy.csv.gz")

    assert (again[0].state, packed_again[0].state) == ("unchanged", "unchanged")
    assert bytes_of(lake.path) == before


def test_months_are_independent_and_may_come_in_any_order(tmp_path: Path) -> None:
    september = prescribing_file(tmp_path / "a.csv", "201709")
    october = prescribing_file(
        tmp_path / "b.csv", "201710", rows=[prescription("201710", "C00003", SERTRALINE, 1, 28, 1.0)]
    )
    lakes = [Lake.create(tmp_path / name) for name in ("one", "two")]
    for lake, order in zip(lakes, ([september, october], [october, september]), strict=True):
        for file in order:
            sources.load(lake, file)

    assert prescribed(lakes[0]) == prescribed(lakes[1])
    assert len(prescribed(lakes[0])) == 5


def test_an_id_never_changes(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, prescribing_file(tmp_path / "a.csv", "201709"))
    before = {row["bnf_code"]: row["presentation_id"] for row in lake.table("presentation").to_pyarrow().to_pylist()}

    sources.load(lake, prescribing_file(
        tmp_path / "b.csv", "201710",
        rows=[*month_of_prescribing("201710"), prescription("201710", "A00001", "0101010A0AAAAAA", 1, 1, 1.0)],
    ))  # fmt: skip

    after = {row["bnf_code"]: row["presentation_id"] for row in lake.table("presentation").to_pyarrow().to_pylist()}
    assert before.items() <= after.items()
    assert sorted(after.values()) == list(range(1, len(before) + 2))


def test_unidentified_prescribers_stay_in_their_place_and_out_of_practices(lake: Lake, tmp_path: Path) -> None:
    rows = [
        *month_of_prescribing(), prescription("201709", "-", METFORMIN, 3, 28, 3.0, pco="36J00", unidentified="Y"),
        prescription("201709", "16C998", METFORMIN, 2, 28, 2.0, unidentified="true"),
    ]  # fmt: skip

    done = sources.load(lake, prescribing_file(tmp_path / "epd.csv", rows=rows))

    keys = {row["practice"]: row["unidentified"] for row in lake.table("practice_key").to_pyarrow().to_pylist()}
    assert keys == {"A00001": False, "B00002": False, "-36J": True, "16C998": True}
    assert done[0].totals["practices"] == 2
    held = sources.organisations.read(lake)
    assert [held.level("-36J"), held.parents("-36J", held.start.dtype.type("2017-09"))] == ["unidentified", ("36J",)]


def test_the_file_itself_says_who_belongs_to_whom(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, prescribing_file(tmp_path / "epd.csv", layout="snomed"))

    held = sources.organisations.read(lake)
    now = held.start.dtype.type("2026-01")
    assert [held.ancestor("A00001", level, now) for level in ("sicbl", "icb", "region", "nation")] == [
        "16C", "QHM", "Y63", "ENG"]  # fmt: skip


def test_a_release_with_fewer_practices_needs_to_be_meant(lake: Lake, tmp_path: Path) -> None:
    sources.load(lake, prescribing_file(tmp_path / "a.csv"))
    smaller = prescribing_file(
        tmp_path / "b.csv", rows=[prescription("201709", "A00001", SERTRALINE, 1, 28, 1.0)]
    )

    with pytest.raises(InputError, match="held with 2 practices and this file has 1 of them; say --replace"):
        sources.load(lake, smaller)
    done = sources.load(lake, smaller, options=Options(replace=True))

    assert (done[0].state, len(prescribed(lake))) == ("replaced", 1)


def test_a_load_is_all_or_nothing(lake: Lake, tmp_path: Path) -> None:
    good, bad = prescribing_file(tmp_path / "a.csv"), tmp_path / "b.csv"
    bad.write_text(prescribing_file(tmp_path / "c.csv", "201710").read_text().replace(",84,", ",eighty-four,"))
    before = bytes_of(lake.path)

    with pytest.raises(InputError, match="eighty-four"):
        sources.load(lake, [good, bad])

    assert bytes_of(lake.path) == before


Spoil = Callable[[list[Row]], list[Row]]


def each(column: str, value: Any) -> Spoil:
    return lambda rows: [{**row, column: value} for row in rows]


def in_row(number: int, column: str, value: Any) -> Spoil:
    return lambda rows: [{**row, column: value} if i == number - 2 else row for i, row in enumerate(rows)]


def swapped(one: str, two: str) -> Spoil:
    return lambda rows: [{**row, one: row[two], two: row[one]} for row in rows]


def renamed(column: str, name: str) -> Spoil:
    return lambda rows: [{name if k == column else k: v for k, v in row.items()} for row in rows]


REFUSED: dict[str, tuple[Spoil, str]] = {
    "no costs": (lambda rows: [{k: v for k, v in row.items() if k != "ACTUAL_COST"} for row in rows],
                 "no column ACTUAL_COST"),
    "a renamed column": (renamed("ITEMS", "ITEMZ"), "no column ITEMS; did you mean 'itemz'"),
    "two months": (in_row(3, "YEAR_MONTH", "201710"), "holds 2 months (2017-09 to 2017-10)"),
    "no month": (in_row(3, "YEAR_MONTH", ""), "row 3, column 'YEAR_MONTH'"),
    "an impossible month": (in_row(3, "YEAR_MONTH", "201713"), "row 3, column 'YEAR_MONTH'"),
    "half an item": (in_row(4, "ITEMS", "1.5"), "row 4, column 'ITEMS': expected a whole number"),
    "no items": (in_row(4, "ITEMS", ""), "row 4, column 'ITEMS'"),
    "a word for a cost": (in_row(2, "ACTUAL_COST", "free"), "row 2, column 'ACTUAL_COST': expected pounds"),
    "an infinite cost": (in_row(2, "NIC", "inf"), "row 2, column 'NIC'"),
    "an absurd cost": (in_row(5, "ACTUAL_COST", "99999999999"), "row 5, column 'ACTUAL_COST'"),
    "an absurd quantity": (in_row(5, "QUANTITY", "1e12"), "row 5, column 'QUANTITY'"),
    "no practice": (in_row(6, "PRACTICE_CODE", " "), "row 6, column 'PRACTICE_CODE': expected a practice code"),
    "no code": (in_row(6, "BNF_CODE", ""), "row 6, column 'BNF_CODE': expected a BNF code"),
    "code and description swapped": (swapped("BNF_CODE", "BNF_DESCRIPTION"), "does not hold BNF codes"),
    "practice and its name swapped": (swapped("PRACTICE_CODE", "PRACTICE_NAME"), "does not hold practice codes"),
    "practice and place swapped": (swapped("PRACTICE_CODE", "PCO_CODE"), "two columns look swapped"),
    "items and total swapped": (swapped("ITEMS", "TOTAL_QUANTITY"), "column 'TOTAL_QUANTITY' does not hold"),
    "chemical of another meaning": (each("BNF_CHEMICAL_SUBSTANCE", "Sertraline hydrochloride"),
                                    "does not hold the first nine characters of BNF_CODE"),
    "no sertraline": (lambda rows: [row for row in rows if row["BNF_CODE"] != SERTRALINE], "0 items of sertraline"),
}  # fmt: skip


@pytest.mark.parametrize("why", REFUSED)
def test_bad_prescribing_is_refused_in_one_line_and_leaves_the_lake_alone(
    lake: Lake, tmp_path: Path, why: str
) -> None:
    spoil, message = REFUSED[why]
    rows = spoil(prescribing_columns(month_of_prescribing()))
    if why == "practice and place swapped":
        rows = spoil(prescribing_columns([*month_of_prescribing(), *(
            prescription("201709", f"C{i:05d}", SERTRALINE, 1, 28, 1.0) for i in range(3))]))  # fmt: skip
    file = write_csv(tmp_path / "epd.csv", rows)
    before = bytes_of(lake.path)

    with pytest.raises(InputError) as refusal:
        sources.load(lake, file)

    assert message in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert bytes_of(lake.path) == before


def test_costs_above_list_price_betray_swapped_columns(lake: Lake, tmp_path: Path) -> None:
    rows = prescribing_columns(month_of_prescribing() * 200)

    with pytest.raises(InputError, match="ACTUAL_COST adds up to more than NIC"):
        sources.load(lake, write_csv(tmp_path / "epd.csv", swapped("NIC", "ACTUAL_COST")(rows)))


def test_a_national_file_with_little_sertraline_is_refused(lake: Lake, tmp_path: Path) -> None:
    many = [prescription("201709", f"A{i:05d}", SERTRALINE, 1, 28, 1.0) for i in range(5001)]

    with pytest.raises(InputError, match=r"5,001 items of sertraline .* at least 100,000 in a national file"):
        sources.load(lake, prescribing_file(tmp_path / "epd.csv", rows=many))


def test_an_extract_without_costs_is_called_what_it_is(lake: Lake, tmp_path: Path) -> None:
    file = write_csv(tmp_path / "x.csv", [
        {"month": "2022-01-01", "practice": "A81001", "bnf_code": SERTRALINE, "bnf_name": "x", "items": 1,
         "quantity": 28},
    ])  # fmt: skip

    with pytest.raises(InputError, match="an extract of some presentations without costs"):
        sources.load(lake, file)


def test_the_two_layouts_have_the_published_number_of_columns() -> None:
    assert (len(OLD), len(NEW)) == (26, 27)


@needs_data
def test_four_real_practices_cost_what_is_known(lake: Lake) -> None:
    folder = DATA / "07_practice_prescribing"
    files = sorted([*folder.glob("epd_2017*"), *folder.glob("list_size_2017*")])

    done = sources.load(lake, files)

    assert [loaded.rows for loaded in done] == [10_027, 10_223, 172, 172]
    table, lists = lake.table("prescribing"), lake.table("list_size")
    people = lists.filter(lists.sex == "all", lists.age_band == "all")
    cost = (
        table.join(lake.table("practice_key"), "practice_id").group_by("month", "practice")
        .aggregate(cost=table.actual_cost.sum()).join(people, ["month", "practice"])
    )  # fmt: skip
    rows = cost.select("month", "cost", "patients").order_by("month").to_pyarrow().to_pylist()
    per_patient = {
        month: sorted(round(row["cost"] / row["patients"], 2) for row in group)
        for month, group in itertools.groupby(rows, lambda row: row["month"])
    }
    assert {month: (found[0], found[-1], len(found)) for month, found in per_patient.items()} == {
        212: (11.03, 11.95, 4), 213: (11.56, 13.22, 4)}  # fmt: skip
