"""Agreement: an answer scale as diverging bars, one row a question, no to the left and yes to the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import LABEL_SHARE, height, rows, wrapped
from .words import number

NO, YES = ("#7a3600", theme.ORANGE, "#f0a867"), (theme.DARK_BLUE, theme.BLUE, "#7db9e8")  # ends first
ROOM = 30  # pixels: a narrower piece has no room for its number
DARK = frozenset({"#7a3600", theme.ORANGE, theme.DARK_BLUE, theme.BLUE})


def agreement(
    labels: Sequence[str],
    answers: Sequence[str],
    shares: NDArray[np.float64],
    n: Sequence[int | None],
    yes: NDArray[np.float64],
    *,
    title: str,
    subtitle: str = "",
    width: int = theme.WIDTH,
) -> Any:
    """Draw K questions with the shares (K, A) of A answers in order from no to yes, at most seven.

    n: answers to each, None where too few to show (the row is left empty); yes: float64 (K, 3), the share on the
    side of yes with its interval, NaN where it has none. With an odd number of answers the middle one lies in the
    middle.
    """
    if len(answers) > 7:
        raise ValueError(f"a scale of at most 7 answers can be drawn, found {len(answers)}")
    shown = [f"{label} ({row_words(m, y)})" for label, m, y in zip(labels, n, yes, strict=True)]
    order = wrapped(shown, width)
    inks = colours(len(answers))
    room = 2 * ROOM / (width * (1 - LABEL_SHARE))
    drawn_pieces = [piece for label, row, m in zip(order, shares, n, strict=True) if m is not None
              for piece in pieces(label, answers, row, inks, room)]  # fmt: skip
    y = rows(order, width)
    axis = alt.Axis(labelExpr="format(abs(datum.value), '~%')", tickCount=5)
    scale = alt.Scale(domain=[-1, 1], nice=False)
    base = alt.Chart(theme.values(drawn_pieces))
    colour = alt.Color("what:N", scale=alt.Scale(domain=list(answers), range=inks), sort=list(answers))
    x = alt.X("from:Q", title="share of those who answered", axis=axis, scale=scale)
    drawn = alt.layer(
        base.mark_bar(height=24, stroke=theme.WHITE, strokeWidth=0.8).encode(
            y=y, x=x, x2=alt.X2(field="to"), color=colour),
        base.mark_text(fontSize=12).encode(
            y=y, x=alt.X("middle:Q", axis=axis, scale=scale, title="share of those who answered"), text="said:N",
            color=alt.Color("ink:N", scale=None)),
    ).properties(height=height(order))  # fmt: skip
    said = "; ".join(
        f"{label}: " + ", ".join(f"{answer} {number(float(v), share=True)}"
                                 for answer, v in zip(answers, row, strict=True))
        for label, row in zip(shown, shares, strict=True)
    )  # fmt: skip
    return theme.dress(drawn, title=title, subtitle=subtitle, description=f"{said}.", width=width)


def row_words(n: int | None, yes: NDArray[np.float64]) -> str:
    """What stands behind a question: the share on the side of yes, its interval and n."""
    if n is None:
        return "too few, not shown"
    interval = f", {yes[1]:.0%} to {yes[2]:.0%}" if np.isfinite(yes[1:]).all() else ""
    return f"yes side {yes[0]:.0%}{interval}; n = {n:,}"


def colours(count: int) -> list[str]:
    """The colours of so many answers, from no to yes."""
    side = count // 2
    middle = [theme.PALE_GREY] if count % 2 else []
    return [*NO[:side], *middle, *reversed(YES[:side])]


def pieces(
    label: str, answers: Sequence[str], row: NDArray[np.float64], inks: Sequence[str], room: float
) -> list[dict[str, Any]]:
    """The pieces of a bar: what, from, to, middle, the figure that stands on it and its colour."""
    side, odd = len(answers) // 2, len(answers) % 2
    left = -float(np.nansum(row[:side])) - (float(np.nan_to_num(row[side])) / 2 if odd else 0.0)
    edges = left + np.r_[0.0, np.cumsum(np.nan_to_num(row))]
    return [
        {"label": label, "what": answer, "from": float(a), "to": float(b), "middle": float(a + b) / 2,
         "ink": theme.WHITE if colour in DARK else theme.INK, "said": f"{b - a:.0%}" if b - a > room else ""}
        for answer, colour, a, b in zip(answers, inks, edges[:-1], edges[1:], strict=True) if b > a
    ]  # fmt: skip
