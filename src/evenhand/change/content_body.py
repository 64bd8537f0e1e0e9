"""The text of a module below its facts: blocks, and the questions of the self-audit."""

from __future__ import annotations

import re

from ..errors import InputError
from .content_figures import names
from .content_parts import SELF_AUDIT, Block, Question

_QUESTION = re.compile(r"- `(?P<word>[a-z][a-z0-9_]*)`: (?P<text>.+?) \((?P<answers>[^()]+)\)$")
_RANGE = re.compile(r"(\d+) to (\d+)$")
_HTML = re.compile(r"<[A-Za-z/!][^>]*>")


def body(lines: list[str], start: int, where: str) -> tuple[tuple[Block, ...], tuple[Question, ...], tuple[str, ...]]:
    """Blocks, questions and the figures asked for, from line `start` (from 0) on.

    Raises
    ------
    InputError
        If a block is empty, a question cannot be read or is given twice, HTML is used, a figure is unknown, or there is
        no self-audit; the message starts `file:line:`.
    """
    figures: list[str] = []
    for number, line in enumerate(lines[start:], start + 1):
        if match := _HTML.search(line):
            raise InputError(f"{where}:{number}: HTML is not used in content; found {match[0]!r}, expected Markdown")
        figures += names(line, f"{where}:{number}")
    heads = [i for i in range(start, len(lines)) if lines[i].startswith("## ")]
    if not heads or any(line.strip() for line in lines[start : heads[0] if heads else len(lines)]):
        raise InputError(f"{where}:{start + 1}: expected the text to begin with a block, '## Heading'")
    blocks: list[Block] = []
    questions: list[Question] = []
    for head, following in zip(heads, [*heads[1:], len(lines)], strict=True):
        block, asked = _block(lines, head, following, len(blocks) + 1, where)
        blocks.append(block)
        questions += asked
    if not questions:
        raise InputError(f"{where}:{len(lines)}: no questions; expected a block '## {SELF_AUDIT}' with one a line")
    given = [question.word for question in questions]
    if len(set(given)) < len(given):
        twice = next(word for word in given if given.count(word) > 1)
        raise InputError(f"{where}: question {twice!r} is given twice; each needs its own word")
    return tuple(blocks), tuple(questions), tuple(dict.fromkeys(figures))


def _block(lines: list[str], head: int, following: int, number: int, where: str) -> tuple[Block, list[Question]]:
    heading, text = lines[head][3:].strip(), "\n".join(lines[head + 1 : following]).strip()
    if not heading or not text:
        raise InputError(f"{where}:{head + 1}: block {heading!r} is empty; expected a heading and text below it")
    if heading != SELF_AUDIT:
        return Block(number, heading, text, required=True), []
    asked = [_question(lines[i], i + 1, where) for i in range(head + 1, following) if lines[i].startswith("- ")]
    text = "\n".join(line for line in text.splitlines() if not line.startswith("- ")).strip()
    return Block(number, heading, text, required=False), asked


def _question(line: str, number: int, where: str) -> Question:
    if names(line, f"{where}:{number}"):
        raise InputError(f"{where}:{number}: a figure stands in the text, not in a question; found {line.strip()!r}")
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
