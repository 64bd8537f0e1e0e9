"""The parts of a difference: pounds above and below nothing, one bar a part, and the whole below them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np

from . import theme
from .labelled import height, rows, wrapped
from .words import pounds

WHOLE = "Together"


def parts(
    labels: Sequence[str], amounts: Sequence[float], *, title: str, subtitle: str, width: int = theme.WIDTH
) -> Any:
    """Draw what a difference is made of, from one zero line; a part that is not known has no bar, and says so."""
    every, values = [*labels, WHOLE], [*amounts, float(np.nansum(amounts))]
    order = wrapped(every, width)
    bars: list[dict[str, Any]] = [
        {"label": row, "amount": 0.0 if np.isnan(amount) else float(amount),
         "said": "not known" if np.isnan(amount) else signed(float(amount)),
         "kind": "whole" if label == WHOLE else "part"}
        for row, label, amount in zip(order, every, values, strict=True)
    ]  # fmt: skip
    reach = max(abs(bar["amount"]) for bar in bars) or 1.0
    room = 1.9 if width < 500 else 1.45  # for the words at the longest bar's end
    scale = alt.Scale(domain=[-reach * room, reach * room], nice=False)
    y = rows(order, width)
    x = alt.X("amount:Q", title=None, axis=_axis(), scale=scale)
    base = alt.Chart(theme.values(bars))
    colour = alt.Scale(domain=["part", "whole"], range=[theme.BLUE, theme.DARK_GREY])
    layers = [base.mark_bar(height=20).encode(y=y, x=x, fill=alt.Fill("kind:N", scale=colour, legend=None))]
    for side, test, dx in (("left", "datum.amount >= 0", 7), ("right", "datum.amount < 0", -7)):
        at, words = base.transform_filter(test), {"align": side, "dx": dx, "fontSize": 12}
        layers += [
            at.mark_text(stroke=theme.WHITE, strokeWidth=4, **words).encode(y=y, x=x, text="said:N"),
            at.mark_text(**words).encode(y=y, x=x, text="said:N"),
        ]
    drawn = alt.layer(*layers).properties(height=height(order))
    said = "; ".join(f"{bar['label']} {bar['said']}" for bar in bars)
    return theme.dress(drawn, title=title, subtitle=subtitle, description=f"{title}. {said}.", width=width)


def signed(amount: float) -> str:
    """Pounds with their sign: +£1,200, -£300.

    >>> signed(-300.0)
    '−£300'
    """
    return ("+" if amount > 0 else "−" if amount < 0 else "") + pounds(abs(amount))


def _axis() -> Any:
    """Pounds on both sides of nothing, the minus in front: −£20k, £0, £20k."""
    size = "replace(replace(format(abs(datum.value), '~s'), 'M', 'm'), 'G', 'bn')"
    return alt.Axis(labelExpr=f"(datum.value < 0 ? '−£' : '£') + {size}", tickCount=4)
