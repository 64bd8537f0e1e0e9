"""Two-way regressions on periods since the start: of all that are treated, or of each group of starters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from .panel_table import Table
from .twoway import Coefficients, Errors, two_way

Floats = NDArray[np.float64]

REFERENCE = -1  # the last period before the start, as is usual
MOST = 400  # columns: beyond it one regression of all groups and periods is no longer sensible


def event_study(table: Table, *, errors: Errors = "CR1", trends: bool = False) -> tuple[list[int], Coefficients]:
    """Periods since the start against the last one before it, everybody alike; and the coefficients in that order.

    Where no unit is never treated, or each has its own line, the furthest period before the start is a reference too.

    Raises
    ------
    InputError
        If the periods since the start cannot be told from those of the calendar.
    """
    ago = table.since
    there = np.unique(ago[table.seen & np.isfinite(ago)]).astype(np.int64)
    asked = [int(e) for e in there if e != REFERENCE]
    asked = asked[int(np.isfinite(table.start).all()) + trends:]
    _few(asked)
    x = np.stack([ago == e for e in asked], axis=2)  # as yes and no: an eighth of the memory
    return asked, two_way(table, x, errors=errors, trends=trends)


def sun_abraham(table: Table, *, errors: Errors = "CR1") -> tuple[list[int], Floats, Floats, Floats]:
    """Periods since the start; the effect over all (first) and at each of them; its covariance and degrees of freedom.

    One regression with a column for each group of starters and each period since; the never treated (or else the last
    group, while it is untreated) are the comparison; then means by the values that each column stands for.

    Source: Sun and Abraham (2021), Journal of Econometrics 225:175; shares taken as fixed, as fixest does.
    """
    groups = np.unique(table.start[np.isfinite(table.start)])
    if np.isfinite(table.start).all():
        if len(groups) < 2:
            raise InputError("every unit is treated from the same period; there is nobody to compare with")
        table = table.keep(np.broadcast_to(table.periods < groups[-1], table.y.shape))
        groups = groups[:-1]
    columns, names = [], []
    ago = table.since
    for g in groups[groups > table.periods[0]]:
        own = table.start == g
        for e in np.unique(ago[own & np.isfinite(table.start)]):
            cell = own[:, None] & (ago == e) & table.seen
            if e != REFERENCE and cell.any():
                columns.append(cell)
                names.append((int(e), float(table.w[cell].sum())))
    _few(names)
    always = table.start <= table.periods[0]
    kept = table.keep(np.broadcast_to(~always[:, None], table.y.shape))
    found = two_way(kept, np.stack(columns, axis=2)[~always], errors=errors)
    when = sorted({e for e, _ in names})
    rows = [[size if e >= 0 else 0.0 for e, size in names]]
    rows += [[size if e == one else 0.0 for e, size in names] for one in when]
    share = np.array(rows)
    share = share / share.sum(axis=1, keepdims=True)
    return when, share @ found.beta, share @ found.covariance @ share.T, np.full(len(share), found.df.min())


def _few(columns: Sequence[object]) -> None:
    if not columns:
        raise InputError("there is only one period before the start and none after; there is nothing to compare")
    if len(columns) > MOST:
        raise InputError(f"{len(columns)} groups and periods are too many for one regression (at most {MOST}); "
                         "take method event")  # fmt: skip
