"""The charts that pages sketch: a funnel, a strip, a control chart, deciles over time, lines, with ours marked."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..records import ControlChart
from . import theme
from .funnel import KINDS, WIDE, YOU
from .lines import STYLES
from .sketch import BOTTOM, RIGHT, TOP, Canvas, frame, tick_words, ticks, with_key
from .spc import KINDS as POINTS
from .spc import LINES
from .words import number, pounds

Floats = NDArray[np.float64]
SHAPES = {"circle": "circle", "triangle-up": "up", "triangle-down": "down", "diamond": "diamond"}
SMALL = 5.6  # pixels: a letter of 11 pixels, measured in Arial
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def funnel(
    size: Floats, value: Floats, outlier: Sequence[str | None], curve: dict[str, Any], *, own: int | None,
    share: bool, size_words: str, width: int, height: int = 320,
) -> str:  # fmt: skip
    """Dots (U,) against their limits; `curve` as `evenhand.story.spreads` keeps it; `own` is our row."""
    shown = np.isfinite(size) & np.isfinite(value) & (size > 0)
    at = np.asarray(curve["at"], dtype=np.float64)
    lines = {name: _numbers(curve[name]) for name in ("lower_95", "upper_95", "lower_998", "upper_998")}
    middle = len(at) // 4
    y = frame(np.concatenate([value[shown], [lines["lower_998"][middle], lines["upper_998"][middle]]]))
    low, high = float(min(at[0], size[shown].min())), float(max(at[-1], size[shown].max()))
    log = low > 0 and high > WIDE * low
    x = (low * 0.9, high * 1.1) if log else (max(0.0, low - 0.03 * (high - low)), high + 0.03 * (high - low))
    canvas = Canvas(width, height, x, y, log=log, left=_left(y, share))
    canvas.axis_y(share=share)
    _size_axis(canvas, low, high, log)
    for name, dash in (("lower_95", "5 4"), ("upper_95", "5 4"), ("lower_998", ""), ("upper_998", "")):
        inside = np.where((lines[name] >= y[0]) & (lines[name] <= y[1]), lines[name], np.nan)
        canvas.line(at, inside, theme.DARK_GREY, dash=dash)
    canvas.line(x, [curve["target"]] * 2, theme.PURPLE, dash="2 3")
    kinds = np.array([kind or "" for kind in outlier])
    few = int(shown.sum()) < 400  # so many dots that shapes can be told apart
    canvas.dots(size[shown & (kinds == "")], value[shown & (kinds == "")], theme.GREY, size=7 if few else 4,
                opacity=0.8 if few else 0.5)  # fmt: skip
    for kind in ("high", "low"):
        rows = shown & (kinds == kind)
        canvas.triangles(size[rows], value[rows], KINDS[kind][1], up=kind == "high", size=4.5 if few else 3.5)
    if own is not None and shown[own]:
        canvas.mark(size[own], value[own], YOU[1], "diamond", size=7)
    for line in textwrap.wrap(size_words, int((width - RIGHT) / SMALL)):
        canvas.text(width - RIGHT, canvas.height + 5, line, anchor="end", colour=theme.DARK_GREY, size=11)
        canvas.height += 13
    key = [("you", YOU[1], "diamond")] if own is not None and shown[own] else []
    key += [("within the limits", theme.GREY, "circle"),
            *[(f"{word} them", KINDS[k][1], SHAPES[KINDS[k][2]]) for k, word in (("high", "above"), ("low", "below"))
              if (kinds[shown] == k).any()]]  # fmt: skip
    return with_key(canvas, key)


def strip(value: Floats, *, own: int | None, share: bool, width: int, reference: float | None = None) -> str:
    """Dots (U,) piled up along their values, the quarters marked, ours a diamond."""
    there = np.flatnonzero(np.isfinite(value))
    values = value[there]
    low, high = frame(np.append(values, [] if reference is None else [reference]))
    columns = max(20, width // 6)
    cell = np.clip(((values - low) / (high - low) * columns).astype(int), 0, columns - 1)
    first = np.where(there == (-1 if own is None else own), -1, np.arange(len(there)))  # ours lies at the foot
    order = np.lexsort((first, cell))
    starts = np.searchsorted(cell[order], np.arange(columns))
    heights = np.zeros(len(values))
    heights[order] = np.arange(len(values)) - starts[cell[order]]
    pile = np.bincount(cell, minlength=columns)
    tall = max(12, int(pile.max()) + 1)
    height = min(220, 70 + 6 * min(tall, 25)) + BOTTOM
    canvas = Canvas(width, height, (low, high), (-1.0, float(tall) + 1), left=12)
    places = ticks(low, high, max(3, width // 110))
    canvas.axis_x(places, tick_words(places, share=share))
    for quantile, dash in ((0.25, "4 4"), (0.5, ""), (0.75, "4 4")):
        place = float(np.quantile(values, quantile))
        canvas.line([place, place], canvas.y, theme.DARK_GREY, dash=dash)
    middle = (np.floor(((values - low) / (high - low)) * columns) + 0.5) / columns * (high - low) + low
    others = there != (-1 if own is None else own)
    canvas.dots(middle[others], heights[others], theme.GREY, size=5, opacity=0.7)
    key = [("each dot one organisation", theme.GREY, "circle"), ("middle", theme.DARK_GREY, "line")]
    if own is not None and not others.all():
        place = float(value[own])
        canvas.line([place, place], canvas.y, theme.BLUE, width=2)
        canvas.mark(place, float(heights[~others][0]), theme.BLUE, "diamond", size=7)
        key.insert(0, (f"you: {number(place, share=share)}", theme.BLUE, "diamond"))
    return with_key(canvas, key)


def spc(
    chart: ControlChart, months: NDArray[np.datetime64], *, share: bool, width: int, height: int = 280,
    marks: Sequence[tuple[np.datetime64, str]] = (),
    expected: Sequence[tuple[np.datetime64, np.datetime64, float]] = (),
) -> str:  # fmt: skip
    """A control chart: points with the shape of their signal, mean and limits; `marks` are moments with a word,
    `expected` predictions from one month to another."""
    y = frame(np.concatenate([chart.values, chart.lower, chart.upper, [value for _, _, value in expected]]))
    y = (max(0.0, y[0]), y[1]) if np.nanmin(chart.values) >= 0 else y
    canvas = _over_time(months, y, share, width, height)
    at = np.arange(len(months), dtype=float)
    for first, last, value in expected:
        _bar(canvas, _place(months, first), _place(months, last), value)
    for phase in np.unique(chart.phase):
        rows = chart.phase == phase
        for line, dash in ((chart.lower, "6 4"), (chart.upper, "6 4"), (chart.mean, "")):
            inside = np.where((line >= y[0]) & (line <= y[1]), line, np.nan)
            canvas.line(at[rows], inside[rows], theme.DARK_GREY if dash else theme.INK, dash=dash)
    canvas.line(at, chart.values, theme.GREY)
    for i in np.flatnonzero(np.isfinite(chart.values)):
        _, colour, shape = POINTS[chart.point_type[i] or "common_cause"]
        canvas.mark(float(i), float(chart.values[i]), colour, SHAPES[shape], size=4 if len(months) < 40 else 3.2)
    _moments(canvas, months, marks)
    used = [kind for kind in POINTS if kind in chart.point_type]
    key = [(POINTS[k][0].lower(), POINTS[k][1], SHAPES[POINTS[k][2]]) for k in used]
    return with_key(canvas, [*key, *([("predicted", theme.DARK_BLUE, "line")] if expected else [])])


def over_time(
    deciles: Floats, ours: Floats | None, months: NDArray[np.datetime64], *, share: bool, width: int, height: int = 280,
    marks: Sequence[tuple[np.datetime64, str]] = (),
) -> str:  # fmt: skip
    """The nine deciles (9, T) of everybody month by month, the middle one bold, and our own course (T,)."""
    y = frame(np.concatenate([deciles.ravel(), np.zeros(0) if ours is None else ours]))
    canvas = _over_time(months, y, share, width, height)
    at = np.arange(len(months), dtype=float)
    for i, line in enumerate(deciles):
        middle = i == len(deciles) // 2
        canvas.line(at, line, theme.DARK_GREY if middle else theme.LIGHT_BLUE, width=2 if middle else 1,
                    dash="" if middle else "3 3")  # fmt: skip
    key = [("each tenth of the others", theme.LIGHT_BLUE, "line"), ("the middle", theme.DARK_GREY, "line")]
    if ours is not None and np.isfinite(ours).any():
        canvas.line(at, ours, YOU[1], width=2.5)
        last = int(np.flatnonzero(np.isfinite(ours))[-1])
        canvas.mark(float(last), float(ours[last]), YOU[1], "diamond", size=5)
        key.append(("you", YOU[1], "diamond"))
    _moments(canvas, months, marks)
    return with_key(canvas, key)


def lines(
    series: Mapping[str, Floats], months: NDArray[np.datetime64], *, share: bool = False, unit: str = "", width: int,
    height: int = 280, marks: Sequence[tuple[np.datetime64, str]] = (),
) -> str:  # fmt: skip
    """A few named series (T,) over months (T,), each with its own dash; a missing value leaves a gap. unit: £ or ''."""
    y = frame(np.concatenate(list(series.values())))
    canvas = _over_time(months, y, share, width, height, pounds if unit == "£" else None)
    at = np.arange(len(months), dtype=float)
    key = []
    for (name, values), (colour, dash) in zip(series.items(), STYLES, strict=False):
        dashed = "" if dash == [1, 0] else " ".join(str(d) for d in dash)
        canvas.line(at, values, colour, width=2.5, dash=dashed)
        there = values[np.isfinite(values)]
        say = pounds if unit == "£" else partial(number, share=share)
        key.append((f"{name}: {say(float(there[-1]))}" if len(there) else name, colour, f"line:{dashed}"))
    _moments(canvas, months, marks)
    return with_key(canvas, key)


def dots(value: float, quarters: Sequence[float], low: float, high: float, *, width: int = 160) -> str:
    """A line of a list: where we are (diamond) between the lowest and highest tenth, the middle half marked."""
    canvas = Canvas(width, 20, (low, high) if high > low else (low - 1, low + 1), (0, 1), left=8)
    canvas.height = 20
    across = canvas.at_x(np.clip([low, *quarters, high], *canvas.x)).tolist()
    line = f'stroke="{theme.GREY}"'
    canvas.parts.append(f'<path d="M{across[0]:.1f},10H{across[-1]:.1f}" {line}/>')
    canvas.parts.append(f'<path d="M{across[1]:.1f},10H{across[3]:.1f}" stroke="{theme.GREY}" stroke-width="7"/>')
    canvas.parts.append(f'<path d="M{across[2]:.1f},4v12" stroke="{theme.INK}" stroke-width="2"/>')
    if np.isfinite(value):
        place = float(canvas.at_x(min(max(value, canvas.x[0]), canvas.x[1])))
        canvas.parts.append(f'<polygon points="{place:.1f},3 {place + 7:.1f},10 {place:.1f},17 {place - 7:.1f},10" '
                            f'fill="{theme.BLUE}" stroke="#fff"/>')  # fmt: skip
    return canvas.svg()


def _over_time(
    months: NDArray[np.datetime64], y: tuple[float, float], share: bool, width: int, height: int,
    say: Callable[[float], str] | None = None,
) -> Canvas:  # fmt: skip
    canvas = Canvas(width, height, (-0.5, max(0.5, len(months) - 0.5)), y, left=_left(y, share, say))
    canvas.axis_y(share=share, say=say)
    named = [(i, _month(m)) for i, m in enumerate(months)]
    step = max(1, round(len(months) / max(2, width // 90)))
    shown = named[:: -1][::step][::-1] if named else []
    canvas.axis_x([float(i) for i, _ in shown], [word for _, word in shown])
    return canvas


def _month(month: np.datetime64) -> str:
    year, number_ = str(month.astype("datetime64[M]")).split("-")
    return f"{MONTHS[int(number_) - 1]} {year}"


def _moments(canvas: Canvas, months: NDArray[np.datetime64], marks: Sequence[tuple[np.datetime64, str]]) -> None:
    placed = [(float(canvas.at_x(_place(months, when))), word) for when, word in marks
              if -0.5 <= _place(months, when) <= len(months) - 0.5]  # fmt: skip
    for across, _ in placed:
        look = f'stroke="{theme.DARK_BLUE}" stroke-dasharray="3 2"'
        canvas.parts.append(f'<path d="M{across:.1f},{TOP}V{canvas.height - BOTTOM}" {look}/>')
    for line, (across, word) in enumerate(placed):
        right = across < canvas.width * 0.7
        canvas.text(across + (5 if right else -5), TOP + 10 + 14 * (line % LINES), word,
                    anchor="start" if right else "end", colour=theme.DARK_BLUE, over=True)  # fmt: skip


def _place(months: NDArray[np.datetime64], when: np.datetime64) -> float:
    return float((when.astype("datetime64[M]") - months[0].astype("datetime64[M]")).astype(int))


def _bar(canvas: Canvas, first: float, last: float, value: float) -> None:
    """A prediction: a thick line over its months, as far as they are on the chart."""
    low, high = max(first - 0.3, canvas.x[0]), min(last + 0.3, canvas.x[1])
    if low < high:
        canvas.line([low, high], [value, value], theme.DARK_BLUE, width=5)


def _size_axis(canvas: Canvas, low: float, high: float, log: bool) -> None:
    if log:
        powers = range(int(np.floor(np.log10(low))), int(np.ceil(np.log10(high))) + 1)
        places = [m * 10.0**p for p in powers for m in (1, 3) if canvas.x[0] <= m * 10.0**p <= canvas.x[1]]
    else:
        places = ticks(*canvas.x, max(3, canvas.width // 120))
    canvas.axis_x(places, [number(place, share=False) for place in places])


def _left(y: tuple[float, float], share: bool, say: Callable[[float], str] | None = None) -> float:
    places = ticks(*y, 5)
    words = [say(place) for place in places] if say else tick_words(places, share=share)
    return max([len(word) for word in words] or [3]) * 6.6 + 12


def _numbers(values: Any) -> Floats:
    return np.array([np.nan if v is None else v for v in values], dtype=np.float64)
