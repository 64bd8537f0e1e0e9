"""Content: one learning module, written in Markdown by clinicians; no code, no HTML.

Between two lines of `---` stand its facts as YAML; below, every `## ` heading begins a block. The block
headed `## Self-audit` holds the questions, one a line: - `word`: the question (0 to 10), or (yes / no / not sure).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ..definition import loads
from ..errors import InputError
from ..records import Record

_QUESTION = re.compile(r"- `(?P<word>[a-z][a-z0-9_]*)`: (?P<text>.+?) \((?P<answers>[^()]+)\)$")
_RANGE = re.compile(r"(\d+) to (\d+)$")
_HTML = re.compile(r"<[A-Za-z/!][^>]*>")
SELF_AUDIT = "Self-audit"


class Guidance(BaseModel):
    """One published source, by its number and title."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    title: str
    publisher: str
    number: str = ""


class Facts(BaseModel):
    """What stands above the text: who it is for, how long it takes, who wrote and who checked it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    pathway: str
    measure: str
    audience: tuple[str, ...] = Field(min_length=1)
    minutes: int = Field(gt=0, le=60)
    authored_by: str
    checked_by: str = "not yet checked by a clinician"
    review_due: str = Field(pattern=r"^\d{4}-\d{2}$")
    guidance: tuple[Guidance, ...] = Field(min_length=1)


@dataclass(frozen=True, eq=False)
class Block(Record):
    """One part of a module: `number` from 1, its heading and its Markdown. All but the self-audit are `required`
    reading: with the last of them read, the module is completed."""

    number: int
    heading: str
    markdown: str
    required: bool


@dataclass(frozen=True, eq=False)
class Question(Record):
    """One question of the self-audit. Either `choices` are given, or a whole number from `least` to `most`."""

    word: str
    text: str
    choices: tuple[str, ...]
    least: int | None
    most: int | None

    def accepts(self, answer: str) -> bool:
        """Whether this is an answer to the question."""
        if self.least is None or self.most is None:
            return answer in self.choices
        return answer.isdigit() and self.least <= int(answer) <= self.most


@dataclass(frozen=True, eq=False)
class Content(Record):
    """A module as read: its facts, its blocks in order, and the questions of its self-audit."""

    facts: Facts
    blocks: tuple[Block, ...]
    self_audit: tuple[Question, ...]

    @property
    def id(self) -> str:
        """The module's name in events and addresses."""
        return self.facts.id


def load(path: Path) -> Content:
    """Read one content module.

    Raises
    ------
    InputError
        If it cannot be read, a fact is missing or unknown, a block is empty, a question cannot be read, HTML is used or
        there is no self-audit; the message starts `file:line:`.
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
            raise InputError(f"{path}:2: id {one.id!r} is already the id of another module; expected its own")
        found[one.id] = one
    return found


def loads_content(text: str, *, where: str = "<text>") -> Content:
    """Read a module's text; `where` names it in messages."""
    lines = text.splitlines()
    if not lines or lines[0].strip() != "---" or "---" not in [line.strip() for line in lines[1:]]:
        raise InputError(f"{where}:1: expected the module's facts between two lines of ---")
    end = next(i for i, line in enumerate(lines[1:], 1) if line.strip() == "---")
    facts = loads("\n".join(["", *lines[1:end]]), Facts, where=where)  # the empty line keeps the file's numbers
    for number, line in enumerate(lines[end + 1:], end + 2):
        if match := _HTML.search(line):
            raise InputError(f"{where}:{number}: HTML is not used in content; found {match[0]!r}, expected Markdown")
    blocks, questions = _body(lines, end + 1, where)
    return Content(facts, blocks, questions)


def _body(lines: list[str], start: int, where: str) -> tuple[tuple[Block, ...], tuple[Question, ...]]:
    heads = [i for i in range(start, len(lines)) if lines[i].startswith("## ")]
    if not heads or any(line.strip() for line in lines[start : heads[0] if heads else len(lines)]):
        raise InputError(f"{where}:{start + 1}: expected the text to begin with a block, '## Heading'")
    blocks: list[Block] = []
    questions: list[Question] = []
    for head, following in zip(heads, [*heads[1:], len(lines)], strict=True):
        heading, body = lines[head][3:].strip(), "\n".join(lines[head + 1 : following]).strip()
        if not heading or not body:
            raise InputError(f"{where}:{head + 1}: block {heading!r} is empty; expected a heading and text below it")
        audit = heading == SELF_AUDIT
        if audit:
            questions += [_question(lines[i], i + 1, where) for i in range(head + 1, following)
                          if lines[i].startswith("- ")]  # fmt: skip
            body = "\n".join(line for line in body.splitlines() if not line.startswith("- ")).strip()
        blocks.append(Block(len(blocks) + 1, heading, body, required=not audit))
    if not questions:
        raise InputError(f"{where}:{len(lines)}: no questions; expected a block '## {SELF_AUDIT}' with one a line")
    given = [question.word for question in questions]
    if len(set(given)) < len(given):
        twice = next(word for word in given if given.count(word) > 1)
        raise InputError(f"{where}: question {twice!r} is given twice; each needs its own word")
    return tuple(blocks), tuple(questions)


def _question(line: str, number: int, where: str) -> Question:
    match = _QUESTION.match(line.strip())
    if match is None:
        raise InputError(
            f"{where}:{number}: expected - `word`: question (0 to 10), or (yes / no); found {line.strip()!r}"
        )
    if limits := _RANGE.match(match["answers"]):
        least, most = int(limits[1]), int(limits[2])
        if least >= most:
            raise InputError(f"{where}:{number}: expected a range that rises, found {match['answers']!r}")
        return Question(match["word"], match["text"], (), least, most)
    choices = tuple(choice.strip() for choice in match["answers"].split("/"))
    if len(choices) < 2 or not all(choices):
        raise InputError(f"{where}:{number}: expected two or more answers with / between, found {match['answers']!r}")
    return Question(match["word"], match["text"], choices, None, None)
