"""The XmR control chart as the NHS's Making Data Count draws it, with its rules, phases and icons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..records import ControlChart
from .shewhart import shewhart

Floats = NDArray[np.float64]


def xmr(
    values: Floats,
    *,
    improves: str = "increase",
    target: float = float("nan"),
    rebase_at: Sequence[int] = (),
    fix_after: int | None = None,
    screening: bool = True,
    rules: str = "plotthedots",
) -> ControlChart:
    """Ask which points of a series in time order chance does not explain.

    Holds for any measure of one number a period; `values` is float64 (T,), NaN at a gap. A gap breaks runs,
    trends and windows of three, and no moving range spans it. The other charts are `shewhart`'s.

    Parameters
    ----------
    improves
        Which way is better: increase, decrease, or neutral.
    target
        What the last point's limits are held against for the assurance icon; NaN for none.
    rebase_at
        Positions at which a new phase begins; every rule starts afresh there.
    fix_after
        Limits come from this many first points of each phase, 12 or more; None for all points.
    screening
        Leave out moving ranges of 3.267 times their mean or more, once.
    rules
        plotthedots, or mdc2023, where a point beyond the limits counts towards "2 of 3" too.

    Raises
    ------
    InputError
        If there are no points, a value is infinite, or an option is not one of those above.

    Source: NHS England, Making Data Count; rules as the tests under tests/reference hold them.

    >>> chart = xmr(np.array([5.0, 6, 5, 6, 5, 6, 5, 6, 5, 6, 5, 20]))
    >>> chart.special_cause[-1], chart.variation
    ('Above UCL', 'improvement_high')
    """
    return shewhart("xmr", values, improves=improves, target=target, rebase_at=rebase_at, fix_after=fix_after,
                    screening=screening, rules=rules)  # fmt: skip
