"""Intake: from the events of a survey to its clean answers, with every event and answer that was not taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import Record
from ..table import Table
from .instrument import Instrument
from .question import asked

PARTIAL, SUBMITTED = "partial", "submitted"
COLUMNS = ("event", "token", "time", "status")
NOT_INVITED, NO_STATUS, TOO_LATE, REPEATED = "unknown_token", "unknown_status", "after_close", "duplicate_event"
SKIPPED, OUT_OF_RANGE, SUPERSEDED, SAVED = "skip_logic", "out_of_range", "superseded", "partial_save"


@dataclass(frozen=True, eq=False)
class Audit(Record):
    """One thing that was not taken: an event, or the answer to one question of an event, and why."""

    event: str
    token: str
    reason: str
    question: str = ""
    found: str = ""


@dataclass(frozen=True, eq=False)
class Intake(Record):
    """What came in by the close.

    invited: people asked; completed: with a submission; partial_only: who began and did not submit; no_response:
    the rest. tokens, times, answers (question -> one cell for each token, '' missing): the last submission of each.
    """

    invited: int
    completed: int
    partial_only: int
    no_response: int
    rejected_events: Mapping[str, int]
    superseded_submissions: int
    skip_logic_answers_dropped: int
    out_of_range_set_missing: int
    completion_rate: float
    tokens: tuple[str, ...]
    times: NDArray[np.datetime64]
    answers: Mapping[str, tuple[str, ...]]
    audit: tuple[Audit, ...]

    def as_json(self) -> dict[str, Any]:
        """The counts, as INTERFACES names them; the answers and the audit are tables of their own."""
        document = super().as_json()
        for table in ("tokens", "times", "answers", "audit"):
            del document[table]
        return document


def intake(
    events: Sequence[Mapping[str, str]],
    times: NDArray[np.datetime64],
    invited: Sequence[str],
    instrument: Instrument,
    close: np.datetime64,
) -> Intake:
    """Take in a survey's events: what counts, what does not, and why.

    Rules, in this order: an event of a token that was not invited, of an unknown status, after `close`, or with
    the number of an earlier event is rejected. Of the rest the last submission of each token counts (by time, then
    by row); earlier ones are superseded, and a partial save never changes a submission: it is kept in the audit, for
    it says where people stop. Then each question in
    turn: an answer to a question that the answers so far skip is dropped; one that is out of range is set missing,
    and so leads to no further question.

    Parameters
    ----------
    events
        event, token, status and the questions, in file order; times: datetime64 (events,).
    invited
        Every token that was asked.
    close
        The last moment that counts.
    """
    audit: list[Audit] = []
    welcome = set(invited)
    seen: set[str] = set()
    begun: set[str] = set()
    last: dict[str, int] = {}
    superseded = 0
    for i in np.argsort(times, kind="stable").tolist():
        event, token, status = events[i]["event"], events[i]["token"], events[i]["status"]
        reason = (
            NOT_INVITED if token not in welcome
            else NO_STATUS if status not in (PARTIAL, SUBMITTED)
            else TOO_LATE if times[i] > close
            else REPEATED if event in seen
            else ""
        )  # fmt: skip
        seen.add(event)
        if reason:
            audit.append(Audit(event, token, reason, found=status if reason == NO_STATUS else ""))
            continue
        begun.add(token)
        if status == SUBMITTED:
            if token in last:
                superseded += 1
                audit.append(Audit(events[last[token]]["event"], token, SUPERSEDED))
            last[token] = i
        else:
            audit.append(Audit(event, token, SAVED))
    tokens = [token for token in dict.fromkeys(invited) if token in last]
    cleaned = [_clean(events[last[token]], instrument, audit) for token in tokens]
    counts = {reason: sum(line.reason == reason for line in audit) for reason in dict.fromkeys(a.reason for a in audit)}
    rejected = {r: n for r, n in counts.items() if r in (NOT_INVITED, NO_STATUS, TOO_LATE, REPEATED)}
    return Intake(
        invited=len(welcome),
        completed=len(tokens),
        partial_only=len(begun - last.keys()),
        no_response=len(welcome) - len(begun),
        rejected_events=rejected,
        superseded_submissions=superseded,
        skip_logic_answers_dropped=counts.get(SKIPPED, 0),
        out_of_range_set_missing=counts.get(OUT_OF_RANGE, 0),
        completion_rate=len(tokens) / len(welcome) if welcome else float("nan"),
        tokens=tuple(tokens),
        times=times[[last[token] for token in tokens]],
        answers={q.id: tuple(answers[q.id] for answers in cleaned) for q in instrument.questions},
        audit=tuple(audit),
    )


def read_events(
    table: Table, instrument: Instrument, *, day_first: bool | None = None
) -> tuple[list[dict[str, str]], NDArray[np.datetime64]]:
    """The events of a file `event,token,time,status,<questions>`, and their times.

    Raises
    ------
    InputError
        If a question of the instrument has no column, a column is no question, or a time cannot be read.
    """
    questions = [question.id for question in instrument.questions]
    table.need(*COLUMNS, *questions)
    for column in table.columns:
        if column not in COLUMNS and column not in questions:
            raise InputError(f"{table.name}: column {column!r} is not a question of {instrument.id!r}"
                             f"{did_you_mean(column, questions)}")  # fmt: skip
    names = [name for name in (*COLUMNS, *questions) if name != "time"]
    cells = zip(*(table.text(name) for name in names), strict=True)
    return [dict(zip(names, row, strict=True)) for row in cells], table.times("time", day_first=day_first)


def read_invited(table: Table) -> tuple[str, ...]:
    """Every token that was invited, from a file with a column `token`; none twice, none blank."""
    table.unique("token")
    tokens = table.text("token")
    if "" in tokens:
        raise table.refuse(tokens.index(""), "token", "", "a token")
    return tuple(tokens)


def _clean(event: Mapping[str, str], instrument: Instrument, audit: list[Audit]) -> dict[str, str]:
    answers: dict[str, str] = {}
    for question in instrument.questions:
        cell = event.get(question.id, "").strip()
        taken = question.clean(cell)
        if cell and not asked(question, answers):
            audit.append(Audit(event["event"], event["token"], SKIPPED, question.id, cell))
            taken = ""
        elif taken is None:
            audit.append(Audit(event["event"], event["token"], OUT_OF_RANGE, question.id, cell))
        answers[question.id] = taken or ""
    return answers
