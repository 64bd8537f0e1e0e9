"""A raw RTT full extract at the door: which columns hold what, and one row of bands for each code of a level."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..errors import InputError
from ..sources.unpack import Unpacked, from_input, plain_name, unpack

FUNCTION, PART, TOTAL_ALL = "Treatment Function Code", "RTT Part Type", "Total All"
UNKNOWN = "Patients with unknown clock start date"
PROVIDER, COMMISSIONER, PERIOD = "Provider Org Code", "Commissioner Org Code", "Period"
LEVELS = {
    "provider": PROVIDER, "commissioner": COMMISSIONER, "icb": "Commissioner Parent Org Code", "specialty": FUNCTION,
}  # fmt: skip
# NHS England: completed admitted and non-admitted, incomplete, those of them with a decision to admit, new periods
PARTS = ("Part_1A", "Part_1B", "Part_2", "Part_2A", "Part_3")
INCOMPLETE, TOTAL_CODE = "Part_2", "C_999"  # C_999 is the total of the other functions
UNBANDED = ("Part_1A", "Part_1B", "Part_3")  # a clock's start may be unknown; new periods have no wait yet
_CLOSED = re.compile(r"gt_(\d+)_to_(\d+)_weeks_sum_1$")
_MONTHS = ("january", "february", "march", "april", "may", "june", "july", "august", "september", "october",
           "november", "december")  # fmt: skip
_PERIOD = re.compile(rf"rtt-({'|'.join(_MONTHS)})-(\d{{4}})")
_OPEN = re.compile(r"gt_(\d+)_weeks_sum_1$")


@dataclass(frozen=True)
class Extract:
    """One part of one month. words: code columns (R,) by published name; counts: int64 (R, B); weeks_from: int64 (B,);
    open_band: whether the last band is open; unknown: int64 (R,) pathways without a band; month: YYYY-MM, or
    '' where the file does not say."""

    name: str
    words: dict[str, NDArray[np.object_]]
    counts: NDArray[np.int64]
    weeks_from: NDArray[np.int64]
    open_band: bool
    unknown: NDArray[np.int64]
    month: str

    def by(self, level: str) -> tuple[list[str], NDArray[np.int64]]:
        """The codes of a level, in order of first appearance, and their bands summed.

        By specialty every function is its own row, the published total among them. For the others a
        provider and commissioner's total row is taken where there is one, and its functions where there is none.
        """
        codes, both = self._by(level)
        return codes, both[:, :-1]

    def unbanded(self, level: str) -> NDArray[np.int64]:
        """Pathways without a band, in the order of `by`: the clock's start is unknown, or it has only just started."""
        return np.asarray(self._by(level)[1][:, -1])

    def _by(self, level: str) -> tuple[list[str], NDArray[np.int64]]:
        column = LEVELS[level]
        if column not in self.words:
            there = ", ".join(name for name, one in LEVELS.items() if one in self.words)
            raise InputError(f"{self.name}: no column {column!r} for --level {level}; the file can give: {there}")
        rows = np.arange(len(self.counts)) if level == "specialty" else self._once()
        return _summed(self.words[column][rows], np.column_stack([self.counts, self.unknown])[rows])

    def total(self) -> tuple[NDArray[np.int64], int]:
        """All pathways, each once: int64 (B,), and those without a band."""
        rows = self._once()
        return np.asarray(self.counts[rows].sum(axis=0)), int(self.unknown[rows].sum())

    def _once(self) -> NDArray[np.int64]:
        """Rows that together hold every pathway once; refuses totals that their functions do not add up to."""
        pair = _pairs([self.words[c] for c in (PROVIDER, COMMISSIONER) if c in self.words], len(self.counts))
        total = self.words[FUNCTION] == TOTAL_CODE
        pairs = int(pair.max()) + 1
        every = self.counts.sum(axis=1) + self.unknown
        sums = [np.bincount(pair[side], every[side], pairs) for side in (total, ~total)]
        both = np.isin(np.arange(pairs), pair[total]) & np.isin(np.arange(pairs), pair[~total])
        for one in np.flatnonzero(both & (sums[0] != sums[1])):
            row = int(np.flatnonzero((pair == one) & total)[0])
            where = ", ".join(f"{c} {self.words[c][row]!r}" for c in (PROVIDER, COMMISSIONER) if c in self.words)
            raise InputError(f"{self.name}: {where}: {TOTAL_CODE} holds {sums[0][one]:,.0f} pathways and the other "
                             f"functions {sums[1][one]:,.0f}; expected the same")  # fmt: skip
        return np.flatnonzero(total | ~np.isin(pair, pair[total]))


