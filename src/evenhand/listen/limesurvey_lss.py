"""LimeSurvey's survey structure in XML (`.lss`), as the rows of its tab-separated structure.

Only elements and their text are read. A document type declaration is refused before anything in it takes effect, so
that no entity is ever expanded and nothing outside the file is ever opened.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.parsers import expat

from ..errors import InputError

Rows = list[dict[str, str]]
SECTIONS = ("questions", "subquestions", "answers", "question_attributes", "groups", "surveys_languagesettings",
            "surveys", "question_l10ns", "answer_l10ns", "conditions")  # fmt: skip
ATTRIBUTES = ("max_answers", "min_num_value_n", "max_num_value_n")
FIELD = re.compile(r"\b\d+X\d+X(\d+)([A-Za-z0-9_]*)")  # survey X group X question, then the part: as older ones write
ALWAYS = ("", "1")


def read_lss(data: bytes, name: str) -> tuple[str, Rows]:
    """The title of a survey and the rows of its structure, as the tab-separated file has them, in its first language.

    Raises
    ------
    InputError
        If it is no LimeSurvey structure, is not well-formed, declares a document type, or says its conditions in a
        table of their own only.
    """
    parts = _sections(data, name)
    language = next((r.get("language", "") for r in parts["surveys"]), "")
    for section in ("question_l10ns", "answer_l10ns"):
        parts[section] = [r for r in parts[section] if not language or r.get("language", language) == language]
    words = {r.get("qid", ""): r for r in parts["question_l10ns"]}
    answers = {r.get("aid", ""): r for r in parts["answer_l10ns"]}
    titles = {r.get("qid", ""): r.get("title", "") for r in parts["questions"]}
    told = [r for r in parts["surveys_languagesettings"] if r.get("surveyls_language", language) == language]
    groups = {r.get("gid", ""): r for r in parts["groups"]}
    attributes = {(r.get("qid", ""), r.get("attribute", "")): r.get("value", "") for r in parts["question_attributes"]}
    _conditions(parts, titles, name)
    rows: Rows = []
    asked = {r.get("qid", ""): r for r in reversed(_spoken(parts["questions"], language))}  # one a question
    order = sorted(asked.values(), key=lambda r: (_number(groups.get(r.get("gid", ""), {}).get("group_order")),
                                                  _number(r.get("question_order"))))  # fmt: skip
    for question in order:
        key = question.get("qid", "")
        row = {"class": "Q", "type/scale": question.get("type", ""), "name": question.get("title", ""),
               "text": words.get(key, question).get("question", ""), "help": words.get(key, question).get("help", ""),
               "other": question.get("other", "N"), "row": f"qid {key}",
               "relevance": _relevance(question, groups.get(question.get("gid", ""), {}), titles)}  # fmt: skip
        rows.append(row | {attribute: attributes.get((key, attribute), "") for attribute in ATTRIBUTES})
        below = {r.get("title", ""): r for r in _spoken(parts["subquestions"], language) if r.get("parent_qid") == key}
        for part in sorted(below.values(), key=lambda r: _number(r.get("question_order"))):
            text = words.get(part.get("qid", ""), part).get("question", "")
            rows.append({"class": "SQ", "name": part.get("title", ""), "text": text})
        given = {r.get("code", ""): r for r in _spoken(parts["answers"], language) if r.get("qid") == key}
        for answer in sorted(given.values(), key=lambda r: _number(r.get("sortorder"))):
            text = answers.get(answer.get("aid", ""), answer).get("answer", "")
            rows.append({"class": "A", "name": answer.get("code", ""), "text": text})
    return next((r.get("surveyls_title", "") for r in told), ""), rows


def _sections(data: bytes, name: str) -> dict[str, Rows]:
    """Section -> its rows, each a field -> its text."""
    found: dict[str, Rows] = {section: [] for section in SECTIONS}
    path: list[str] = []
    text: list[str] = []
    kind: list[str] = []

    def start(tag: str, _: object) -> None:
        path.append(tag)
        text.clear()
        if len(path) == 4 and path[1] in found and path[2:] == ["rows", "row"]:
            found[path[1]].append({})

    def end(tag: str) -> None:
        if len(path) == 5 and path[1] in found and path[2:4] == ["rows", "row"]:
            found[path[1]][-1][tag] = "".join(text).strip()
        elif path == ["document", "LimeSurveyDocType"]:
            kind.append("".join(text).strip())
        text.clear()
        path.pop()

    def refuse(*_: object) -> None:
        raise InputError(f"{name}: a document type is declared, which no LimeSurvey file needs and a harmful one may "
                         "use; expected none")  # fmt: skip

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise InputError(f"{name}: line {error.lineno}: not well-formed XML ({said})") from error
    if kind != ["Survey"]:
        raise InputError(f"{name}: expected LimeSurvey's structure of a survey (LimeSurveyDocType Survey), found "
                         f"{kind[0] if kind else 'no LimeSurveyDocType'}")  # fmt: skip
    return found


def _spoken(rows: Rows, language: str) -> Rows:
    """Older files have a row a language."""
    return [r for r in rows if not language or (r.get("language") or language) == language]


def _relevance(question: Mapping[str, str], group: Mapping[str, str], titles: Mapping[str, str]) -> str:
    """When it is asked: its own condition and that of its group, by question codes."""
    said = [part.get(field, "").strip() for part, field in ((group, "grelevance"), (question, "relevance"))]
    parts = [FIELD.sub(lambda m: titles.get(m[1], m[0]) + (f"_{m[2]}" if m[2] else ""), part)
             for part in said if part not in ALWAYS]  # fmt: skip
    return " and ".join(f"({part})" for part in parts) if len(parts) > 1 else parts[0] if parts else "1"


def _conditions(parts: Mapping[str, Rows], titles: Mapping[str, str], name: str) -> None:
    relevance = {r.get("qid", ""): r.get("relevance", "") for r in parts["questions"]}
    for row in parts["conditions"]:
        if relevance.get(row.get("qid", ""), "") in ALWAYS:
            raise InputError(f"{name}: question {titles.get(row.get('qid', ''), '?')!r}: expected its condition as a "
                             "relevance equation too, as LimeSurvey 2 and later write it; found one in the table of "
                             "conditions only")  # fmt: skip


def _number(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0
