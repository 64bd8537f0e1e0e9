"""What keeps a text from being a version of a scheme: everything at once, by line, in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from evenhand import measures
from evenhand.definition import loads, parse, problems
from evenhand.errors import InputError, did_you_mean
from evenhand.measures import Measure
from evenhand.measures.guardrails import in_weeks
from evenhand.prove import choose
from evenhand.records import Scheme
from evenhand_web.people.models import Organisation
from evenhand_web.site.lake import lake

Place = tuple[str | int, ...]
WHERE = "text"
_MESSAGE = re.compile(rf"^{WHERE}:(\d+): (?:([\w.]+): )?")
_EMPTY = "got ''"  # `_gaps` says it better
_TOO_FEW = "after validation, not 0"  # also said of a list whose every entry has a fault of its own
_MAY_BE_EMPTY = {"why_not_randomised"}
# what pydantic says of a wrong value, for people who do not know it
_PLAIN = (
    (re.compile(r"String should match pattern '\^\\d\{4\}-\\d\{2\}\$'"), "expected a month as YYYY-MM"),
    (re.compile(r"String should match pattern '\^\[a-z\]\[a-z0-9_\]\*\$'"), "expected small letters, digits and _"),
    (re.compile(r"Input should be a valid number, unable to parse string as a number"), "expected a number"),
    (re.compile(r"Input should be a valid boolean, unable to interpret input"), "expected true or false"),
    (re.compile(r"Tuple should have at least (\d+) items? after validation, not (\d+)"),
     r"expected \1 or more, found \2"),
    (re.compile(r"Input should be (?='|greater)"), "expected "),
)  # fmt: skip


def known_measures() -> dict[str, Measure]:
    """Every measure that a scheme may name: Evenhand's, and those of the lake."""
    found = lake()
    return measures.load_all() if found is None else measures.for_lake(found)


def known_guardrails() -> dict[str, str]:
    """Everything that a scheme may name as what must not get worse, and its title: any measure, and waits in weeks."""
    titles = {key: measure.title for key, measure in known_measures().items()}
    return titles | {key: one.title or key for key, one in in_weeks().items()}


def faults(yaml: str, *, key: str | None = None, area: str | None = None) -> list[str]:
    """Everything that keeps a text from being a version, one sentence each with its line; none if it can be one.

    `key` and `area` are those of the scheme that it amends, which it may not change.
    """
    told = [message for message in problems(yaml, Scheme, where=WHERE) if not message.endswith(_EMPTY)]
    try:
        content, lines = parse(yaml, where=WHERE)
    except InputError:
        return [_worded(message) for message in told]
    told += [f"{WHERE}:{lines[place]}: {'.'.join(map(str, place))}: nothing is filled in" for place in _gaps(content)]
    if told:
        return [_worded(message) for message in sorted(_own(told), key=_line)]
    scheme = loads(yaml, Scheme, where=WHERE)
    strange = _strange(scheme, lines)
    if key is not None and scheme.id != key:
        strange.append(f"Line {lines[('id',)]}: id: this scheme is {key!r}; found {scheme.id!r}.")
    if area is not None and scheme.area != area:
        strange.append(f"Line {lines[('area',)]}: area: this scheme is for {area!r}; found {scheme.area!r}.")
    try:
        choose(scheme)
    except InputError as error:
        strange.append(str(error))
    return strange


def _strange(scheme: Scheme, lines: dict[Place, int]) -> list[str]:
    """What the scheme names and nobody knows: measures and organisations."""
    known, held = known_measures(), known_guardrails()
    named: list[tuple[Place, str]] = [(("guardrails", i, "measure"), rule.measure)
                                      for i, rule in enumerate(scheme.guardrails)]  # fmt: skip
    places: list[tuple[Place, str]] = [(("area",), scheme.area)]
    for i, rule in enumerate(scheme.guardrails):
        for side, codes in (("treated", rule.treated), ("controls", rule.controls)):
            places += [(("guardrails", i, side, k), code) for k, code in enumerate(codes)]
    there = Organisation.objects.in_bulk([code for _, code in places])
    told = [] if scheme.measure in known else [_no_measure(lines[("measure",)], scheme.measure, known)]
    told += [_no_measure(lines[at], name, held) for at, name in named if name not in held]
    return told + [f"Line {lines[at]}: no organisation {code!r} here." for at, code in places if code not in there]


def _no_measure(line: int, name: str, known: Iterable[str]) -> str:
    return f"Line {line}: measure: no measure {name!r}{did_you_mean(name, known)}."


def _gaps(content: Any, place: Place = ()) -> list[Place]:
    """The places where a key stands and nothing after it."""
    if isinstance(content, dict | list):
        inner = content.items() if isinstance(content, dict) else enumerate(content)
        return [gap for key, value in inner for gap in _gaps(value, (*place, key))]
    return [place] if content == "" and place[-1] not in _MAY_BE_EMPTY else []


def _own(told: list[str]) -> list[str]:
    """Without "found none" of a list that has entries, each with a fault of its own."""
    names = [_name(message) for message in told]
    return [
        message for message, name in zip(told, names, strict=True)
        if _TOO_FEW not in message or not any(other.startswith(f"{name}.") for other in names)
    ]  # fmt: skip


def _name(message: str) -> str:
    found = _MESSAGE.match(message)
    return (found[2] or "") if found else ""


def _line(message: str) -> int:
    found = _MESSAGE.match(message)
    return int(found[1]) if found else 0


def _worded(message: str) -> str:
    for pattern, words in _PLAIN:
        message = pattern.sub(words, message)
    return f"Line {_line(message)}: {message.split(': ', 1)[1]}"