def read(path: str, part: str = INCOMPLETE) -> Extract:
    """Read a raw extract: zip, CSV, gzipped CSV, Parquet or standard input, with or without rows above the header.

    `part` is one of PARTS. Part_2A lies within Part_2, so the two are never added.

    Raises
    ------
    InputError
        If it is no RTT extract, holds more than one month, a row twice, a number that is none, or a row whose bands
        do not add up to its total.
    """
    with tempfile.TemporaryDirectory() as folder:
        names = iter(range(1 << 30))

        def beside(name: str) -> Path:
            return Path(folder) / f"{next(names)}-{name}"

        given = from_input(beside) if path == "-" else Path(path)
        if not given.is_file():
            raise InputError(f"{path}: {'is a folder' if given.is_dir() else 'cannot be read (No such file)'}; "
                             "expected an RTT full extract")  # fmt: skip
        name = "standard input" if path == "-" else path
        found = [_table(file, name) for file in unpack(given, beside, "")]
    if len(found) > 1:
        raise InputError(f"{name}: the zip holds {len(found)} tables; expected one month's extract")
    return _extract(name, found[0], part)


def _table(file: Unpacked, name: str) -> pa.Table:
    if file.kind == "parquet":
        return pq.read_table(file.path)
    if file.kind != "csv":
        raise InputError(f"{name}: expected CSV or Parquet, found {file.kind}")
    marks = [{plain_name(cell) for cell in row} for row in file.top]
    header = next((k for k, cells in enumerate(marks) if plain_name(FUNCTION) in cells), None)
    if header is None:
        raise InputError(f"{name}: no column {FUNCTION!r}; expected an RTT full extract as NHS England publishes it")
    columns = list(file.top[header])
    text = file.path.read_bytes().decode(file.encoding).removeprefix("\ufeff")
    try:
        return pacsv.read_csv(
            io.BytesIO(text.encode()),
            read_options=pacsv.ReadOptions(column_names=columns, skip_rows=header + 1, use_threads=False),
            parse_options=pacsv.ParseOptions(newlines_in_values=True),
            convert_options=pacsv.ConvertOptions(column_types=dict.fromkeys(columns, pa.string())),
        )
    except (pa.ArrowInvalid, pa.ArrowKeyError) as error:
        raise InputError(f"{name}: not readable as CSV ({error})") from error


def _extract(name: str, table: pa.Table, wanted_part: str) -> Extract:
    spelt = {plain_name(column): column for column in table.column_names}
    if plain_name(FUNCTION) not in spelt:
        raise InputError(f"{name}: no column {FUNCTION!r}; expected an RTT full extract as NHS England publishes it")
    if (part := spelt.get(plain_name(PART))) is not None:
        table = table.filter(pc.equal(pc.utf8_trim_whitespace(table[part].cast(pa.string())), wanted_part))
    elif wanted_part != INCOMPLETE:
        raise InputError(f"{name}: no column {PART!r}; expected it where {wanted_part} is asked for")
    if table.num_rows == 0:
        what = "incomplete pathways (Part_2)" if wanted_part == INCOMPLETE else f"rows of {wanted_part}"
        raise InputError(f"{name}: holds no {what}")
    words = {
        wanted: _words(table[spelt[plain_name(wanted)]])
        for wanted in (*LEVELS.values(), PERIOD) if plain_name(wanted) in spelt
    }  # fmt: skip
    month = _one_month(name, words.pop(PERIOD, None))
    bands, weeks_from, open_band = _bands(name, spelt)
    counts = np.column_stack([_numbers(name, table[band], band) for band in bands])
    unknown = np.zeros(len(counts), dtype=np.int64)
    if wanted_part in UNBANDED and plain_name(UNKNOWN) in spelt:
        unknown = _numbers(name, table[spelt[plain_name(UNKNOWN)]], UNKNOWN)
    if (total := spelt.get(plain_name(TOTAL_ALL))) is not None:
        if wanted_part == "Part_3":
            unknown = _numbers(name, table[total], TOTAL_ALL) - counts.sum(axis=1)
        _adds_up(name, counts.sum(axis=1) + unknown, table[total], words)
    _once_each(name, words)
    return Extract(name, words, counts, weeks_from, open_band, unknown, month)


