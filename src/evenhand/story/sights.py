"""Sights: the store of spreads beside the lake's tables, so that a page reads what it shows and works nothing out.

One Parquet file a measure and level, LAKE/sights/MEASURE~LEVEL~KEY.parquet, one row an organisation; and one file a
level, `standing~LEVEL~KEY.parquet`, with every measure's rows sorted by organisation. KEY is a hash of the method, the
definition and every snapshot of the lake: a file whose name fits holds, any other is out of date and swept. Each file
is built beside and renamed, so that whatever a crash leaves is whole or not there; the store may be deleted any time.
"""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache, partial
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..lake import Lake
from ..lake.files import flush, write_whole
from ..measures import Measure, for_lake
from ..measures.library import DEFINITIONS
from ..records import plain
from ..records.spread import Spread, Standing
from ..stats.ranks import percent_rank
from .spreads import LEVELS, spreads

METHOD = 1  # rises when the same data would give other numbers
GROUP = 2_000  # rows of a standing file that are read together: about thirty organisations of seventy measures
FEW = 8  # measures that are not worth a second process, which takes three seconds to begin
CHUNK = 500  # organisations put in order at once, so that England fits in memory
DERIVED = ("panel",)  # the lake's own, made from the snapshots that the key holds
ABOUT = ("first", "last", "together", "months", "middle", "tenths", "compared", "price")  # of all, with each standing
COURSE = ("top", "bottom")
NUMBERS = ("numerator", "denominator", "expected", "worse", "units", "pounds", "low", "high")
WORDS = ("outlier", "unlike", "icon")


@dataclass(frozen=True)
class Stored:
    """What `build` did: measures worked out, those that stood, and levels put in order."""

    done: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    nothing: tuple[str, ...] = ()
    levels: tuple[str, ...] = field(default=())


def build(
    lake: Lake, ids: Iterable[str] | None = None, *, progress: Callable[[str], None] | None = None, workers: int = 1
) -> Stored:
    """Work out and store every measure (or `ids`) at every level. Running it again changes nothing; cut short, it
    goes on where it stopped. `workers`: processes that share the measures, each with the memory of one."""
    every = known(lake)
    folder = _folder(lake)
    folder.mkdir(exist_ok=True)
    wanted = {str(name) for name in ids} if ids is not None else set(every)
    asked = [name for name in every if name in wanted]
    todo = [name for name in asked if not (folder / f"{name}~{key(lake, every[name])}.done").exists()]
    found: dict[str, tuple[str, ...]] = {}
    for name, levels in _worked(lake, every, todo, workers):
        found[name] = levels
        if progress is not None:
            progress(f"{name}: {', '.join(levels) or 'nothing in this lake'}")
    done = tuple(name for name in todo if found[name])
    nothing = tuple(name for name in todo if not found[name])
    stored = _stored(lake, every)
    _sweep(lake, every, stored)
    ordered = tuple(level for level in LEVELS if _put_in_order(lake, stored, level))
    return Stored(done, tuple(name for name in asked if name not in found), nothing, ordered)


def spread(lake: Lake, measure: Measure, level: str, *, course: bool = False) -> Spread | None:
    """One measure at one level, as stored; worked out now if it is not. None if the lake has nothing of it there.

    course: also every organisation's months.
    """
    file = _file(lake, measure, level)
    if not file.exists():
        if is_stored(lake, measure):
            return None
        return work_out(lake, measure).get(level)
    held = pq.ParquetFile(file, memory_map=True)
    names = [n for n in held.schema_arrow.names if course or n not in COURSE]
    return _spread(measure.id, level, held.read(columns=names, use_threads=False), _facts(held), course)


def is_stored(lake: Lake, measure: Measure) -> bool:
    """Whether this very definition stands in the store over this very data."""
    return (_folder(lake) / f"{measure.id}~{key(lake, measure)}.done").exists()


def known(lake: Lake) -> dict[str, Measure]:
    """The measures of the lake, read again when a file came or went, or one of the lake's own has changed.

    A page asks several times; to look at each of Evenhand's own files would take it longer than the rest.
    """
    own = lake.path / "measures"
    files = sorted(own.iterdir()) if own.is_dir() else []
    state_ = tuple((f.name, f.stat().st_mtime_ns) for f in files), (DEFINITIONS / "measures").stat().st_mtime_ns
    found: dict[str, Measure] = lake.remember(f"sights.measures.{hash(state_)}", lambda: for_lake(lake))
    return found


