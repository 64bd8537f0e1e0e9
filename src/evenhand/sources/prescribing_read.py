"""A month's rows as numbers: every number of a batch checked and added up, every code numbered, only numbers kept.

Measured on a national month: the engine asked three times for text took 20 s of processor time where this takes
five. Text is read as positions in a column's own dictionary, so that a code is looked at once a batch and not once a
row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..errors import InputError
from .prescribing_layout import Layout
from .scan import MILLION

MOST_ITEMS, MOST_MONEY, MOST_QUANTITY = 1e6, 1e7, 1e9  # our rule: a row beyond these is a mistake
PRACTICE_BITS = QUANTITY_BITS = 20  # of a row's key: a million practices and a million quantities; 23 of presentations
WORKERS = 2
MISSING, BETWEEN = "\x1e", "\x1f"  # no cell of a published file holds these
_WHOLE = 1 << (QUANTITY_BITS - 1)  # whole quantities below this number themselves
TIGHT = 16  # batches after which what they said of codes is brought together

Numbers = NDArray[np.int64]


class Codes:
    """Codes with numbers in order of appearance. A missing cell is `MISSING`, two columns have `BETWEEN` between."""

    def __init__(self) -> None:
        self.known = pa.array([], pa.string())

    def of(self, codes: pa.Array) -> Numbers:
        """The number of each of these different codes; a new one gets the next."""
        found = pc.index_in(codes, value_set=self.known)
        new = codes.filter(found.is_null())
        if len(new):
            self.known = pa.concat_arrays([self.known, new])
            found = pc.index_in(codes, value_set=self.known)
        return np.asarray(found.to_numpy(zero_copy_only=False).astype(np.int64))


@dataclass
class Rows:
    """A month's rows as numbers, in the order of the file; R of them.

    key: presentation, practice and quantity in order of appearance, packed, int64 (R,); items: int32 (R,); nic,
    actual_cost: whole millionths, int64 (R,). odd: rows whose total quantity is not quantity times items, with the
    difference in millionths. practices, presentations: every spelling of their columns with its rows (`n`) and items.
    """

    key: Numbers
    items: NDArray[np.int32]
    nic: Numbers
    actual_cost: Numbers
    sound: bool = True
    off: int = 0
    totals: dict[str, int] = field(default_factory=lambda: {"items": 0, "quantity": 0, "nic": 0, "actual_cost": 0})
    odd: list[tuple[Numbers, Numbers]] = field(default_factory=list)
    practice_numbers: Codes = field(default_factory=lambda: Codes())
    presentation_numbers: Codes = field(default_factory=lambda: Codes())
    quantities: dict[float, int] = field(default_factory=dict)
    practices: pa.Table | None = None
    presentations: pa.Table | None = None

    @classmethod
    def of(cls, count: int) -> Rows:
        """Room for so many rows."""
        return cls(np.empty(count, np.int64), np.empty(count, np.int32), np.empty(count, np.int64),
                   np.empty(count, np.int64))  # fmt: skip

    def __len__(self) -> int:
        return len(self.key)

    def take(self, *names: str) -> tuple[NDArray[Any], ...]:
        """Hand arrays over, and let go of them."""
        taken = tuple(getattr(self, name) for name in names)
        for name in names:
            setattr(self, name, np.zeros(0, np.int64))
        return taken


def take(batch: pa.RecordBatch, where: Layout, rows: Rows, at: int, lock: Lock) -> tuple[pa.Table, pa.Table]:
    """One batch into its place; the spellings in it."""
    part = slice(at, at + batch.num_rows)
    quantity, items, total, nic, cost = (_numbers(batch.column(name)) for name in where.numbers)
    if not _sound(quantity, items, total, nic, cost):
        rows.sound = False
        return pa.table({}), pa.table({})
    rows.items[part] = items
    each = _millionths(quantity)
    sums: dict[str, NDArray[Any]] = {
        "items": rows.items[part], "quantity": _millionths(total), "nic": _millionths(nic),
        "actual_cost": _millionths(cost),
    }  # fmt: skip
    rows.nic[part], rows.actual_cost[part] = sums["nic"], sums["actual_cost"]
    difference = sums["quantity"] - each * rows.items[part]
    odd = np.flatnonzero(difference)
    off = int((np.abs(quantity * items - total) > 0.01).sum()) if len(odd) else 0
    practice = _numbered(batch, of_practice(where), 2, rows.practice_numbers, lock)
    presentation = _numbered(batch, of_presentation(where), 1, rows.presentation_numbers, lock, rows.items[part])
    rows.key[part] = presentation[0] << (PRACTICE_BITS + QUANTITY_BITS)
    rows.key[part] |= practice[0] << QUANTITY_BITS
    rows.key[part] |= _quantities(quantity, rows.quantities, lock)
    with lock:
        rows.off += off
        for name, values in sums.items():
            rows.totals[name] += int(values.sum(dtype=np.int64))
        if len(odd):
            rows.odd.append((odd + at, difference[odd]))
    return practice[1], presentation[1]


def _numbers(column: pa.Array) -> NDArray[Any]:
    found: NDArray[Any] = (column.cast(pa.float64()) if pa.types.is_decimal(column.type) else column).to_numpy(False)
    return found


def _sound(
    quantity: NDArray[Any], items: NDArray[Any], total: NDArray[Any], nic: NDArray[Any], cost: NDArray[Any]
) -> bool:
    """Whether every number is one and not absurd; a missing one is NaN, which is below nothing."""
    limits = ((quantity, MOST_QUANTITY), (total, MOST_QUANTITY), (nic, MOST_MONEY), (cost, MOST_MONEY),
              (items, MOST_ITEMS))  # fmt: skip
    small = all(bool(column.max() <= most and column.min() >= -most) for column, most in limits)
    return small and (items.dtype.kind in "iu" or bool(np.all(items == np.rint(items))))


def _millionths(column: NDArray[Any]) -> Numbers:
    """Whole millionths: sums of these do not depend on the order of rows."""
    return np.asarray(np.rint(column * float(MILLION)).astype(np.int64))


def _quantities(quantity: NDArray[Any], numbers: dict[float, int], lock: Lock) -> Numbers:
    """A number for each quantity: itself where it is whole and small, else the next from half-way up."""
    with np.errstate(invalid="ignore"):
        number = quantity.astype(np.int64)
    other = np.flatnonzero((number != quantity) | (number < 0) | (number >= _WHOLE))
    if len(other):
        values, which = np.unique(quantity[other], return_inverse=True)
        with lock:
            found = [numbers.setdefault(value, _WHOLE + len(numbers)) for value in values.tolist()]
        if len(numbers) > _WHOLE:
            raise InputError(f"{len(numbers):,} different quantities; expected at most {_WHOLE:,}")
        number[other] = np.array(found, dtype=np.int64)[which]
    return np.asarray(number)


def _numbered(
    batch: pa.RecordBatch, columns: Sequence[str], keys: int, numbers: Codes, lock: Lock,
    items: NDArray[np.int32] | None = None,
) -> tuple[Numbers, pa.Table]:  # fmt: skip
    """The number of each row's code (its first `keys` columns), and each spelling of all the columns with its rows."""
    places, sizes = zip(*(_places(batch.column(name)) for name in columns), strict=True)
    key = places[0]
    for place, size in zip(places[1:keys], sizes[1:keys], strict=True):
        key = key * size + place
    there, key = _dense(key, int(np.prod(sizes[:keys])))
    shown = np.empty(len(there), dtype=np.int64)
    shown[key] = np.arange(len(key))  # any row of a code shows how it is spelled ...
    like = shown[key]
    other = np.zeros(len(key), dtype=bool)
    for place in places[keys:]:
        other |= place != place[like]
    rows = np.concatenate([shown, np.flatnonzero(other)])  # ... and so do those that spell it otherwise
    spelled = pa.table({str(i): batch.column(name).take(pa.array(rows)).cast(pa.string())
                        for i, name in enumerate(columns)})  # fmt: skip
    codes = [spelled[str(i)][: len(there)].combine_chunks().fill_null(MISSING) for i in range(keys)]
    with lock:
        number = numbers.of(codes[0] if keys == 1 else pc.binary_join_element_wise(*codes, BETWEEN))
    for name, weights in (("n", None), ("items", items)):
        sums = np.bincount(key, weights, len(there)).astype(np.int64)
        spelled = spelled.append_column(name, pa.array(np.concatenate([sums, np.zeros(other.sum(), np.int64)])))
    return number[key], spelled


