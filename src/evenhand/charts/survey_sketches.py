"""The charts of a survey and of a round that pages sketch: intervals, waves, small multiples, scales, votes and camps.

The same marks, colours and words as the Vega-Lite charts of these names, which serve download, report and exploring.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from . import theme
from .agreement import ROOM as SCALE_ROOM
from .agreement import colours as scale_colours
from .agreement import pieces as scale_pieces
from .agreement import row_words
from .camps import COLOURS as CAMPS
from .camps import SKETCHED
from .diverging import COLOURS as VOTES
from .diverging import NAMES
from .diverging import ROOM as VOTE_ROOM
from .diverging import pieces as vote_pieces
from .labelled import LABEL_SHARE, wrapped
from .multiples import LABELS, MOST
from .row_sketch import LETTER, LINE, ROW, axis, bar, laid_out, mark, words_left
from .sketch import BOTTOM, RIGHT, TOP, Canvas, with_key
from .waves import LIFT
from .words import number

Floats = NDArray[np.float64]
HEAD = 36  # pixels over each of several panels: who, and how many
GAP = 34  # pixels between panels: the last value of one axis and the first of the next


def intervals(
    labels: Sequence[str], value: Floats, low: Floats, high: Floats, *, share: bool = True, width: int
) -> str:  # fmt: skip
    """K figures in words, each a dot with its interval (K,); a missing value is left out."""
    rows = np.flatnonzero(np.isfinite(value)).tolist()
    canvas, middle = laid_out([labels[i] for i in rows], width, _span(share, value, high))
    axis(canvas, share)
    for i, up in zip(rows, middle, strict=True):
        _figure(canvas, up, float(value[i]), float(low[i]), float(high[i]), share)
    return canvas.svg()


def waves(
    labels: Sequence[str], value: Floats, low: Floats, high: Floats, n: Sequence[tuple[int | None, int | None]], *,
    names: tuple[str, str], share: bool = True, width: int,
) -> str:  # fmt: skip
    """K rows of a first and a last wave (K, 2), each with its interval, joined; n: answers of each."""
    counts = ["n = " + ", ".join("too few" if m is None else f"{m:,}" for m in pair) for pair in n]
    canvas, middle = laid_out(labels, width, _span(share, value, high), counts)
    axis(canvas, share)
    for i, up in enumerate(middle):
        if np.isfinite(value[i]).all():
            bar(canvas, up, float(value[i, 0]), float(value[i, 1]), theme.PALE_GREY, 5)
        for k, (lift, colour, shape) in enumerate(((-LIFT, theme.DARK_GREY, "circle"), (LIFT, theme.BLUE, "diamond"))):
            if np.isfinite(low[i, k]):
                bar(canvas, up + lift, float(low[i, k]), float(high[i, k]), colour, 2.5)
            mark(canvas, up + lift, float(value[i, k]), colour, shape)
    return with_key(canvas, [(names[0], theme.DARK_GREY, "circle"), (names[1], theme.BLUE, "diamond")])


def multiples(
    groups: Sequence[str], labels: Sequence[str], value: Floats, low: Floats, high: Floats, n: Sequence[int | None], *,
    share: bool = True, width: int,
) -> str:  # fmt: skip
    """A panel for each of G groups with A figures (G, A), on one scale; n: answers of each, None: left empty."""
    if len(groups) > MOST:
        raise ValueError(f"at most {MOST} groups can be drawn, found {len(groups)}")
    columns = 1 if len(groups) == 1 or width < 480 else 2 if len(groups) <= 4 or width < 600 else 3
    words = wrapped(labels, int((width * LABELS - 2) / LABEL_SHARE))
    row = max(ROW - 4, max((text.count("\n") + 1 for text in words), default=1) * LINE + 8)
    panel = (width - RIGHT - width * LABELS - GAP * (columns - 1)) / columns
    tall = HEAD + row * len(words) + BOTTOM
    parts: list[str] = []
    span = _span(share, value, high)
    for g, group in enumerate(groups):
        across, down = g % columns, g // columns
        part = Canvas(round(panel) + RIGHT, tall, span, (0.0, 1.0), left=4)
        part.text(0, 14, group, weight="bold")
        part.text(0, 28, "not shown: too few" if n[g] is None else f"n = {n[g]:,}")
        axis(part, share, top=HEAD)
        for a in range(len(words)):
            if n[g] is not None and np.isfinite(value[g, a]):
                _figure(part, HEAD + row * (a + 0.5), float(value[g, a]), float(low[g, a]), float(high[g, a]), share)
        place = f"translate({width * LABELS + across * (panel + GAP):.0f},{TOP + down * tall})"
        parts.append(f'<g transform="{place}">{"".join(part.parts)}</g>')
        if across == 0:
            side = Canvas(width, tall, span, (0.0, 1.0))
            for a, text in enumerate(words):
                words_left(side, text, width * LABELS - 8, HEAD + row * (a + 0.5))
            parts.append(f'<g transform="translate(0,{TOP + down * tall})">{"".join(side.parts)}</g>')
    whole = Canvas(width, TOP + tall * -(-len(groups) // columns), span, (0.0, 1.0))
    whole.parts = parts
    return whole.svg()


def agreement(
    labels: Sequence[str], answers: Sequence[str], shares: Floats, n: Sequence[int | None], yes: Floats, *, width: int
) -> str:  # fmt: skip
    """K rows of an answer scale from no to yes, shares (K, A); n: answers, None: left empty; yes (K, 3) as there."""
    said = [row_words(m, y) for m, y in zip(n, yes, strict=True)]
    canvas, middle = laid_out(labels, width, (-1.0, 1.0), said)
    colours = scale_colours(len(answers))
    axis(canvas, True, sign=False)
    room = 2 * SCALE_ROOM / (width * (1 - LABEL_SHARE))
    for up, row, m in zip(middle, shares, n, strict=True):
        for piece in scale_pieces("", answers, row, colours, room) if m is not None else []:
            colour = colours[list(answers).index(piece["what"])]
            _piece(canvas, up, piece["from"], piece["to"], colour, piece["said"], piece["ink"])
    return with_key(canvas, [(answer, colour, "square") for answer, colour in zip(answers, colours, strict=True)])


def diverging(labels: Sequence[str], agree: Floats, disagree: Floats, passes: Floats, *, width: int) -> str:
    """K statements with their votes as shares of those who saw each; numbers of votes stand on the bars."""
    canvas, middle = laid_out(labels, width, (-1.0, 1.0))
    axis(canvas, True, sign=False)
    room, colours = 2 * VOTE_ROOM / (width * (1 - LABEL_SHARE)), dict(zip(NAMES, VOTES, strict=True))
    for up, a, d, p in zip(middle, agree.tolist(), disagree.tolist(), passes.tolist(), strict=True):
        for piece in vote_pieces("", a, d, p, room) if a + d + p > 0 else []:
            _piece(canvas, up, piece["from"], piece["to"], colours[piece["what"]], piece["said"], piece["ink"])
    return with_key(canvas, [(name, colour, "square") for name, colour in colours.items()])


def camps(labels: Sequence[str], groups: Sequence[str], agree: Floats, *, width: int) -> str:
    """K statements with the share of each of G groups that agrees, agree (K, G), NaN where not shown."""
    canvas, middle = laid_out(labels, width, (0.0, 1.0))
    axis(canvas, True)
    half = float(canvas.at_x(0.5))
    canvas.parts.append(
        f'<path d="M{half:.1f},{TOP}V{canvas.height - BOTTOM}" stroke="{theme.GREY}" stroke-dasharray="4 3"/>'
    )
    for up, row in zip(middle, agree, strict=True):
        there = row[np.isfinite(row)]
        if len(there):
            bar(canvas, up, float(there.min()), float(there.max()), theme.PALE_GREY, 5)
        for k, place in enumerate(row.tolist()):
            mark(canvas, up, place, CAMPS[k], SKETCHED[k])
    if len(groups) == 1:
        return canvas.svg()
    return with_key(canvas, [(group, CAMPS[k], SKETCHED[k]) for k, group in enumerate(groups)])


def _span(share: bool, value: Floats, high: Floats) -> tuple[float, float]:
    if share:
        return 0.0, 1.0
    there = np.concatenate([value[np.isfinite(value)], high[np.isfinite(high)]])
    return 0.0, 1.05 * float(there.max()) if len(there) and there.max() > 0 else 1.0


def _figure(canvas: Canvas, up: float, value: float, low: float, high: float, share: bool) -> None:
    """A dot on its interval, and the figure in words above it."""
    if np.isfinite(low) and np.isfinite(high):
        bar(canvas, up + 5, low, high, theme.LIGHT_BLUE, 6)
    mark(canvas, up + 5, value, theme.BLUE, "circle")
    words = number(value, share=share)
    half = len(words) * LETTER / 2
    across = min(max(float(canvas.at_x(value)), canvas.left + half), canvas.width - half)
    canvas.text(across, up - 5, words, anchor="middle")


def _piece(canvas: Canvas, up: float, low: float, high: float, colour: str, said: str, ink: str) -> None:
    """A piece of a bar, and the figure on it."""
    left, right = canvas.at_x([low, high]).tolist()
    box = f"M{left:.1f},{up - 12:.1f}H{right:.1f}V{up + 12:.1f}H{left:.1f}z"
    canvas.parts.append(f'<path d="{box}" fill="{colour}" stroke="#fff" stroke-width="0.8"/>')
    if said:
        canvas.text((left + right) / 2, up + 4, said, anchor="middle", colour=ink)
