"""Whatever is wrong with a file: one clear line, exit code 2, and a lake that is byte for byte as it was.

The fault classes of issue B point 5, each over many drawn instances of every published source, through the command.
EVENHAND_EXAMPLES=N draws N instances of each class (default 12).
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from evenhand.cli.main import main
from evenhand.sources import unpack
from published import bytes_of
from spoiling import GOOD, Good, packed

many = settings(
    max_examples=int(os.environ.get("EVENHAND_EXAMPLES", "12")), deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
chances = st.integers(0, 1 << 30).map(Random)
how = st.sampled_from(["plain", "gzip", "zip"])


def some(**asked: bool) -> st.SearchStrategy[Good]:
    """Files of the sources that have such a shape."""
    tests: dict[str, Callable[[Good], bool]] = {
        "headed": lambda g: not g.headless, "keyed": lambda g: not g.repeats and bool(g.body),
        "sums": lambda g: g.sums is not None, "dated": lambda g: bool(g.of_kind("date")),
        "mixed": lambda g: bool(g.of_kind("number")) and bool(g.of_kind("word")),
    }  # fmt: skip
    return st.sampled_from([name for name, g in GOOD.items() if all(tests[t](g) is want for t, want in asked.items())]
                           ).map(GOOD.__getitem__)  # fmt: skip


@pytest.fixture(scope="module")
def lake() -> Iterator[Path]:
    """A lake that holds every good file."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "lake"
        for good in GOOD.values():
            code, said = load(good.text().encode(), good.name, place, *good.words)
            assert code == 0, said
        yield place


