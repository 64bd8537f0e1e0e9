"""Sketch: the few charts that pages draw for everybody who opens them, as SVG text, in a thousandth of a second.

The same marks, colours and words as the Vega-Lite charts beside it, which take a quarter of a second each and serve
download, report and exploring. Only drawing attributes are used, so that the text may stand inside a strict page.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import ArrayLike, NDArray

from . import theme
from .words import number

Floats = NDArray[np.float64]
LEFT, RIGHT, TOP, BOTTOM = 52, 14, 12, 30  # pixels round the picture: room for the words of the axes
LETTER = 6.8  # pixels: the width of a letter of 12 pixels, at most
NICE = (1.0, 2.0, 2.5, 5.0, 10.0)
KEY = 22  # pixels of a line of the key above the picture
KEY_MARKS = {"up": "0,-5 5,4 -5,4", "down": "0,5 5,-4 -5,-4", "diamond": "0,-6 6,0 0,6 -6,0",
             "square": "-6,-5 6,-5 6,5 -6,5"}  # fmt: skip


@dataclass
class Canvas:
    """A frame with two axes: numbers go in, SVG comes out. log: the x axis counts in powers of ten."""

    width: int
    height: int
    x: tuple[float, float]
    y: tuple[float, float]
    log: bool = False
    left: float = LEFT
    parts: list[str] = field(default_factory=list)

    def at_x(self, values: ArrayLike) -> Floats:
        """Pixels from the left."""
        given = np.asarray(values, dtype=np.float64)
        low, high = self.x
        with np.errstate(divide="ignore", invalid="ignore"):
            share = (np.log(given / low) / math.log(high / low)) if self.log else (given - low) / (high - low)
        return np.asarray(self.left + share * (self.width - self.left - RIGHT))

    def at_y(self, values: ArrayLike) -> Floats:
        """Pixels from the top."""
        low, high = self.y
        share = (np.asarray(values, dtype=np.float64) - low) / (high - low)
        return np.asarray(self.height - BOTTOM - share * (self.height - TOP - BOTTOM))

    def line(self, x: ArrayLike, y: ArrayLike, colour: str, *, width: float = 1.5, dash: str = "") -> None:
        """A line through the points that there are; a missing one leaves a gap."""
        across, up = self.at_x(x), np.clip(self.at_y(y), -1e4, 1e4)
        steps, pen = [], "M"
        there = (np.isfinite(across) & np.isfinite(up)).tolist()
        for a, b, known in zip(across.tolist(), up.tolist(), there, strict=True):
            if not known:
                pen = "M"
                continue
            steps.append(f"{pen}{a:.1f},{b:.1f}")
            pen = "L"
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        look = f'fill="none" stroke="{colour}" stroke-width="{width:g}"{dashed}'
        self.parts.append(f'<path d="{"".join(steps)}" {look}/>')

    def dots(self, x: ArrayLike, y: ArrayLike, colour: str, *, size: float = 5.0, opacity: float = 0.8) -> None:
        """Round dots, thousands of them as one path; those that fall on one pixel are drawn once."""
        across, up = self._pixels(x, y)
        path = "".join([f"M{a},{b}h0" for a, b in zip(across, up, strict=True)])
        self.parts.append(
            f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{size:g}" stroke-linecap="round" '
            f'stroke-opacity="{opacity:g}"/>'
        )

    def triangles(self, x: ArrayLike, y: ArrayLike, colour: str, *, up: bool, size: float = 4.0) -> None:
        """Triangles that point up or down, as one path."""
        tall = -1.9 * size if up else 1.9 * size
        shape = f"l{size:g},{-tall:g}h{-2 * size:g}z"
        places = zip(*self._pixels(x, y), strict=True)
        path = "".join([f"M{a},{b + tall * 0.55:.0f}{shape}" for a, b in places])
        self.parts.append(f'<path d="{path}" fill="{colour}" stroke="#fff" stroke-width="0.7"/>')

    def _pixels(self, x: ArrayLike, y: ArrayLike) -> tuple[list[int], list[int]]:
        """Where each number lies, to the nearest pixel; one of those that share it."""
        across, up = self.at_x(x), self.at_y(y)
        there = np.isfinite(across) & np.isfinite(up)
        place = np.unique(np.rint(across[there]).astype(np.int64) * 100_000 + np.rint(up[there]).astype(np.int64))
        return (place // 100_000).tolist(), (place % 100_000).tolist()

    def mark(self, x: float, y: float, colour: str, shape: str, *, size: float = 5.0) -> None:
        """One mark that stands out: circle, up, down, square or diamond, with a white edge."""
        across, up = float(self.at_x(x)), float(self.at_y(y))
        if not (math.isfinite(across) and math.isfinite(up)):
            return
        if shape == "circle":
            self.parts.append(f'<circle cx="{across:.1f}" cy="{up:.1f}" r="{size:g}" fill="{colour}" stroke="#fff"/>')
            return
        corners = {"up": ((0, -1.1), (1, 0.8), (-1, 0.8)), "down": ((0, 1.1), (1, -0.8), (-1, -0.8)),
                   "square": ((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
                   "diamond": ((0, -1.3), (1.3, 0), (0, 1.3), (-1.3, 0))}[shape]  # fmt: skip
        points = " ".join(f"{across + a * size:.1f},{up + b * size:.1f}" for a, b in corners)
        self.parts.append(f'<polygon points="{points}" fill="{colour}" stroke="#fff"/>')

    def text(self, across: float, up: float, words: str, *, anchor: str = "start", colour: str = theme.INK,
             size: int = 12, weight: str = "normal", over: bool = False) -> None:  # fmt: skip
        """Words at a pixel; over: lines may run below them, so that they stand on a white edge."""
        place = f'x="{across:.1f}" y="{up:.1f}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}"'
        if over:
            self.parts.append(f'<text {place} fill="#fff" stroke="#fff" stroke-width="4">{escape(words)}</text>')
        self.parts.append(f'<text {place} fill="{colour}">{escape(words)}</text>')

    def axis_y(self, *, share: bool, say: Callable[[float], str] | None = None) -> None:
        """Quiet lines across with their values; say: a value in words."""
        places = ticks(*self.y, 5)
        said = [say(place) for place in places] if say else tick_words(places, share=share)
        for tick, words in zip(places, said, strict=True):
            up = float(self.at_y(tick))
            self.parts.append(f'<path d="M{self.left:g},{up:.1f}H{self.width - RIGHT}" stroke="#e8edee"/>')
            self.text(self.left - 6, up + 4, words, anchor="end")

    def axis_x(self, places: Sequence[float], words: Sequence[str]) -> None:
        """Values below; those that would run into one another or over the edge are left out."""
        end = -1e9
        base = self.height - BOTTOM
        self.parts.append(f'<path d="M{self.left:g},{base}H{self.width - RIGHT}" stroke="{theme.GREY}"/>')
        for place, word in zip(self.at_x(places).tolist(), words, strict=True):
            half = (len(word) + 0.6 * word.count("%")) * LETTER / 2  # a sign of per cent is wide
            middle = min(max(place, half), self.width - half)
            if middle - half > end + 8:
                self.parts.append(f'<path d="M{place:.1f},{base}v5" stroke="{theme.GREY}"/>')
                self.text(middle, base + 19, word, anchor="middle")
                end = middle + half

    def svg(self) -> str:
        """The picture."""
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {self.width} {self.height}" '
            f'font-family="{theme.FONT}">{"".join(self.parts)}</svg>'
        )


def with_key(canvas: Canvas, key: Sequence[tuple[str, str, str]]) -> str:
    """The key in words and shapes above the picture, on as many lines as it takes; "line:7 4" is a dashed line."""
    across, row = 8.0, 0
    placed = []
    for word, colour, shape in key:
        length = 20 + len(word) * 6.4 + 14
        if across > 8 and across + length > canvas.width:
            across, row = 8.0, row + 1
        placed.append((across, row, word, colour, shape))
        across += length
    room = KEY * (row + 1)
    head = Canvas(canvas.width, room, (0.0, 1.0), (0.0, 1.0))
    for left, line, word, colour, shape in placed:
        up = KEY * line + 12
        if shape.startswith("line"):
            dash = f' stroke-dasharray="{shape[5:]}"' if shape[5:] else ""
            head.parts.append(f'<path d="M{left:.0f},{up}h14" stroke="{colour}" stroke-width="2.5"{dash}/>')
        elif shape in ("circle", "ring"):
            look = f'fill="{colour}"' if shape == "circle" else f'fill="#fff" stroke="{colour}" stroke-width="2"'
            head.parts.append(f'<circle cx="{left + 7:.0f}" cy="{up}" r="4" {look}/>')
        elif shape == "frame":
            look = f'fill="#fff" stroke="{colour}" stroke-width="2"'
            head.parts.append(f'<path d="M{left + 1:.0f},{up - 5}h12v10h-12z" {look}/>')
        else:
            place = f"translate({left + 7:.0f},{up})"
            head.parts.append(f'<polygon points="{KEY_MARKS[shape]}" transform="{place}" fill="{colour}"/>')
        head.text(left + 18, up + 4, word)
    body = "".join(canvas.parts)
    whole = Canvas(canvas.width, canvas.height + room, (0.0, 1.0), (0.0, 1.0))
    whole.parts = [*head.parts, f'<g transform="translate(0,{room})">{body}</g>']
    return whole.svg()


def ticks(low: float, high: float, about: int) -> list[float]:
    """Round numbers between low and high, about so many.

    >>> ticks(0.03, 0.41, 5)
    [0.1, 0.2, 0.3, 0.4]
    """
    if not (math.isfinite(low) and math.isfinite(high)) or high <= low:
        return []
    rough = (high - low) / max(1, about)
    unit = 10.0 ** math.floor(math.log10(rough))
    step = unit * next(n for n in NICE if n * unit >= rough * 0.999)
    first = math.ceil(low / step - 1e-9)
    return [round(i * step, 12) for i in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_words(places: Sequence[float], *, share: bool) -> list[str]:
    """Round numbers as an axis says them: no decimals of per cent where none is needed.

    >>> tick_words([0.2, 0.4], share=True), tick_words([0.005, 0.01], share=True)
    (['20%', '40%'], ['0.5%', '1.0%'])
    """
    whole = share and all(abs(100 * place - round(100 * place)) < 1e-6 for place in places)
    return [f"{place:.0%}" if whole else number(place, share=share) for place in places]


def frame(values: ArrayLike, *, zero: bool = False) -> tuple[float, float]:
    """The range that shows these values, with a little room; from nothing where that is near."""
    given = np.asarray(values, dtype=np.float64)
    there = given[np.isfinite(given)]
    if not len(there):
        return 0.0, 1.0
    low, high = float(there.min()), float(there.max())
    room = 0.06 * (high - low) or 0.05 * abs(high) or 0.5
    bottom = low - room
    if low >= 0 and (zero or bottom < 0.12 * high):
        bottom = 0.0
    return bottom, high + room
