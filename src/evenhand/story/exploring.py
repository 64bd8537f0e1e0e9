"""Exploring: any numerator over any denominator, at any level, for any group of one's own, as a spread."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..lake import Lake, month_of
from ..measures import Counted, Measure, read_codes, unnamed
from ..measures import read as read_measure
from ..measures.held import months_held
from ..records.spread import Spread
from ..stats.ranks import percent_rank
from .spreads import bare

LETTERS = 3  # fewest of a word that is looked for among names
PATIENTS = 1000  # a rate over patients is per so many
LONGEST = 300  # characters of one side: some sixty codes
MONTHS = 24  # that are counted when nobody says which
_CODE = re.compile(r"~?\d{2}[0-9A-Za-z_]{0,13}")


def can_ask(lake: Lake) -> bool:
    """Whether the lake holds a month of prescribing to ask about."""
    return bool(months_held(lake, "prescribing"))


@dataclass(frozen=True)
class Question:
    """What somebody asks: BNF codes with commas, or words of a name; `patients` is a denominator too."""

    numerator: str
    denominator: str
    level: str
    sum: str = "items"

    def measure(self) -> Measure:
        """The measure that the question makes, with nothing claimed about it; InputError if it cannot be read."""
        top, bottom = _side("numerator", self.numerator, self.sum), _side("denominator", self.denominator, self.sum)
        return unnamed(top, bottom)


def explore(lake: Lake, question: Question) -> tuple[Measure, Spread]:
    """Count it in the latest months of the lake, against chance where it is a count.

    Raises
    ------
    InputError
        If a side cannot be read, means nothing that the lake knows, or the lake holds no prescribing.
    """
    measure = question.measure()
    reading = read_measure(lake, measure, question.level, first=_first(lake))
    if not reading.panel.organisations:
        raise InputError(f"nothing of it was published by {question.level}")
    return measure, bare(reading)


def group_of(found: Spread, codes: tuple[str, ...], name: str) -> Spread:
    """The same with a group of one's own as one more organisation: the sums of its members that are there."""
    rows = [row for row, code in enumerate(found.codes) if code in set(codes)]
    if not rows:
        raise InputError(f"none of the {len(codes)} organisations of {name} is among those compared")
    return found.with_row(name, rows)


def rank(found: Spread, row: int) -> float:
    """The share of the others that lie below."""
    return float(percent_rank(np.where(found.fair, found.value, np.nan))[row])


def _side(which: str, text: str, sum_: str) -> Counted:
    text = " ".join(text.split())
    if not text:
        raise InputError(f"{which}: say what to count, as BNF codes with commas or as a word of the name")
    if len(text) > LONGEST:
        raise InputError(f"{which}: expected {LONGEST} characters at most, found {len(text)}")
    if which == "denominator" and text.lower() == "patients":
        return Counted(words=f"{PATIENTS:,} patients", patients=PATIENTS)
    try:
        if text.lower() == "all" or all(_CODE.fullmatch(part.strip()) for part in text.split(",")):
            return read_codes(text.lower() if text.lower() == "all" else text.upper(), sum=sum_)  # type: ignore[arg-type]
        words = [part.strip() for part in text.split(",") if part.strip()]
        if short := next((word for word in words if len(word) < LETTERS), None):
            raise InputError(f"{which}: {short!r} is too short to look for; give {LETTERS} letters or more")
        return Counted(words=f"{sum_} of what is named {' or '.join(words)}", sum=sum_,  # type: ignore[arg-type]
                       name=tuple(f"*{word}*" for word in words))  # fmt: skip
    except ValueError as error:
        raise InputError(f"{which}: {error}") from error


def _first(lake: Lake) -> str | None:
    held = months_held(lake, "prescribing")
    return str(month_of(held[-MONTHS])) if len(held) >= MONTHS else None

