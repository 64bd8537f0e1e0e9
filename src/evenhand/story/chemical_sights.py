"""The store of compared chemicals: one file a level beside the lake, by organisation, so that a page only reads it.

LAKE/sights_of_chemicals/LEVEL~KEY.parquet; KEY is a hash of the method and of every snapshot of the lake, as for
`sights`. An empty LEVEL~KEY.none says that no organisation is of that level. Each file is built beside and renamed; the
folder may be deleted at any time.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ..errors import InputError
from ..lake import Lake
from ..lake.files import write_whole
from ..measures.held import months_held
from . import sight_keys
from .chemicals import Chemicals, compared, counted, row
from .sight_files import facts_in, write
from .spreads import LEVELS

GROUP = 2_000  # rows of a file that are read together
METHOD = 2  # rises when the same data would give other numbers, or lie otherwise


def build(lake: Lake) -> tuple[str, ...]:
    """Work out and store every level that is not stored over the data as it is; the levels that were worked out."""
    todo = [level for level in LEVELS if not (_file(lake, level).exists() or _none(lake, level).exists())]
    if not todo or not months_held(lake, "prescribing"):
        _sweep(lake)
        return ()
    _folder(lake).mkdir(exist_ok=True)
    once, done = counted(lake), []
    for level in todo:
        try:
            found = compared(lake, level, once)
        except InputError:  # no organisation is of this level
            write_whole(_none(lake, level), b"")
            continue
        file = _file(lake, level)
        write(file, [_table(found)], _facts(found), GROUP)
        done.append(level)
    _sweep(lake)
    return tuple(done)


def read(lake: Lake, level: str, code: str) -> tuple[tuple[str, str], list[dict[str, Any]]] | None:
    """The months and the rows of one organisation, as `chemicals.rows_of` gives them; None if they are not stored, or
    the organisation is none of those compared."""
    file = _file(lake, level)
    if not file.exists():
        return None
    footer, lowest, highest, facts = _opened(file)
    if code not in facts["codes"]:
        return None
    groups = [i for i in range(bisect_left(highest, code), len(lowest)) if lowest[i] <= code]
    first, last = facts["months"]
    if not groups:
        return (first, last), []
    rows = pq.ParquetFile(file, metadata=footer, memory_map=True).read_row_groups(groups, use_threads=False)
    mine = rows.filter(pc.equal(rows["code"], code)).to_pylist()
    about = facts["chemicals"]
    told = []
    for one in mine:
        chemical, name, middle = about[one["at"]]
        told.append(row(chemical, name, float(one["items"]), float(one["of_items"]), middle, one["z"]))
    return (first, last), told


def _table(found: Chemicals) -> pa.Table:
    """One row an organisation and chemical that can be compared there, by organisation. at: which of the facts'
    chemicals; items are counted, so they are whole."""
    codes = np.array(found.codes, dtype=str)
    by_code = np.argsort(codes, kind="stable")
    place = np.empty(len(codes), dtype=np.int32)
    place[by_code] = np.arange(len(codes), dtype=np.int32)
    inside = [np.flatnonzero(np.isfinite(column.z)) for column in found.columns]
    empty: list[np.ndarray] = [np.zeros(0)]
    where = np.concatenate([place[rows] for rows in inside] or empty).astype(np.int32)
    at = np.repeat(np.arange(len(inside), dtype=np.int32), [len(rows) for rows in inside])
    order = np.lexsort((at, where))
    sides = {
        name: np.concatenate([getattr(c, name)[rows] for c, rows in zip(found.columns, inside, strict=True)] or empty)
        for name in ("items", "whole", "z")
    }  # fmt: skip
    words = pa.DictionaryArray.from_arrays(pa.array(where[order]), pa.array(codes[by_code].tolist(), pa.string()))
    return pa.table({
        "code": words.cast(pa.string()), "at": pa.array(at[order], pa.int32()),
        "items": pa.array(sides["items"][order].astype(np.int64)),
        "of_items": pa.array(sides["whole"][order].astype(np.int64)), "z": pa.array(sides["z"][order], pa.float64()),
    })  # fmt: skip


def _facts(found: Chemicals) -> dict[str, Any]:
    chemicals = [(column.chemical, column.name, column.middle) for column in found.columns]
    return {"months": found.months, "codes": found.codes, "chemicals": chemicals}


@lru_cache(maxsize=16)
def _opened(file: Path) -> tuple[pq.FileMetaData, list[str], list[str], dict[str, Any]]:
    """The footer of a file, the first and last code of each of its parts, and its facts; it never changes."""
    held = pq.ParquetFile(file)
    at = held.schema_arrow.names.index("code")
    parts = [held.metadata.row_group(i).column(at).statistics for i in range(held.metadata.num_row_groups)]
    ends = [part for part in parts if part is not None and part.has_min_max]
    facts = facts_in(held)
    return held.metadata, [e.min for e in ends], [e.max for e in ends], facts | {"codes": frozenset(facts["codes"])}


def _folder(lake: Lake) -> Path:
    return lake.path / "sights_of_chemicals"


def _file(lake: Lake, level: str) -> Path:
    return _folder(lake) / f"{level}~{_key(lake)}.parquet"


def _none(lake: Lake, level: str) -> Path:
    return _file(lake, level).with_suffix(".none")


def _key(lake: Lake) -> str:
    return hashlib.sha256(f"{METHOD}\n{sight_keys.state(lake)}".encode()).hexdigest()[:20]


def _sweep(lake: Lake) -> None:
    """Remove what no longer holds, and what a crash left."""
    folder = _folder(lake)
    for file in folder.iterdir() if folder.is_dir() else ():
        if file.stem.rsplit("~", 1)[-1] != _key(lake):
            file.unlink(missing_ok=True)
