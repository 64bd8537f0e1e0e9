"""The counterfactual: what was seen, the lines fitted to it, and what would have come without the start."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import numbers
from .words import number

Floats = NDArray[np.float64]

OBSERVED, FITTED, WITHOUT = "Observed", "Fitted", "Without it (counterfactual)"
# Shape, dash and colour say the same, so that none is needed alone.
NAMES = (OBSERVED, FITTED, WITHOUT)
COLOURS = (theme.DARK_GREY, theme.BLUE, theme.ORANGE)


def counterfactual(
    dates: NDArray[np.datetime64],
    observed: Floats,
    fitted: Floats,
    without: Floats,
    low: Floats,
    high: Floats,
    *,
    start: np.datetime64,
    title: str,
    unit: str = "",
    share: bool = False,
    confidence: float = 0.95,
    note: str = "",
    width: int = theme.WIDTH,
    height: int = theme.HEIGHT,
) -> Any:
    """Draw a series (T,) with its fitted lines, and `without`, `low`, `high` (T,), which are NaN before the start.

    A missing month leaves a gap. `note` is said first under the title (that a result is indicative, say).
    """
    days = [str(day) for day in dates.astype("datetime64[D]")]
    columns = {"observed": observed, "fitted": fitted, "without": without, "low": low, "high": high}
    rows = [
        {"date": day, "phase": str(bool(np.isfinite(without[i]))),
         **{name: float(v[i]) if np.isfinite(v[i]) else None for name, v in columns.items()}}
        for i, day in enumerate(days)
    ]  # fmt: skip
    base = alt.Chart(theme.values(rows))
    x = alt.X("date:T", scale=alt.Scale(type="utc"), title=None, axis=alt.Axis(format="%b %Y", labelFlush=True))
    colour = alt.Color("name:N", sort=NAMES, scale=alt.Scale(domain=NAMES, range=COLOURS))

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title=unit or None, scale=alt.Scale(zero=False), axis=numbers(share))

    def named(name: str) -> Any:
        return base.transform_calculate(name=f"'{name}'")

    layers = [
        base.mark_area(color=theme.ORANGE, opacity=0.18).encode(x=x, y=y("low"), y2=alt.Y2(field="high")),
        named(OBSERVED).mark_point(filled=True, size=34, opacity=1).encode(
            x=x, y=y("observed"), color=colour, tooltip=["date:T", "observed:Q"]
        ).transform_filter("isValid(datum.observed)"),
        named(FITTED).mark_line(strokeWidth=2.5).encode(x=x, y=y("fitted"), color=colour, detail="phase:N"),
        named(WITHOUT).mark_line(strokeWidth=2.5, strokeDash=[7, 4]).encode(x=x, y=y("without"), color=colour),
    ]
    moment = alt.Chart(theme.values([{"date": str(start.astype("datetime64[D]")), "word": "start"}]))
    layers += [
        moment.mark_rule(color=theme.DARK_BLUE, strokeDash=[3, 2]).encode(x=x),
        moment.mark_text(align="left", dx=4, dy=4, baseline="top", color=theme.DARK_BLUE).encode(
            x=x, y=alt.value(0), text="word:N"),
    ]  # fmt: skip
    drawn = alt.layer(*layers).properties(height=height)
    words = f"Points: observed; line: fitted; dashes: without it; band: its {confidence:.0%} interval"
    said = _said(observed, without, low, high, share, confidence)
    return theme.dress(
        drawn, title=title, subtitle=f"{note}. {words}" if note else words, description=said, width=width
    )


def _said(observed: Floats, without: Floats, low: Floats, high: Floats, share: bool, confidence: float) -> str:
    both = np.flatnonzero(np.isfinite(observed) & np.isfinite(without))
    if not both.size:
        return "No month after the start has a value."
    at = int(both[-1])
    seen, none, least, most = (number(float(v[at]), share=share) for v in (observed, without, low, high))
    return f"Last month: observed {seen}; without it {none} ({confidence:.0%} interval {least} to {most})."