def stored(lake: Lake) -> list[Measure]:
    """The measures that are stored over the data as it is."""
    return _stored(lake, known(lake))


def waiting(lake: Lake) -> tuple[str, ...]:
    """The measures that are not stored, or whose definition or data have changed since."""
    every = known(lake)
    there = {m.id for m in _stored(lake, every)}
    return tuple(name for name in every if name not in there)


def standings(
    lake: Lake, places: Sequence[tuple[str, str]], ids: Sequence[str] | None = None
) -> list[Standing]:
    """What is stored of these organisations, (level, code) each, on every measure or on `ids`; nothing is worked out
    here."""
    stored = _stored(lake, known(lake))
    found: list[Standing] = []
    for level, code in dict.fromkeys(places):
        file = _standing_file(lake, stored, level)
        if file.exists():
            found += _read_standings(file, level, code, ids)
    return found


def key(lake: Lake, measure: Measure) -> str:
    """What a stored spread rests on: the method, the definition, and every snapshot of the lake."""
    return _key(state(lake), measure)


def _key(state_: str, measure: Measure) -> str:
    text = f"{METHOD}\n{_definition(measure)}\n{state_}"
    return hashlib.sha256(text.encode()).hexdigest()[:20]


_definitions: dict[int, tuple[Measure, str]] = {}


def _definition(measure: Measure) -> str:
    """A hash of the whole definition; a frozen object is hashed once."""
    held = _definitions.get(id(measure))
    if held is None or held[0] is not measure:
        held = (measure, hashlib.sha256(measure.model_dump_json(exclude_defaults=True).encode()).hexdigest())
        _definitions[id(measure)] = held
    return held[1]


def state(lake: Lake) -> str:
    """A hash of everything that was loaded: it changes when any number may."""

    def find() -> str:
        counted = [s for s in lake.snapshots() if s.table not in DERIVED]
        held = [(s.table, s.key, *(part.sha256 for part in s.parts)) for s in counted]
        return hashlib.sha256(json.dumps(held).encode()).hexdigest()

    return lake.remember("sights.snapshots", find)


def _folder(lake: Lake) -> Path:
    return lake.path / "sights"


def _file(lake: Lake, measure: Measure, level: str) -> Path:
    return _folder(lake) / f"{measure.id}~{level}~{key(lake, measure)}.parquet"


def _names(lake: Lake) -> frozenset[str]:
    folder = _folder(lake)
    return frozenset(os.listdir(folder)) if folder.is_dir() else frozenset()


def _stored(lake: Lake, every: dict[str, Measure]) -> list[Measure]:
    names, now = _names(lake), state(lake)
    return [m for m in every.values() if f"{m.id}~{_key(now, m)}.done" in names]


def _standing_file(lake: Lake, stored: list[Measure], level: str) -> Path:
    now = state(lake)
    keys = hashlib.sha256("".join(_key(now, measure) for measure in stored).encode()).hexdigest()[:20]
    return _folder(lake) / f"standing~{level}~{keys}.parquet"


