"""What charts with one row a label share: words wrapped to a part of the width, an axis of rows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt

ROW = 42  # pixels a row: two lines of text with room to breathe
LINE = 14  # pixels a line of a label
LABEL_SHARE = 0.42  # of the width, for the words
PADDING = 10  # pixels between a label and the picture
LETTER = 6.6  # pixels a letter at 12 pixels, measured in Arial
LINES = 3  # lines a label may take; what is longer stands in the table behind the chart


def wrapped(labels: Sequence[str], width: int) -> list[str]:
    """Labels broken into lines, each made its own where two would look the same."""
    letters = max(12, int((width * LABEL_SHARE - PADDING) / LETTER))
    seen: dict[str, int] = {}
    out = []
    for label in labels:
        lines = textwrap.wrap(label, letters) or [""]
        text = "\n".join(
            lines[:LINES] if len(lines) <= LINES else [*lines[: LINES - 1], lines[LINES - 1][: letters - 1] + "…"]
        )
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else text + " " * (seen[text] - 1))
    return out


def rows(order: Sequence[str], width: int) -> Any:
    """The axis of rows, in the order given."""
    lines = "length(split(datum.value, '\\n'))"
    lift = [{"test": f"{lines} === {n}", "value": -(n - 1) * LINE / 2} for n in range(2, LINES + 1)]
    axis = alt.Axis(labelLimit=int(width * LABEL_SHARE), labelExpr="split(datum.value, '\\n')", ticks=False,
                    domain=False, labelOverlap=False, grid=False, labelPadding=PADDING,
                    labelOffset={"condition": lift, "value": 0})  # fmt: skip
    return alt.Y("label:N", sort=list(order), title=None, axis=axis)


def height(order: Sequence[str]) -> int:
    """Pixels that the rows take."""
    most = max((label.count("\n") + 1 for label in order), default=1)
    return max(ROW, most * LINE + 10) * max(len(order), 1)


def numbers(share: bool, *, before: str = "", **more: Any) -> Any:
    """An axis that writes 0.05, 5, 5k, 5m, 5bn (never a milli), or percentages; `before` is a pound sign, say."""
    if share:
        return alt.Axis(format="~%", **more)
    big = "replace(replace(format(datum.value, '~s'), 'M', 'm'), 'G', 'bn')"
    small = "format(datum.value, '~g')"
    return alt.Axis(labelExpr=f"'{before}' + (abs(datum.value) < 1 ? {small} : {big})", **more)
