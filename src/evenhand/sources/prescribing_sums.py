"""Eighteen million rows summed by presentation, practice and quantity: sorts of whole numbers, then running sums.

Measured on a national month: a hash aggregate and two sorts in the engine are four times as slow and spill; this stays
in memory, because presentation, practice and quantity are packed into one 64-bit key. What belongs to a row (its
items, or its place) is packed below the key: sorting such numbers is eight times as fast as asking for their order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import PICKED_GROUP, ROW_GROUP, TABLES, runs
from .prescribing_read import PRACTICE_BITS, QUANTITY_BITS, Numbers, Rows
from .scan import MILLION
from .unpack import Unpacked

_QUANTITY = (1 << QUANTITY_BITS) - 1
_SLICE = 8 * ROW_GROUP
LEVEL = 6  # of zstd: 4 MB less a national month than level 1, for a second of processor time (measured)
_RISING = "practice_id"  # rises within a presentation: its steps need a quarter less disk than its values (measured)
_MOST_BITS = 63  # of a signed integer


@dataclass(frozen=True)
class Sums:
    """Sums by presentation, practice and quantity, in that order.

    key: packed, rising, int64 (B,); items: int64 (B,); cells: first band of each presentation and practice (C,);
    quantity, nic, actual_cost: whole millionths, int64 (C,); quantities: what the key's quantity stands for;
    practice_bits, quantity_bits: how the key is packed.
    """

    rows: int
    key: NDArray[np.int64]
    items: NDArray[np.int64]
    cells: NDArray[np.intp]
    quantity: NDArray[np.int64]
    nic: NDArray[np.int64]
    actual_cost: NDArray[np.int64]
    quantities: NDArray[np.float64]
    practice_bits: int
    quantity_bits: int


def sums(rows: Rows, practices: NDArray[np.int64], presentations: NDArray[np.int64]) -> Sums:
    """Sum rows; `practices` and `presentations` hold the lake's number for each number of the rows. Uses `rows` up."""
    quantities, ranks = _ranked(rows)
    bits = int(practices.max()).bit_length(), max(1, (len(quantities) - 1).bit_length())
    _renumber(rows.key, practices, presentations, ranks, bits)
    cell, count = rows.key >> bits[1], len(rows)
    odd = [(cell[where], difference) for where, difference in rows.odd]
    key, items = rows.take("key", "items")
    with ThreadPoolExecutor(2) as both:  # what follows is done one by one, for the sake of memory
        one, other = both.submit(_sort_with_items, key, items), both.submit(_sort_with_places, cell)
        (key, items), (cell, order) = one.result(), other.result()
    del one, other
    first = _first_of_each(cell)
    cell = cell[first]
    nic, actual_cost = (_gathered(rows.take(name)[0], order, first) for name in ("nic", "actual_cost"))
    del order, first
    bands = _first_of_each(key)
    items = np.add.reduceat(items, bands, dtype=np.int64)
    key = key[bands]
    del bands
    cells = _first_of_each(key, bits[1])
    each = np.round(quantities * MILLION).astype(np.int64)
    quantity = np.empty(len(cells), dtype=np.int64)
    ends = np.append(cells, len(key))
    for part in _parts(len(cells)):
        run = slice(ends[part.start], ends[part.stop])
        millionths = each[key[run] & ((1 << bits[1]) - 1)] * items[run]
        quantity[part] = np.add.reduceat(millionths, cells[part] - run.start)
    for where, difference in odd:
        np.add.at(quantity, np.searchsorted(cell, where), difference)
    return Sums(count, key, items, cells, quantity, nic, actual_cost, quantities, *bits)


def _ranked(rows: Rows) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The quantities that occur, rising, and for each number of the rows' key its rank among them."""
    used = np.zeros(1 << QUANTITY_BITS, dtype=bool)
    for part in _parts(len(rows)):
        used[rows.key[part] & _QUANTITY] = True
    value = np.arange(len(used), dtype=np.float64)
    value[list(rows.quantities.values())] = list(rows.quantities)
    numbers = np.flatnonzero(used)
    order = np.argsort(value[numbers], kind="stable")
    ranks = np.zeros(len(used), dtype=np.int64)
    ranks[numbers[order]] = np.arange(len(numbers))
    return value[numbers[order]], ranks


def _renumber(
    key: NDArray[np.int64], practices: NDArray[np.int64], presentations: NDArray[np.int64], ranks: NDArray[np.int64],
    bits: tuple[int, int],
) -> None:  # fmt: skip
    """Put the lake's numbers and the ranks of quantities in the place of numbers in order of appearance."""
    high = presentations << (bits[0] + bits[1])
    middle = practices << bits[1]
    for part in _parts(len(key)):
        old = key[part]
        practice = (old >> QUANTITY_BITS) & ((1 << PRACTICE_BITS) - 1)
        key[part] = high[old >> (PRACTICE_BITS + QUANTITY_BITS)] | middle[practice] | ranks[old & _QUANTITY]


def _sort_with_items(key: Numbers, items: NDArray[np.int32]) -> tuple[Numbers, NDArray[np.int32]]:
    """Both in the order of the key, in their place: items are packed below the key, where 63 bits hold both."""
    low = int(items.min())
    width = int(items.max() - low).bit_length()
    if int(key.max()).bit_length() + width > _MOST_BITS:
        order = np.argsort(key)
        return key[order], items[order]
    for part in _parts(len(key)):
        key[part] = (key[part] << width) | (items[part] - low)
    key.sort()
    for part in _parts(len(key)):
        items[part] = (key[part] & ((1 << width) - 1)) + low
        key[part] >>= width
    return key, items


