"""Whole numbers for a table of fractions, at random, with rows and columns kept: the heart of a fair allocation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Cell = tuple[int, int]


def round_table(table: NDArray[np.int64], parts: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """Round every cell of `table / parts` up or down, at random, so that rows and columns stay as they are.

    A row total must be whole and stays exact; a column total becomes its floor or its ceiling; the chance
    that a cell is rounded up is its fraction, so that nothing is favoured. All sums are done in whole
    numbers of 1/parts: nothing is lost to floating point.

    Parameters
    ----------
    table
        int64 (rows, columns): the cells, in units of 1/parts.

    Source: dependent rounding on a bipartite graph, Gandhi, Khuller, Parthasarathy and Srinivasan (2006),
    Journal of the ACM 53:324; that such a rounding exists is Cox (1987), JASA 82:520.
    """
    if np.any(table.sum(axis=1) % parts):
        raise ValueError("a row total must be a whole number")
    fill = (-table.sum(axis=0)) % parts  # one more row makes the column totals whole as well
    loose = np.vstack([table, fill]) % parts
    up = np.zeros(loose.shape, dtype=np.int64)
    while np.any(loose):
        cells = _cycle(loose)
        plus, minus = cells[::2], cells[1::2]
        rise = min([parts - loose[c] for c in plus] + [loose[c] for c in minus])
        fall = min([loose[c] for c in plus] + [parts - loose[c] for c in minus])
        step = rise if rng.integers(rise + fall) < fall else -fall
        for sign, side in ((1, plus), (-1, minus)):
            for cell in side:
                loose[cell] += sign * step
                if loose[cell] == parts:
                    loose[cell], up[cell] = 0, 1
    return table // parts + up[:-1]


def _cycle(loose: NDArray[np.int64]) -> list[Cell]:
    """A closed walk over cells that are still fractions, turning from row to column to row.

    Whole row and column totals leave at least two fractions in every line that has one, so the walk never
    ends before it meets itself.
    """
    start = int(np.flatnonzero(loose.any(axis=1))[0])
    lines: list[tuple[str, int]] = [("row", start)]
    cells: list[Cell] = []
    while True:
        kind, line = lines[-1]
        before = cells[-1] if cells else None
        if kind == "row":
            column = next(int(c) for c in np.flatnonzero(loose[line]) if (line, int(c)) != before)
            cell, following = (line, column), ("column", column)
        else:
            row = next(int(r) for r in np.flatnonzero(loose[:, line]) if (int(r), line) != before)
            cell, following = (row, line), ("row", row)
        cells.append(cell)
        if following in lines:
            return cells[lines.index(following):]
        lines.append(following)
