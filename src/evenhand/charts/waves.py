"""Waves: a first and a last wave a row, each with its interval, joined: the dumbbell of a survey asked twice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import height, numbers, rows, wrapped
from .words import number

LIFT = 7  # pixels from the middle of the row: the two intervals do not cover one another


def waves(
    labels: Sequence[str],
    value: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    n: Sequence[tuple[int | None, int | None]],
    *,
    names: tuple[str, str],
    title: str,
    subtitle: str = "Point: the estimate; line: its 95% interval",
    share: bool = False,
    width: int = theme.WIDTH,
) -> Any:
    """Draw K rows with values and intervals (K, 2), the first wave and the last; n: answers of each, None if hidden."""
    shown = [f"{label} (n = {_count(a)}, {_count(b)})" for label, (a, b) in zip(labels, n, strict=True)]
    order = wrapped(shown, width)
    points = [
        {
            "label": label, "what": name, "value": float(value[i, k]),
            "low": float(low[i, k]) if np.isfinite(low[i, k]) else float(value[i, k]),
            "high": float(high[i, k]) if np.isfinite(high[i, k]) else float(value[i, k]),
        }
        for i, label in enumerate(order) for k, name in enumerate(names) if np.isfinite(value[i, k])
    ]  # fmt: skip
    joins = [{"label": label, "from": float(a), "to": float(b)}
             for label, (a, b) in zip(order, value, strict=True) if np.isfinite(a) and np.isfinite(b)]  # fmt: skip
    y, axis = rows(order, width), numbers(share)
    scale = alt.Scale(domain=[0, 1]) if share else alt.Scale(zero=False)
    colours = alt.Scale(domain=list(names), range=[theme.DARK_GREY, theme.BLUE])
    shapes = alt.Scale(domain=list(names), range=["circle", "diamond"])

    def x(field: str) -> Any:
        return alt.X(f"{field}:Q", title=None, axis=axis, scale=scale)

    layers: list[Any] = [
        alt.Chart(theme.values(joins)).mark_rule(color=theme.PALE_GREY, strokeWidth=5).encode(
            y=y, x=x("from"), x2=alt.X2(field="to"))
    ]  # fmt: skip
    for name, lift in zip(names, (-LIFT, LIFT), strict=True):
        part = alt.Chart(theme.values([p for p in points if p["what"] == name]))
        layers += [
            part.mark_rule(strokeWidth=2.5, yOffset=lift).encode(
                y=y, x=x("low"), x2=alt.X2(field="high"), color=alt.Color("what:N", scale=colours)),
            part.mark_point(filled=True, size=110, opacity=1, yOffset=lift).encode(
                y=y, x=x("value"), color=alt.Color("what:N", scale=colours), shape=alt.Shape("what:N", scale=shapes)),
        ]  # fmt: skip
    drawn = alt.layer(*layers).properties(height=height(order))
    said = "; ".join(
        f"{label}: " + ", ".join(f"{name} {_said(value[i, k], low[i, k], high[i, k], share)}"
                                 for k, name in enumerate(names))
        for i, label in enumerate(shown)
    )  # fmt: skip
    return theme.dress(drawn, title=title, subtitle=subtitle, description=f"{said}.", width=width)


def _count(n: int | None) -> str:
    return "too few" if n is None else f"{n:,}"


def _said(value: float, low: float, high: float, share: bool) -> str:
    words = number(float(value), share=share)
    if not (np.isfinite(low) and np.isfinite(high)):
        return words
    return f"{words} ({number(float(low), share=share)} to {number(float(high), share=share)})"
