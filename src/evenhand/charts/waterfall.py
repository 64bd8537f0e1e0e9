"""The target bar: what stands in each state from idea to confirmed, states never added, and the target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from . import theme
from .labelled import height, numbers, rows, wrapped
from .words import pounds

COUNTED = "confirmed"  # only this counts towards a target (DESIGN section 7)


def waterfall(
    labels: Sequence[str],
    amounts: Sequence[float],
    *,
    target: float = float("nan"),
    counted: str = COUNTED,
    title: str,
    width: int = theme.WIDTH,
) -> Any:
    """Draw pounds by state, one bar a state from its own zero; the state `counted` is solid, others are outlined."""
    order = wrapped(labels, width)
    told = ("Counts towards the target", "Does not count yet")
    bars = [
        {"label": row, "amount": float(amount), "said": pounds(float(amount)), "kind": told[label != counted]}
        for row, label, amount in zip(order, labels, amounts, strict=True) if np.isfinite(amount)
    ]  # fmt: skip
    y = rows(order, width)
    shown = [float(amount) for amount in amounts if np.isfinite(amount)]
    reach = max([0.0, *shown, target if np.isfinite(target) else 0.0]) or 1.0
    least = min([0.0, *shown])
    scale = alt.Scale(domain=[least, reach * 1.18], nice=False)  # room for the number at the longest bar's end
    axis = numbers(False, before="£", tickCount=4)
    x = alt.X("amount:Q", title=None, axis=axis, scale=scale)
    base = alt.Chart(theme.values(bars))
    layers = []
    if np.isfinite(target):
        mark = alt.Chart(theme.values([{"amount": float(target)}]))
        layers.append(mark.mark_rule(color=theme.ORANGE, strokeWidth=3, strokeDash=[6, 3]).encode(x=x))
    said_at = {"align": "left", "dx": 9, "fontSize": 12}
    layers += [
        base.mark_bar(height=22, strokeWidth=2).encode(
            y=y, x=x,
            fill=alt.Fill("kind:N", scale=alt.Scale(domain=list(told), range=[theme.BLUE, theme.WHITE])),
            stroke=alt.Stroke("kind:N", scale=alt.Scale(domain=list(told), range=[theme.BLUE, theme.DARK_GREY]))),
        base.mark_text(stroke=theme.WHITE, strokeWidth=4, **said_at).encode(y=y, x=x, text="said:N"),
        base.mark_text(**said_at).encode(y=y, x=x, text="said:N"),
    ]  # fmt: skip
    drawn = alt.layer(*layers).properties(height=height(order))
    words = (
        f"Target {pounds(target)} (dashed); only {counted} counts" if np.isfinite(target) else f"Only {counted} counts"
    )
    said = "; ".join(f"{label} {pounds(float(amount))}" for label, amount in zip(labels, amounts, strict=True))
    return theme.dress(drawn, title=title, subtitle=words, description=f"{words}. {said}.", width=width)
