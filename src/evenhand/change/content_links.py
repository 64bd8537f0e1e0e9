"""Whether a module names what there is: its measure, its pathway, its survey's question."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..errors import InputError, did_you_mean
from .content_parts import Content


@dataclass(frozen=True)
class Known:
    """What a module may name. measures: id -> the pathway it says it is of; pathways: id -> the measures of its
    decisions; questions: instrument -> question -> the answers it takes."""

    measures: Mapping[str, str]
    pathways: Mapping[str, tuple[str, ...]]
    questions: Mapping[str, Mapping[str, tuple[str, ...]]]


def check_links(content: Content, known: Known) -> None:
    """Refuse a module that names a measure, pathway, survey, question or answer that does not exist.

    Raises
    ------
    InputError
        With the file, the line and the nearest right word; also if the measure is not one of the pathway's.
    """
    facts = content.facts
    if facts.pathway:
        _there(content, "pathway", facts.pathway, {*known.pathways, *known.measures.values()})
    if content.about_survey:
        _there(content, "instrument", facts.instrument, known.questions, what="survey")
        questions = known.questions[facts.instrument]
        _there(content, "question", facts.question, questions)
        _there(content, "value", facts.value, questions[facts.question], what="answer")
        return
    _there(content, "measure", facts.measure, known.measures)
    own = known.measures[facts.measure]
    if facts.pathway != own and facts.measure not in known.pathways.get(facts.pathway, ()):
        raise InputError(
            f"{content.at('pathway')}: measure {facts.measure!r} is of pathway {own!r}, not of {facts.pathway!r}"
        )


def _there(content: Content, fact: str, given: str, known: object, what: str = "") -> None:
    names = list(known) if isinstance(known, (Mapping, set, tuple)) else []
    if given not in names:
        hint = did_you_mean(given, names) or (f"; expected one of {', '.join(names)}" if 0 < len(names) <= 5 else "")
        raise InputError(f"{content.at(fact)}: no {what or fact} {given!r}{hint}")
