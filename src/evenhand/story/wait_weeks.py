"""How many weeks so many in a hundred do not exceed, place by place and month by month, from the published waits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake, month_number
from ..measures.rows import members
from ..measures.waits import COLUMN, INCOMPLETE, TOTAL
from ..prove.waits import percentile

Months = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Bands = tuple[NDArray[np.int64], NDArray[np.bool_]]

KEPT = 4  # counts of some places, kept in mind as long as nothing is loaded: both percentiles ask for the same

def wait_weeks(lake: Lake, percent: int, level: str, codes: Sequence[str], *, last: str) -> tuple[Months, Floats]:
    """The months held up to `last` (T,), and the wait that `percent` of incomplete pathways do not exceed (P, T).

    Weeks, linear inside a band; NaN where nobody waits, nothing was published or it lies in the open band. Sub-ICB
    locations and what they belong to are commissioners; providers are as published.

    Raises
    ------
    InputError
        If the lake holds no waits up to then, or waits are not published by this level.

    Source: NHS England's RTT extracts, METHODS D.2 (`prove.percentile`).
    """
    if level in ("practice", "pcn", "specialty"):
        raise InputError(f"waits in weeks are counted by provider, sicbl and what these belong to; not by {level}")
    base = "provider" if level == "provider" else "sicbl"
    held = sorted({s.key[:7] for s in lake.snapshots("rtt") if s.key[:7] <= last})
    if not held:
        raise InputError(f"the lake holds no month of waits up to {last}; `evenhand load` it first")
    kept: dict[tuple[str, tuple[str, ...], str], Bands] = lake.remember("story.wait_weeks", dict)
    asked = (base, tuple(codes), last)
    if asked not in kept:
        while len(kept) >= KEPT:
            kept.pop(next(iter(kept)))
        kept[asked] = _bands(lake, base, codes, held)
    counts, endless = kept[asked]
    found = np.full(counts.shape[:2], np.nan)
    bands = np.arange(counts.shape[2])
    for row, t in np.argwhere(counts.sum(axis=2) > 0):
        opened = bool(endless[t].any())
        width = int(np.flatnonzero(endless[t])[-1]) + 1 if opened else len(bands)
        found[row, t], _ = percentile(counts[row, t, :width], bands[:width], percent, open_band=opened)
    return np.array(held, dtype="datetime64[M]"), found


def _bands(lake: Lake, base: str, codes: Sequence[str], held: list[str]) -> Bands:
    """Incomplete pathways by place, month and week (P, T, B), and which bands have no upper end (T, B)."""
    column, numbers = COLUMN[base], np.array([month_number(month) for month in held])
    table = lake.table("rtt")
    table = table.filter((table.part == INCOMPLETE) & (table.month <= int(numbers[-1])) & table.pathways.notnull())
    there = table.select(column).distinct().to_pyarrow()[column].to_pylist()
    inside = {code: [code] if code in there else members(lake, code, base, there) for code in codes}
    rows = table.filter(table[column].isin(sorted({one for mine in inside.values() for one in mine})))
    rows = rows.mutate(total=rows.treatment_function == TOTAL, place=rows[column])
    counted = rows.group_by("month", "place", "total", "weeks_from", "open").aggregate(n=rows.pathways.sum())
    found = counted.to_pyarrow()
    coded = found["place"].combine_chunks().dictionary_encode()
    places = {name: i for i, name in enumerate(coded.dictionary.to_pylist())}
    names = ("month", "total", "weeks_from", "open", "n")
    month, total, weeks, opened, n = (found[x].to_numpy(zero_copy_only=False).astype(np.int64) for x in names)
    at = np.searchsorted(numbers, month)
    width = max([52, *weeks.tolist()]) + 1
    endless = np.zeros((len(held), width), dtype=bool)
    np.logical_or.at(endless, (at, weeks), opened > 0)
    counts = np.zeros((len(places), len(held), 2, width), dtype=np.int64)
    np.add.at(counts, (coded.indices.to_numpy(zero_copy_only=False), at, total, weeks), n)
    # the published total beside its functions is a second count: it is read only where nothing else is there
    apart = counts[:, :, 0].sum(axis=(0, 2)) > 0
    once = np.where(apart[None, :, None], counts[:, :, 0], counts[:, :, 1])
    mine = [[places[one] for one in inside[code] if one in places] for code in codes]
    return np.array([once[rows_].sum(axis=0) for rows_ in mine]).reshape(len(codes), len(held), width), endless
