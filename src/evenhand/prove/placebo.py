"""How unusual is one unit among many that had no scheme, and which effects would not make it unusual?"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def rank_p(statistics: Floats) -> float:
    """The share of units whose statistic is as large as the first one's, itself among them.

    Exact where the first could as well have been any other: at least 1 / N.

    >>> rank_p(np.array([3.0, 1.0, 5.0, 2.0]))
    0.5
    """
    return float(np.mean(statistics >= statistics[0] * (1 - 1e-12)))


def invert(gaps: Floats, pull: Floats, scale: Floats, *, alpha: float) -> tuple[float, float]:
    """The least and the greatest effect tau that the placebos do not reject at `alpha`; NaN on a side without end.

    Were the effect tau, unit 0 would lie gaps[0] - tau from its synthetic self, and every other unit j, part of whose
    synthetic self is unit 0 (pull[j] of it), gaps[j] + pull[j] tau. tau is kept where the share of units with a gap at
    least as large as unit 0's, each over its own `scale`, is above alpha. All is linear in tau, so the ends are exact.

    Parameters
    ----------
    gaps, pull, scale
        (N,); unit 0 is the treated one, pull[0] is not read, scale > 0.
    """
    least, slope, own = gaps[1:] / scale[1:], pull[1:] / scale[1:], scale[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        turns = np.concatenate([
            (gaps[0] / own - least) / (1 / own + slope), (gaps[0] / own + least) / (1 / own - slope), [gaps[0]],
        ])  # fmt: skip
    ends = np.unique(turns[np.isfinite(turns)])
    reach = max(1.0, float(np.abs(ends).max()))
    tries = np.concatenate([[ends[0] - reach], (ends[:-1] + ends[1:]) / 2, [ends[-1] + reach]])
    kept = _share(tries, gaps[0], own, least, slope) > alpha + 1e-9  # 1 - 0.9 is less than 0.1
    at = _share(ends, gaps[0], own, least, slope) > alpha + 1e-9
    low = float("nan") if kept[0] else _first(ends, kept[1:], at)
    high = float("nan") if kept[-1] else -_first(-ends[::-1], kept[:-1][::-1], at[::-1])
    return low, high


def _share(tau: Floats, gap: float, own: float, least: Floats, slope: Floats) -> Floats:
    mine = np.abs(gap - tau)[:, None] / own
    others = np.abs(least[None, :] + tau[:, None] * slope[None, :])
    return np.asarray((1 + (others >= mine * (1 - 1e-12)).sum(axis=1)) / (1 + len(least)))


def _first(ends: Floats, after: NDArray[np.bool_], at: NDArray[np.bool_]) -> float:
    """The first end that is kept, or that opens a stretch that is."""
    return float(ends[int(np.argmax(at | after))])
