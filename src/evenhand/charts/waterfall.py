"""The target bar: what stands in each state from idea to confirmed, states never added, and the target."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import numpy as np

from . import theme
from .labelled import height, numbers, rows, wrapped
from .words import pounds

PARTS = (theme.DARK_BLUE, theme.LIGHT_BLUE, theme.PURPLE, theme.GREY)  # dark and light by turns, not only by hue
NARROW = 480  # pixels: as in theme.config
TOLD = ("Counts towards the target", "Does not count yet")
COUNTED = "confirmed"  # only this counts towards a target (DESIGN section 7)


def waterfall(
    labels: Sequence[str],
    amounts: Sequence[float],
    *,
    target: float = float("nan"),
    counted: str = COUNTED,
    parts: Mapping[str, Sequence[float]] | None = None,
    title: str,
    width: int = theme.WIDTH,
) -> Any:
    """Draw pounds by state, one bar a state from its own zero; the state `counted` is solid, others are outlined.

    parts: where the pounds come from, each with an amount for every state: a thin strip under each bar, split by them.
    """
    order = wrapped(labels, width)
    told = TOLD
    bars = [
        {"label": row, "amount": float(amount), "said": pounds(float(amount)), "kind": told[label != counted]}
        for row, label, amount in zip(order, labels, amounts, strict=True) if np.isfinite(amount)
    ]  # fmt: skip
    y = rows(order, width)
    shown = [float(amount) for amount in amounts if np.isfinite(amount)]
    reach = max([0.0, *shown, target if np.isfinite(target) else 0.0]) or 1.0
    least = min([0.0, *shown])
    scale = alt.Scale(domain=[least, reach * 1.18], nice=False)  # room for the number at the longest bar's end
    axis = numbers(False, before="£", tickCount=3 if width < NARROW else 5)
    x = alt.X("amount:Q", title=None, axis=axis, scale=scale)
    base = alt.Chart(theme.values(bars))
    layers = []
    if np.isfinite(target):
        mark = alt.Chart(theme.values([{"amount": float(target)}]))
        layers.append(mark.mark_rule(color=theme.ORANGE, strokeWidth=3, strokeDash=[6, 3]).encode(x=x))
    said_at = {"align": "left", "dx": 9, "fontSize": 12}
    layers += [
        base.mark_bar(height=22, strokeWidth=2).encode(
            y=y, x=x,
            fill=alt.Fill("kind:N", scale=alt.Scale(domain=list(told), range=[theme.BLUE, theme.WHITE])),
            stroke=alt.Stroke("kind:N", scale=alt.Scale(domain=list(told), range=[theme.BLUE, theme.DARK_GREY]))),
        base.mark_text(stroke=theme.WHITE, strokeWidth=4, **said_at).encode(y=y, x=x, text="said:N"),
        base.mark_text(**said_at).encode(y=y, x=x, text="said:N"),
    ]  # fmt: skip
    if parts and any(any(each) for each in parts.values()):
        layers.append(_strip(order, parts, y, width))
    drawn = alt.layer(*layers).resolve_scale(color="independent").properties(height=height(order))
    words = (
        f"Target {pounds(target)} (dashed); only {counted} counts" if np.isfinite(target) else f"Only {counted} counts"
    )
    said = "; ".join(
        f"{label} {pounds(float(amount))}{_said(parts or {}, row)}"
        for row, (label, amount) in enumerate(zip(labels, amounts, strict=True))
    )
    return theme.dress(drawn, title=title, subtitle=words, description=f"{words}. {said}.", width=width)


def pieces(parts: Mapping[str, Sequence[float]], at: int) -> list[dict[str, Any]]:
    """What the strip under one bar is made of: from, to and the part's name."""
    found: list[dict[str, Any]] = []
    begin = 0.0
    for name, amounts in parts.items():
        if amounts[at]:
            found.append({"from": begin, "to": begin + float(amounts[at]), "part": name})
            begin += float(amounts[at])
    return found


def used(parts: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """The parts that hold something, each with its colour."""
    return {name: colour for (name, each), colour in zip(parts.items(), PARTS, strict=False) if any(each)}


def _strip(order: Sequence[Any], parts: Mapping[str, Sequence[float]], y: Any, width: int) -> Any:
    """Under each bar, its parts end to end."""
    rows = [{"label": row, **piece} for at, row in enumerate(order) for piece in pieces(parts, at)]
    names, colours = list(used(parts)), list(used(parts).values())
    return alt.Chart(theme.values(rows)).mark_bar(height=6, yOffset=15).encode(
        y=y, x=alt.X("from:Q", title=None), x2=alt.X2(field="to"),
        color=alt.Color("part:N", sort=names, scale=alt.Scale(domain=names, range=colours),
                        legend=alt.Legend(title="The strip: where it comes from", orient="top",
                                         columns=2 if width >= NARROW else 1)),
    )  # fmt: skip


def _said(parts: Mapping[str, Sequence[float]], row: int) -> str:
    told = ", ".join(f"{pounds(float(each[row]))} {name}" for name, each in parts.items() if each[row])
    return f" ({told})" if told else ""