def _worked(
    lake: Lake, every: dict[str, Measure], todo: list[str], workers: int
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each measure to do, with the levels that were stored; in the order of `todo`."""
    if workers < 2 or len(todo) < FEW:
        for name in todo:
            yield name, _keep(lake, every[name])
        return
    # begun anew, not forked: a fork would share the query engine's threads
    with ProcessPoolExecutor(min(workers, len(todo)), mp_context=get_context("spawn")) as pool:
        yield from zip(todo, pool.map(partial(_keep_by_name, lake.path), todo), strict=True)


def _keep_by_name(path: Path, name: str) -> tuple[str, ...]:
    lake = _own_lake(path)
    return _keep(lake, known(lake)[name])


@lru_cache(maxsize=1)
def _own_lake(path: Path) -> Lake:
    return Lake.open(path)


def _keep(lake: Lake, measure: Measure) -> tuple[str, ...]:
    """Work one measure out and store it; its levels."""
    found = spreads(lake, measure)
    for level, spread in found.items():
        _write(_file(lake, measure, level), [_table(spread)], _facts_of(spread))
    # also of a measure with nothing here
    write_whole(_folder(lake) / f"{measure.id}~{key(lake, measure)}.done", b"")
    return tuple(found)


def _table(spread: Spread) -> pa.Table:
    """One row an organisation, by code."""
    columns: dict[str, Any] = {"code": pa.array(spread.codes, pa.string()), "fair": pa.array(spread.fair)}
    columns |= {name: pa.array(getattr(spread, name), pa.float64()) for name in NUMBERS}
    columns |= {name: pa.array(getattr(spread, name), pa.string()) for name in WORDS}
    for name in COURSE:
        cells = getattr(spread, name)
        offsets = np.arange(0, cells.size + 1, cells.shape[1], dtype=np.int32)
        columns[name] = pa.ListArray.from_arrays(offsets, pa.array(cells.ravel(), pa.float64()))
    return pa.table(columns).sort_by("code")


def _facts_of(spread: Spread) -> dict[str, Any]:
    own = {"first": spread.first, "last": spread.last, "together": spread.together, "months": spread.months}
    found: dict[str, Any] = plain(spread.facts | own)
    return found


def _spread(measure: str, level: str, rows: pa.Table, facts: dict[str, Any], course: bool) -> Spread:
    months = np.array(facts["months"], dtype="datetime64[M]")
    cells = {name: np.zeros((0, len(months))) for name in COURSE}
    if course:
        cells = {name: _flat(rows[name]).reshape(-1, len(months)) for name in COURSE}
    columns: dict[str, Any] = {name: _numbers(rows[name]) for name in NUMBERS}
    columns |= {name: tuple(rows[name].to_pylist()) for name in WORDS} | cells
    return Spread(
        measure, level, facts["first"], facts["last"], tuple(rows["code"].to_pylist()),
        fair=rows["fair"].to_numpy(), together=facts["together"], months=months, facts=facts, **columns,
    )  # fmt: skip


def _numbers(column: pa.ChunkedArray) -> np.ndarray:
    return np.asarray(column.to_numpy(), dtype=np.float64)


def _flat(column: pa.ChunkedArray) -> np.ndarray:
    """The cells of a column of lists, one after the other."""
    return np.asarray(pc.list_flatten(column).to_numpy(), dtype=np.float64)


def _put_in_order(lake: Lake, stored: list[Measure], level: str) -> bool:
    """Write a level's standing file: every measure's rows, by organisation; False if nothing is stored there."""
    file = _standing_file(lake, stored, level)
    held = {m.id: _file(lake, m, level) for m in stored if _file(lake, m, level).exists()}
    if file.exists() or not held:
        return file.exists()
    codes: set[str] = set()
    facts: dict[str, Any] = {}
    for name, path in held.items():
        codes |= set(pq.read_table(path, columns=["code"])["code"].to_pylist())
        about = _facts(pq.ParquetFile(path))
        facts[name] = {k: about[k] for k in ABOUT}
    _write(file, _in_order(held, sorted(codes)), facts, GROUP)
    return True


def _in_order(held: dict[str, Path], codes: list[str]) -> Iterable[pa.Table]:
    """Rows of all measures, a few organisations at a time."""
    for first in range(0, len(codes), CHUNK):
        low, high = codes[first], codes[min(first + CHUNK, len(codes)) - 1]
        parts = []
        for name, path in held.items():
            rows = pq.read_table(path)
            rank = percent_rank(np.where(rows["fair"].to_numpy(), _rate(rows), np.nan))
            rows = rows.append_column("rank", pa.array(rank)).replace_schema_metadata(None)
            rows = rows.append_column("measure", pa.array([name] * len(rows), pa.string()))
            parts.append(rows.filter(pc.and_(pc.greater_equal(rows["code"], low), pc.less_equal(rows["code"], high))))
        yield pa.concat_tables(parts).sort_by("code").combine_chunks()


def _rate(rows: pa.Table) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        found: np.ndarray = _numbers(rows["numerator"]) / _numbers(rows["denominator"])
    return found


@lru_cache(maxsize=64)
def _opened(file: Path) -> tuple[pq.FileMetaData, list[str], list[str], dict[str, Any]]:
    """The footer of a standing file, the first and last code of each of its parts, and its facts; it never changes."""
    held = pq.ParquetFile(file)
    at = held.schema_arrow.names.index("code")
    ends = [held.metadata.row_group(i).column(at).statistics for i in range(held.metadata.num_row_groups)]
    return held.metadata, [end.min for end in ends], [end.max for end in ends], _facts(held)


def _read_standings(file: Path, level: str, code: str, ids: Sequence[str] | None) -> list[Standing]:
    footer, lowest, highest, facts = _opened(file)
    groups = [i for i in range(bisect_left(highest, code), len(lowest)) if lowest[i] <= code]
    if not groups:
        return []
    rows = pq.ParquetFile(file, metadata=footer, memory_map=True).read_row_groups(groups, use_threads=False)
    mask = pc.equal(rows["code"], code)
    if ids is not None:
        mask = pc.and_(mask, pc.is_in(rows["measure"], value_set=pa.array(ids, pa.string())))
    mine = rows.filter(mask).to_pylist()
    return [_standing(level, row, facts[row["measure"]]) for row in mine]


def standing_of(whole: Spread, code: str) -> Standing | None:
    """One organisation's standing in a spread that was worked out with its course."""
    at = whole.row(code)
    if at is None:
        return None
    row: dict[str, Any] = {name: getattr(whole, name)[at] for name in (*NUMBERS, *WORDS, "fair", *COURSE)}
    rank = percent_rank(np.where(whole.fair, whole.value, np.nan))[at]
    return _standing(whole.level, row | {"code": code, "measure": whole.measure, "rank": rank}, _facts_of(whole))


def work_out(lake: Lake, measure: Measure) -> dict[str, Spread]:
    """What `build` would store, for a reader who cannot wait for it; facts as they read back."""
    return {level: replace(found, facts=_facts_of(found)) for level, found in spreads(lake, measure).items()}


def _standing(level: str, row: dict[str, Any], facts: dict[str, Any]) -> Standing:
    cells: dict[str, Any] = {name: _or_nan(row[name]) for name in (*NUMBERS, "rank")}
    cells |= {name: row[name] for name in WORDS} | {name: np.array(row[name], dtype=np.float64) for name in COURSE}
    return Standing(
        row["measure"], level, row["code"], facts["first"], facts["last"], fair=bool(row["fair"]),
        middle=_or_nan(facts["middle"]), compared=facts["compared"], together=facts["together"],
        price=_or_nan(facts["price"]), tenths=np.array(facts["tenths"], dtype=np.float64),
        months=np.array(facts["months"], dtype="datetime64[M]"), **cells,
    )  # fmt: skip


def _or_nan(value: Any) -> float:
    return float("nan") if value is None else float(value)


def _facts(held: pq.ParquetFile) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(held.schema_arrow.metadata[b"facts"])
    return found


def _write(file: Path, tables: Iterable[pa.Table], facts: dict[str, Any], group: int | None = None) -> None:
    """Build beside, flush, rename: after any crash the file is whole or not there."""
    beside = file.with_name(f".{os.getpid()}.{file.name}.new")
    writer: pq.ParquetWriter | None = None
    try:
        for table in tables:
            if writer is None:
                schema = table.schema.with_metadata({"facts": json.dumps(facts, allow_nan=False)})
                writer = pq.ParquetWriter(beside, schema, compression="zstd")
            writer.write_table(table.replace_schema_metadata(schema.metadata), row_group_size=group)
        if writer is not None:
            writer.close()
            flush(beside)
            os.replace(beside, file)
    finally:
        if writer is not None and writer.is_open:
            writer.close()
        beside.unlink(missing_ok=True)


def _sweep(lake: Lake, every: dict[str, Measure], stored: list[Measure]) -> None:
    """Remove what no longer holds, and what a crash left."""
    folder = _folder(lake)
    keys = {key(lake, measure) for measure in every.values()}
    keys.add(_standing_file(lake, stored, LEVELS[0]).stem.rsplit("~", 1)[1])
    for file in folder.iterdir():
        if file.name.startswith(".") or file.stem.rsplit("~", 1)[-1] not in keys:
            file.unlink(missing_ok=True)
