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
LINES = 4  # of words beside marks, before they begin at the top again
LEFT_OUT = ("Left out, cause known", theme.GREY, "cross")
NAMES = {
    "xmr": "XmR", "i": "I", "ip": "I'", "run": "Run", "p": "P", "pp": "P'", "u": "U", "up": "U'", "c": "C",
    "t": "T", "g": "G", "xbar": "X-bar", "s": "S",
}  # fmt: skip
MEDIAN = ("run", "g")
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
    expected: tuple[tuple[np.datetime64, np.datetime64, float], ...] = (),
    width: int = theme.WIDTH,
    height: int = theme.HEIGHT,
) -> Any:
    """Draw a control chart: `dates` (T,) in time order, `marks` are moments with a word (a scheme began).

    `expected` are predictions, each from one moment to another, drawn as a bar at its value. `dates` may be whole
    numbers that only say what follows what. `share` writes values as percentages. Kind of chart, rule set, centre
    and limits stand in words under the title; limits that follow a denominator are steps.
    """
    rows = _rows(chart, dates)
    x: Any = alt.X("date:T", scale=alt.Scale(type="utc"), title=None, axis=alt.Axis(format="%b %Y", labelFlush=True))
    if dates.dtype.kind != "M":
        x = alt.X("date:Q", scale=alt.Scale(zero=False, nice=False), title=None, axis=alt.Axis(format="d"))
    axis = numbers(share)
    scale = alt.Scale(zero=False) if np.isfinite(chart.values).any() else alt.Scale(domain=[0, 1])  # nothing known

    def y(field: str) -> Any:
        return alt.Y(f"{field}:Q", title=unit or None, scale=scale, axis=axis)

    base = alt.Chart(theme.values(rows))
    layers = [
        _line(base, x, y("upper"), theme.DARK_GREY, [6, 4], steps=varies(chart)),
        _line(base, x, y("lower"), theme.DARK_GREY, [6, 4], steps=varies(chart)),
        _line(base, x, y("mean"), theme.INK, [1, 0]),
        base.mark_line(color=theme.GREY, strokeWidth=1.5).encode(x=x, y=y("value")),
        _points(base, x, y("value"), chart),
    ]
    if np.isfinite(chart.target):
        layers.insert(0, base.mark_line(color=theme.PURPLE, strokeDash=[2, 3]).encode(x=x, y=y("target")))
    layers = [*_expected(expected, x, y("value")), *layers, *_marks(marks, x)]
    drawn = alt.layer(*layers).properties(height=height)
    words = caption(chart, share=share) + ("; thick bars: what was predicted" if expected else "")
    return theme.dress(drawn, title=title, subtitle=words, description=_description(chart, words), width=width)


def varies(chart: ControlChart) -> bool:
    """Whether limits follow a denominator, so that they differ within a phase."""
    return any(
        len(np.unique(line[(chart.phase == number) & np.isfinite(line)])) > 1
        for line in (chart.lower, chart.upper)
        for number in np.unique(chart.phase)
    )


def caption(chart: ControlChart, *, share: bool = False) -> str:
    """The kind of chart, the rule set, and the centre, limits and target of the last phase, in words."""
    mean, lower, upper = (number(float(a[-1]), share=share) for a in (chart.mean, chart.lower, chart.upper))
    said = [f"{NAMES[chart.kind]} chart, {RULES[chart.rules]}", f"{_centre(chart)} {mean}"]
    if np.isfinite(chart.lower[-1]):
        newest = " at the newest point" if varies(chart) else ""
        said.append(f"{'trial ' if chart.trial[-1] else ''}limits {lower} to {upper}{newest}")
    elif chart.kind == "run":
        said.append(_runs(chart))
    if np.isfinite(chart.target):
        said.append(f"target {number(chart.target, share=share)} (dotted)")
    return "; ".join(said)


def _centre(chart: ControlChart) -> str:
    return "median" if chart.kind in MEDIAN else "mean"


