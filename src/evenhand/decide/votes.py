"""Votes: the append-only log of what people said of statements, and the vote that stands at its end."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from ..stats.ordering import stable_order
from ..table import Table

AGREE, DISAGREE, PASS, RETRACT = 1, -1, 0, 2
# The second spelling of each is how Parquet writes a number with a gap in its column.
VALUES = {
    "1": AGREE, "1.0": AGREE, "-1": DISAGREE, "-1.0": DISAGREE, "0": PASS, "0.0": PASS, "-0.0": PASS,
    "retract": RETRACT,
}  # fmt: skip
TRUE, FALSE = frozenset({"1", "1.0", "true", "yes"}), frozenset({"", "0", "0.0", "false", "no"})
TIMES = ("time", "unix_time", "timestamp", "datetime")
POLIS = {"participant": "voter-id", "statement": "comment-id", "vote": "vote"}
_NUMBERED = re.compile(r"(.*?)(\d+)$")


@dataclass(frozen=True, eq=False)
class Votes(Record):
    """Every vote cast, in the order of casting.

    people, statements: identifiers, in order of first appearance in the file; person, statement: int64 (V,),
    places in them; value: int8 (V,): 1 agree, -1 disagree, 0 pass, 2 retract; held: bool (V,), True for votes set
    aside to judge opinion groups by, None where none are.
    """

    people: tuple[str, ...]
    statements: tuple[str, ...]
    person: NDArray[np.int64]
    statement: NDArray[np.int64]
    value: NDArray[np.int8]
    held: NDArray[np.bool_] | None = None

    @classmethod
    def of(cls, rows: Iterable[tuple[str, str, int | str]]) -> Votes:
        """Votes from (participant, statement, vote) rows, oldest first; vote 1, -1, 0 or 'retract'.

        >>> votes = Votes.of([("ann", "s1", 1), ("bob", "s1", -1), ("ann", "s1", "retract")])
        >>> votes.standing().person.tolist()
        [1]
        """
        given = list(rows)
        people, person = _places([str(row[0]) for row in given])
        statements, statement = _places([str(row[1]) for row in given])
        value = np.array([_value(row[2], f"vote {i + 1}") for i, row in enumerate(given)], dtype=np.int8)
        return cls(people, statements, person, statement, value)

    def standing(self) -> Votes:
        """The last vote of each person on each statement; a retracted one is gone."""
        pair = self.person * len(self.statements) + self.statement
        order = stable_order(pair)
        pair = pair[order]
        keep = order[np.append(pair[1:] != pair[:-1], True)] if len(pair) else order
        keep = np.sort(keep[self.value[keep] != RETRACT])
        return self.only(keep)

    def only(self, keep: NDArray[np.int64] | NDArray[np.bool_]) -> Votes:
        """The same log with only these rows."""
        held = None if self.held is None else self.held[keep]
        return Votes(self.people, self.statements, self.person[keep], self.statement[keep], self.value[keep], held)


def read(
    table: Table,
    *,
    participant: str = "participant",
    statement: str = "statement",
    vote: str = "vote",
    time: str | None = None,
    day_first: bool | None = None,
    holdout: str | None = None,
) -> Votes:
    """The vote log of a file, in order of casting: by time, ties by `event`, else by row.

    A Polis export (`voter-id, comment-id, vote, timestamp`) is recognised. `holdout` names a column of 1 and 0 that
    says which votes are set aside (`held`).

    Raises
    ------
    InputError
        If a column is missing, a vote is not 1, -1, 0 or retract, an identifier is blank, a time cannot be read in
        one way, or the holdout column is neither 1 nor 0.
    """
    if participant == "participant" and POLIS["participant"] in table.columns and not table.has("participant"):
        participant, statement, vote = POLIS.values()
    table.need(participant, statement, vote)
    people, person = _places(_filled(table, participant))
    statements, item = _places(_filled(table, statement))
    words, place = _places(table.text(vote))
    code = np.zeros(len(words), dtype=np.int8)
    for i, word in enumerate(words):
        if word.lower() not in VALUES:
            raise table.refuse(int(np.argmax(place == i)), vote, word, "a vote: 1, -1, 0 or retract")
        code[i] = VALUES[word.lower()]
    order = _order(table, time, day_first)
    held = None if holdout is None else _held(table, holdout)[order]
    return Votes(people, statements, person[order], item[order], code[place][order], held)


def _held(table: Table, column: str) -> NDArray[np.bool_]:
    cells = [cell.lower() for cell in table.text(column)]
    for row, cell in enumerate(cells):
        if cell not in TRUE and cell not in FALSE:
            raise table.refuse(row, column, cell, "1 for a vote set aside, 0 for the others")
    held = np.array([cell in TRUE for cell in cells], dtype=bool)
    if held.all() or not held.any():
        which = "every" if held.all() else "no"
        raise InputError(f"{table.name}: column {column!r} sets {which} vote aside; expected some")
    return held


def _order(table: Table, time: str | None, day_first: bool | None) -> NDArray[np.int64]:
    column = time or next((name for name in TIMES if table.has(name)), None)
    keys: list[NDArray] = []
    if table.has("event"):
        keys.append(_events(table))
    if column is not None:
        keys.append(_times(table, column, day_first))
    if not keys:
        return np.arange(len(table))
    return np.lexsort(keys)


def _events(table: Table) -> NDArray[np.float64]:
    """The order that event identifiers say: numbers, or one word followed by numbers (e9 before e10)."""
    cells = table.text("event")
    parts = [_NUMBERED.match(cell) for cell in cells]
    prefix = parts[0][1] if parts and parts[0] else ""
    for i, part in enumerate(parts):
        if part is None or part[1] != prefix:
            raise table.refuse(i, "event", cells[i], f"a number after {prefix!r}" if prefix else "a number")
    return np.array([int(part[2]) for part in parts if part], dtype=np.float64)


def _times(table: Table, column: str, day_first: bool | None) -> NDArray:
    """Numbers as they are (only their order counts), else moments."""
    try:
        numbers = np.fromiter(map(float, table.text(column)), dtype=np.float64, count=len(table))
        if np.isfinite(numbers).all():
            return numbers
    except ValueError:
        pass
    return table.times(column, day_first=day_first)


def _filled(table: Table, column: str) -> list[str]:
    cells = table.text(column)
    if "" in cells:
        raise table.refuse(cells.index(""), column, "", "an identifier")
    return cells


def _places(cells: list[str]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    known: dict[str, int] = defaultdict(count().__next__)  # each new word takes the next place
    place = np.fromiter(map(known.__getitem__, cells), dtype=np.int64, count=len(cells))
    return tuple(known), place


def _value(given: int | str, where: str) -> int:
    word = str(given).lower()
    if word not in VALUES:
        raise InputError(f"{where}: expected a vote: 1, -1, 0 or retract, found {given!r}")
    return VALUES[word]
