"""The funnel of engagement: how many people reached each stage, and what share of the stage before."""

from __future__ import annotations

from typing import Any

import altair as alt
import numpy as np

from ..records import EngagementFunnel
from . import theme
from .labelled import height, numbers, rows, wrapped

TOLD = ("Said or done", "Verified in the data")
LAST = "verified"  # the data moved: the only stage that nobody reports of themselves


def engagement(found: EngagementFunnel, *, title: str, width: int = theme.WIDTH) -> Any:
    """Draw people by stage; the bar of `verified` is dark, and named."""
    names = [stage.stage.replace("_", " ") for stage in found.stages]
    order = wrapped(names, width)
    told = TOLD
    bars = [
        {"label": label, "people": stage.people, "kind": told[stage.stage == LAST], "said": said_as(stage)}
        for label, stage in zip(order, found.stages, strict=True)
    ]
    y = rows(order, width)
    most = max([1, *(stage.people for stage in found.stages)])
    x = alt.X("people:Q", title="people", scale=alt.Scale(domain=[0, most * 1.75], nice=False),
              axis=numbers(False, values=scale(most)))  # fmt: skip
    base = alt.Chart(theme.values(bars))
    drawn = alt.layer(
        base.mark_bar(height=22, stroke=theme.DARK_BLUE).encode(
            y=y, x=x,
            color=alt.Color("kind:N", scale=alt.Scale(domain=list(told), range=[theme.LIGHT_BLUE, theme.DARK_BLUE]))),
        base.mark_text(align="left", dx=6, fontSize=12).encode(y=y, x=x, text="said:N"),
    ).properties(height=height(order))  # fmt: skip
    said = "; ".join(f"{name}: {bar['said']}" for name, bar in zip(names, bars, strict=True))
    gap = f"{found.reported} reported, {found.verified} verified"
    return theme.dress(drawn, title=title, subtitle=f"Share of the stage before with 95% interval; {gap}",
                       description=f"{said}. {gap}.", width=width)  # fmt: skip


def said_as(stage: Any) -> str:
    if stage.of_previous is None or not np.isfinite(stage.of_previous):
        return f"{stage.people:,}"
    return f"{stage.people:,}, {stage.of_previous:.0%} ({stage.low:.0%} to {stage.high:.0%})"


def scale(most: float) -> list[float]:
    step = 10 ** int(np.floor(np.log10(most)))
    step = step if most / step >= 3 else max(1, step // 2)
    return [float(tick) for tick in np.arange(0, most + 1, step)]
