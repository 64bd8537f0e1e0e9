"""The event study: the effect at each period since the start, and before it, where none is expected."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import numbers
from .words import number

BEFORE, AFTER = "Before the start: expected to be 0", "After the start: the effect"


def event_study(
    period: NDArray[np.int64],
    estimate: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    *,
    title: str,
    word: str = "period",
    note: str = "",
    level: float = 0.95,
    width: int = theme.WIDTH,
    height: int = theme.HEIGHT,
) -> Any:
    """Draw K effects by periods since the start (K,), each with its interval where it has one (else NaN).

    Open rings before the start, filled diamonds after it; a line at no effect, and one where the change begins.
    """
    rows: list[dict[str, Any]] = [
        {"period": int(p), "estimate": float(e), "low": float(lo) if np.isfinite(lo) else float(e),
         "high": float(hi) if np.isfinite(hi) else float(e), "when": BEFORE if p < 0 else AFTER}
        for p, e, lo, hi in zip(period, estimate, low, high, strict=True) if np.isfinite(e)
    ]  # fmt: skip
    kinds = [BEFORE, AFTER]
    colours = alt.Scale(domain=kinds, range=[theme.DARK_GREY, theme.BLUE])
    base = alt.Chart(theme.values(rows))
    first, last = (int(end(period)) if len(rows) else 0 for end in (np.min, np.max))
    x = alt.X("period:Q", scale=alt.Scale(domain=[first - 0.5, last + 0.5], nice=False),
              title=f"{word}s since the start" if word.isalpha() else f"{word} a step, since the start",
              axis=alt.Axis(format="d", tickMinStep=1, grid=False))  # fmt: skip
    drawn = alt.layer(
        alt.Chart(theme.values([{"none": 0.0}])).mark_rule(color=theme.INK).encode(y=alt.Y("none:Q")),
        alt.Chart(theme.values([{"begins": -0.5}])).mark_rule(color=theme.DARK_BLUE, strokeDash=[3, 2]).encode(
            x=alt.X("begins:Q")),
        base.mark_rule(strokeWidth=2.5).encode(
            x=x, y=alt.Y("low:Q", title=None, axis=numbers(False)), y2=alt.Y2(field="high"),
            color=alt.Color("when:N", scale=colours)),
        base.mark_point(size=70, strokeWidth=2.5, opacity=1).encode(
            x=x, y=alt.Y("estimate:Q"), color=alt.Color("when:N", scale=colours),
            shape=alt.Shape("when:N", scale=alt.Scale(domain=kinds, range=["circle", "diamond"])),
            fill=alt.Fill("when:N", scale=alt.Scale(domain=kinds, range=[theme.WHITE, theme.BLUE]))),
    ).properties(height=height)  # fmt: skip
    words = f"{note}Mark: effect; line: {level:.0%} interval; dashed: the change begins"
    said = "; ".join(f"{row['period']}: {number(row['estimate'])} ({number(row['low'])} to {number(row['high'])})"
                     for row in rows)  # fmt: skip
    return theme.dress(drawn, title=title, subtitle=words, description=f"{said}.", width=width)
