"""Few: sums of presentations that lie in a small part of each month's file, read from those parts alone.

Items are picked from the month's runs, row by row. Money and quantities are picked from the parts of its Parquet file,
of which the runs tell what rows to take and whose they are; so is everything in months that were written without runs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..lake import ITEMS, Lake, runs
from ..lake.picking import pick, share, take
from .held import snapshots_of
from .prescribing import COLUMN, FINEST
from .side import Counted

Added = tuple[NDArray[np.bool_], dict[str, NDArray[np.int64]]]

KEY = "presentation_id"
FEW = 0.3  # of a month's rows: up to there they are picked; beyond it the query engine, which needs less memory
MORE = 0.6  # of them may lie in the parts that are read where runs say what to take: measured, half the engine's time


def sums(
    lake: Lake, rules: Mapping[str, Counted], means: Mapping[str, NDArray[np.bool_]], ids: NDArray[np.int32],
    low: int, high: int,
) -> pa.Table | None:  # fmt: skip
    """Month, practice_id and the whole sum under each rule, over the months low to high; None where the presentations
    are more than a small part of a month.

    ids: the presentations of any rule, rising (N,); means: which of them each rule means, (N,) each. Sums are in
    millionths but for items, which are whole.
    """
    wanted, files = ids.astype(np.int64), _files(lake, low, high)
    items_only = all(rule.column == "items" for rule in rules.values())
    if not files:
        return None

    def add(rows: Path, items: Path | None) -> Added | None:
        held = runs.look(items) if items is not None else None
        if held is not None and held.share(wanted) > FEW:
            return None
        if held is not None and items_only:
            return held.sums(wanted, means)
        most = FEW if held is None else MORE
        return _from_parts(rows, held, rules, means, wanted) if share(rows, KEY, wanted) <= most else None

    with ThreadPoolExecutor(min(len(files), os.cpu_count() or 1)) as pool:
        answers = list(pool.map(lambda file: add(*file[1:]), files))
    added = [answer for answer in answers if answer is not None]
    if len(added) < len(files):
        return None
    most = max(len(there) for there, _ in added)
    cells = {name: np.zeros((high - low + 1, most), np.int64) for name in rules}
    any_ = np.zeros((high - low + 1, most), dtype=bool)
    for (month, *_), (there, found) in zip(files, added, strict=True):
        any_[month - low, : len(there)] |= there
        for name, values in found.items():
            cells[name][month - low, : len(values)] += values
    at, practice = np.nonzero(any_)
    return pa.table({
        "month": pa.array((at + low).astype(np.int16)), "practice_id": pa.array(practice.astype(np.int32)),
        **{name: pa.array(values[at, practice]) for name, values in cells.items()},
    })  # fmt: skip


def _files(lake: Lake, low: int, high: int) -> list[tuple[int, Path, Path | None]]:
    """Each month, the file of its rows, and the runs of its items where they are there."""
    held, files = snapshots_of(lake, "prescribing"), []
    for month in range(low, high + 1):
        for snapshot in held.get(month, ()):
            rows, items = snapshot.part("prescribing"), snapshot.part(ITEMS)
            there = items is not None and (lake.path / items.path).is_file()
            if rows is not None:
                files.append((month, lake.path / rows.path, lake.path / items.path if items and there else None))
    return files


def _from_parts(
    file: Path, held: runs.Runs | None, rules: Mapping[str, Counted], means: Mapping[str, NDArray[np.bool_]],
    wanted: NDArray[np.int64],
) -> Added:  # fmt: skip
    """By practice, whether it has a row, and the sum under each rule; the runs say where rows are and whose."""
    columns = tuple(dict.fromkeys(COLUMN[rule.column] for rule in rules.values()))
    if held is not None:
        place, where, first, end = held.cells(wanted)
        found = take(file, KEY, first, end, columns)
    else:
        place, found = pick(file, KEY, wanted, ("practice_id", *columns))
        where = found["practice_id"]
    sums = {}
    for name, rule in rules.items():
        value = found[COLUMN[rule.column]]
        whole = value if rule.column == "items" else np.rint(value * FINEST)
        counted = whole if means[name].all() else np.where(means[name][place], whole, 0)
        sums[name] = np.bincount(where, counted).astype(np.int64)
    return np.bincount(where) > 0, sums
