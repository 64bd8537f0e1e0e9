"""Fan: what was counted, and what may come, with the band that holds it nine times in ten."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import numbers
from .words import number

Floats = NDArray[np.float64]
Dates = NDArray[np.datetime64]


def fan(
    dates: Dates, counted: Floats, ahead: Dates, median: Floats, low: Floats, high: Floats, *, title: str,
    subtitle: str = "Line: counted; dashes: forecast; band: 90% of what may come", unit: str = "",
    line: float | None = None, line_words: str = "", width: int = theme.WIDTH, height: int = theme.HEIGHT,
) -> Any:  # fmt: skip
    """Draw what was counted (T,) and the forecast (F,), and, if given, a level `line` with its words."""
    known: list[dict[str, Any]] = [
        {"date": _day(d), "value": float(v)} for d, v in zip(dates, counted, strict=True) if np.isfinite(v)
    ]
    future: list[dict[str, Any]] = [{**one, "low": one["value"], "high": one["value"]} for one in known[-1:]]
    future += [
        {"date": _day(d), "value": float(m), "low": float(a), "high": float(b)}
        for d, m, a, b in zip(ahead, median, low, high, strict=True)
    ]
    x = alt.X("date:T", scale=alt.Scale(type="utc"), title=None, axis=alt.Axis(format="%b %Y", labelFlush=True))

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title=unit or None, scale=alt.Scale(zero=True), axis=numbers(False))

    coming, past = alt.Chart(theme.values(future)), alt.Chart(theme.values(known))
    layers = [
        coming.mark_area(color=theme.LIGHT_BLUE, opacity=0.35).encode(x=x, y=y("low"), y2=alt.Y2(field="high")),
        coming.mark_line(color=theme.BLUE, strokeDash=[7, 4], strokeWidth=2.5).encode(x=x, y=y("value")),
        past.mark_line(color=theme.DARK_BLUE, strokeWidth=2.5).encode(x=x, y=y("value")),
        past.mark_point(color=theme.DARK_BLUE, filled=True, size=36, opacity=1).encode(x=x, y=y("value")),
    ]
    said = f"last counted {number(known[-1]['value'])} on {known[-1]['date']}"
    if future[1:]:
        end = future[-1]
        said += (f"; forecast for {end['date']} {number(end['value'])}, 90% between {number(end['low'])} and "
                 f"{number(end['high'])}")  # fmt: skip
    if line is not None:
        level = alt.Chart(theme.values([{"value": line, "word": line_words}]))
        layers += [
            level.mark_rule(color=theme.ORANGE, strokeWidth=2, strokeDash=[3, 2]).encode(y=y("value")),
            level.mark_text(align="left", baseline="bottom", dx=4, dy=-3, color=theme.INK).encode(
                x=alt.value(0), y=y("value"), text="word:N"),
        ]  # fmt: skip
        said += f"; {line_words}"
    drawn = alt.layer(*layers).properties(height=height)
    return theme.dress(drawn, title=title, subtitle=subtitle, description=f"{said}.", width=width)


def _day(date: np.datetime64) -> str:
    return str(date.astype("datetime64[D]"))
