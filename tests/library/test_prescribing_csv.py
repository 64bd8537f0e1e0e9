"""A month's CSV is read the quick way where it is plain, as the engine would, and by the engine where it is not."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from evenhand import sources
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.sources import prescribing, prescribing_csv
from evenhand.sources.prescribing_layout import layout
from evenhand.sources.unpack import Unpacked, unpack
from published import METFORMIN, SERTRALINE, bytes_of, prescribing_columns, prescription, write_csv

ROWS = [
    {**row, "PRACTICE_NAME": "Field, Hill and Partners", "ADDRESS_1": 'The "Old" Mill'}
    for row in prescribing_columns(
        prescription("201709", f"{place}{n:05d}", code, n % 7 + 1, 28 + n / 4, 1.25 * n)
        for n in range(40) for place, code in (("A", SERTRALINE), ("B", METFORMIN), ("C", f"0{n % 3}01010A0AAAAAA"))
    )
]  # fmt: skip


def plain(path: Path) -> Unpacked:
    """The file as a source is given it."""
    return next(iter(unpack(path, lambda _: path, "")))


def quick(path: Path) -> bool:
    """Whether the quick reader takes the file."""
    file = plain(path)
    return prescribing_csv.read_csv(file, layout(file)) is not None


def written(path: Path, *, ending: str = "\n", last: bool = True, quoting: int = csv.QUOTE_MINIMAL) -> Path:
    """The rows in one hand or another."""
    text = io.StringIO(newline="")
    pen = csv.DictWriter(text, list(ROWS[0]), lineterminator=ending, quoting=quoting)  # type: ignore[arg-type]
    pen.writeheader()
    pen.writerows(ROWS)
    path.write_bytes((text.getvalue() if last else text.getvalue().removesuffix(ending)).encode())
    return path


def kept(path: Path, folder: Path) -> dict[str, bytes]:
    """Every byte of the Parquet files of a new lake that holds the file."""
    lake = Lake.create(folder)
    sources.load(lake, path)
    return {name: content for name, content in bytes_of(lake.path).items() if name.endswith(".parquet")}


@pytest.mark.parametrize("block", [3_000, 16 << 20])
@pytest.mark.parametrize(
    "hand", [{}, {"ending": "\r\n"}, {"last": False}, {"quoting": csv.QUOTE_ALL}, {"ending": "\r\n", "last": False}]
)
def test_what_is_read_the_quick_way_is_what_the_engine_reads(tmp_path, monkeypatch, hand, block):
    file = written(tmp_path / "epd.csv", **hand)
    monkeypatch.setattr(prescribing_csv, "BLOCK", block)
    assert quick(file)
    found = kept(file, tmp_path / "quick")
    monkeypatch.setattr(prescribing, "read_csv", lambda *_: None)
    assert found == kept(file, tmp_path / "engine")


def test_a_file_of_more_rows_than_its_first_lines_let_expect_is_left_to_the_engine(tmp_path, monkeypatch):
    file = written(tmp_path / "epd.csv")
    expected = kept(file, tmp_path / "roomy")
    monkeypatch.setattr(prescribing_csv, "MOST_ROWS", len(ROWS) - 1)
    assert not quick(file)
    assert kept(file, tmp_path / "cramped") == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"Field, Hill and', 'Field "Old" Hill and'), ('"Field, Hill', '"Field,\nHill'),
        ('"The ""Old"" Mill"', '"The\nOld Mill"'), ('"The ""Old"" Mill"', '"The Old Mill'),
        ("\n", "\r\n"), ("\n", ",extra\n"), ("\n", "\n\n"), ("201709,", ""), ("201709", "2017\r09"),
        (",N\n", ",N\rn\n"), (",7,", ",seven,"), (",7,", ",1 000,"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("block", [3_000, 16 << 20])
def test_what_is_not_plain_is_left_to_the_engine(tmp_path, monkeypatch, old, new, block):
    monkeypatch.setattr(prescribing_csv, "BLOCK", block)
    file = written(tmp_path / "epd.csv")
    head, found, rest = file.read_bytes().decode()[9_000:].partition(old)
    assert found, f"no line of the file has {old!r}"
    assert quick(file)
    file.write_bytes((file.read_bytes().decode()[:9_000] + head + new + rest).encode())
    assert not quick(file)


def test_latin_1_and_a_header_of_several_lines_are_left_to_the_engine(tmp_path):
    text = written(tmp_path / "epd.csv").read_text()
    (tmp_path / "old.csv").write_bytes(text.encode("latin-1"))
    (tmp_path / "lines.csv").write_text(text.replace("ADDRESS_1,", '"ADDRESS\n1",', 1))
    assert not quick(tmp_path / "old.csv")
    assert not quick(tmp_path / "lines.csv")


@pytest.mark.parametrize("number", ["", "nan", "inf", "1e9", "1.5", "1 000", "--2"])
def test_a_number_that_cannot_be_right_is_refused_with_its_row(tmp_path, number):
    rows = [{**row, "ITEMS": number} if n == 70 else row for n, row in enumerate(ROWS)]
    with pytest.raises(InputError, match=r"row 72, column 'ITEMS': expected a whole number"):
        sources.load(Lake.create(tmp_path / "lake"), write_csv(tmp_path / "epd.csv", rows))


def test_the_quick_reader_hears_of_every_month_in_the_file(tmp_path, monkeypatch):
    monkeypatch.setattr(prescribing_csv, "BLOCK", 3_000)
    rows = [{**row, "YEAR_MONTH": "201710"} if n == 70 else row for n, row in enumerate(ROWS)]
    with pytest.raises(InputError, match=r"holds 2 months \(2017-09 to 2017-10\)"):
        sources.load(Lake.create(tmp_path / "lake"), write_csv(tmp_path / "epd.csv", rows))
