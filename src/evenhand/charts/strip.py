"""The strip: every unit a dot along one scale, stacked where they crowd, our own marked."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import numbers
from .words import number

DOT = 7  # pixels a dot; dots of one column stand on each other
TALL = 110  # pixels that columns may take before dots are drawn closer


def strip(
    values: NDArray[np.float64],
    *,
    own: int | None = None,
    title: str,
    unit: str = "",
    share: bool = False,
    width: int = theme.WIDTH,
) -> Any:
    """Draw P values as dots, `own` the position of our own, with the middle and the quarters marked."""
    there = np.flatnonzero(np.isfinite(values))
    shown = values[there]
    rows = _rows(shown, None if own is None or own not in there else int(np.flatnonzero(there == own)[0]), width)
    highest = max(row["height"] for row in rows)
    x = alt.X("value:Q", title=unit or None, scale=alt.Scale(zero=False, nice=True),
              axis=numbers(share, grid=False))  # fmt: skip
    y = alt.Y("height:Q", axis=None, scale=alt.Scale(domain=[-1, max(highest + 2, 6)], nice=False))
    quarters = [{"value": float(q), "name": n} for q, n in zip(np.quantile(shown, [0.25, 0.5, 0.75]),
                ("quarter", "middle", "quarter"), strict=True)]  # fmt: skip
    lines = alt.Chart(theme.values(quarters)).mark_rule(color=theme.DARK_GREY).encode(
        x=x, strokeDash=alt.StrokeDash("name:N", scale=alt.Scale(domain=["middle", "quarter"], range=[[1, 0], [4, 3]]),
                                       legend=None))  # fmt: skip
    dots = alt.Chart(theme.values([r for r in rows if not r["own"]])).mark_point(
        filled=True, size=DOT**2, color=theme.GREY, opacity=0.9).encode(x=x, y=y)  # fmt: skip
    layers = [lines, dots]
    if mine := [row for row in rows if row["own"]]:
        me = alt.Chart(theme.values([{**mine[0], "said": f"you: {number(mine[0]['value'], share=share)}"}]))
        right = mine[0]["value"] > float(np.median(shown))
        layers += [
            me.mark_rule(color=theme.BLUE, strokeWidth=2).encode(x=x),
            me.mark_point(
                filled=True, shape="diamond", size=230, color=theme.BLUE, stroke=theme.WHITE, opacity=1
            ).encode(x=x, y=y),
            me.mark_text(
                dx=6 if right else -6, align="left" if right else "right", baseline="bottom", fontWeight="bold",
                color=theme.BLUE, fontSize=13,
            ).encode(x=x, y=alt.value(0), text="said:N"),
        ]  # fmt: skip
    drawn = alt.layer(*layers).properties(height=int(min(TALL, (max(highest, 6) + 3) * DOT)) + 30)
    low, middle, high = (number(float(q), share=share) for q in np.quantile(shown, [0.25, 0.5, 0.75]))
    words = f"Middle {middle} (line); half lie between {low} and {high} (dashed)"
    said = f"{len(shown)} units. {words}." + (f" {_said(mine, share)}" if mine else "")
    return theme.dress(drawn, title=title, subtitle=words, description=said, width=width)


def _rows(values: NDArray[np.float64], own: int | None, width: int) -> list[dict[str, Any]]:
    """Each dot with its height in its column; our own lies at the foot."""
    span = float(values.max() - values.min()) or 1.0
    columns = np.floor((values - values.min()) / span * max(10, (width - 40) / DOT)).astype(int)
    heights: dict[int, int] = {}
    rows = []
    for i in sorted(range(len(values)), key=lambda i: i != own):
        height = heights.get(int(columns[i]), 0)
        heights[int(columns[i])] = height + 1
        rows.append({"value": float(values[i]), "height": height, "own": i == own})
    return rows


def _said(mine: list[dict[str, Any]], share: bool) -> str:
    return f"Your organisation: {number(mine[0]['value'], share=share)}."
