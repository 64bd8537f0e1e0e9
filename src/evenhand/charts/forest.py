"""The forest: effects with their intervals on one line, no effect marked, and the smallest that would matter."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import height, numbers, rows, wrapped
from .words import number

TOLD = ("No effect lies within the interval", "No effect lies outside the interval")
NARROW = 480  # pixels: as in theme.config
POINTS = "replace(format(100 * datum.value, '~g'), '-', '−')"


def forest(
    labels: Sequence[str],
    effect: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    matters: NDArray[np.float64] | None = None,
    title: str,
    unit: str = "",
    share: bool = False,
    level: float = 0.95,
    width: int = theme.WIDTH,
) -> Any:
    """Draw K effects with intervals; `matters` (K,) is the smallest effect that would matter, NaN for none.

    An interval that holds 0 ends in an open ring, one that does not in a filled diamond. share: what differs is a
    share, so that a difference counts percentage points.
    """
    order = wrapped(labels, width)
    told = TOLD
    found = [
        {"label": label, "effect": float(e), "low": float(lo), "high": float(hi),
         "kind": told[0] if lo <= 0 <= hi else told[1], "said": said_as(float(e), share)}
        for label, e, lo, hi in zip(order, effect, low, high, strict=True) if np.isfinite([e, lo, hi]).all()
    ]  # fmt: skip
    y = rows(order, width)
    name = ", ".join(part for part in (unit, "percentage points" if share else "") if part)
    few: dict[str, Any] = {"tickCount": 4} if width < NARROW else {}
    axis = alt.Axis(labelExpr=POINTS, **few) if share else numbers(False, **few)

    def x(field: str) -> Any:
        return alt.X(f"{field}:Q", title=name or None, axis=axis)

    base = alt.Chart(theme.values(found))
    layers = [
        alt.Chart(theme.values([{"none": 0.0}])).mark_rule(color=theme.INK).encode(x=x("none")),
        base.mark_rule(color=theme.BLUE, strokeWidth=3).encode(y=y, x=x("low"), x2=alt.X2(field="high")),
        base.mark_point(size=140, strokeWidth=2.5, opacity=1, color=theme.BLUE).encode(
            y=y, x=x("effect"),
            shape=alt.Shape("kind:N", scale=alt.Scale(domain=list(told), range=["circle", "diamond"])),
            fill=alt.Fill("kind:N", scale=alt.Scale(domain=list(told), range=[theme.WHITE, theme.BLUE]))),
        base.mark_text(dy=-14, fontSize=12, stroke=theme.WHITE, strokeWidth=4).encode(
            y=y, x=x("effect"), text="said:N"),
        base.mark_text(dy=-14, fontSize=12).encode(y=y, x=x("effect"), text="said:N"),
    ]  # fmt: skip
    wanted = [] if matters is None else [
        {"label": label, "matters": float(m)} for label, m in zip(order, matters, strict=True) if np.isfinite(m)
    ]  # fmt: skip
    if wanted:
        layers.append(alt.Chart(theme.values(wanted)).mark_tick(color=theme.ORANGE, thickness=3, size=26).encode(
            y=y, x=x("matters")))  # fmt: skip
    drawn = alt.layer(*layers).properties(height=height(order))
    words = f"Mark: effect; line: {level:.0%} interval; black line: no effect"
    words += "; orange tick: smallest effect that would matter" if wanted else ""
    said = "; ".join(f"{label}: {said_as(float(e), share)} ({said_as(float(lo), share)} to {said_as(float(hi), share)})"
                     for label, e, lo, hi in zip(labels, effect, low, high, strict=True))  # fmt: skip
    return theme.dress(drawn, title=title, subtitle=words, description=f"{said}.", width=width)


def said_as(effect: float, share: bool) -> str:
    if not np.isfinite(effect):
        return number(effect)
    return f"{100 * effect:.1f} points".replace("-", "−") if share else number(effect)