def _places(column: pa.DictionaryArray) -> tuple[Numbers, int]:
    """Each row's place in the column's dictionary, the last for a missing cell; and how many places there are."""
    size = len(column.dictionary) + 1
    indices = column.indices.fill_null(size - 1) if column.null_count else column.indices
    return indices.to_numpy(zero_copy_only=False).astype(np.int64), size


def _dense(key: Numbers, size: int) -> tuple[Numbers, Numbers]:
    """The different keys, rising, and each row's place among them."""
    if size > 1 << 24:
        return np.unique(key, return_inverse=True)
    flags = np.zeros(size, dtype=bool)
    flags[key] = True
    there = np.flatnonzero(flags)
    place = np.zeros(size, dtype=np.int64)
    place[there] = np.arange(len(there))
    return there, place[key]


def together(several: Sequence[pa.Table]) -> pa.Table:
    """Each spelling once, with all its rows and items."""
    several = [one for one in several if one.num_columns]
    if not several:
        return pa.table({})
    whole = pa.concat_tables(several)
    names = [name for name in whole.column_names if name not in ("n", "items")]
    summed = whole.group_by(names).aggregate([("n", "sum"), ("items", "sum")])
    return summed.select([*names, "n_sum", "items_sum"]).rename_columns([*names, "n", "items"])


def of_practice(where: Layout) -> tuple[str, ...]:
    """The columns that say who prescribed, those of the code first."""
    return (where.practice, where.pco, where.unidentified, where.practice_name, where.pco_name, where.parent,
            where.parent_name, where.region, where.region_name)  # fmt: skip


def of_presentation(where: Layout) -> tuple[str, ...]:
    """The columns that say what was prescribed, the code first."""
    return (where.code, where.presentation, where.chemical)
