"""The charts of change and proof that pages sketch: the forest of effects, and the funnel of engagement.

The same marks, colours and words as the Vega-Lite charts of these names, which serve download, report and exploring.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..records import EngagementFunnel
from . import theme
from .engagement import LAST
from .engagement import TOLD as STAGES
from .engagement import said_as as stage_words
from .forest import TOLD, said_as
from .row_sketch import LETTER, axis, bar, laid_out
from .sketch import BOTTOM, RIGHT, TOP, Canvas, frame, with_key
from .words import number

Floats = NDArray[np.float64]
HALF = 11  # pixels: half of a bar's height


def forest(
    labels: Sequence[str], effect: Floats, low: Floats, high: Floats, *, matters: Floats | None = None,
    unit: str = "", share: bool = False, level: float = 0.95, width: int,
) -> str:  # fmt: skip
    """K effects with intervals; `matters` (K,) is the smallest that would matter, NaN for none; as charts.forest."""
    wanted = np.full(len(labels), np.nan) if matters is None else np.asarray(matters, dtype=np.float64)
    ends = np.concatenate([low, high, wanted[np.isfinite(wanted)], [0.0]])
    there = ends[np.isfinite(ends)]
    span = frame(there)
    canvas, middle = laid_out(labels, width, (min(span[0], 0.0), max(span[1], 0.0)))
    axis(canvas, False, say=lambda place: f"{100 * place:g}".replace("-", "−") if share else number(place))
    none, base = float(canvas.at_x(0.0)), canvas.height - BOTTOM
    canvas.parts.append(f'<path d="M{none:.1f},{TOP}V{base}" stroke="{theme.INK}"/>')
    sure = []
    for up, e, lo, hi, least in zip(middle, effect.tolist(), low.tolist(), high.tolist(), wanted.tolist(), strict=True):
        if np.isfinite([e, lo, hi]).all():
            sure.append(not lo <= 0 <= hi)
            _effect(canvas, up + 5, (e, lo, hi), sure[-1])
            words = said_as(e, share)
            half = len(words) * LETTER / 2
            across = min(max(float(canvas.at_x(e)), canvas.left + half), canvas.width - half)
            canvas.text(across, up - 8, words, anchor="middle", over=True)
        if np.isfinite(least):
            across = float(canvas.at_x(least))
            tick = f"M{across:.1f},{up - 8:.1f}V{up + 18:.1f}"
            canvas.parts.append(f'<path d="{tick}" stroke="{theme.ORANGE}" stroke-width="3"/>')
    _named(canvas, ", ".join(part for part in (unit, "percentage points" if share else "") if part))
    key = [(words, theme.BLUE, shape) for words, shape, known in (
        (TOLD[0], "ring", False in sure), (TOLD[1], "diamond", True in sure)) if known]  # fmt: skip
    key += [(f"{level:.0%} interval", theme.BLUE, "line"), ("no effect", theme.INK, "line")]
    if np.isfinite(wanted).any():
        key.append(("smallest effect that would matter", theme.ORANGE, "line"))
    return with_key(canvas, key)


def engagement(found: EngagementFunnel, *, width: int) -> str:
    """People by stage; the bar of what the data verifies is dark, and named."""
    words = [stage_words(stage) for stage in found.stages]
    canvas, middle = laid_out([stage.stage.replace("_", " ") for stage in found.stages], width, (0.0, 1.0))
    most, plot = max([1, *(stage.people for stage in found.stages)]), canvas.width - canvas.left - RIGHT
    canvas.x = (0.0, most * plot / max(plot / 4, plot - max(map(len, words)) * LETTER - 8))
    axis(canvas, False, say=lambda place: number(place) if place == int(place) else "")
    for up, stage, said in zip(middle, found.stages, words, strict=True):
        left, right = canvas.at_x([0, stage.people]).tolist()
        colour = theme.DARK_BLUE if stage.stage == LAST else theme.LIGHT_BLUE
        box = f"M{left:.1f},{up - HALF:.1f}H{right:.1f}V{up + HALF:.1f}H{left:.1f}z"
        canvas.parts.append(f'<path d="{box}" fill="{colour}" stroke="{theme.DARK_BLUE}"/>')
        canvas.text(right + 6, up + 4, said)
    _named(canvas, "people")
    return with_key(canvas, [(STAGES[0], theme.LIGHT_BLUE, "square"), (STAGES[1], theme.DARK_BLUE, "square")])


def _effect(canvas: Canvas, up: float, found: tuple[float, float, float], sure: bool) -> None:
    """An interval, and the effect on it: a filled diamond, or an open ring where no effect lies within."""
    effect, low, high = found
    bar(canvas, up, low, high, theme.BLUE, 3)
    across = float(canvas.at_x(effect))
    if sure:
        place = f'transform="translate({across:.1f},{up:.1f})"'
        canvas.parts.append(f'<polygon points="0,-8 8,0 0,8 -8,0" {place} fill="{theme.BLUE}" stroke="#fff"/>')
    else:
        ring = f'cx="{across:.1f}" cy="{up:.1f}" r="6"'
        canvas.parts.append(f'<circle {ring} fill="{theme.WHITE}" stroke="{theme.BLUE}" stroke-width="2.5"/>')


def _named(canvas: Canvas, words: str) -> None:
    """What the scale counts, below it."""
    if words:
        canvas.text(canvas.width - RIGHT, canvas.height + 5, words, anchor="end", colour=theme.DARK_GREY, size=11)
        canvas.height += 12
