"""The door for plain files: every cell text until asked, every refusal with its row."""

from __future__ import annotations

import gzip
import io

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.errors import InputError
from evenhand.table import read
from evenhand.when import parse_date


def write(tmp_path, text, name="t.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_codes_keep_their_leading_zeros(tmp_path):
    table = read(write(tmp_path, "unit,n\n007,1\n0304,2\n"))
    assert table.text("unit") == ["007", "0304"]


def test_csv_gzip_and_parquet_give_the_same_table(tmp_path):
    text = "unit,n,note\nA,1.5,\nB,,\"two\nlines, one cell\"\n"
    plain = read(write(tmp_path, text))
    zipped = read(write(tmp_path, gzip.compress(text.encode(), mtime=0), "t.csv.gz"))
    buffer = io.BytesIO()
    pq.write_table(pa.table({"unit": ["A", "B"], "n": [1.5, None], "note": ["", "two\nlines, one cell"]}), buffer)
    parquet = read(write(tmp_path, buffer.getvalue(), "t.parquet"))
    assert plain.columns == zipped.columns == parquet.columns


def test_a_missing_number_is_nan_and_a_wrong_one_names_its_row(tmp_path):
    table = read(write(tmp_path, "n,m\n1,1\nNA,2\n,x\n"))
    assert np.array_equal(table.numbers("n"), [1, np.nan, np.nan], equal_nan=True)
    with pytest.raises(InputError, match=r"row 4, column 'm': expected a number, found 'x'"):
        table.numbers("m")


def test_infinity_is_not_a_number_that_anyone_counted(tmp_path):
    with pytest.raises(InputError, match="a finite number"):
        read(write(tmp_path, "n\ninf\n")).numbers("n")


@pytest.mark.parametrize("cell", ["1e61", "-1e308", "9" * 70])
def test_a_number_beyond_all_counting_is_refused(tmp_path, cell):
    (tmp_path / "x.csv").write_text(f"n\n1\n{cell}\n")

    with pytest.raises(InputError, match="row 3, column 'n': expected a number of at most 1e\\+60"):
        read(tmp_path / "x.csv").numbers("n")


@pytest.mark.parametrize("cell", ["1_000", "\uff11", "\u0663", "1_0e2"])
@pytest.mark.parametrize("others", ["5", ""])
def test_what_python_alone_would_read_as_a_number_is_refused(tmp_path, cell, others):
    path = tmp_path / "t.csv"
    path.write_text(f"n,x\n1,{others}\n2,{cell}\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"row 3, column 'x': expected a number, found"):
        read(path).numbers("x")


def test_text_that_parquet_holds_as_bytes_is_text(tmp_path):
    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"arm": [b"con", "visité".encode(), None]}), path)
    assert read(path).text("arm") == ["con", "visité", ""]


def test_a_hard_space_is_no_part_of_a_number(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("x\n5\u00a0\n 6 \n", encoding="utf-8")
    assert read(path).numbers("x").tolist() == [5.0, 6.0]


def test_a_missing_column_is_refused_with_the_nearest_and_what_is_there(tmp_path):
    with pytest.raises(InputError, match=r"no column 'numerater'; did you mean 'numerator'\?; the file has: unit, num"):
        read(write(tmp_path, "unit,numerator\nA,1\n")).need("numerater")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"a,b\n", "no rows"),
        (b"a,a\n1,2\n", "given twice"),
        (b"a,b\n1,2\n3\n", "row 3: expected 2 cells, found 1"),
        (b"\x00\x01\x02", "not a table"),
        (b"PAR1 broken", "Parquet"),
        (gzip.compress(b"a\n1\n", mtime=0)[:-6], "gzip"),
    ],
)
def test_what_is_not_a_table_is_refused_in_one_line(tmp_path, content, words):
    with pytest.raises(InputError, match=words) as caught:
        read(write(tmp_path, content))
    assert "\n" not in str(caught.value)


def test_a_date_that_could_be_read_two_ways_is_refused_until_told(tmp_path):
    table = read(write(tmp_path, "date\n03/04/2024\n"))
    with pytest.raises(InputError, match="--day-first or --month-first"):
        table.dates("date")
    assert table.dates("date", day_first=True)[0] == np.datetime64("2024-04-03")
    assert table.dates("date", day_first=False)[0] == np.datetime64("2024-03-04")


def test_a_column_that_writes_its_dates_in_two_orders_is_refused(tmp_path):
    table = read(write(tmp_path, "date\n13/04/2024\n05/05/2024\n04/14/2024\n"))
    with pytest.raises(InputError, match="row 4, column 'date': expected the day first, as in the rows above, found"):
        table.dates("date")


def test_a_span_of_dates_is_no_date(tmp_path):
    table = read(write(tmp_path, "date\n2024-01-15 00:00:00\n2024-01-15 to 2024-02-15\n"))
    with pytest.raises(InputError, match="row 3, column 'date': expected a date as YYYY-MM-DD"):
        table.dates("date")


def test_a_date_that_does_not_exist_is_refused(tmp_path):
    with pytest.raises(InputError, match="a date that exists"):
        read(write(tmp_path, "date\n2023-02-29\n")).dates("date")


@given(st.dates())
def test_every_iso_date_reads_as_itself(day):
    assert parse_date(day.isoformat()) == day


def test_a_row_given_twice_names_both_rows(tmp_path):
    table = read(write(tmp_path, "unit,month\nA,1\nB,1\nA,1\n"))
    with pytest.raises(InputError, match=r"row 4: unit='A', month='1' was already given in row 2"):
        table.unique("unit", "month")


def test_moments_are_read_in_utc_and_an_ambiguous_one_is_refused(tmp_path):
    table = read(write(tmp_path, "t,u,z\n2026-03-01T10:00:00+01:00,31/03/2026 9:05,2026-03-01\n"
                                 "2026-03-01T09:30:00Z,03/04/2026 10:00,2026-03-01 09:00Z\n"))
    assert table.times("t").tolist() == [np.datetime64("2026-03-01T09:00", "us").item(),
                                         np.datetime64("2026-03-01T09:30", "us").item()]
    with pytest.raises(InputError, match=r"row 3, column 'u'.*read one way"):
        table.times("u")
    assert str(table.times("u", day_first=True)[1]) == "2026-04-03T10:00:00.000000"
    with pytest.raises(InputError, match=r"row 3, column 'z'.*no time zone"):
        table.times("z")


@pytest.mark.parametrize("raw", [b"\r\x01", b"a\rb,c\n1,2\n"])
def test_a_header_broken_by_a_lone_return_is_refused_in_one_sentence(tmp_path, raw):
    path = tmp_path / "x.csv"
    path.write_bytes(raw)
    with pytest.raises(InputError, match=r"x\.csv: "):
        read(path)
