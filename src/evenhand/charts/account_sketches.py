"""The charts of money that pages sketch: the target bar, what may come, and what a difference is made of.

The same marks, colours and words as the Vega-Lite charts of these names, which serve download, report and exploring.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from . import theme
from .chances import COLOURS, REACHES
from .chances import pieces as columns
from .parts import WHOLE, signed
from .row_sketch import LETTER, axis, laid_out
from .sketch import BOTTOM, RIGHT, TOP, Canvas, frame, ticks, with_key
from .waterfall import COUNTED, TOLD, pieces, used
from .words import pounds

Floats = NDArray[np.float64]
HALF, STRIP = 11, 6  # pixels: half of a bar's height, and the height of the strip under it
TO_STRIP = 15  # pixels from the middle of a bar to the middle of its strip


def waterfall(
    labels: Sequence[str], amounts: Sequence[float], *, target: float = float("nan"), counted: str = COUNTED,
    parts: Mapping[str, Sequence[float]] | None = None, width: int,
) -> str:  # fmt: skip
    """Pounds by state, a bar each; `counted` is solid, others are outlined, and a strip says where they come from."""
    shown = [float(amount) for amount in amounts if np.isfinite(amount)]
    least, reach = min([0.0, *shown]), max([0.0, *shown, target if np.isfinite(target) else 0.0]) or 1.0
    words = max((len(pounds(amount)) for amount in shown), default=0)
    canvas, middle = laid_out(labels, width, (least, 1.0))
    canvas.x = (least, _room(canvas, reach - least, words) + least)
    axis(canvas, False, say=pounds)
    if np.isfinite(target):
        _rule(canvas, float(target), "6 3")
    for at, (up, amount) in enumerate(zip(middle, amounts, strict=True)):
        if np.isfinite(amount):
            solid = labels[at] == counted
            look = (theme.BLUE, theme.BLUE) if solid else (theme.WHITE, theme.DARK_GREY)
            _box(canvas, up, 0.0, float(amount), HALF, *look)
            _end(canvas, up, max(0.0, float(amount)), pounds(float(amount)))
        for piece in pieces(parts or {}, at):
            _box(canvas, up + TO_STRIP, piece["from"], piece["to"], STRIP / 2, used(parts or {})[piece["part"]], "none")
    key = [(TOLD[0], theme.BLUE, "square"), (TOLD[1], theme.DARK_GREY, "frame")]
    key += [("target", theme.ORANGE, "line:5 3")] if np.isfinite(target) else []
    key += [(f"strip: {name}", colour, "square") for name, colour in used(parts or {}).items()]
    return with_key(canvas, key)


def chances(quantiles: Floats, target: float, *, width: int, height: int = 260) -> str:
    """A distribution by its quantiles 1% to 99% (99,), pounds, the target a line; what reaches it is dark."""
    rows = columns(quantiles, target)
    top = max(row["chance"] for row in rows)
    canvas = Canvas(width, height, (rows[0]["from"], rows[-1]["to"]), (0.0, frame([0.0, top])[1]))
    canvas.axis_y(share=True)
    base = height - BOTTOM
    for row in rows:
        left, right = canvas.at_x([row["from"], row["to"]]).tolist()
        up, colour = float(canvas.at_y(row["chance"])), COLOURS[REACHES.index(row["what"])]
        canvas.parts.append(f'<path d="M{left:.1f},{base}V{up:.1f}H{right:.1f}V{base}z" fill="{colour}" stroke="#fff" '
                            'stroke-width="0.5"/>')  # fmt: skip
    places = ticks(*canvas.x, max(2, width // 110))
    canvas.axis_x(places, [pounds(place) for place in places])
    _rule(canvas, target, "")
    late = target > sum(canvas.x) / 2
    canvas.text(float(canvas.at_x(target)) + (-6 if late else 6), TOP + 11, f"target {pounds(target)}",
                anchor="end" if late else "start", weight="bold", over=True)  # fmt: skip
    return with_key(canvas, [(word, colour, "square") for word, colour in zip(REACHES, COLOURS, strict=True)])


def parts(labels: Sequence[str], amounts: Sequence[float], *, width: int) -> str:
    """What a difference is made of, from one zero line; a part that is not known has no bar, and says so."""
    every, values = [*labels, WHOLE], [*amounts, float(np.nansum(amounts))]
    reach = max(abs(amount) for amount in np.nan_to_num(values).tolist()) or 1.0
    canvas, middle = laid_out(every, width, (0.0, 1.0))
    room = _room(canvas, 2 * reach, 2 * max(len(signed(amount)) for amount in values))
    canvas.x = (-room / 2, room / 2)
    axis(canvas, False, say=lambda place: signed(place).removeprefix("+"))
    for label, up, amount in zip(every, middle, values, strict=True):
        known = bool(np.isfinite(amount))
        if known:
            _box(canvas, up, 0.0, amount, HALF - 1, theme.DARK_GREY if label == WHOLE else theme.BLUE, "none")
        _end(canvas, up, amount if known else 0.0, signed(amount) if known else "not known")
    return canvas.svg()


def _room(canvas: Canvas, reach: float, letters: int) -> float:
    """A scale on which so much leaves room beside it for words of so many letters."""
    plot = canvas.width - canvas.left - RIGHT
    return reach * plot / max(plot / 4, plot - letters * LETTER - 20)


def _box(canvas: Canvas, up: float, low: float, high: float, half: float, fill: str, line: str) -> None:
    left, right = canvas.at_x([low, high]).tolist()
    box = f"M{left:.1f},{up - half:.1f}H{right:.1f}V{up + half:.1f}H{left:.1f}z"
    canvas.parts.append(f'<path d="{box}" fill="{fill}" stroke="{line}" stroke-width="2"/>')


def _end(canvas: Canvas, up: float, value: float, words: str) -> None:
    """Words past the end of a bar, on the side to which it points."""
    back = value < 0
    canvas.text(float(canvas.at_x(value)) + (-8 if back else 8), up + 4, words, anchor="end" if back else "start",
                over=True)  # fmt: skip


def _rule(canvas: Canvas, value: float, dash: str) -> None:
    across, base = float(canvas.at_x(value)), canvas.height - BOTTOM
    dashed = f' stroke-dasharray="{dash}"' if dash else ""
    canvas.parts.append(f'<path d="M{across:.1f},{TOP}V{base}" stroke="{theme.ORANGE}" stroke-width="3"{dashed}/>')
