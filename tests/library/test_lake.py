"""The lake keeps what it was given, whole or not at all."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand.errors import EvenhandError, InputError
from evenhand.lake import TABLES, Lake, Origin, month_number, month_of
from evenhand.lake.footers import greatest
from published import bytes_of

WHEN = datetime(2026, 4, 1, 12, tzinfo=UTC)


def indicator(measure: str = "saba", numerator: float = 3.0) -> pa.Table:
    columns = {"measure": [measure], "version": ["v1"], "level": ["icb"], "month": [212], "code": ["QHM"],
               "numerator": [numerator], "denominator": [4.0]}  # fmt: skip
    return pa.table(columns).cast(TABLES["indicator"])


@pytest.fixture
def lake(tmp_path: Path) -> Lake:
    return Lake.create(tmp_path / "lake")


def test_a_month_and_its_number_are_each_other() -> None:
    months = np.arange("1974-04", "2060-01", dtype="datetime64[M]")

    assert [month_of(month_number(month)) for month in months] == list(months)


@pytest.mark.parametrize("table", sorted(TABLES))
def test_a_table_of_an_empty_lake_has_its_columns_and_no_rows(lake: Lake, table: str) -> None:
    found = lake.table(table).to_pyarrow()

    assert (found.num_rows, found.schema.names) == (0, TABLES[table].names)


def test_what_is_written_is_read(lake: Lake) -> None:
    lake.write("indicator", "saba/v1/icb", indicator(), source="test")

    assert lake.table("indicator").to_pyarrow().to_pylist() == indicator().to_pylist()


def test_an_open_lake_sees_what_another_writes(lake: Lake) -> None:
    other = Lake.open(lake.path)
    assert other.table("indicator").count().to_pyarrow().as_py() == 0

    lake.write("indicator", "saba/v1/icb", indicator(), source="test")

    assert other.table("indicator").count().to_pyarrow().as_py() == 1


def test_writing_the_same_again_changes_no_byte(lake: Lake) -> None:
    lake.write("indicator", "saba/v1/icb", indicator(), source="test")
    before = bytes_of(lake.path)

    lake.write("indicator", "saba/v1/icb", indicator(), source="another file, the same rows")

    assert bytes_of(lake.path) == before


def test_a_newer_release_takes_the_place_of_an_older_one_which_is_kept(lake: Lake) -> None:
    old = lake.write("indicator", "saba/v1/icb", indicator(numerator=3), source=Origin("first", "aa"), when=WHEN)

    new = lake.write("indicator", "saba/v1/icb", indicator(numerator=5), source=Origin("second", "bb"), when=WHEN)

    assert lake.table("indicator").to_pyarrow()["numerator"].to_pylist() == [5.0]
    assert [former["sha256"] for former in new.superseded] == ["aa"]
    assert all((lake.path / part.path).exists() for part in old.parts)


def test_after_an_error_nothing_of_a_transaction_is_there(lake: Lake) -> None:
    before = bytes_of(lake.path)

    def half_a_load() -> None:
        with lake.transaction() as transaction:
            transaction.stage("indicator", "saba/v1/icb", {"indicator": indicator()}, Origin("test"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half_a_load()

    assert bytes_of(lake.path) == before


def test_what_a_crash_left_is_swept_by_the_next_writer(lake: Lake) -> None:
    lake.write("indicator", "saba/v1/icb", indicator(), source="test")
    before = bytes_of(lake.path)
    for leftover in ("building/000001-month", "tables/indicator/x.0000.parquet", "snapshots/indicator/.x.json.new"):
        (lake.path / leftover).parent.mkdir(parents=True, exist_ok=True)
        (lake.path / leftover).write_bytes(b"half")

    lake.write("indicator", "saba/v1/icb", indicator(), source="test")

    assert bytes_of(lake.path) == before


def test_a_file_that_went_missing_is_written_again(lake: Lake) -> None:
    held = lake.write("indicator", "saba/v1/icb", indicator(), source="test", when=WHEN)
    before = bytes_of(lake.path)
    (lake.path / held.parts[0].path).unlink()

    lake.write("indicator", "saba/v1/icb", indicator(), source="test", when=WHEN)

    assert bytes_of(lake.path) == before


def test_an_answer_is_kept_until_something_is_loaded(lake: Lake) -> None:
    asked: list[int] = []

    def count() -> int:
        asked.append(1)
        return int(lake.table("indicator").count().to_pyarrow().as_py())

    assert [lake.remember("n", count), lake.remember("n", count)] == [0, 0]
    lake.write("indicator", "saba/v1/icb", indicator(), source="test")

    assert (lake.remember("n", count), len(asked)) == (1, 2)


def test_a_second_lake_begins_with_what_the_first_found_out_and_looks_for_itself_afterwards(tmp_path: Path) -> None:
    first = Lake.create(tmp_path / "lake")
    assert first.remember("n", lambda: {"a": 1}) == {"a": 1}
    second = Lake.open(tmp_path / "lake")
    second.learn(first)
    second.remember("n", dict)["b"] = 2
    assert (first.remember("n", dict), second.remember("n", dict)) == ({"a": 1}, {"a": 1, "b": 2})
    first.write("indicator", "saba/v1/icb", indicator(), source="test")
    assert (first.remember("n", dict), second.remember("n", dict)) == ({}, {})
    elsewhere = Lake.create(tmp_path / "elsewhere")
    second.remember("m", lambda: 3)
    elsewhere.learn(second)
    assert elsewhere.remember("m", lambda: 4) == 4


def test_the_mark_of_a_demonstration_stays(tmp_path: Path) -> None:
    Lake.create(tmp_path / "demo", demonstration=True)

    assert Lake.open(tmp_path / "demo").demonstration


def test_no_lake_a_strange_lake_and_a_bad_name_are_refused(lake: Lake, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no lake here"):
        Lake.open(tmp_path)
    (tmp_path / "lake.json").write_text('{"format": 99}')
    with pytest.raises(InputError, match="lake format 99"):
        Lake.open(tmp_path)
    (tmp_path / "lake.json").write_text("[]")
    with pytest.raises(InputError, match=r"lake\.json cannot be read"):
        Lake.open(tmp_path)
    with pytest.raises(InputError, match="cannot name a snapshot"):
        lake.write("indicator", "../out", indicator(), source="test")
    with pytest.raises(KeyError, match="did you mean 'list_size'"):
        lake.table("list_sise")


def test_a_damaged_manifest_is_said_and_not_passed_over(lake: Lake) -> None:
    lake.write("indicator", "saba/v1/icb", indicator(), source="test")
    next((lake.path / "snapshots").rglob("*.json")).write_text('{"table": ')

    with pytest.raises(EvenhandError, match="manifest is damaged"):
        Lake.open(lake.path).snapshots()


@pytest.mark.parametrize(("values", "most"), [([3, 9, 4], 9), ([None, 2], 2), ([None, None], None), ([], None)])
@pytest.mark.parametrize("statistics", [True, False])
def test_the_greatest_number_is_read_from_the_footer_or_where_it_is_silent_from_the_rows(
    tmp_path, values, most, statistics
):
    rows = pa.table({"other": pa.array(["x"] * len(values)), "month": pa.array(values, pa.int16())})
    pq.write_table(rows, tmp_path / "a.parquet", write_statistics=statistics, row_group_size=1)
    assert greatest(tmp_path / "a.parquet", "month") == most
