"""The dumbbell: two values a row, joined: ours and our peers', or a first and a second time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import height, numbers, rows, wrapped
from .words import number


def dumbbell(
    labels: Sequence[str],
    first: NDArray[np.float64],
    second: NDArray[np.float64],
    *,
    names: tuple[str, str],
    title: str,
    unit: str = "",
    share: bool = False,
    width: int = theme.WIDTH,
) -> Any:
    """Draw K rows; `names` say what the first value (ring) and the second (diamond) are. A missing one is left out."""
    order = wrapped(labels, width)
    ends = [
        {"label": label, "value": float(v), "what": name}
        for name, column in zip(names, (first, second), strict=True)
        for label, v in zip(order, column, strict=True)
        if np.isfinite(v)
    ]
    joins = [
        {"label": label, "from": float(a), "to": float(b)}
        for label, a, b in zip(order, first, second, strict=True)
        if np.isfinite(a) and np.isfinite(b)
    ]
    y = rows(order, width)
    axis = numbers(share)
    x = alt.X("value:Q", title=unit or None, axis=axis, scale=alt.Scale(zero=False))
    drawn = alt.layer(
        alt.Chart(theme.values(joins)).mark_rule(color=theme.GREY, strokeWidth=3).encode(
            y=y, x=alt.X("from:Q", title=unit or None, axis=axis, scale=alt.Scale(zero=False)), x2=alt.X2(field="to")),
        alt.Chart(theme.values(ends)).mark_point(filled=True, size=130, opacity=1).encode(
            y=y, x=x,
            color=alt.Color("what:N", scale=alt.Scale(domain=list(names), range=[theme.DARK_GREY, theme.BLUE])),
            shape=alt.Shape("what:N", scale=alt.Scale(domain=list(names), range=["circle", "diamond"]))),
    ).properties(height=height(order))  # fmt: skip
    said = "; ".join(
        f"{label}: {names[0]} {number(float(a), share=share)}, {names[1]} {number(float(b), share=share)}"
        for label, a, b in zip(labels, first, second, strict=True)
    )
    return theme.dress(drawn, title=title, description=f"{said}.", width=width)
