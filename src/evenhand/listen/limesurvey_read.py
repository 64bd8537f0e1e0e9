"""LimeSurvey, in: its response files become the events of an intake, its survey structure an instrument.

Responses: its CSV with question codes as headings, `Q[SQ]` for a part of a question, `Q[other]` for "other".
"""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..table import Table
from .instrument import Instrument
from .limesurvey import NO_DATE, OTHER, answer_codes, question_names
from .limesurvey_lss import read_lss
from .question import PARTED

TICKED, NOT_TICKED = frozenset({"y", "yes"}), frozenset({"", "n", "no", "n/a"})
ABOUT = ("id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp")
PERSONAL = ("ipaddr", "refurl", "email", "firstname", "lastname", "emailstatus", "attribute_")  # never taken over
HEADING = re.compile(r"([A-Za-z][A-Za-z0-9_]*)(?:\[([A-Za-z0-9_]+)\])?(?:[.\s].*)?$", re.DOTALL)
ONE_OF = re.compile(r'([A-Za-z][A-Za-z0-9]*)(?:_([A-Za-z0-9]+))?(?:\.NAOK)?\s*==\s*["\']([^"\']*)["\']')


@dataclass(frozen=True)
class Imported:
    """Events as `listen intake` reads them; dropped: columns that were left behind, and why."""

    events: list[dict[str, str]]
    dropped: dict[str, str] = field(default_factory=dict)


def read_responses(table: Table, instrument: Instrument | None = None) -> Imported:
    """A LimeSurvey response file as the events of an intake.

    A row with a `submitdate` is a submission, one without a partial save. Parts of a multiple-choice question become
    one answer of options parted by ';'; other parts (arrays, ranks) become questions of their own, `q_part`. What an
    "other" was, in words, goes to `q_other`. Names, addresses and the like are never taken over.

    Parameters
    ----------
    instrument
        What was asked: its questions and codes are found again, and anything else is dropped. Without it the codes
        of the file stay as they are.

    Raises
    ------
    InputError
        If the file has no `id` column, an id is given twice, or a question of the instrument is missing.
    """
    table.need("id")
    table.unique("id")
    cells = {name: table.text(name) for name in table.columns}
    kept, dropped = _headings(cells)
    parts: dict[str, dict[str, list[str]]] = {}
    for column, (name, part) in kept.items():
        parts.setdefault(name, {})[part] = cells[column]
    answers = _plain_answers(parts) if instrument is None else _known_answers(parts, instrument, table.name)
    if instrument is not None:
        wanted = set(question_names(instrument).values())
        dropped |= {name: "not a question of the instrument" for name in parts if name not in wanted}
    events = []
    for i, number in enumerate(cells["id"]):
        when = _first(cells, i, "submitdate", "datestamp", "startdate")
        row = {
            "event": number, "token": _first(cells, i, "token") or f"response-{number}", "time": when or NO_DATE,
            "status": "submitted" if _first(cells, i, "submitdate") else "partial",
        }  # fmt: skip
        events.append(row | {name: column[i] for name, column in answers.items()})
    return Imported(events, dropped)


def _first(cells: Mapping[str, list[str]], row: int, *columns: str) -> str:
    return next((cells[c][row] for c in columns if c in cells and cells[c][row]), "")


def _headings(cells: Mapping[str, list[str]]) -> tuple[dict[str, tuple[str, str]], dict[str, str]]:
    """Column -> (question, part); and what is dropped."""
    kept, dropped = {}, {}
    for column in cells:
        match = HEADING.match(column)
        if column in ABOUT:
            continue
        if column.lower().startswith(PERSONAL):
            dropped[column] = "may identify a person"
        elif match is None:
            dropped[column] = "not a question code"
        else:
            kept[column] = (match[1], match[2] or "")
    return kept, dropped