def _runs(chart: ControlChart) -> str:
    """Anhoej's two rules, in the words of the last phase."""
    last = chart.runs[-1]
    if last.signal is None:
        return "no point lies off the median"
    verdict = "not by chance alone" if last.signal else "as chance would have it"
    return (f"longest run {last.longest_run} (at most {last.longest_max}), crossings {last.crossings} "
            f"(at least {last.crossings_min}): {verdict}")  # fmt: skip


def _rows(chart: ControlChart, dates: NDArray[np.datetime64]) -> list[dict[str, Any]]:
    when = [str(day) for day in dates.astype("datetime64[D]")] if dates.dtype.kind == "M" else dates.tolist()
    return [
        {
            "date": day, "value": _null(chart.values[i]), "mean": _null(chart.mean[i]),
            "lower": _null(chart.lower[i]), "upper": _null(chart.upper[i]), "target": _null(chart.target),
            "phase": int(chart.phase[i]), "kind": _kind(chart, i)[0],
            "rule": chart.special_cause[i] or _kind(chart, i)[0],
        }
        for i, day in enumerate(when)
    ]  # fmt: skip


def _kind(chart: ControlChart, at: int) -> tuple[str, str, str]:
    return LEFT_OUT if at in chart.left_out else KINDS[chart.point_type[at] or "common_cause"]


def _line(base: Any, x: Any, y: Any, colour: str, dash: list[int], *, steps: bool = False) -> Any:
    mark = base.mark_line(color=colour, strokeDash=dash, strokeWidth=1.5, interpolate="step" if steps else "linear")
    return mark.encode(x=x, y=y, detail="phase:N")


def _points(base: Any, x: Any, y: Any, chart: ControlChart) -> Any:
    used = [KINDS[k] for k in KINDS if k in chart.point_type] + ([LEFT_OUT] if chart.left_out else [])
    used = used or [KINDS["common_cause"]]  # a legend of nothing has no size
    names = [name for name, _, _ in used]
    return base.mark_point(filled=True, size=70, opacity=1).encode(
        x=x, y=y,
        color=alt.Color("kind:N", scale=alt.Scale(domain=names, range=[c for _, c, _ in used]), legend=alt.Legend()),
        shape=alt.Shape("kind:N", scale=alt.Scale(domain=names, range=[s for _, _, s in used])),
        tooltip=[x["shorthand"], "value:Q", "rule:N"],
    ).transform_filter("isValid(datum.value)")  # fmt: skip


def _expected(expected: tuple[tuple[np.datetime64, np.datetime64, float], ...], x: Any, y: Any) -> list[Any]:
    rows = [{"date": _when(first), "until": _when(last), "value": value} for first, last, value in expected]
    if not rows:
        return []
    base = alt.Chart(theme.values(rows))
    return [
        base.mark_rule(color=theme.DARK_BLUE, strokeWidth=5, opacity=0.85).encode(x=x, x2=alt.X2(field="until"), y=y),
        base.mark_point(color=theme.DARK_BLUE, filled=True, shape="square", size=60).encode(x=x, y=y),
    ]


def _marks(marks: tuple[tuple[np.datetime64, str], ...], x: Any) -> list[Any]:
    layers = []
    for number_, (when, word) in enumerate(marks):
        base = alt.Chart(theme.values([{"date": _when(when), "word": word}]))
        down = 4 + 14 * (number_ % LINES)  # words of neighbours stand below one another
        layers += [
            base.mark_rule(color=theme.DARK_BLUE, strokeDash=[3, 2]).encode(x=x),
            base.mark_text(align="left", dx=4, dy=down, baseline="top", color=theme.DARK_BLUE).encode(
                x=x, y=alt.value(0), text="word:N"
            ),
        ]
    return layers


def _when(moment: Any) -> Any:
    """A moment as the chart's rows say it: a day, or a number where points are only numbered."""
    found = np.asarray(moment)
    return str(found.astype("datetime64[D]")) if found.dtype.kind == "M" else int(found)


def _description(chart: ControlChart, words: str) -> str:
    signals = sum(label is not None for label in chart.special_cause)
    points = int(np.isfinite(chart.values).sum())
    icon = (chart.variation or "not known").replace("_", " ")
    return f"{points} points; {signals} show special cause. Latest: {icon}. {words}."


def _null(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
