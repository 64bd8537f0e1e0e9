"""Camps: where opinion groups stand on the statements that set them apart; or that there are none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import numpy as np
from numpy.typing import NDArray

from . import theme
from .labelled import height, rows, wrapped

COLOURS = (theme.BLUE, theme.ORANGE, theme.PURPLE, theme.DARK_GREY, theme.LIGHT_BLUE)
SHAPES = ("circle", "square", "triangle-up", "diamond", "cross")  # a second mark beside the colour
SKETCHED = ("circle", "square", "up", "diamond", "down")  # the same in sketch.py
NONE = "There are no camps: no division of these people foretells their votes better than everyone's shares."


def camps(
    labels: Sequence[str],
    groups: Sequence[str],
    agree: NDArray[np.float64],
    *,
    title: str,
    subtitle: str = "",
    width: int = theme.WIDTH,
) -> Any:
    """Draw K statements with the share of each of G groups that agrees, agree: float64 (K, G), NaN where not shown.

    With one group the statements stand with everyone's share, and the chart says that there are no camps.
    """
    if agree.shape != (len(labels), len(groups)):
        raise ValueError(f"need one share a statement and group, {len(labels)} x {len(groups)}; got {agree.shape}")
    order = wrapped(labels, width)
    points = [
        {"label": label, "group": group, "agree": float(agree[i, k])}
        for i, label in enumerate(order)
        for k, group in enumerate(groups)
        if np.isfinite(agree[i, k])
    ]
    spans = [
        {"label": label, "from": float(np.nanmin(agree[i])), "to": float(np.nanmax(agree[i]))}
        for i, label in enumerate(order)
        if np.isfinite(agree[i]).any()
    ]
    alone = len(groups) == 1
    y = rows(order, width)
    axis = alt.Axis(format="~%", tickCount=5)
    scale = alt.Scale(domain=[0, 1], nice=False)
    head = "share that agrees, of those who saw it"
    x = alt.X("agree:Q", title=head, axis=axis, scale=scale)
    legend: Any = None if alone else alt.Legend()
    names = list(groups)
    drawn = alt.layer(
        alt.Chart(theme.values([{"half": 0.5}])).mark_rule(color=theme.GREY, strokeDash=[4, 3]).encode(
            x=alt.X("half:Q", scale=scale, axis=axis, title=head)),
        alt.Chart(theme.values(spans)).mark_rule(color=theme.PALE_GREY, strokeWidth=5).encode(
            y=y, x=alt.X("from:Q", scale=scale, axis=axis, title=head), x2=alt.X2(field="to")),
        alt.Chart(theme.values(points)).mark_point(filled=True, size=130, opacity=1).encode(
            y=y, x=x,
            color=alt.Color("group:N", scale=alt.Scale(domain=names, range=list(COLOURS[: len(names)])), sort=names,
                            legend=legend),
            shape=alt.Shape("group:N", scale=alt.Scale(domain=names, range=list(SHAPES[: len(names)])), sort=names,
                            legend=legend)),
    ).properties(height=height(order))  # fmt: skip
    said = "; ".join(
        f"{label}: " + ", ".join(f"{group} {share:.0%}" for group, share in zip(groups, row, strict=True)
                                 if np.isfinite(share))
        for label, row in zip(labels, agree, strict=True)
    )  # fmt: skip
    words = NONE if alone else subtitle or "One mark a group; the bar spans from the least to the most agreeing"
    return theme.dress(drawn, title=title, subtitle=words, description=f"{words} {said}.", width=width)
