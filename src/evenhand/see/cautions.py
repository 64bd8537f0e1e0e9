"""Cautions: what a reader of an opportunity must know, as far as the units themselves can say it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .dispersion import FEWEST
from .theta import HALF_MORE, Levels

# The range in which benchmarks/opportunity_truth.py found the total right: 3% where the model holds, 6% where not.
NOISIEST = 1.5
MOST_SKEWED = 1.5
MOST_CLUSTERED = 2.0
SLACK = 1.2  # times the range, before it is told of: the ratios themselves are estimates
SHOWN = 1.1  # times chance's variance from which clustering found by sizes is told of
MATTERS = 0.94  # what clustering unseen would leave of the total, below which it is told of: 6% again

Floats = NDArray[np.float64]


def cautions(found: Levels, monthly: Floats | None, *, counts: bool) -> tuple[str, ...]:
    """Sentences on what was found, most important first; none where the total lies in the range that was tested.

    monthly: how many times chance's variance the counts scatter, as their months tell; None without months.
    """
    said = []
    units = len(found.value)
    if not found.differ:
        said.append(
            f"these {units:,} units do not differ beyond chance (Cochran's Q at 0.001), so nothing is claimed; "
            "low_90 to high_90 is what chance may hide"
        )
        return (*said, *_repeated(monthly))
    if found.noise > SLACK * NOISIEST:
        said.append(
            f"chance is {found.noise:.1f} times the spread of true levels in a middling unit; the total was tested up "
            f"to {NOISIEST:g}: add months, or compare larger units"
        )
    if (skew := _skewness(found.draws)) is not None and abs(skew) > SLACK * MOST_SKEWED:
        side = "high" if skew > 0 else "low"
        said.append(
            f"true levels have a long {side} end (skewness {skew:.1f}); the total was tested up to {MOST_SKEWED:g}: "
            "look at the units there first"
        )
    if monthly is None and found.spread > SLACK * MOST_CLUSTERED:
        said.append(
            f"counts scatter {found.spread:.1f} times as much as chance; the total was tested up to "
            f"{MOST_CLUSTERED:g}: count people rather than items, if that is possible"
        )
    if monthly is None and found.spread > SHOWN:
        said.append(
            f"small units scatter more than chance, so counts were taken to cluster ({found.spread:.1f} times chance); "
            "if small units truly differ more from one another, the opportunity is understated: their months would tell"
        )
    if counts and monthly is None and found.spread == 1 and found.doubt < MATTERS:
        why = f"fewer than {FEWEST} units" if units < FEWEST else "these units"
        said.append(
            f"{why} without their months can hardly show whether counts cluster; if they scattered {HALF_MORE:g} times "
            f"as much as chance, the opportunity would be about {1 - found.doubt:.0%} less"
        )
    return (*said, *_repeated(monthly))


def _repeated(monthly: Floats | None) -> tuple[str, ...]:
    """Whether the same people seem to be counted month after month."""
    if monthly is None or len(monthly) > 1 or monthly[0] == 1:
        return ()
    return (
        "months of one unit differ less than chance would make them, as if the same people were counted again each "
        f"month; its total is taken to be {monthly[0]:.1f} times as uncertain as that many separate counts",
    )


def _skewness(draws: Floats) -> float | None:
    """The skewness of true levels, the middle of a few draws."""
    if draws.shape[1] < 100:  # too few to tell (our rule)
        return None
    few = draws[:: max(1, len(draws) // 20)]
    away = few - few.mean(axis=1, keepdims=True)
    square = (away**2).mean(axis=1)
    spread = square > (1e-9 * np.abs(few).max(axis=1)) ** 2  # a draw may take all units to be alike
    if not spread.any():
        return None
    return float(np.median((away[spread] ** 3).mean(axis=1) / square[spread] ** 1.5))
