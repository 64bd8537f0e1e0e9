"""Diverging bars: agreement to the right, disagreement to the left, passes in the middle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import LABEL_SHARE, height, rows, wrapped

NAMES = ("Disagree", "Pass", "Agree")
COLOURS = (theme.ORANGE, theme.PALE_GREY, theme.BLUE)
INKS = (theme.WHITE, theme.INK, theme.WHITE)
ROOM = 26  # pixels: a narrower piece has no room for its number


def diverging(
    labels: Sequence[str],
    agree: NDArray[np.float64],
    disagree: NDArray[np.float64],
    passes: NDArray[np.float64],
    *,
    title: str,
    width: int = theme.WIDTH,
) -> Any:
    """Draw K statements with their votes as shares of those who saw each; numbers of votes stand on the bars."""
    order = wrapped(labels, width)
    drawn_pieces = [
        piece
        for label, a, d, p in zip(order, agree, disagree, passes, strict=True)
        if a + d + p > 0
        for piece in pieces(label, float(a), float(d), float(p), 2 * ROOM / (width * (1 - LABEL_SHARE)))
    ]
    y = rows(order, width)
    axis = alt.Axis(format="~%", labelExpr="format(abs(datum.value), '~%')", tickCount=5)
    scale = alt.Scale(domain=[-1, 1], nice=False)
    base = alt.Chart(theme.values(drawn_pieces))
    drawn = alt.layer(
        base.mark_bar(height=22, stroke=theme.DARK_GREY, strokeWidth=0.5).encode(
            y=y, x=alt.X("from:Q", title="share of those who saw it", axis=axis, scale=scale), x2=alt.X2(field="to"),
            color=alt.Color("what:N", scale=alt.Scale(domain=list(NAMES), range=list(COLOURS)), sort=list(NAMES))),
        base.mark_text(fontSize=12).encode(
            y=y, x=alt.X("middle:Q", axis=axis, scale=scale, title="share of those who saw it"), text="said:N",
            color=alt.Color("ink:N", scale=None)),
    ).properties(height=height(order))  # fmt: skip
    said = "; ".join(f"{label}: {a:g} agree, {d:g} disagree, {p:g} pass"
                     for label, a, d, p in zip(labels, agree, disagree, passes, strict=True))  # fmt: skip
    return theme.dress(drawn, title=title, subtitle="Disagree to the left, agree to the right; numbers are votes",
                       description=f"{said}.", width=width)  # fmt: skip


def pieces(label: str, agree: float, disagree: float, passes: float, room: float) -> list[dict[str, Any]]:
    """The pieces of a bar: what, from, to, middle, the votes that stand on it and their colour."""
    seen = agree + disagree + passes
    half = passes / seen / 2
    edges = (-half - disagree / seen, -half, half, half + agree / seen)
    return [
        {"label": label, "what": name, "from": left, "to": right, "middle": (left + right) / 2, "ink": ink,
         "said": f"{votes:g}" if right - left > room else ""}
        for name, ink, votes, left, right in zip(
            NAMES, INKS, (disagree, passes, agree), edges[:-1], edges[1:], strict=True
        )
        if right > left
    ]  # fmt: skip