def load(content: bytes, name: str, lake: Path, *words: str) -> tuple[int, str]:
    """`evenhand load` of a file with this content: its exit code and what it said on standard error."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(content)
        said = io.StringIO()
        with contextlib.redirect_stderr(said), contextlib.redirect_stdout(io.StringIO()):
            code = main(["load", str(path), "--lake", str(lake), *words])
        return code, said.getvalue().replace(folder, "")


def refused(lake: Path, content: bytes, good: Good, kind: str = "plain", *, harmless: bool = False) -> None:
    """Refused in one line, and no byte of the lake has changed; `harmless`: or loaded, and still none has."""
    name, whole = packed(content, good.name, kind)
    before = bytes_of(lake)
    code, said = load(whole, name, lake, *good.words)
    after = bytes_of(lake)
    shown = content[:2000].decode("utf-8", errors="replace")
    if code == 0 and harmless:
        assert after == before, f"loaded with a change: {shown}"
        return
    assert code == 2, f"was loaded: {shown}"
    assert said.count("\n") == 1, said
    assert len(said) > len("evenhand: x\n")
    assert "Traceback" not in said
    assert after == before


@many
@given(good=some(), chance=chances, kind=st.sampled_from(["gzip", "zip"]))
def test_a_truncated_archive_is_refused(lake: Path, good: Good, chance: Random, kind: str) -> None:
    name, whole = packed(good.text().encode(), good.name, kind)
    cut = whole[: chance.randrange(1, len(whole))]
    before = bytes_of(lake)

    code, said = load(cut, name, lake, *good.words)

    assert (code, said.count("\n"), bytes_of(lake) == before) == (2, 1, True)


@many
@given(good=some(), chance=chances)
def test_a_damaged_workbook_is_refused_or_changes_nothing(lake: Path, good: Good, chance: Random) -> None:
    book, whole = Workbook(), io.BytesIO()
    for row in good.cells:
        book.active.append([None if cell == "" else cell for cell in row])
    book.save(whole)
    spoilt = bytearray(whole.getvalue())
    for _ in range(chance.choice([1, 3, 30])):
        spoilt[chance.randrange(len(spoilt))] ^= chance.randrange(1, 256)

    before = bytes_of(lake)
    code, said = load(bytes(spoilt), f"{Path(good.name).stem}.xlsx", lake, *good.words)

    assert "Traceback" not in said
    assert (code, said.count("\n")) in ((2, 1), (0, 0))
    assert bytes_of(lake) == before


@many
@given(good=some(headed=True), kind=how)
def test_two_files_one_below_the_other_are_refused_or_change_nothing(lake: Path, good: Good, kind: str) -> None:
    cells = [*good.cells, *good.cells[good.top :]]

    refused(lake, good.text(cells).encode(), good, kind, harmless=True)
    refused(lake, good.text(cells[: len(good.cells) + 1]).encode(), good, kind, harmless=True)


@many
@given(good=some(headed=True), chance=chances)
def test_a_parquet_file_of_lists_is_refused(lake: Path, good: Good, chance: Random) -> None:
    names = [str(cell) for cell in good.cells[good.top]]
    columns = {name: [str(row[i]) for row in good.body] for i, name in enumerate(names)}
    chosen = names[chance.choice(good.needed)]
    columns[chosen] = [[cell] for cell in columns[chosen]]  # type: ignore[misc]
    whole = io.BytesIO()
    pq.write_table(pa.table(columns), whole)

    refused(lake, whole.getvalue(), good)


@many
@given(good=some(), chance=chances, kind=how)
def test_a_table_cut_within_a_row_is_refused(lake: Path, good: Good, chance: Random, kind: str) -> None:
    lines = good.text().splitlines(keepends=True)
    last = chance.randrange(max(good.top, 0), len(lines))
    within = chance.randrange(1, max(2, lines[last].rfind(good.delimiter)))

    refused(lake, ("".join(lines[:last]) + lines[last][:within]).encode(), good, kind)


@many
@given(good=some(), encoding=st.sampled_from(["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp500"]),
       kind=how)  # fmt: skip
def test_a_wrong_encoding_is_refused(lake: Path, good: Good, encoding: str, kind: str) -> None:
    refused(lake, good.text().encode(encoding, errors="replace"), good, kind)


@many
@given(good=some(headed=True), chance=chances, kind=how)
def test_a_missing_column_is_refused_or_was_not_read(lake: Path, good: Good, chance: Random, kind: str) -> None:
    gone = chance.choice(good.needed)
    cells = [[cell for i, cell in enumerate(row) if i != gone] for row in good.cells]

    refused(lake, good.text(cells).encode(), good, kind, harmless=True)


@many
@given(good=some(headed=True), chance=chances, kind=how)
def test_a_renamed_column_is_refused_or_was_not_read(lake: Path, good: Good, chance: Random, kind: str) -> None:
    head = list(good.cells[good.top])
    head[chance.choice(good.needed)] = chance.choice(["zzz", "", " ", "ITEMS2", "Ünknown", "x" * 300, "a,b", 'q"'])

    refused(lake, good.text(good.headed(head)).encode(), good, kind, harmless=True)


# beside a column that is not read, or that may hold any text, a name that changes places cannot be told
NAMES = {
    "ADQUSAGE", "ADQ_USAGE", "Diagnostic Tests Sort Order", "UNIT_OF_MEASURE_IDENTIFIER", "SNOMED_CODE", "nm", "name",
}  # fmt: skip


@many
@given(good=some(headed=True, mixed=True), chance=chances, kind=how)
def test_swapped_columns_are_refused_or_were_not_read(lake: Path, good: Good, chance: Random, kind: str) -> None:
    head = list(good.cells[good.top])
    a, b = chance.choice(good.of_kind("number")), chance.choice(good.of_kind("word"))
    if {head[a], head[b]} & NAMES:
        return  # a name may be anything, a number too
    head[a], head[b] = head[b], head[a]

    refused(lake, good.text(good.headed(head)).encode(), good, kind, harmless=True)


@many
@given(good=some(headed=True), chance=chances, kind=how,
       layout=st.sampled_from(["title", "tabs", "pipes", "turned", "twice", "wider", "narrower"]))  # fmt: skip
def test_a_changed_layout_is_refused_or_changes_nothing(
    lake: Path, good: Good, chance: Random, kind: str, layout: str
) -> None:
    cells, delimiter = [list(row) for row in good.cells], good.delimiter
    row = chance.randrange(good.top + 1, len(cells))
    if layout == "title":
        cells.insert(0, ["Published on a Thursday", *([""] * (len(cells[0]) - 1))])
    elif layout in ("tabs", "pipes"):
        delimiter = {"tabs": "\t", "pipes": "|"}[layout]
    elif layout == "turned":
        cells = [list(column) for column in zip(*cells, strict=True)]
    elif layout == "twice":
        head = cells[good.top]
        head[chance.randrange(len(head))] = head[chance.randrange(len(head))]
    elif layout == "wider":
        cells[row] = [*cells[row], "1", "2"]
    else:
        cells[row] = cells[row][:-1]

    refused(lake, good.text(cells, delimiter).encode(), good, kind, harmless=True)


@many
@given(good=some(keyed=True), chance=chances, kind=how)
def test_a_key_given_twice_is_refused(lake: Path, good: Good, chance: Random, kind: str) -> None:
    cells = [list(row) for row in good.cells]
    read = [row for row in good.body if row[0] != "U"]  # who is in no practice is left out, however often
    cells.insert(chance.randrange(good.top + 1, len(cells) + 1), list(chance.choice(read)))

    refused(lake, good.text(cells).encode(), good, kind)


@many
@given(good=some(sums=True), chance=chances, kind=how)
def test_totals_that_do_not_reconcile_are_refused(lake: Path, good: Good, chance: Random, kind: str) -> None:
    assert good.sums is not None
    column, rows = good.sums
    cells = [list(row) for row in good.cells]
    row = chance.choice(rows) - 1
    cells[row][column] = float(cells[row][column]) + chance.randrange(3, 1000)

    refused(lake, good.text(cells).encode(), good, kind)


@many
@given(good=some(mixed=True), chance=chances, kind=how)
def test_an_absurd_value_is_refused_or_was_not_read(lake: Path, good: Good, chance: Random, kind: str) -> None:
    cells = [list(row) for row in good.cells]
    row, column = chance.randrange(good.top + 1, len(cells)), chance.choice(good.of_kind("number"))
    cells[row][column] = chance.choice([
        "1e30", "-1e30", "1e400", "inf", "-inf", "NaN ", "lots", "£5", "0x1F", "1 2", "１２", "9" * 40, "--", "1,2,3",
        "#REF!", "=1+1", "TRUE", "\x07", "٣",
    ])  # fmt: skip

    refused(lake, good.text(cells).encode(), good, kind, harmless=True)


@many
@given(good=some(dated=True), chance=chances, kind=how)
def test_an_ambiguous_date_is_refused_or_was_not_read(lake: Path, good: Good, chance: Random, kind: str) -> None:
    column = chance.choice(good.of_kind("date"))
    day, month = chance.sample(range(1, 13), 2)
    said = f"{day:02d}{chance.choice('/.-')}{month:02d}{chance.choice('/.-')}20{chance.randrange(14, 27)}"
    cells = [list(row) for row in good.cells]
    for row in cells[good.top + 1 :] if chance.random() < 0.5 else [cells[-1]]:
        row[column] = said

    refused(lake, good.text(cells).encode(), good, kind, harmless=True)


@many
@given(good=some(), chance=chances, kind=st.sampled_from(["gzip", "zip", "zip of gzip", "zip of many"]))
def test_a_bomb_is_refused_before_it_unpacks(lake: Path, good: Good, chance: Random, kind: str) -> None:
    size = chance.randrange(3 << 20, 6 << 20)
    line = good.text().splitlines()[-1].encode() + b"\n" if chance.random() < 0.5 else b"0"
    content = good.text().encode() + line * (size // len(line))
    out = io.BytesIO()
    if kind == "gzip":
        whole, name = gzip.compress(content, mtime=0), f"{good.name}.gz"
    else:
        name = "bomb.zip"
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            if kind == "zip of gzip":
                archive.writestr(f"{good.name}.gz", gzip.compress(content, mtime=0))
            else:
                for number in range(3 if kind == "zip of many" else 1):
                    archive.writestr(f"{number}{good.name}", content)
        whole = out.getvalue()
    before = bytes_of(lake)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unpack, "_SMALL", 1 << 20)  # a bomb of some MB instead of 200
        patch.setattr(unpack, "_RATIO", 20)
        code, said = load(whole, name, lake, *good.words)

    assert (code, bytes_of(lake) == before) == (2, True), said
    assert said.count("\n") == 1
    assert "refused as unsafe" in said


def _archive(*members: tuple[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            archive.writestr(name, content)
    return out.getvalue()


@many
@given(good=some(), chance=chances, kind=how)
def test_an_empty_file_is_refused(lake: Path, good: Good, chance: Random, kind: str) -> None:
    empty = [b"", b"\n", b"\r\n\r\n", b" \t\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", b",,,\n,,,\n", b"\x1a", _archive(),
             _archive(("x.csv", b"")), _archive(("folder/", b""))]  # fmt: skip
    if not good.headless:
        empty += [good.text(good.cells[: good.top + 1]).encode(),
                  (good.text(good.cells[: good.top + 1]) + good.delimiter * (len(good.cells[0]) - 1) + "\n").encode()]

    refused(lake, chance.choice(empty), good, kind)


NO_TABLES = [
    b"<!DOCTYPE html>\n<html><body><p>Not found</p></body></html>\n", b'{"result": {"records": []}}', b"%PDF-1.7\n%...",
    b"\x89PNG\r\n\x1a\n" + bytes(range(256)), b"Dear colleague,\n\nplease find attached the file.\n", b"PAR1", b"PK",
    b"PAR1" + b"\x00" * 64 + b"PAR1", b"PK\x03\x04" + b"x" * 60, b"\x1f\x8b" + b"y" * 30, b"SQLite format 3\x00" * 9,
    b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"z" * 700, b"<?xml version='1.0'?><Error><Code>NoSuchKey</Code></Error>",
]  # fmt: skip


@many
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda t: t.encode("utf-8", "replace")),
                         st.sampled_from(NO_TABLES)), good=some(), kind=how)  # fmt: skip
def test_what_is_no_table_is_refused(lake: Path, content: bytes, good: Good, kind: str) -> None:
    refused(lake, content, good, kind)


def test_unknown_codes_repeated_rows_and_corrections_load_and_are_counted(tmp_path: Path) -> None:
    said = io.StringIO()
    good = GOOD["prescribing"]
    (tmp_path / good.name).write_text(good.text(), encoding="utf-8")
    with contextlib.redirect_stdout(said):
        code = main(["load", str(tmp_path / good.name), "--lake", str(tmp_path / "lake"), "--json"])

    assert code == 0
    head = good.cells[0]
    cells = {(row[head.index("PRACTICE_CODE")], row[head.index("BNF_CODE")]) for row in good.body}
    loaded = json.loads(said.getvalue())["loaded"][0]
    assert loaded["totals"]["repeated_rows"] == len(good.body) - len(cells)
    assert loaded["totals"]["negative_rows"] == 1
    assert loaded["totals"]["unknown_code_rows"] == 1
    assert "9999999Z0ZZZZZZ" in loaded["note"]


def test_a_lake_that_refused_everything_is_still_whole(lake: Path, tmp_path: Path) -> None:
    shutil.copytree(lake, tmp_path / "copy")

    for good in GOOD.values():
        assert load(good.text().encode(), good.name, tmp_path / "copy", *good.words)[0] == 0
    assert bytes_of(tmp_path / "copy") == bytes_of(lake)
