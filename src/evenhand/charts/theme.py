"""One theme for every chart: colours, type, and the words that a screen reader hears."""

from __future__ import annotations

import textwrap
from typing import Any

# NHS identity colours; each pair used together keeps its contrast in the three common kinds of colour blindness.
BLUE = "#005eb8"
DARK_BLUE = "#003087"
LIGHT_BLUE = "#41b6e6"
ORANGE = "#d45d00"  # NHS orange made darker: 3:1 against white, as WCAG 1.4.11 asks of a mark
PURPLE = "#330072"
GREY = "#768692"
DARK_GREY = "#425563"
PALE_GREY = "#d8dde0"
INK = "#212b32"
WHITE = "#ffffff"

WIDTH = 640  # pixels: the column of a page; a phone asks for 360 or less
HEIGHT = 300
FONT = "Frutiger W01, Frutiger, Arial, Liberation Sans, sans-serif"
LETTER = 8.0  # pixels: the width of a letter of the title, measured in Arial bold 15, with a margin


def values(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Rows as the data of a Vega-Lite specification."""
    return {"values": rows}


def dress(chart: Any, *, title: str, description: str, subtitle: str = "", width: int = WIDTH) -> Any:
    """The chart, `width` pixels wide in all, with its title wrapped, its description, and the theme."""
    small = LETTER * 0.86
    head: dict[str, Any] = {"text": wrap(title, width, LETTER), "anchor": "start", "frame": "bounds"}
    if subtitle:
        head["subtitle"] = wrap(subtitle, width, small)
    fit = {"type": "fit-x", "contains": "padding"}
    return chart.properties(title=head, description=description, width=width, autosize=fit).configure(**config(width))


def wrap(text: str, width: int, letter: float = LETTER) -> list[str]:
    """Text as lines that fit into `width` pixels."""
    return textwrap.wrap(text, max(20, int((width - 16) / letter))) or [""]


def config(width: int = WIDTH) -> dict[str, Any]:
    """The theme as a Vega-Lite configuration."""
    narrow = width < 480
    return {
        "aria": False,  # the root carries the title and description; see render.py
        "background": WHITE,
        "font": FONT,
        "padding": 8,
        "title": {
            "color": INK, "fontSize": 15, "fontWeight": "bold", "offset": 12, "subtitleColor": DARK_GREY,
            "subtitleFontSize": 13, "subtitlePadding": 6, "lineHeight": 19, "subtitleLineHeight": 17,
        },
        "axis": {
            "labelColor": INK, "titleColor": INK, "labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal",
            "gridColor": "#e8edee", "domainColor": GREY, "tickColor": GREY, "labelOverlap": True, "titlePadding": 8,
            "tickCount": 5 if narrow else 8,
        },
        "legend": {
            "orient": "bottom", "direction": "vertical" if narrow else "horizontal", "title": None, "labelColor": INK,
            "labelFontSize": 12, "symbolSize": 90, "labelLimit": width - 40, "columns": 1 if narrow else 3,
            "symbolStrokeWidth": 2,
        },
        "view": {"stroke": None},
        "line": {"strokeWidth": 2},
        "text": {"color": INK, "fontSize": 12},
    }  # fmt: skip
