"""Reflections for appraisal: what, so what, now what, with the verified result; as Markdown or plain text."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

KINDS = {"cpd": "Continuing professional development", "qia": "Quality improvement activity"}  # METHODS E.4
WIDE = 80  # letters of a line of plain text
PARTS = (("What", "what"), ("So what", "so_what"), ("Now what", "now_what"))
_NUMBER = re.compile(r"(?<!\d)(\d{3})[ -]?(\d{3})[ -]?(\d{4})(?!\d)")
_DATE = re.compile(r"(?<!\d)\d{1,2}[/.-]\d{1,2}[/.-](?:19|20)\d{2}(?!\d)")


@dataclass(frozen=True)
class Result:
    """What the data showed when it was attached: sentences, the day, where they come from."""

    sentences: tuple[str, ...]
    day: str
    source: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reflection:
    """One reflection as its owner exports it. month: of it, no day, as appraisal asks; hours: one is one credit."""

    title: str
    month: str
    kind: str = "cpd"
    hours: float | None = None
    what: str = ""
    so_what: str = ""
    now_what: str = ""
    result: Result | None = None


def as_markdown(found: Sequence[Reflection]) -> str:
    """Reflections as Markdown, one after the other; what somebody wrote stays as they wrote it.

    >>> print(as_markdown([Reflection("Fewer strips", "March 2026", what="I looked.")]).splitlines()[0])
    # Fewer strips
    """
    return "\n\n".join(_markdown(one) for one in found) + "\n"


def as_text(found: Sequence[Reflection]) -> str:
    """Reflections as plain text, lines of 80 letters, for any form that takes no formatting."""
    return ("\n\n" + "-" * WIDE + "\n\n").join(_text(one) for one in found) + "\n"


def about(one: Reflection) -> str:
    """When, which kind of activity, how many credits, in one line.

    >>> about(Reflection("Fewer strips", "March 2026", "qia", 1.5))
    'March 2026. Quality improvement activity. 1.5 hours.'
    """
    said = [one.month, KINDS[one.kind]]
    if one.hours is not None:
        said.append(f"{one.hours:g} {'hour' if one.hours == 1 else 'hours'}")
    return ". ".join(said) + "."


def result_lines(one: Reflection) -> tuple[str, ...]:
    """The verified result as it stood, each sentence a line; that there is none, if there is none."""
    if one.result is None:
        return ("No result was attached.",)
    source = f"From: {'; '.join(one.result.source)}." if one.result.source else ""
    return (*one.result.sentences, f"As it stood on {one.result.day}.", *([source] if source else []))


def may_identify(text: str) -> list[str]:
    """What in a text may identify a patient: NHS numbers (ten digits whose check digit fits) and full dates.

    A machine sees no more than that; names and rare stories are for the writer's own eyes.

    Source: NHS Data Dictionary, NHS NUMBER: Modulus 11.

    >>> may_identify("Seen on 03/04/2026, number 943 476 5919, list of 1234567890")
    ['943 476 5919', '03/04/2026']
    """
    numbers = [m[0] for m in _NUMBER.finditer(text) if _is_nhs_number("".join(m.groups()))]
    return [*numbers, *_DATE.findall(text)]


def _is_nhs_number(digits: str) -> bool:
    rest = 11 - sum(int(d) * (10 - i) for i, d in enumerate(digits[:9])) % 11
    return rest != 10 and int(digits[9]) == rest % 11


def _markdown(one: Reflection) -> str:
    parts = [f"# {_line(one.title)}", about(one)]
    for name, field in PARTS:
        parts += [f"## {name}", getattr(one, field).strip() or "–"]
    parts += ["## What the data showed", "\n".join(f"- {line}" for line in result_lines(one))]
    return "\n\n".join(parts)


def _text(one: Reflection) -> str:
    parts = [_line(one.title).upper(), about(one)]
    for name, field in PARTS:
        parts += [f"{name}:", _wrapped(getattr(one, field).strip() or "-")]
    parts += ["What the data showed:", _wrapped("\n".join(result_lines(one)))]
    return "\n\n".join(parts)


def _wrapped(text: str) -> str:
    return "\n".join(textwrap.fill(line, WIDE, break_long_words=False) for line in text.splitlines())


def _line(text: str) -> str:
    """One line, whatever was typed into it."""
    return " ".join(text.split())
