"""Picking: the rows of a sorted Parquet file whose key is one of a few, read without the parts that hold none of them.

Every part (row group) of a file says its lowest and highest key. Fifty presentations of a national month lie in some
fifty parts of seven hundred; a query engine reads those too, and asks every part.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

Ids = NDArray[np.int64]


@dataclass(frozen=True)
class _Parts:
    footer: pq.FileMetaData
    low: Ids
    high: Ids
    rows: Ids


def share(file: Path, column: str, wanted: Ids) -> float:
    """The share of a file's rows that lie in parts which may hold a key of `wanted` (rising); 1 where the file does not
    say what its parts hold."""
    parts = _parts(file, column)
    if parts is None:
        return 1.0
    return float(parts.rows[_holding(parts, wanted)].sum() / max(parts.rows.sum(), 1))


def pick(file: Path, column: str, wanted: Ids, columns: tuple[str, ...]) -> tuple[Ids, dict[str, NDArray[Any]]]:
    """These columns of the rows whose key is in `wanted` (rising), in the order of the file, after the place of each
    row's key in `wanted`.

    Holds for a file that never changes: the ends of its parts are kept in mind.
    """
    parts = _parts(file, column)
    assert parts is not None, "a file whose share was not asked for first"
    groups = np.flatnonzero(_holding(parts, wanted)).tolist()
    # not mapped into memory: each look would have to be given every page anew
    rows = pq.ParquetFile(file, metadata=parts.footer).read_row_groups(
        groups, columns=[column, *columns], use_threads=False
    )
    keys = rows[column].to_numpy()
    if (keys[1:] < keys[:-1]).any():  # sorted only from part to part
        keep = np.flatnonzero(np.isin(keys, wanted))
        return np.searchsorted(wanted, keys[keep]), {name: rows[name].to_numpy()[keep] for name in columns}
    first, end = np.searchsorted(keys, wanted), np.searchsorted(keys, wanted, side="right")
    runs = end - first
    place = np.repeat(np.arange(len(wanted)), runs)
    held = np.flatnonzero(runs)
    if len(held) and runs.sum() == end[held[-1]] - first[held[0]]:  # one run, as neighbours are
        return place, {name: rows[name].to_numpy()[first[held[0]] : end[held[-1]]] for name in columns}
    keep = np.repeat(first - np.append(0, np.cumsum(runs)[:-1]), runs) + np.arange(runs.sum())
    return place, {name: rows[name].to_numpy()[keep] for name in columns}


def take(file: Path, column: str, first: Ids, end: Ids, columns: tuple[str, ...]) -> dict[str, NDArray[Any]]:
    """These columns of the rows from each `first` to its `end` (rising, none empty), for who knows where the rows of a
    key lie: the key's own column, by which the file is sorted, is not read."""
    parts = _parts(file, column)
    assert parts is not None, "a file whose share was not asked for first"
    ends = np.cumsum(parts.rows)
    low, high = np.searchsorted(ends, first, side="right"), np.searchsorted(ends, end - 1, side="right")
    held = np.zeros(len(ends), dtype=bool)
    for begins, last in zip(low.tolist(), high.tolist(), strict=True):
        held[begins : last + 1] = True
    left_out = np.cumsum(np.where(held, 0, parts.rows))[low]  # rows of the parts before it that are not read
    rows = pq.ParquetFile(file, metadata=parts.footer).read_row_groups(
        np.flatnonzero(held).tolist(), columns=list(columns), use_threads=False
    )
    found = {}
    for name in columns:
        values = rows[name].to_numpy()
        cuts = zip((first - left_out).tolist(), (end - left_out).tolist(), strict=True)
        found[name] = np.concatenate([values[:0], *(values[slice(*cut)] for cut in cuts)])
    return found


def _holding(parts: _Parts, wanted: Ids) -> NDArray[np.bool_]:
    between: NDArray[np.bool_] = np.searchsorted(wanted, parts.high, side="right") > np.searchsorted(wanted, parts.low)
    return between


@lru_cache(maxsize=64)  # five years of national months, 4.7 MB of memory each: measured
def _parts(file: Path, column: str) -> _Parts | None:
    footer = pq.read_metadata(file)
    at = footer.schema.names.index(column)
    ends = [footer.row_group(i).column(at).statistics for i in range(footer.num_row_groups)]
    if not all(part is not None and part.has_min_max for part in ends):
        return None
    low, high = (np.array([getattr(part, name) for part in ends], dtype=np.int64) for name in ("min", "max"))
    if (low[1:] < high[:-1]).any():  # the parts are not in order
        return None
    rows = [footer.row_group(i).num_rows for i in range(footer.num_row_groups)]
    return _Parts(footer, low, high, np.array(rows, dtype=np.int64))
