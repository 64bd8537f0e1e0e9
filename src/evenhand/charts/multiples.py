"""Small multiples: the same few figures once for each group, on one scale, each with its interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import wrapped
from .words import number

ROW, GAP, LABELS = 34, 14, 0.30  # pixels a figure and between panels; share of the width for the words
MOST = 24  # panels: more cannot be read beside one another


def multiples(
    groups: Sequence[str],
    labels: Sequence[str],
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    n: Sequence[int | None],
    *,
    title: str,
    subtitle: str = "Dot: the estimate; bar: its 95% interval; n: answers",
    share: bool = True,
    width: int = theme.WIDTH,
) -> Any:
    """Draw a panel for each of G groups with A figures (G, A); n: answers of each group, None: too few, left empty."""
    if len(groups) > MOST:
        raise ValueError(f"at most {MOST} groups can be drawn, found {len(groups)}")
    columns = 1 if len(groups) == 1 or width < 480 else 2 if len(groups) <= 4 or width < 600 else 3
    words = wrapped(labels, int(width * LABELS / 0.42))
    heads = [f"{g}\nn = {m:,}" if m is not None else f"{g}\nnot shown: too few"
             for g, m in zip(groups, n, strict=True)]  # fmt: skip
    panel = int((width - 30 - width * LABELS - GAP * (columns - 1)) / columns)
    axis = alt.Axis(format="~%" if share else "~s", tickCount=3)
    scale = alt.Scale(domain=[0, 1]) if share else alt.Scale(zero=True)
    y = alt.Y("label:N", sort=list(words), title=None, axis=alt.Axis(
        labelExpr="split(datum.value, '\\n')", labelLimit=int(width * LABELS), ticks=False, domain=False, grid=False))
    points = [
        {
            "group": head, "label": word, "value": float(value[g, a]) if n[g] is not None else None,
            "low": float(low[g, a]) if n[g] is not None and np.isfinite(low[g, a]) else None,
            "high": float(high[g, a]) if n[g] is not None and np.isfinite(high[g, a]) else None,
            "said": number(float(value[g, a]), share=share) if n[g] is not None else "",
        }
        for g, head in enumerate(heads) for a, word in enumerate(words)
        if n[g] is None or np.isfinite(value[g, a])
    ]  # fmt: skip

    def x(field: str) -> Any:
        return alt.X(f"{field}:Q", title=None, scale=scale, axis=axis)

    base = alt.Chart()
    drawn = alt.layer(
        base.mark_rule(color=theme.LIGHT_BLUE, strokeWidth=6, strokeCap="round").encode(
            y=y, x=x("low"), x2=alt.X2(field="high")),
        base.mark_point(filled=True, size=70, color=theme.BLUE, opacity=1).encode(y=y, x=x("value")),
        base.mark_text(dy=-10, fontSize=11).encode(y=y, x=x("value"), text="said:N"),
        data=theme.values(points),
    ).properties(width=panel, height=ROW * max(len(words), 1))  # fmt: skip
    said = "; ".join(
        head.replace("\n", ", ") + ": " + ", ".join(f"{label} {number(float(v), share=share)}"
                                for label, v in zip(labels, row, strict=True))
        for head, row, m in zip(heads, value, n, strict=True) if m is not None
    )  # fmt: skip
    head = alt.Header(title=None, labelExpr="split(datum.label, '\\n')", labelLineHeight=14, labelFontSize=12,
                      labelFontWeight="bold", labelAnchor="start", labelLimit=max(panel, 120),
                      labelColor=theme.INK)  # fmt: skip
    many = drawn.facet(facet=alt.Facet("group:N", sort=list(heads), header=head), columns=columns, spacing=GAP)
    many = many.properties(description=f"{said}.", title={
        "text": theme.wrap(title, width), "subtitle": theme.wrap(subtitle, width, theme.LETTER * 0.86),
        "anchor": "start", "frame": "bounds",
    })  # fmt: skip
    return many.configure(**theme.config(width))
