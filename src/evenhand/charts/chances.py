"""Chances: how likely each amount is, and how much of it lies beyond a target."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import numbers
from .words import number, pounds

Floats = NDArray[np.float64]

COLUMNS = 33  # three percentiles to a column of the picture
REACHES = ("reaches the target", "does not reach it")
COLOURS = (theme.BLUE, theme.PALE_GREY)


def chances(
    quantiles: Floats, target: float, probability: float, *, title: str, subtitle: str = "", before: str = "£",
    width: int = theme.WIDTH, height: int = theme.HEIGHT,
) -> Any:  # fmt: skip
    """Draw a distribution by its quantiles 1% to 99% (99,), with the target as a line; what reaches it is dark.

    `before` is the sign of the unit: £, or nothing.
    """
    rows, names = pieces(quantiles, target), list(REACHES)
    low, high = rows[0]["from"], rows[-1]["to"]
    axis = numbers(False, before=before)
    bars = alt.Chart(theme.values(rows)).mark_rect(stroke=theme.WHITE, strokeWidth=0.5).encode(
        x=alt.X("from:Q", title=None, axis=axis, scale=alt.Scale(zero=False)), x2=alt.X2(field="to"),
        y=alt.Y("chance:Q", title="chance", axis=alt.Axis(format="~%")), y2=alt.Y2(datum=0),
        color=alt.Color("what:N", sort=names, scale=alt.Scale(domain=names, range=list(COLOURS))),
    )  # fmt: skip
    say = pounds if before == "£" else number
    words = f"target {say(target)}"
    late = target > (low + high) / 2
    line = alt.Chart(theme.values([{"from": target, "word": words}]))
    drawn = alt.layer(
        bars, line.mark_rule(color=theme.ORANGE, strokeWidth=2.5).encode(x=alt.X("from:Q")),
        line.mark_text(align="right" if late else "left", dx=-6 if late else 6, baseline="top",
                       color=theme.INK, fontWeight="bold").encode(x=alt.X("from:Q"), y=alt.value(0), text="word:N"),
    ).properties(height=height)  # fmt: skip
    middle = len(quantiles) // 2
    said = (f"median {say(float(quantiles[middle]))}, 90% between {say(float(quantiles[4]))} and "
            f"{say(float(quantiles[-5]))}; {words} is reached with probability {probability:.2f}")  # fmt: skip
    return theme.dress(drawn, title=title, subtitle=subtitle, description=f"{said}.", width=width)


def pieces(quantiles: Floats, target: float) -> list[dict[str, Any]]:
    """The columns of the picture: from, to, the chance of an amount between them, and whether they reach the target."""
    low, high = float(min(quantiles[0], target)), float(max(quantiles[-1], target))
    edges = np.linspace(low, high, COLUMNS + 1) if high > low else np.array([low - 0.5, high + 0.5])
    levels = np.arange(1, len(quantiles) + 1) / (len(quantiles) + 1)
    below = np.interp(edges, quantiles + 1e-9 * np.arange(len(quantiles)), levels, left=0.0, right=1.0)
    return [
        {"from": float(a), "to": float(b), "chance": float(p), "what": REACHES[int((a + b) / 2 < target)]}
        for a, b, p in zip(edges[:-1], edges[1:], np.diff(below), strict=True)
    ]
