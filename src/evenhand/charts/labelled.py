"""What charts with one row a label share: words wrapped to a part of the width, an axis of rows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt

ROW = 40  # pixels a row: a line of text with room to breathe
LABEL_SHARE = 0.42  # of the width, for the words
LETTER = 6.6  # pixels a letter at 12 pixels, measured in Arial
LINES = 3  # lines a label may take; what is longer stands in the table behind the chart


def wrapped(labels: Sequence[str], width: int) -> list[str]:
    """Labels broken into lines, each made its own where two would look the same."""
    letters = max(12, int(width * LABEL_SHARE / LETTER))
    seen: dict[str, int] = {}
    out = []
    for label in labels:
        lines = textwrap.wrap(label, letters) or [""]
        text = "\n".join(lines[:LINES] if len(lines) <= LINES else [*lines[: LINES - 1], lines[LINES - 1][: letters - 1] + "…"])
        seen[text] = seen.get(text, 0) + 1
        out.append(text if seen[text] == 1 else text + " " * (seen[text] - 1))
    return out


def rows(order: Sequence[str], width: int) -> Any:
    """The axis of rows, in the order given."""
    axis = alt.Axis(labelLimit=int(width * LABEL_SHARE), labelExpr="split(datum.value, '\\n')", ticks=False,
                    domain=False, labelOverlap=False, grid=False)  # fmt: skip
    return alt.Y("label:N", sort=list(order), title=None, axis=axis)


def number_format(share: bool) -> str:
    """How an axis writes its numbers."""
    return "~%" if share else "~s"
