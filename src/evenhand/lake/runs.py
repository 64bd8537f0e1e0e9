"""Runs: whole numbers by two keys, in a file that is looked into where it lies.

One row a key (a presentation), and in it a list over its members (practices) and one of their values (items): an Arrow
file, which anything that reads Arrow reads. The file says where each list begins and is not packed, so that five
hundred keys of a national month are reached without a look at the others. Two bytes a cell: a member is kept as the
step from the one before it, and what a byte does not hold is kept in several rows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Ids = NDArray[np.int64]
Cells = tuple[Ids, Ids, Ids]

ENDING = ".arrow"
STEPS = (np.dtype(np.uint8), np.dtype(np.uint16), np.dtype(np.uint32))
VALUES = (np.dtype(np.int8), np.dtype(np.int16), np.dtype(np.int32), np.dtype(np.int64))
_MORE = 8  # our rule: lists grow by an eighth at most; those of a national month in single bytes by a twentieth


@dataclass(frozen=True)
class Runs:
    """keys: rising, and how many members each has (K,); ends: where the lists of each begin, and where the last end
    (K + 1,); steps, values: (R,).

    A step that is the most its type holds leads to no member: the way goes on in the next row. A row that takes no step
    holds more of the value of the member before it.
    """

    keys: NDArray[np.int32]
    members: NDArray[np.int32]
    ends: NDArray[np.int32]
    steps: NDArray[Any]
    values: NDArray[Any]

    def share(self, wanted: Ids) -> float:
        """The share of all rows that belong to these keys (rising)."""
        _, at = self._places(wanted)
        return float((self.ends[at + 1] - self.ends[at]).sum() / max(len(self.steps), 1))

    def sums(
        self, wanted: Ids, means: Mapping[str, NDArray[np.bool_]]
    ) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.int64]]]:
        """Of these keys (rising, (N,)), by member: whether any holds it, and the sum of its values in the keys that
        each of `means` marks, (N,) each."""
        place, at = self._places(wanted)
        steps, values, rows = self._cut(self.steps, at), self._cut(self.values, at), self.ends[at + 1] - self.ends[at]
        member = _arrived(steps, rows)
        held = np.bincount(member)
        held -= np.bincount(member[steps == np.iinfo(steps.dtype).max], minlength=len(held))
        found = {}
        for name, flags in means.items():
            counted = values if flags.all() else np.where(np.repeat(flags[place], rows), values, 0)
            found[name] = np.bincount(member, counted).astype(np.int64)
        return held > 0, found

    def cells(self, wanted: Ids) -> tuple[Ids, Ids, Ids, Ids]:
        """Of each cell of these keys (rising) the place of its key in `wanted`, and its member, (N,) each; and of each
        key that is there, which cells of the file are its own: from, to, (M,) each."""
        place, at = self._places(wanted)
        steps, far = self._cut(self.steps, at), np.iinfo(self.steps.dtype).max
        arrives = steps != far
        arrives[1:] &= (steps[1:] > 0) | ~arrives[:-1]  # one that stays where the last has arrived is of the same cell
        member, ends = _arrived(steps, self.ends[at + 1] - self.ends[at]), np.cumsum(self.members, dtype=np.int64)
        return np.repeat(place, self.members[at]), member[arrives], ends[at] - self.members[at], ends[at]

    def _cut(self, column: NDArray[Any], at: Ids) -> NDArray[Any]:
        """The lists of these keys, one behind the other."""
        cuts = zip(self.ends[at].tolist(), self.ends[at + 1].tolist(), strict=True)
        return np.concatenate([column[:0], *(column[slice(*cut)] for cut in cuts)])

    def _places(self, wanted: Ids) -> tuple[Ids, Ids]:
        """Of the keys that are there, the places in `wanted` and here."""
        at = np.searchsorted(self.keys, wanted)
        there = np.flatnonzero(at < len(self.keys))
        there = there[self.keys[at[there]] == wanted[there]]
        return there, at[there]


def look(file: Path) -> Runs:
    """A file of runs, mapped: rows are read when they are added up, and nothing is kept in mind."""
    held = pa.ipc.open_file(pa.memory_map(str(file))).get_batch(0)
    steps, values = held.column("steps"), held.column("values")
    return Runs(held.column("key").to_numpy(), held.column("members").to_numpy(), steps.offsets.to_numpy(),
                steps.values.to_numpy(), values.values.to_numpy())  # fmt: skip


def count(file: Path) -> int:
    """How many members all keys of a file have together."""
    found: int = pa.ipc.open_file(str(file)).get_batch(0).column("members").to_numpy().sum()
    return int(found)


def _arrived(steps: NDArray[Any], rows: Ids) -> Ids:
    """Where each step leads in lists of so many rows; every list sets out from nothing."""
    begins = np.cumsum(rows, dtype=np.int64) - rows
    member = steps.astype(np.int64)
    member[begins[1:]] -= np.add.reduceat(steps, begins, dtype=np.int64)[:-1]
    return np.cumsum(member, out=member)


def write(file: Path, cells: Callable[[], Iterable[Cells]]) -> None:
    """Write keys, members (from 1 on) and whole values, in order of key and member.

    `cells` gives them in pieces (n,) each, none of them empty, and is asked twice: for the narrowest numbers that will
    do, and for the rows.
    """
    number = way = size = 0
    for _, step, value, _ in _stepped(cells()):
        number, way, size = number + len(step), way + int(step.sum()), size + int(np.abs(value).sum())
    kinds = _narrowest(STEPS, way, number), _narrowest(VALUES, size, number)
    keys, begins, cell = [np.zeros(0, np.int32)], [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    steps, values = [np.zeros(0, kinds[0])], [np.zeros(0, kinds[1])]
    cells_before = rows_before = 0
    for key, step, value, new in _stepped(cells()):
        rows, some_steps, some_values = _rows(step, value, *kinds)
        keys.append(key[new].astype(np.int32))
        begins.append((rows_before + np.cumsum(rows) - rows)[new])
        cell.append(cells_before + np.flatnonzero(new))
        steps.append(some_steps)
        values.append(some_values)
        cells_before, rows_before = cells_before + len(key), rows_before + len(some_steps)
    ends = pa.array(np.append(np.concatenate(begins), rows_before).astype(np.int32))
    members = np.diff(np.append(np.concatenate(cell), cells_before)).astype(np.int32)
    lists = [pa.ListArray.from_arrays(ends, np.concatenate(column)) for column in (steps, values)]
    batch = pa.record_batch([np.concatenate(keys), members, *lists], names=["key", "members", "steps", "values"])
    with pa.OSFile(str(file), "wb") as sink, pa.ipc.new_file(sink, batch.schema) as writer:
        writer.write_batch(batch)


def _stepped(cells: Iterable[Cells]) -> Iterator[tuple[Ids, Ids, Ids, NDArray[np.bool_]]]:
    """Key, step from the member before it, value, and whether a key is there for the first time."""
    last_key, last_member = -1, 0
    for key, member, value in cells:
        new = np.diff(key, prepend=last_key) != 0
        yield key, np.where(new, member, np.diff(member, prepend=last_member)), value, new
        last_key, last_member = int(key[-1]), int(member[-1])


def _rows(
    step: Ids, value: Ids, steps: np.dtype[Any], values: np.dtype[Any]
) -> tuple[Ids, NDArray[Any], NDArray[Any]]:
    """How many rows each cell becomes, and the rows' steps and values: long ways before it, portions behind it."""
    far, most = np.iinfo(steps).max, np.iinfo(values).max
    long, large = np.flatnonzero(step >= far), np.flatnonzero(np.abs(value) > most)
    ways, portions = step[long] // far, -(-np.abs(value[large]) // most) - 1
    portion = most * np.sign(value[large])
    rows, left, rest = np.ones(len(step), np.int64), step.astype(steps), value.astype(values)
    rows[long] += ways
    rows[large] += portions
    left[long] = step[long] - far * ways
    rest[large] = value[large] - portion * portions
    before, behind = np.repeat(long, ways), np.repeat(large + 1, portions)
    at = np.append(behind, before)  # where both fall together, portions of the cell before come first
    return (
        rows, np.insert(left, at, np.repeat([0, far], [len(behind), len(before)])),
        np.insert(rest, at, np.append(np.repeat(portion, portions), 0 * before)),
    )  # fmt: skip


def _narrowest(kinds: tuple[np.dtype[Any], ...], total: int, cells: int) -> np.dtype[Any]:
    """The narrowest numbers in which a total over so many cells needs few rows more."""
    return next((kind for kind in kinds if total * _MORE <= cells * int(np.iinfo(kind).max)), kinds[-1])
