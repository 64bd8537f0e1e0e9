"""What a fitted spread may claim: which of its numbers the counts tell, and which are still an assumption."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

NAMES = ("p", "q", "ceiling")
# What is left of the spread that was assumed before any count was seen (our rule).
TOLD, WEAKLY = 0.35, 0.75


def identified(drawn: Floats, assumed: Floats, model: str, wide: bool) -> dict[str, str]:
    """For p, q and the ceiling: 'told' by the counts, 'weakly told', or 'not told' (its width is the assumption's).

    drawn, assumed: points after and before the counts were seen, log p, log q and the logit of the ceiling's place.
    """
    found = {}
    for column, name in enumerate(NAMES):
        if name == "p" and model == "logistic":
            continue
        after, before = (_width(part[:, column], name) for part in (drawn, assumed))
        left = after / before
        found[name] = "told" if left < TOLD else "weakly told" if left < WEAKLY else "not told"
    return found


def says(
    told: dict[str, str], adopters: NDArray[np.int64], could: float, given: bool, ceiling: dict[str, Any],
    peak_passed: float,
) -> str:  # fmt: skip
    """One sentence for people: how many, how far it may go, and whether that can be known yet."""
    of = f" of {could:,.0f}" if given else ""
    so_far = f"{adopters[-1]:,}{of} have adopted"
    reach = f"{ceiling['median']:,.0f} ({ceiling['low_90']:,.0f} to {ceiling['high_90']:,.0f}) in the end"
    peak = f"the busiest time is over with probability {peak_passed:.2f}"
    if told["ceiling"] == "told":
        return f"{so_far}; {reach}; {peak}."
    early, most = ("it is too early to say where it ends", "mostly")
    if told["ceiling"] == "weakly told":
        early, most = "where it ends is only weakly told", "partly"
    unknown = "" if given else "; how many could adopt was not given"
    return f"{so_far}; {early}: {reach}, {most} by assumption; {peak}{unknown}."


def _width(column: Floats, name: str) -> float:
    """The spread of a rate's logarithm, or of the ceiling's place between none and all."""
    return float((1 / (1 + np.exp(-column)) if name == "ceiling" else column).std())
