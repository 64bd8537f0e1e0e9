"""A board's page: one row a measure, its newest value and target, and the NHS's two icons, in words too."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any

import altair as alt

from ..records import BoardLine
from . import theme
from .words import number

# Letter and words say what the colour says. Letters as Making Data Count has them: H(igh), L(ow), P(ass), F(ail).
VARIATION = {
    "common_cause": ("~", theme.GREY), "improvement_high": ("H", theme.BLUE), "improvement_low": ("L", theme.BLUE),
    "concern_high": ("H", theme.ORANGE), "concern_low": ("L", theme.ORANGE),
    "neutral_high": ("H", theme.PURPLE), "neutral_low": ("L", theme.PURPLE),
}  # fmt: skip
ASSURANCE = {"pass": ("P", theme.BLUE), "fail": ("F", theme.ORANGE), "inconsistent": ("?", theme.GREY)}
ABSENT = ("–", theme.PALE_GREY)

LINE = 16  # pixels a line of text
PAD = 11  # pixels above and below a row's text
ICON = 34  # pixels across an icon
LETTER = 6.6  # pixels a letter at 12 pixels, measured in Arial
BOLD = 7.4  # the same, bold
NEWEST, TARGET, FIRST, SECOND = 0.34, 0.47, 0.56, 0.80  # of the width, where each column begins
NARROW = 480  # pixels: less has no room for columns

LETTERS = "As things are, P: the target will be met; F: it will not; ?: hit and miss."

Marks = list[dict[str, Any]]


def icons(
    lines: Sequence[BoardLine], *, title: str, shares: Sequence[bool] = (), width: int = theme.WIDTH
) -> Any:
    """Draw the table; `shares` says which measures are written as percentages. A narrow one stacks its words."""
    room = width - 16  # the theme's padding
    texts: Marks = []
    badges: Marks = []
    rules: Marks = []
    top = 0 if width < NARROW else _head(texts, rules, room)
    for at, line in enumerate(lines):
        share = bool(shares) and shares[at]
        row = _stacked if width < NARROW else _columns
        top = row(texts, badges, line, share, top, room)
        rules.append({"x": 0, "x2": room, "y": top})
    drawn = alt.layer(_rules(rules), _badges(badges), _letters(badges), *_texts(texts)).properties(height=top)
    said = {"mdc2023": "Making Data Count rules of 2023", "plotthedots": "NHS plot-the-dots rules"}
    names = ", ".join(dict.fromkeys(said[line.rules] for line in lines))
    words = f"{names}. H: high or rising; L: low or falling; ~: common cause. {LETTERS}"
    return theme.dress(drawn, title=title, subtitle=words, description=_description(lines), width=width)


def _head(texts: Marks, rules: Marks, room: int) -> int:
    words = {"Measure": 0.0, "Newest": NEWEST, "Target": TARGET, "Variation": FIRST, "Assurance": SECOND}
    for word, share in words.items():
        texts.append({"x": room * share, "y": PAD, "text": word, "bold": True, "colour": theme.DARK_GREY})
    rules.append({"x": 0, "x2": room, "y": PAD + LINE + 6})
    return PAD + LINE + 6


def _columns(texts: Marks, badges: Marks, line: BoardLine, share: bool, top: int, room: int) -> int:
    """Name, newest value, target, and each icon with its words beside it."""
    after = (ICON + 8) / room
    cells = [
        (0.0, _wrap(line.name, room * NEWEST - 12, BOLD), True),
        (NEWEST, [number(line.value, share=share), line.when], False),
        (TARGET, [_target(line, share)], False),
        (FIRST + after, _wrap(line.variation_says, room * (SECOND - FIRST - after) - 12, LETTER), False),
        (SECOND + after, _wrap(line.assurance_says, room * (1 - SECOND - after), LETTER), False),
    ]
    high = max(max(len(words) for _, words, _ in cells) * LINE, ICON) + 2 * PAD
    for x, words, bold in cells:
        start = top + (high - len(words) * LINE) / 2 + 2
        _write(texts, words, room * x, start, bold=bold)
    for x, badge in ((FIRST, VARIATION.get(line.variation or "")), (SECOND, ASSURANCE.get(line.assurance or ""))):
        badges.append(_badge(badge, room * x + ICON / 2, top + high / 2))
    return top + high


def _stacked(texts: Marks, badges: Marks, line: BoardLine, share: bool, top: int, room: int) -> int:
    """Everything in words on the left, one below the other, and the two icons on the right."""
    wide = room - 2 * ICON - 18
    name = _wrap(line.name, wide, BOLD)
    numbers = f"{number(line.value, share=share)} on {line.when}"
    numbers += "" if line.target != line.target else f", target {_target(line, share)}"
    said = (numbers, line.variation_says, line.assurance_says)
    rest = [piece for text in said for piece in _wrap(text, wide, LETTER)]
    _write(texts, name, 0, top + PAD, bold=True)
    _write(texts, rest, 0, top + PAD + len(name) * LINE, bold=False)
    high = max((len(name) + len(rest)) * LINE, ICON) + 2 * PAD
    for x, badge in ((room - ICON * 1.5 - 10, VARIATION.get(line.variation or "")),
                     (room - ICON / 2 - 2, ASSURANCE.get(line.assurance or ""))):  # fmt: skip
        badges.append(_badge(badge, x, top + PAD + ICON / 2))
    return top + high


def _target(line: BoardLine, share: bool) -> str:
    return "–" if line.target != line.target else number(line.target, share=share)


def _wrap(text: str, pixels: float, letter: float) -> list[str]:
    return textwrap.wrap(text, max(8, int(pixels / letter))) or [""]


def _write(texts: Marks, words: list[str], x: float, y: float, *, bold: bool) -> None:
    for at, word in enumerate(words):
        texts.append({"x": x, "y": y + at * LINE, "text": word, "bold": bold, "colour": theme.INK})


def _badge(badge: tuple[str, str] | None, x: float, y: float) -> dict[str, Any]:
    letter, colour = badge or ABSENT
    return {"x": x, "y": y, "letter": letter, "colour": colour}


def _place(field: str, channel: Any) -> Any:
    return channel(f"{field}:Q", scale=None, axis=None)


def _rules(rows: Marks) -> Any:
    return alt.Chart(theme.values(rows)).mark_rule(color=theme.PALE_GREY).encode(
        x=_place("x", alt.X), x2="x2:Q", y=_place("y", alt.Y)
    )  # fmt: skip


def _badges(rows: Marks) -> Any:
    area = 3.14159 * (ICON / 2 - 2) ** 2
    return alt.Chart(theme.values(rows)).mark_point(
        shape="circle", size=area, strokeWidth=4, fill=theme.WHITE, opacity=1
    ).encode(x=_place("x", alt.X), y=_place("y", alt.Y), stroke=alt.Stroke("colour:N", scale=None))  # fmt: skip


def _letters(rows: Marks) -> Any:
    return alt.Chart(theme.values(rows)).mark_text(fontSize=16, fontWeight="bold", baseline="middle").encode(
        x=_place("x", alt.X), y=_place("y", alt.Y), text="letter:N"
    )  # fmt: skip


def _texts(rows: Marks) -> list[Any]:
    return [
        alt.Chart(theme.values([row for row in rows if row["bold"] == bold]))
        .mark_text(align="left", baseline="top", fontWeight="bold" if bold else "normal")
        .encode(x=_place("x", alt.X), y=_place("y", alt.Y), text="text:N", color=alt.Color("colour:N", scale=None))
        for bold in (True, False)
    ]


def _description(lines: Sequence[BoardLine]) -> str:
    return " ".join(
        f"{one.name}: {number(one.value)} on {one.when}; {one.variation_says.lower()}; {one.assurance_says.lower()}."
        for one in lines
    )
