"""Figures in a module's text: `{{ share_heard }}` stands for a number that the system knows when the module is read.

The names are fixed here, so that no author can ask for a number that nobody fills in. What is not known is said so.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from ..errors import InputError, did_you_mean
from .content_parts import Block, Content

FIGURES = {
    "asked_when": "the month in which the survey's question was last asked, once it has closed",
    "share_value": "the share who gave the answer that the module is to move, with its interval",
    "share_change": "by how many percentage points that share moved since the time before, with its interval",
    "promised": "how many promises clinicians have made here, above and below",
    "reported": "how many of those promises somebody says were kept: said, not proved",
    "evidenced": "pounds on the ledger that a registered comparison has proved, and nobody has confirmed yet",
    "confirmed": "pounds on the ledger that the finance lead and the clinical lead have both confirmed",
    "target": "the pounds that were set as the aim, and by when",
    "access_held": "of the judgements on waiting and access of the schemes here, how many found that it held",
}
NOT_KNOWN = "not known yet"
LONGEST = 8  # words of one figure, filled in: what the reading time counts it as
_PLACE = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")


def names(text: str, where: str) -> tuple[str, ...]:
    """The figures that one line asks for, in order.

    Raises
    ------
    InputError
        If one is unknown, or braces stand alone; `where` is the line's `file:line`.
    """
    found = _PLACE.findall(text)
    for name in found:
        if name not in FIGURES:
            hint = did_you_mean(name, FIGURES) or f"; expected one of {', '.join(FIGURES)}"
            raise InputError(f"{where}: no figure {name!r} can be filled in{hint}")
    rest = _PLACE.sub("", text)
    if "{{" in rest or "}}" in rest:
        raise InputError(f"{where}: expected a figure as {{{{ share_value }}}}; found braces that do not close")
    return tuple(found)


def widest(text: str) -> str:
    """The text with each figure as long as it may become, for counting words."""
    return _PLACE.sub(" ".join(["figure"] * LONGEST), text)


def fill(content: Content, known: Mapping[str, str | None]) -> Content:
    """The module with its figures filled in; what is missing or empty says "not known yet".

    Raises
    ------
    ValueError
        If `known` has a name that is no figure, or a figure longer than the reading time allows for.

    >>> from .content import loads_content
    >>> fill(loads_content(EXAMPLE), {"confirmed": "£12,400"}).blocks[0].markdown
    '£12,400 a year is confirmed; access: **not known yet**.'
    """
    for name, value in known.items():
        if name not in FIGURES:
            raise ValueError(f"no figure {name!r}{did_you_mean(name, FIGURES)}")
        if value and len(value.split()) > LONGEST:
            raise ValueError(f"figure {name!r} has more than {LONGEST} words: {value!r}")

    def said(match: re.Match[str]) -> str:
        return known.get(match[1]) or NOT_KNOWN

    blocks = tuple(
        Block(b.number, b.heading, _PLACE.sub(said, b.markdown), required=b.required) for b in content.blocks
    )
    return replace(content, blocks=blocks)


EXAMPLE = """---
id: how_it_goes
title: How it goes
instrument: qipp_awareness_2010
question: heard_of_qipp
value: 'yes'
audience: [everybody]
minutes: 1
authored_by: somebody
review_due: 2027-03
guidance: [{title: A source, publisher: Somebody}]
---
## So far
{{ confirmed }} a year is confirmed; access: **{{ access_held }}**.
## Self-audit
- `heard`: Had you heard of it? (yes / no)
"""
