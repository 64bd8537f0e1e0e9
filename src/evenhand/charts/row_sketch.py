"""Sketched rows: words to the left, a scale below, a bar or a mark for each; what several sketches share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from .labelled import LABEL_SHARE, wrapped
from .sketch import BOTTOM, TOP, Canvas, ticks
from .words import number

ROW, LINE = 42, 14  # pixels a row and a line of its words, as in the charts that are downloaded
LETTER = 6.6  # pixels a letter of 12 pixels


def laid_out(
    labels: Sequence[str], width: int, span: tuple[float, float], notes: Sequence[str] = ()
) -> tuple[Canvas, list[float]]:  # fmt: skip
    """A picture with the words of each row to the left; it, and the middle of each row in pixels from the top.

    notes: what stands under the words of each row, whole even where the words are cut.
    """
    words = wrapped(labels, width)
    if notes:
        words = [f"{text}\n{note}" for text, note in zip(words, wrapped(notes, width), strict=True)]
    row = max(ROW, max((text.count("\n") + 1 for text in words), default=1) * LINE + 10)
    left = width * LABEL_SHARE
    canvas = Canvas(width, TOP + row * len(words) + BOTTOM, span, (0.0, 1.0), left=left)
    middle = [TOP + row * (i + 0.5) for i in range(len(words))]
    for text, up in zip(words, middle, strict=True):
        words_left(canvas, text, left - 10, up)
    return canvas, middle


def words_left(canvas: Canvas, text: str, right: float, up: float) -> None:
    lines = text.rstrip(" ").split("\n")
    for k, line in enumerate(lines):
        canvas.text(right, up + 4 + (k - (len(lines) - 1) / 2) * LINE, line, anchor="end")


def axis(
    canvas: Canvas, share: bool, *, top: float = TOP, sign: bool = True, say: Callable[[float], str] | None = None
) -> None:  # fmt: skip
    """Values below with quiet lines up; `sign` off: both ways from the middle count up; say: a value in words."""
    places = ticks(*canvas.x, max(2, int((canvas.width - canvas.left) / 70)))
    base = canvas.height - BOTTOM
    for across in canvas.at_x(places).tolist():
        canvas.parts.append(f'<path d="M{across:.1f},{top:g}V{base}" stroke="#e8edee"/>')
    shown = places if sign else [abs(place) for place in places]
    words = say or (lambda place: f"{place:.0%}" if share else number(place))
    canvas.axis_x(places, [words(place) for place in shown])


def bar(canvas: Canvas, up: float, low: float, high: float, colour: str, thick: float) -> None:
    left, right = canvas.at_x(np.clip([low, high], *canvas.x)).tolist()
    look = f'stroke="{colour}" stroke-width="{thick:g}" stroke-linecap="round"'
    canvas.parts.append(f'<path d="M{left:.1f},{up:.1f}H{right:.1f}" fill="none" {look}/>')


def mark(canvas: Canvas, up: float, value: float, colour: str, shape: str) -> None:
    """One mark at a value and a pixel from the top; none where it is missing."""
    base, high = canvas.height - BOTTOM, canvas.height - TOP - BOTTOM
    canvas.mark(value, (base - up) / high, colour, shape, size=6)
