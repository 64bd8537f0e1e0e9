"""Changes: when and by how much many units changed, as two histograms; or one unit's series with its fitted line."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from ..records.changes import Change, Changes
from . import theme
from .labelled import numbers
from .words import number

BINS = 40  # at most, for sizes: about a bar every 15 pixels


def changes(found: Changes, *, width: int = theme.WIDTH, height: int = 180) -> Any:
    """Draw the starts and the sizes of all that changed; where there is one unit alone, its series and its bends."""
    return _one(found, width) if len(found.units) == 1 else _many(found, width, height)


def _many(found: Changes, width: int, height: int) -> Any:
    counts = np.zeros(len(found.points), dtype=int)
    for unit in found.units:
        if unit.changed and unit.start_index is not None:
            counts[unit.start_index - 1] += 1
    starts = [{"at": _at(found.points, i), "units": int(n)} for i, n in enumerate(counts)]
    sizes = np.array([unit.size for unit in found.units if unit.changed and np.isfinite(unit.size)])
    share = bool(len(sizes)) and float(np.nanmax(np.abs(found.series))) <= 1.0
    edges = np.histogram_bin_edges(sizes, bins=min(BINS, max(5, len(sizes) // 5))) if len(sizes) else np.zeros(2)
    held = np.histogram(sizes, bins=edges)[0] if len(sizes) else np.zeros(1, dtype=int)
    bars = [{"low": float(a), "high": float(b), "units": int(n)}
            for a, b, n in zip(edges[:-1], edges[1:], held, strict=True)]  # fmt: skip
    tall = alt.Y("units:Q", title="units", axis=alt.Axis(tickMinStep=1, format="~s"))
    first = alt.Chart(theme.values(starts)).mark_bar(color=theme.BLUE, width=max(2, int(0.7 * width / len(counts))))
    upper = first.encode(x=_axis(found.points, "Start of the steepest stretch"), y=tall)
    lower = alt.Chart(theme.values(bars)).mark_bar(color=theme.DARK_GREY, stroke=theme.WHITE, strokeWidth=0.5).encode(
        x=alt.X("low:Q", title="Size: level before minus level after", bin="binned", axis=numbers(share)), x2="high:Q",
        y=tall,
    )  # fmt: skip
    size = {"width": width - 80, "height": height}
    drawn = alt.vconcat(upper.properties(**size), lower.properties(**size), spacing=24)
    middle = found.quartiles["size"][1]
    unknown = f"; of {found.unknown:,} nothing can be said" if found.unknown else ""
    subtitle = (f"Half had begun by {found.quartiles['start'][1]}; the middle size is {number(middle, share=share)}"
                if found.changed else "No unit changed")  # fmt: skip
    said = f"{found.changed:,} of {len(found.units):,} units changed{unknown}. {subtitle}."
    return _headed(drawn, f"{found.changed:,} of {len(found.units):,} units changed{unknown}", subtitle, said, width)


def _one(found: Changes, width: int) -> Any:
    unit = found.units[0]
    share = float(np.nanmax(np.abs(found.series), initial=0.0)) <= 1.0
    rows = [
        {"at": _at(found.points, i), "value": _or_none(value), "line": _or_none(line)}
        for i, (value, line) in enumerate(zip(found.series[0], found.fitted[0], strict=True))
    ]
    x = _axis(found.points, "")
    y = alt.Y("value:Q", title=None, scale=alt.Scale(zero=False), axis=numbers(share))
    base = alt.Chart(theme.values(rows))
    layers = [
        base.mark_line(color=theme.GREY, strokeWidth=1.5, point=alt.OverlayMarkDef(color=theme.GREY, size=18)).encode(
            x=x, y=y),
        base.mark_line(color=theme.BLUE, strokeWidth=3).encode(x=x, y=alt.Y("line:Q", title=None)),
    ]  # fmt: skip
    if unit.changed and unit.start_index is not None:
        begin = alt.Chart(theme.values([{"at": _at(found.points, unit.start_index - 1), "word": "start"}]))
        layers += [
            begin.mark_rule(color=theme.ORANGE, strokeDash=[4, 3], strokeWidth=2).encode(x=x),
            begin.mark_text(align="left", dx=4, dy=4, baseline="top", color=theme.INK).encode(
                x=x, y=alt.value(0), text="word:N"),
        ]  # fmt: skip
    drawn = alt.layer(*layers).properties(width=width - 80, height=theme.HEIGHT)
    said = _told(unit, share)
    return _headed(drawn, f"{unit.unit}: {said}", "Dots: each month; line: the fitted level with its bends",
                   f"{unit.unit}: {said}.", width)  # fmt: skip


def _told(unit: Change, share: bool) -> str:
    if unit.changed is None:
        return f"nothing can be said ({unit.reason})"
    if not unit.changed:
        return "no change found"
    size = number(unit.size, share=share)
    levels = f"{number(unit.before, share=share)} to {number(unit.after, share=share)}"
    return f"from {unit.start} on, {levels} (size {size})"


def _headed(drawn: Any, title: str, subtitle: str, said: str, width: int) -> Any:
    head = {"text": theme.wrap(title, width), "subtitle": theme.wrap(subtitle, width, theme.LETTER * 0.86),
            "anchor": "start", "frame": "bounds"}  # fmt: skip
    return drawn.properties(title=head, description=said).configure(**theme.config(width))


def _axis(points: NDArray[Any], title: str) -> Any:
    if points.dtype.kind == "M":
        return alt.X("at:T", scale=alt.Scale(type="utc"), title=title or None, axis=alt.Axis(format="%b %Y"))
    return alt.X("at:Q", title=title or None, scale=alt.Scale(zero=False), axis=alt.Axis(tickMinStep=1))


def _at(points: NDArray[Any], i: int) -> str | int:
    return str(points[i]) if points.dtype.kind == "M" else int(points[i])


def _or_none(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