def _sort_with_places(cell: Numbers) -> tuple[Numbers, Numbers]:
    """Cells in order, and the rows they came from; the cells are used up."""
    width = len(cell).bit_length()
    if int(cell.max()).bit_length() + width > _MOST_BITS:
        order = np.argsort(cell)
        return cell[order], order
    for part in _parts(len(cell)):
        cell[part] = (cell[part] << width) | np.arange(part.start, part.stop)
    cell.sort()
    order = cell & ((1 << width) - 1)
    cell >>= width
    return cell, order


def _gathered(column: Numbers, order: Numbers, first: NDArray[np.intp]) -> Numbers:
    """Sums of runs of a column in another order, a slice of runs at a time."""
    ends = np.append(first, len(order))
    found = np.empty(len(first), dtype=np.int64)
    for part in _parts(len(first)):
        rows = slice(ends[part.start], ends[part.stop])
        found[part] = np.add.reduceat(column[order[rows]], first[part] - rows.start)
    return found


def _parts(rows: int) -> Iterator[slice]:
    for begin in range(0, rows, _SLICE):
        yield slice(begin, min(begin + _SLICE, rows))


def reconcile(file: Unpacked, kept: Sums, counted: dict[str, Any]) -> None:
    """What is kept must add up to what the source was counted to hold."""
    if int(kept.items.sum()) != counted["items"]:
        raise InputError(
            f"{file.name}: items add up to {counted['items']:,} but {int(kept.items.sum()):,} would be kept"
        )
    for name in ("quantity", "nic", "actual_cost"):
        total = int(getattr(kept, name).sum())
        if total != round(counted[name] * MILLION) and abs(total / MILLION - counted[name]) > 1e-12 * abs(total):
            raise InputError(f"{file.name}: {name} adds up to {counted[name]} but {total / MILLION} would be kept")


def write(kept: Sums, month: int, beside: Callable[[str], Path]) -> tuple[Path, Path, Path]:
    """The files of a month, two at once: cells (presentation and practice) and their quantity bands, and the items of
    the cells as runs."""
    cells, bands, items = (beside(name) for name in ("month", "bands", f"items{runs.ENDING}"))
    with ThreadPoolExecutor(2) as both:
        files = [
            both.submit(_write, cells, "prescribing", month, len(kept.cells), partial(_cell_columns, kept)),
            both.submit(_write, bands, "prescribing_band", month, len(kept.key), partial(_band_columns, kept)),
            both.submit(runs.write, items, partial(_items, kept)),
        ]
        for file in files:
            file.result()
    return cells, bands, items


def _first_of_each(key: Numbers, shift: int = 0) -> NDArray[np.intp]:
    """Where each new value begins in a sorted array, its last `shift` bits set aside."""
    new = np.empty(len(key), dtype=bool)
    new[:1] = True
    for part in _parts(len(key) - 1):
        later = key[part.start + 1 : part.stop + 1]
        np.not_equal(later >> shift, key[part] >> shift, out=new[part.start + 1 : part.stop + 1])
    return np.flatnonzero(new)


def _cell_columns(kept: Sums, part: slice) -> dict[str, NDArray[Any]]:
    return {
        **_cell_items(kept, part),
        "quantity": kept.quantity[part] / MILLION, "actual_cost": kept.actual_cost[part] / MILLION,
        "nic": kept.nic[part] / MILLION,
    }  # fmt: skip


def _cell_items(kept: Sums, part: slice) -> dict[str, NDArray[Any]]:
    first = kept.cells[part]
    last = kept.cells[part.stop] if part.stop < len(kept.cells) else len(kept.key)
    return {**_ids(kept, kept.key[first]), "items": np.add.reduceat(kept.items[first[0] : last], first - first[0])}


def _items(kept: Sums) -> Iterator[runs.Cells]:
    for part in _parts(len(kept.cells)):
        found = _cell_items(kept, part)
        yield found["presentation_id"], found["practice_id"], found["items"]


def _band_columns(kept: Sums, part: slice) -> dict[str, NDArray[Any]]:
    key = kept.key[part]
    return {
        **_ids(kept, key), "quantity_per_item": kept.quantities[key & ((1 << kept.quantity_bits) - 1)],
        "items": kept.items[part],
    }  # fmt: skip


def _ids(kept: Sums, key: NDArray[np.int64]) -> dict[str, NDArray[Any]]:
    practice = (key >> kept.quantity_bits) & ((1 << kept.practice_bits) - 1)
    return {"practice_id": practice, "presentation_id": key >> (kept.practice_bits + kept.quantity_bits)}


def _write(path: Path, table: str, month: int, rows: int, columns: Any) -> None:
    schema = TABLES[table]
    with pq.ParquetWriter(
        path, schema, compression="zstd", compression_level=LEVEL, store_schema=False,
        column_encoding={_RISING: "DELTA_BINARY_PACKED"},
        use_dictionary=[name for name in schema.names if name != _RISING],
    ) as writer:  # fmt: skip
        for begin in range(0, rows, _SLICE):
            part = slice(begin, min(begin + _SLICE, rows))
            found = {"month": np.full(part.stop - part.start, month, dtype=np.int16), **columns(part)}
            arrays = [pa.array(found[field.name]).cast(field.type) for field in schema]
            group = PICKED_GROUP if table == "prescribing" else ROW_GROUP
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema), row_group_size=group)