def _plain_answers(parts: Mapping[str, Mapping[str, list[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, columns in parts.items():
        ticks = {p: c for p, c in columns.items() if p and p != OTHER}
        if ticks and all(_tick(cell) for column in ticks.values() for cell in column):
            found[name] = _joined(ticks, columns.get(OTHER))
        else:
            found |= {name if not part else f"{name}_{part}": column for part, column in columns.items()}
        if OTHER in columns:
            found[f"{name}_{OTHER}"] = columns[OTHER]
    return found


def _known_answers(
    parts: Mapping[str, Mapping[str, list[str]]], instrument: Instrument, file: str
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for question in instrument.questions:
        name, back = question_names(instrument)[question.id], {c: v for v, c in answer_codes(question).items()}
        columns = parts.get(name) or parts.get(question.id)
        if columns is None:
            raise InputError(f"{file}: no column for question {question.id!r}; expected {name!r} (LimeSurvey's "
                             "question codes as headings)")  # fmt: skip
        if question.type == "multiple":
            ticks = {back.get(part, part): column for part, column in columns.items() if part and part != OTHER}
            found[question.id] = _joined(ticks, columns.get(OTHER))
        else:
            words = {text: value for value, text in question.options.items()}
            plain = columns.get("", [])
            found[question.id] = [
                OTHER if cell == "-oth-" else back.get(cell, words.get(cell, cell)) for cell in plain
            ]
    return found


def _tick(cell: str) -> bool:
    return cell.lower() in TICKED or cell.lower() in NOT_TICKED


def _joined(ticks: Mapping[str, list[str]], other: Sequence[str] | None) -> list[str]:
    count = len(next(iter(ticks.values()))) if ticks else len(other or ())
    return [
        PARTED.join([part for part, column in ticks.items() if column[i].lower() in TICKED]
                    + ([OTHER] if other is not None and other[i].lower() not in NOT_TICKED else []))
        for i in range(count)
    ]  # fmt: skip


def read_structure(text: str | bytes, name: str) -> dict[str, Any]:
    """LimeSurvey's structure as an instrument's title and questions: tab-separated text, or `.lss` as bytes.

    Lists, yes/no, five points, multiple choice, numbers and texts are read; arrays become a question a row. Conditions
    must be of the kind `(a == "x" or a == "y") and b == "z"`.

    Raises
    ------
    InputError
        If it is no such file, holds a question of another type, or a condition of another kind: file and row.
    """
    if isinstance(text, bytes):
        return _instrument(*read_lss(text, name), name)
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), delimiter="\t"))
    if not rows or not {"class", "type/scale", "name", "text"} <= set(rows[0]):
        raise InputError(f"{name}: not LimeSurvey's tab-separated structure; expected the columns class, type/scale, "
                         "name, text")  # fmt: skip
    first = next((r["text"] for r in rows if r["class"] == "S" and r["name"] == "language"), "")
    rows = [r | {"row": f"row {i + 2}"} for i, r in enumerate(rows)
            if not first or (r.get("language") or first) == first]  # fmt: skip
    title = next((r["text"] for r in rows if r["class"] == "SL" and r["name"] == "surveyls_title"), "")
    return _instrument(title, rows, name)


def _instrument(title: str, rows: Sequence[Mapping[str, str]], name: str) -> dict[str, Any]:
    questions: list[dict[str, Any]] = []
    multiple: dict[str, str] = {}
    for place, row in enumerate(rows):
        if row["class"] == "Q" and row["type/scale"] not in ("X", "*"):  # a text on the page, and a computed value
            below = []
            for follower in rows[place + 1 :]:
                if follower["class"] not in ("SQ", "A"):
                    break
                below.append(follower)
            made = _read_question(row, below, name, multiple)
            for question in made:
                if question["type"] == "multiple":
                    multiple[row["name"]] = question["id"]
            questions += made
    return {"title": title or name, "questions": questions}


def _read_question(
    row: Mapping[str, str], below: Sequence[Mapping[str, str]], file: str, multiple: Mapping[str, str]
) -> list[dict[str, Any]]:
    kind, code = row["type/scale"], _ours(row["name"])
    said: dict[str, Any] = {"id": code, "text": _words(row["text"])}
    if row.get("help"):
        said["hint"] = _words(row["help"])
    condition = _condition(row, file, multiple)
    answers = {r["name"]: _words(r["text"]) for r in below if r["class"] == "A"}
    parts = {r["name"]: _words(r["text"]) for r in below if r["class"] == "SQ"}
    more = {OTHER: "Other"} if (row.get("other") or "N") == "Y" else {}
    steps = _scale(answers) if kind == "L" and not more else None
    if steps is not None:
        made = [said | {"type": "scale"} | steps]
    elif kind in ("L", "!", "O"):
        made = [said | {"type": "single", "options": answers | more}]
    elif kind == "M":
        most = {"at_most": row["max_answers"]} if (row.get("max_answers") or "").isdigit() else {}
        made = [said | {"type": "multiple", "options": parts | more} | most]
    elif kind == "Y":
        made = [said | {"type": "single", "options": {"Y": "Yes", "N": "No"}}]
    elif kind == "5":
        made = [said | {"type": "scale", "low": "1", "high": "5"}]
    elif kind in ("F", "A"):
        shape = {"type": "single", "options": answers} if kind == "F" else {"type": "scale", "low": "1", "high": "5"}
        made = [said | shape | {"id": f"{code}_{_ours(p)}", "text": f"{said['text']} {words}".strip()}
                for p, words in parts.items()]  # fmt: skip
    elif kind == "N":
        low, high = row.get("min_num_value_n") or "0", row.get("max_num_value_n") or ""
        if not high:
            raise _refuse(row, file, "a largest value (max_num_value_n) for a number")
        made = [said | {"type": "number", "low": low, "high": high}]
    elif kind in ("S", "T", "U"):
        made = [said | {"type": "text"}]
    else:
        raise _refuse(row, file, "a question of type L, !, O, M, Y, 5, F, A, N, S, T or U")
    return [question | ({"asked_if": condition} if condition else {}) for question in made]


def _scale(answers: Mapping[str, str]) -> dict[str, str] | None:
    """A list whose codes are whole numbers in a row and whose words begin with them, as our scales leave."""
    codes = list(answers)
    if len(codes) < 3 or not all(c.isdigit() for c in codes) or not all(answers[c].startswith(c) for c in codes):
        return None
    if [int(c) for c in codes] != list(range(int(codes[0]), int(codes[0]) + len(codes))):
        return None
    first, last = codes[0], codes[-1]
    ends = {"low_label": answers[first][len(first) :].strip(), "high_label": answers[last][len(last) :].strip()}
    return {"low": first, "high": last} | {name: words for name, words in ends.items() if words}


def _condition(row: Mapping[str, str], file: str, multiple: Mapping[str, str]) -> dict[str, list[str]]:
    text = (row.get("relevance") or "1").strip()
    if text in ("", "1"):
        return {}
    left = ONE_OF.sub("", text)
    if re.sub(r"[()\s{}]|\bor\b|\band\b|\|\||&&", "", left):
        raise _refuse(row, file, 'a condition as (a == "x" or a == "y") and b == "z"')
    found: dict[str, list[str]] = {}
    for part in re.split(r"\)\s*(?:and|&&)\s*\(", text) if ") and (" in text else [text]:
        names = set()
        for name, sub, value in ONE_OF.findall(part):
            names.add(name)
            answer = sub if name in multiple and value == "Y" else value
            found.setdefault(_ours(name), []).append(answer)
        alone = re.search(r"\b(and|&&)\b", part) and len(names) < len(ONE_OF.findall(part))
        if (len(names) > 1 and re.search(r"\bor\b|\|\|", part)) or alone:
            raise _refuse(row, file, 'a condition as (a == "x" or a == "y") and b == "z"')
    return found


def _refuse(row: Mapping[str, str], file: str, right: str) -> InputError:
    found = f"type {row['type/scale']!r}" if "type" in right else repr(row.get("relevance", ""))
    return InputError(f"{file}: {row['row']}, question {row['name']!r}: expected {right}, found {found}")


def _ours(code: str) -> str:
    word = re.sub(r"[^a-z0-9_]", "", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", code).lower())
    return word if word[:1].isalpha() else f"q{word}"


def _words(text: str) -> str:
    """Words without the marks of a web page."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", text))).strip()
