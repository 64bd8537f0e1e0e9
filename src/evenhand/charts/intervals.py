"""Intervals: several figures of one kind, each a dot with its interval, one below the other."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .words import number

ROW = 40  # pixels a figure: a line of text with room to breathe
LABEL_SHARE, LETTER = 0.42, 6.6  # of the width, for the words; pixels a letter at 12 pixels


def intervals(
    labels: Sequence[str],
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    title: str,
    share: bool = False,
    subtitle: str = "Dot: the estimate; bar: its 95% interval",
    width: int = theme.WIDTH,
) -> Any:
    """Draw K figures in words with values and intervals (K,); a missing value is left out.

    With `share` they lie between 0 and 1, on one scale from nobody to everybody, and are written as percentages.
    """
    rows = _rows(labels, value, low, high, share, max(12, int(width * LABEL_SHARE / LETTER)))
    axis = alt.Axis(labelLimit=int(width * LABEL_SHARE), labelExpr="split(datum.value, '\\n')", ticks=False,
                    domain=False, labelOverlap=False, grid=False)  # fmt: skip
    y = alt.Y("label:N", sort=[row["label"] for row in rows], title=None, axis=axis)
    scale = alt.Scale(domain=[0, 1]) if share else alt.Scale(zero=True)

    def x(field: str) -> Any:
        return alt.X(f"{field}:Q", title=None, scale=scale, axis=alt.Axis(format="~%" if share else "~s"))

    base = alt.Chart(theme.values(rows))
    drawn = alt.layer(
        base.mark_rule(color=theme.LIGHT_BLUE, strokeWidth=6, strokeCap="round").encode(
            y=y, x=x("low"), x2=alt.X2(field="high")
        ),
        base.mark_point(filled=True, size=110, color=theme.BLUE, opacity=1).encode(y=y, x=x("value")),
        base.mark_text(dy=-11, fontSize=12).encode(y=y, x=x("value"), text="said:N"),
    ).properties(height=ROW * max(len(rows), 1))
    words = "; ".join(f"{row['label']} {row['said']}".replace("\n", " ") for row in rows)
    return theme.dress(drawn, title=title, subtitle=subtitle, description=f"{words}.", width=width)


def _rows(
    labels: Sequence[str], value: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64],
    share: bool, letters: int,
) -> list[dict[str, Any]]:  # fmt: skip
    return [
        {
            "label": _two_lines(label, letters), "value": float(v),
            "low": float(lo) if np.isfinite(lo) else float(v), "high": float(hi) if np.isfinite(hi) else float(v),
            "said": number(float(v), share=share),
        }
        for label, v, lo, hi in zip(labels, value, low, high, strict=True)
        if np.isfinite(v)
    ]  # fmt: skip


def _two_lines(label: str, letters: int) -> str:
    lines = textwrap.wrap(label, letters)
    return "\n".join(lines) if len(lines) <= 2 else f"{lines[0]}\n{lines[1]} …"
