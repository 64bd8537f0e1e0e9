"""Content: one learning module, written in Markdown by clinicians; no code, no HTML.

Between two lines of `---` stand its facts as YAML; below, every `## ` heading begins a block. The block
headed `## Self-audit` holds the questions, one a line: - `word`: the question (0 to 10), or (yes / no / not sure).
"""

from __future__ import annotations

from pathlib import Path

from ..definition import loads, parse
from ..errors import InputError
from .content_body import body
from .content_parts import Block, Content, Facts, Question
from .content_time import WORDS_PER_MINUTE, reading_minutes, reading_words

__all__ = ["Block", "Content", "Facts", "Question", "load", "load_all", "loads_content"]


def load(path: Path) -> Content:
    """Read one content module.

    Raises
    ------
    InputError
        If it cannot be read, a fact is missing or unknown, a block is empty, a question or figure cannot be read, HTML
        is used, there is no self-audit, or it takes longer than it says; the message starts `file:line:`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise InputError(f"{path}: not UTF-8 text at byte {error.start}; save the file as UTF-8") from error
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror})") from error
    return loads_content(text, where=str(path))


def load_all(folder: Path) -> dict[str, Content]:
    """Every module in a folder (`*.md`), by id, in order of file name; an id given twice is refused."""
    found: dict[str, Content] = {}
    for path in sorted(folder.glob("*.md")):
        one = load(path)
        if one.id in found:
            raise InputError(f"{one.at('id')}: id {one.id!r} is already the id of another module; expected its own")
        found[one.id] = one
    return found


def loads_content(text: str, *, where: str = "<text>") -> Content:
    """Read a module's text; `where` names it in messages."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise InputError(f"{where}:1: expected the module's facts between two lines of ---")
    end = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "---")
    above = "\n".join(["", *lines[1:end]])  # the empty line keeps the file's numbers
    facts = loads(above, Facts, where=where)
    places = {str(place[0]): line for place, line in parse(above, where=where)[1].items() if len(place) == 1}
    blocks, questions, figures = body(lines, end + 1, where)
    content = Content(facts, blocks, questions, figures, where, places)
    _about_one_thing(content)
    _short_enough(content)
    return content


def _about_one_thing(content: Content) -> None:
    facts = content.facts
    asked = {"instrument": facts.instrument, "question": facts.question, "value": facts.value}
    if facts.measure and any(asked.values()):
        raise InputError(f"{content.at('measure')}: expected a measure or a survey's question; found both")
    if facts.measure:
        if not facts.pathway:
            raise InputError(f"{content.at('measure')}: 'pathway' is missing; expected the measure's pathway")
        return
    missing = [name for name, given in asked.items() if not given]
    if len(missing) == len(asked):
        raise InputError(f"{content.at('id')}: 'measure' is missing; expected a measure, or a survey's instrument, "
                         "question and value")  # fmt: skip
    if missing:
        named = next(name for name, given in asked.items() if given)
        raise InputError(f"{content.at(named)}: {missing[0]!r} is missing; expected instrument, question and value")


def _short_enough(content: Content) -> None:
    takes = reading_minutes(content)
    if takes > content.facts.minutes:
        raise InputError(
            f"{content.at('minutes')}: minutes: {reading_words(content):,} words take {takes:.1f} minutes at "
            f"{WORDS_PER_MINUTE} words a minute; found {content.facts.minutes}: say more minutes, or say less"
        )
