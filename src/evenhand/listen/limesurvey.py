"""LimeSurvey, out: our instruments as its survey structure, our clean answers as its responses.

Its tab-separated structure has one row a group, question, subquestion and answer (its manual, "Tab Separated Value
survey structure"). Codes are short there (20 letters and digits for a question, 5 for an answer), so that ours are
shortened on the way out and found again on the way in (limesurvey_read.py).
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping

from ..table import Table
from .instrument import Instrument
from .question import PARTED, Question

COLUMNS = ("class", "type/scale", "name", "relevance", "text", "help", "language", "validation", "mandatory", "other",
           "default", "same_default", "max_answers", "min_num_value_n", "max_num_value_n")  # fmt: skip
LONGEST_NAME, LONGEST_CODE = 20, 5  # LimeSurvey's database: questions.title, answers.code
OTHER = "other"
NO_DATE = "1980-01-01 00:00:00"  # what LimeSurvey writes for a time it does not keep


def structure(instrument: Instrument) -> str:
    """An instrument as LimeSurvey's tab-separated survey structure, to be imported there."""
    names = question_names(instrument)
    rows: list[dict[str, str]] = [
        {"class": "S", "name": "language", "text": "en"},
        {"class": "S", "name": "anonymized", "text": "N"},
        {"class": "SL", "name": "surveyls_title", "text": instrument.title, "language": "en"},
        {"class": "SL", "name": "surveyls_description", "text": instrument.purpose, "language": "en"},
        {"class": "SL", "name": "surveyls_welcometext", "language": "en",
         "text": f"{instrument.who_asks} {instrument.who_sees} {instrument.anonymity}"},
        {"class": "G", "name": instrument.title, "relevance": "1", "language": "en"},
    ]  # fmt: skip
    for question in instrument.questions:
        rows += _question_rows(question, names, instrument)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter="\t", lineterminator="\n", restval="")
    writer.writeheader()
    writer.writerows(rows)
    return "\ufeff" + text.getvalue()  # LimeSurvey writes a byte-order mark, too


def _question_rows(question: Question, names: Mapping[str, str], instrument: Instrument) -> list[dict[str, str]]:
    kind = {"single": "L", "multiple": "M", "scale": "L", "number": "N", "text": "T"}[question.type]
    row = {"class": "Q", "type/scale": kind, "name": names[question.id], "text": question.text, "help": question.hint,
           "language": "en", "mandatory": "N", "other": "N", "relevance": _relevance(question, names, instrument)}
    if question.at_most:
        row["max_answers"] = str(question.at_most)
    if question.type == "number":
        row |= {"min_num_value_n": f"{question.low:g}", "max_num_value_n": f"{question.high:g}",
                "help": " ".join(part for part in (question.hint, question.unit) if part)}  # fmt: skip
    rows, codes = [row], answer_codes(question)
    for value in question.values():
        words = question.options.get(value) or _scale_words(question, value)
        if question.type == "multiple":
            rows.append({"class": "SQ", "name": codes[value], "text": words, "language": "en", "relevance": "1"})
        else:
            rows.append({"class": "A", "type/scale": "0", "name": codes[value], "text": words, "language": "en"})
    return rows


def _scale_words(question: Question, value: str) -> str:
    steps = question.values()
    label = {steps[0]: question.low_label, steps[-1]: question.high_label}.get(value, "")
    return f"{value} {label}".strip()


def _relevance(question: Question, names: Mapping[str, str], instrument: Instrument) -> str:
    parts = []
    for other, answers in question.asked_if.items():
        asked = instrument.question(other)
        codes, name = answer_codes(asked), names[other]
        one_of = [f'{name}_{codes[a]}.NAOK == "Y"' if asked.type == "multiple" else f'{name}.NAOK == "{codes[a]}"'
                  for a in answers]  # fmt: skip
        parts.append(f"({' or '.join(one_of)})")
    return " and ".join(parts) or "1"


def responses(table: Table, instrument: Instrument) -> list[dict[str, str]]:
    """Clean answers (a column for each question) as the rows of a LimeSurvey response file."""
    names = question_names(instrument)
    table.need(*names)
    cells = {name: table.text(name) for name in table.columns}
    rows = []
    for i in range(len(table)):
        row = {"id": str(i + 1), "submitdate": cells["time"][i].replace("T", " ") if "time" in cells else NO_DATE}
        if "token" in cells:
            row["token"] = cells["token"][i]
        for question in instrument.questions:
            name, said, codes = names[question.id], cells[question.id][i], answer_codes(question)
            if question.type == "multiple":
                chosen = set(said.split(PARTED))
                row |= {f"{name}[{codes[v]}]": "Y" if v in chosen else "" for v in question.values()}
            else:
                row[name] = codes.get(said, said)
        rows.append(row)
    return rows


def question_names(instrument: Instrument) -> dict[str, str]:
    """Our question -> its LimeSurvey code: the letters and digits of ours, shortened, each its own."""
    names: dict[str, str] = {}
    for question in instrument.questions:
        names[question.id] = _own(re.sub(r"[^A-Za-z0-9]", "", question.id), LONGEST_NAME, set(names.values()))
    return names


def answer_codes(question: Question) -> dict[str, str]:
    """Our answer -> its LimeSurvey code."""
    codes: dict[str, str] = {}
    for value in question.values():
        codes[value] = _own(re.sub(r"[^A-Za-z0-9]", "", value) or "A", LONGEST_CODE, set(codes.values()))
    return codes


def _own(word: str, most: int, taken: set[str]) -> str:
    short, count = word[:most], 1
    while short in taken or (short == OTHER and most == LONGEST_NAME):
        count += 1
        short = f"{word[: most - len(str(count))]}{count}"
    return short
