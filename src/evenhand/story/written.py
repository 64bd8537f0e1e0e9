"""Numbers as a table of the story writes them."""

from __future__ import annotations

import math
from typing import Any

from ..charts.words import number, pounds
from .chapter import Figure

MISSING = "–"  # a missing number has a mark of its own, never a 0


def table(figure: Figure) -> list[list[str]]:
    """Every cell of a figure's table as text."""
    unit = figure.columns.index("unit") if "unit" in figure.columns else None
    return [
        [cell(value, kind, share=unit is not None and str(row[unit]).startswith("share"))
         for value, kind in zip(row, figure.kinds, strict=True)]
        for row in figure.rows
    ]  # fmt: skip


def cell(value: Any, kind: str, *, share: bool = False) -> str:
    """One cell.

    >>> cell(0.125, "share"), cell(1234, "count"), cell(None, "pounds"), cell(0.2, "value", share=True)
    ('12.5%', '1,234', '–', '20.0%')
    >>> cell(-0.0001, "points"), cell(-0.065, "points")
    ('+0.0', '-6.5')
    """
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return MISSING
    if kind == "count":
        return f"{value:,.0f}"
    if kind == "share":
        return number(float(value), share=True)
    if kind == "points":
        return f"{round(100 * float(value), 1) + 0.0:+.1f}"  # + 0.0: nothing is never minus nothing
    if kind == "pounds":
        return pounds(float(value))
    if kind == "value":
        return number(float(value), share=share)
    return str(value)
