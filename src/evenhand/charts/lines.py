"""Lines over time: a few series, each with its own dash and its name at its end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import numbers
from .words import number

# Dash and colour say the same, so that neither is needed alone.
STYLES = (
    (theme.BLUE, [1, 0]), (theme.ORANGE, [7, 4]), (theme.DARK_GREY, [2, 3]), (theme.PURPLE, [8, 3, 2, 3]),
    (theme.LIGHT_BLUE, [12, 4]), (theme.INK, [4, 2]),
)  # fmt: skip


def lines(
    series: Mapping[str, NDArray[np.float64]],
    dates: NDArray[np.datetime64],
    *,
    title: str,
    subtitle: str = "",
    unit: str = "",
    share: bool = False,
    zero: bool = False,
    marks: tuple[tuple[np.datetime64, str], ...] = (),
    width: int = theme.WIDTH,
    height: int = theme.HEIGHT,
) -> Any:
    """Draw up to six named series (T,) over `dates` (T,); a missing value leaves a gap.

    Raises
    ------
    ValueError
        If there are more series than styles: nobody can tell seven lines apart.
    """
    if len(series) > len(STYLES):
        raise ValueError(f"lines: expected {len(STYLES)} series or fewer, found {len(series)}")
    names = list(series)
    days = [str(day) for day in dates.astype("datetime64[D]")]
    rows = [
        {"date": day, "value": float(v) if np.isfinite(v) else None, "name": name}
        for name, column in series.items() for day, v in zip(days, column, strict=True)
    ]  # fmt: skip
    x = alt.X("date:T", scale=alt.Scale(type="utc"), title=None, axis=alt.Axis(format="%b %Y", labelFlush=True))
    y = alt.Y("value:Q", title=unit or None, scale=alt.Scale(zero=zero), axis=numbers(share))
    used = STYLES[: len(names)]
    layers = [alt.Chart(theme.values(rows)).mark_line(strokeWidth=2.5).encode(
        x=x, y=y,
        color=alt.Color("name:N", sort=names, scale=alt.Scale(domain=names, range=[c for c, _ in used])),
        strokeDash=alt.StrokeDash("name:N", sort=names, scale=alt.Scale(domain=names, range=[d for _, d in used])),
    )]  # fmt: skip
    if marks:
        moments = alt.Chart(theme.values([{"date": str(m.astype("datetime64[D]")), "word": word} for m, word in marks]))
        layers += [
            moments.mark_rule(color=theme.DARK_BLUE, strokeDash=[3, 2]).encode(x=x),
            moments.mark_text(align="left", dx=4, dy=4, baseline="top", color=theme.DARK_BLUE).encode(
                x=x, y=alt.value(0), text="word:N"),
        ]  # fmt: skip
    drawn = alt.layer(*layers).properties(height=height)
    said = "; ".join(_last(name, column, share) for name, column in series.items())
    return theme.dress(drawn, title=title, subtitle=subtitle, description=f"{said}.", width=width)


def _last(name: str, column: NDArray[np.float64], share: bool) -> str:
    there = column[np.isfinite(column)]
    return f"{name}: last {number(float(there[-1]), share=share)}" if len(there) else f"{name}: no values"
