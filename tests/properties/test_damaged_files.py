"""A file of which some bytes were damaged is refused in one line by every door, whatever it is packed in."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evenhand import sources
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.table import read
from further import dmd_release
from published import bytes_of

ROWS = [(f"2024-{month:02d}-{day:02d}", (day * month) % 7) for month in range(1, 13) for day in range(1, 29)]
EACH = 60  # damaged files of each kind; half of all damage to a gzip stream breaks its code, not its sums


def packed(kind: str) -> bytes:
    if kind == "gzip":
        return gzip.compress(("date,y\n" + "".join(f"{date},{y}\n" for date, y in ROWS)).encode(), mtime=0)
    out = io.BytesIO()
    pq.write_table(pa.table({"date": [date for date, _ in ROWS], "y": [y for _, y in ROWS]}), out)
    return out.getvalue()


def damaged(whole: bytes, chance: Random, *, keep: int) -> bytes:
    """The file with 1 to 20 bytes changed, none of them among the first `keep`, which say what it is."""
    spoilt = bytearray(whole)
    for _ in range(chance.choice([1, 3, 20])):
        spoilt[chance.randrange(keep, len(spoilt))] ^= chance.randrange(1, 256)
    return bytes(spoilt)


def refusal(does: Callable[[], object]) -> str:
    """What is said against it, or nothing; anything but an `InputError` is a fault of ours."""
    try:
        does()
    except InputError as error:
        return str(error)
    return ""


@pytest.mark.parametrize("kind", ["gzip", "parquet"])
def test_a_damaged_table_is_read_or_refused_in_one_line(tmp_path, kind):
    chance, whole, said = Random(kind), packed(kind), []
    for _ in range(EACH):
        (tmp_path / "x").write_bytes(damaged(whole, chance, keep=4))
        said.append(refusal(lambda: read(tmp_path / "x")))
    assert not any("\n" in words for words in said)
    assert sum(map(bool, said)) > EACH / 2


def test_a_gzip_bomb_is_refused_before_it_unpacks(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("evenhand.sheet.SAFE", 1 << 20)
    monkeypatch.setattr("evenhand.sheet.RATIO", 20)
    (tmp_path / "bomb.csv.gz").write_bytes(gzip.compress(b"date,y\n" + b"0" * (3 << 20), mtime=0))

    assert main(["see", "spc", str(tmp_path / "bomb.csv.gz")]) == 2
    err = capsys.readouterr().err
    assert "refused as unsafe" in err
    assert err.count("\n") == 1


def test_a_damaged_release_of_dmd_is_refused_in_one_line_and_changes_nothing(tmp_path):
    lake, chance = Lake.create(tmp_path / "lake"), Random(3)
    path = dmd_release(tmp_path / "nhsbsa_dmd_6.3.0_20260622000001.zip")
    before, whole, said = bytes_of(lake.path), path.read_bytes(), []
    for _ in range(30):
        path.write_bytes(damaged(whole, chance, keep=4))
        said.append(refusal(lambda: sources.load(lake, path)))
        assert bytes_of(lake.path) == before or not said[-1]
        before = bytes_of(lake.path)
    assert not any("\n" in words for words in said)
    assert sum(map(bool, said)) > 15
