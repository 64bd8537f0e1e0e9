"""The control chart as the NHS knows it: points, mean, limits, and a shape for each kind of signal."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from ..records import ControlChart
from . import theme
from .labelled import numbers
from .words import number

# Shape and colour say the same, so that neither is needed alone.
KINDS = {
    "common_cause": ("Common cause", theme.GREY, "circle"),
    "special_cause_improvement": ("Improvement", theme.BLUE, "triangle-up"),
    "special_cause_concern": ("Concern", theme.ORANGE, "diamond"),
    "special_cause_neutral_high": ("Special cause, high", theme.PURPLE, "triangle-up"),
    "special_cause_neutral_low": ("Special cause, low", theme.PURPLE, "triangle-down"),
}
RULES = {
    "plotthedots": "NHS plot-the-dots rules",
    "mdc2023": "Making Data Count rules of 2023",
}


def spc(
    chart: ControlChart,
    dates: NDArray[np.datetime64],
    *,
    title: str,
    unit: str = "",
    share: bool = False,
    marks: tuple[tuple[np.datetime64, str], ...] = (),
    width: int = theme.WIDTH,
    height: int = theme.HEIGHT,
) -> Any:
    """Draw a control chart: `dates` (T,) in time order, `marks` are moments with a word (a scheme began).

    `share` writes values as percentages. Rule set, mean and limits stand in words under the title.
    """
    rows = _rows(chart, dates)
    x = alt.X("date:T", scale=alt.Scale(type="utc"), title=None, axis=alt.Axis(format="%b %Y", labelFlush=True))
    axis = numbers(share)

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title=unit or None, scale=alt.Scale(zero=False), axis=axis)

    base = alt.Chart(theme.values(rows))
    layers = [
        _line(base, x, y("upper"), theme.DARK_GREY, [6, 4]),
        _line(base, x, y("lower"), theme.DARK_GREY, [6, 4]),
        _line(base, x, y("mean"), theme.INK, [1, 0]),
        base.mark_line(color=theme.GREY, strokeWidth=1.5).encode(x=x, y=y("value")),
        _points(base, x, y("value"), chart),
    ]
    if np.isfinite(chart.target):
        layers.insert(0, base.mark_line(color=theme.PURPLE, strokeDash=[2, 3]).encode(x=x, y=y("target")))
    layers += _marks(marks, x)
    drawn = alt.layer(*layers).properties(height=height)
    words = caption(chart, share=share)
    return theme.dress(drawn, title=title, subtitle=words, description=_description(chart, words), width=width)


def caption(chart: ControlChart, *, share: bool = False) -> str:
    """The rule set, mean, limits and target of the last phase, in words."""
    mean, lower, upper = (number(float(a[-1]), share=share) for a in (chart.mean, chart.lower, chart.upper))
    said = [f"XmR chart, {RULES[chart.rules]}", f"mean {mean}"]
    if np.isfinite(chart.lower[-1]):
        said.append(f"{'trial ' if chart.trial[-1] else ''}limits {lower} to {upper}")
    if np.isfinite(chart.target):
        said.append(f"target {number(chart.target, share=share)} (dotted)")
    return "; ".join(said)


def _rows(chart: ControlChart, dates: NDArray[np.datetime64]) -> list[dict[str, Any]]:
    return [
        {
            "date": str(day), "value": _null(chart.values[i]), "mean": _null(chart.mean[i]),
            "lower": _null(chart.lower[i]), "upper": _null(chart.upper[i]), "target": _null(chart.target),
            "phase": int(chart.phase[i]), "kind": KINDS[chart.point_type[i] or "common_cause"][0],
            "rule": chart.special_cause[i] or "Common cause",
        }
        for i, day in enumerate(dates.astype("datetime64[D]"))
    ]  # fmt: skip


def _line(base: Any, x: Any, y: Any, colour: str, dash: list[int]) -> Any:
    return base.mark_line(color=colour, strokeDash=dash, strokeWidth=1.5).encode(x=x, y=y, detail="phase:N")


def _points(base: Any, x: Any, y: Any, chart: ControlChart) -> Any:
    used = [KINDS[k] for k in KINDS if k in chart.point_type]
    names = [name for name, _, _ in used]
    return base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, y=y,
        color=alt.Color("kind:N", scale=alt.Scale(domain=names, range=[c for _, c, _ in used]), legend=alt.Legend()),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=names, range=[s for _, _, s in used])),
        tooltip=["date:T", "value:Q", "rule:N"],
    ).transform_filter("isValid(datum.value)")  # fmt: skip


def _marks(marks: tuple[tuple[np.datetime64, str], ...], x: Any) -> list[Any]:
    if not marks:
        return []
    base = alt.Chart(theme.values([{"date": str(when.astype("datetime64[D]")), "word": word} for when, word in marks]))
    return [
        base.mark_rule(color=theme.DARK_BLUE, strokeDash=[3, 2]).encode(x=x),
        base.mark_text(align="left", dx=4, dy=4, baseline="top", color=theme.DARK_BLUE).encode(
            x=x, y=alt.value(0), text="word:N"
        ),
    ]


def _description(chart: ControlChart, words: str) -> str:
    signals = sum(label is not None for label in chart.special_cause)
    points = int(np.isfinite(chart.values).sum())
    icon = (chart.variation or "not known").replace("_", " ")
    return f"{points} points; {signals} show special cause. Latest: {icon}. {words}."


def _null(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