def _bands(name: str, spelt: dict[str, str]) -> tuple[list[str], NDArray[np.int64], bool]:
    closed = {int(m[1]): spelt[c] for c in spelt if (m := _CLOSED.match(c))}
    opened = {int(m[1]): spelt[c] for c in spelt if (m := _OPEN.match(c))}
    starts = sorted(closed) + sorted(opened)
    if starts != list(range(len(starts))) or len(opened) > 1 or not closed:
        raise InputError(f"{name}: expected bands of one week from 'Gt 00 To 01 Weeks SUM 1' on without a gap; "
                         f"found {len(closed)} closed and {len(opened)} open bands")  # fmt: skip
    return [(closed | opened)[week] for week in starts], np.array(starts, dtype=np.int64), bool(opened)


def _words(column: pa.ChunkedArray) -> NDArray[np.object_]:
    return np.array([(cell or "").strip() for cell in column.cast(pa.string()).to_pylist()], dtype=object)


def _numbers(name: str, column: pa.ChunkedArray, band: str) -> NDArray[np.int64]:
    """A band as whole numbers, blank as 0: the publisher leaves a band blank where nobody waits."""
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        trimmed = pc.utf8_trim_whitespace(column)
        column = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
    try:
        whole = column.cast(pa.float64()).cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise InputError(f"{name}: column {band!r}: expected whole numbers ({error})") from error
    return np.asarray(pc.fill_null(whole, 0).to_numpy(zero_copy_only=False), dtype=np.int64)


def _adds_up(
    name: str, sums: NDArray[np.int64], column: pa.ChunkedArray, words: dict[str, NDArray[np.object_]]
) -> None:
    total = _numbers(name, column, TOTAL_ALL)
    wrong = np.flatnonzero(total != sums)
    if len(wrong):
        row = int(wrong[0])
        where = ", ".join(f"{c} {values[row]!r}" for c, values in words.items())
        raise InputError(f"{name}: {where}: the bands hold {sums[row]:,} pathways and {TOTAL_ALL!r} says "
                         f"{total[row]:,}; expected the same")  # fmt: skip


def _one_month(name: str, period: NDArray[np.object_] | None) -> str:
    months = [] if period is None else list(dict.fromkeys(str(word).lower() for word in period))
    if len(months) > 1:
        raise InputError(f"{name}: holds {len(months)} months ({', '.join(months[:3])}, ...); expected one")
    found = _PERIOD.fullmatch(months[0]) if months else None
    return f"{found[2]}-{_MONTHS.index(found[1]) + 1:02d}" if found else ""


def _once_each(name: str, words: dict[str, NDArray[np.object_]]) -> None:
    if PROVIDER not in words or COMMISSIONER not in words:
        return
    keys = zip(words[PROVIDER], words[COMMISSIONER], words[FUNCTION], strict=True)
    seen: set[tuple[object, ...]] = set()
    for key in keys:
        if key in seen:
            raise InputError(f"{name}: provider {key[0]!r}, commissioner {key[1]!r}, function {key[2]!r} "
                             "is given twice; each must be given once")  # fmt: skip
        seen.add(key)


def _pairs(columns: Sequence[NDArray[np.object_]], rows: int) -> NDArray[np.int64]:
    known: dict[tuple[object, ...], int] = {}
    keys = zip(*columns, strict=True) if columns else iter([()] * rows)
    return np.array([known.setdefault(key, len(known)) for key in keys], dtype=np.int64)


def _summed(codes: NDArray[np.object_], counts: NDArray[np.int64]) -> tuple[list[str], NDArray[np.int64]]:
    known: dict[str, int] = {}
    place = np.array([known.setdefault(str(code), len(known)) for code in codes], dtype=np.int64)
    sums = np.zeros((len(known), counts.shape[1]), dtype=np.int64)
    np.add.at(sums, place, counts)
    return list(known), sums
