"""The searches of many units, slice by slice, in one process or several: the same answer either way."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray

from .changes_design import Flags, Floats
from .changes_gaps import filled
from .changes_search import Fit, Settings, fit, search

P = 1e-6  # published analysis: the level of significance of a break
LARGEST, LARGEST_MARKED = 15, 12  # published analysis: candidates in a block, without and with missing months
SLICE = 1024  # units between two reports of progress


def fits(values: Floats, known: Flags, p: float, workers: int) -> Iterator[tuple[NDArray[np.int64], Fit, Floats]]:
    """The fitted breaks of every known unit (U, T): rows, their regressions, what stood in their missing months.

    Units with every month and units with gaps are searched apart, as their blocks differ.
    """
    whole = np.isfinite(values).all(axis=1)
    slices = [
        rows for todo in (np.flatnonzero(known & whole), np.flatnonzero(known & ~whole))
        for rows in np.split(todo, range(SLICE, len(todo), SLICE)) if len(rows)
    ]  # fmt: skip
    given = [(values[rows], p) for rows in slices]
    if workers == 1 or len(slices) < 2:
        yield from ((rows, *found) for rows, found in zip(slices, map(_fitted, given), strict=True))
        return
    with ProcessPoolExecutor(min(workers, len(slices)), mp_context=get_context("spawn")) as pool:
        yield from ((rows, *found) for rows, found in zip(slices, pool.map(_fitted, given), strict=True))


def _fitted(given: tuple[Floats, float]) -> tuple[Fit, Floats]:
    values, p = given
    whole = bool(np.isfinite(values).all())
    series, marks, fill = filled(values, whole)
    settings = Settings("trend", p, LARGEST if whole else LARGEST_MARKED)
    return fit(series, marks, search(series, marks, settings), "trend"), fill
