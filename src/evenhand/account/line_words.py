"""Whether the words of an entry are ones that the ledger knows: kinds, classes, months, days, keys of people."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from msgspec import UNSET

from ..errors import did_you_mean
from ..records import GUARDRAIL_VERDICTS
from .line_parts import Line

KINDS = ("move", "verdict", "restatement", "persistence", "reversal")
ORIGINS = ("clinical_decision", "provider_efficiency", "management_cost", "price_and_pay")
CLASSES = ("cash_releasing", "other_efficiency", "scope_reduction")
BASES = ("modelled", "planned", "median", "lower80", "reported", "none")
CELL_KINDS = ("presentation", "panel")
_PERSON = re.compile(r"(?=.*\d)[A-Za-z0-9._:-]{2,80}\Z")
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])\Z")
_DAY = re.compile(r"(19|20)\d\d-\d\d-\d\d\Z")
_YEAR = re.compile(r"(19|20)\d\d-\d\d\Z")
_WORDS = {"kind": KINDS, "origin": ORIGINS, "saving_class": CLASSES, "basis": BASES}


def all_known(line: Line) -> bool:
    """Whether every word of a line is known; of a `line_strict.Line`, whose kinds and classes are known already."""
    verdict, cells, window = line.proof.verdict, line.cells, line.window
    if (
        line.booked in _GOOD_DAYS and line.price_year in _GOOD_YEARS
        and (window is None or (window[0] <= window[1] and _GOOD_MONTHS.issuperset(window)))
        and (verdict is UNSET or verdict.window == window or _GOOD_MONTHS.issuperset(verdict.window))
        and (cells is None or _GOOD_MONTHS.issuperset(cells.months))
    ):  # fmt: skip  # words seen before, as nearly all are
        for one in line.signatures:
            if one.person not in _GOOD_PEOPLE or one.signed not in _GOOD_DAYS:
                break
        else:
            return True
    return wrong_word(line) is None


def wrong_word(line: Line) -> str | None:
    """The first word of a line that the ledger does not know, in a sentence; None if there is none."""
    if (
        line.kind not in KINDS or line.origin not in ORIGINS or line.saving_class not in CLASSES
        or line.basis not in BASES
    ):  # fmt: skip
        key, words = next((key, words) for key, words in _WORDS.items() if getattr(line, key) not in words)
        word = getattr(line, key)
        return f"{key}: no {key} {word!r}{did_you_mean(word, words) or '; expected one of ' + ', '.join(words)}"
    if line.booked not in _GOOD_DAYS and not _is_day(line.booked):
        return f"booked: expected a day as YYYY-MM-DD, found {line.booked!r}"
    if line.price_year not in _GOOD_YEARS and not _is_year(line.price_year):
        return f"price_year: expected a financial year such as 2025-26, found {line.price_year!r}"
    for one in line.signatures:
        if not is_pseudonym(one.person):
            return not_a_key(one.person)
        if one.signed not in _GOOD_DAYS and not _is_day(one.signed):
            return f"signatures: signed: expected a day as YYYY-MM-DD, found {one.signed!r}"
    if line.proof.verdict is not UNSET:
        for held in line.proof.verdict.guardrails:
            if held.verdict not in GUARDRAIL_VERDICTS:
                return f"proof.verdict.guardrails: expected {', '.join(GUARDRAIL_VERDICTS)}, found {held.verdict!r}"
        if (found := _no_month(line.proof.verdict.window)) is not None:
            return f"proof.verdict.window: {found}"
    if line.cells is not None:
        if line.cells.kind not in CELL_KINDS:
            return f"cells: kind must be 'presentation' or 'panel', found {line.cells.kind!r}"
        if (found := _no_month(line.cells.months)) is not None:
            return f"cells.months: {found}"
    if line.window is not None and (found := _no_month(line.window)) is not None:
        return f"window: {found}"
    if line.window is not None and line.window[0] > line.window[1]:
        return f"window: ends in {line.window[1]}, before it begins in {line.window[0]}"
    return None


def is_pseudonym(person: str) -> bool:
    """Whether a key of a person could not be a name or an address."""
    if person in _GOOD_PEOPLE:
        return True
    found = _PERSON.match(person) is not None
    if found and len(_GOOD_PEOPLE) < _MOST_PEOPLE:
        _GOOD_PEOPLE.add(person)
    return found


def not_a_key(person: Any) -> str:
    """What is said of one that could."""
    return f"{person!r} could be a name; a person in the ledger is an opaque key of letters and digits"


_MOST_PEOPLE = 4096  # who are remembered: few people sign much
_GOOD_PEOPLE: set[str] = set()
_GOOD_DAYS: set[str] = set()
_GOOD_YEARS: set[str] = set()
_GOOD_MONTHS: set[str] = set()


def _is_day(text: str) -> bool:
    try:
        found = _DAY.match(text) is not None and bool(date.fromisoformat(text))
    except ValueError:
        found = False
    if found:
        _GOOD_DAYS.add(text)
    return found


def _is_year(text: str) -> bool:
    found = _YEAR.match(text) is not None and (int(text[2:4]) + 1) % 100 == int(text[5:])
    if found:
        _GOOD_YEARS.add(text)
    return found


def _no_month(months: tuple[str, ...]) -> str | None:
    if not _GOOD_MONTHS.issuperset(months):
        for month in months:
            if not _MONTH.match(month):
                return f"expected YYYY-MM, found {month!r}"
        _GOOD_MONTHS.update(months)
    return None
