"""Disclosure: answers that may be given away, one row a person, from which nobody can be told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..errors import InputError, did_you_mean
from ..records import Record
from .instrument import Instrument
from .result import FEWEST


@dataclass(frozen=True, eq=False)
class OpenAnswers(Record):
    """Rows to give away, in the order of their answers. columns: name -> cells; hidden: group columns -> cells blanked;
    left_out: why the others are not here."""

    columns: Mapping[str, tuple[str, ...]]
    hidden: Mapping[str, int]
    left_out: Mapping[str, str]


def open_answers(
    columns: Mapping[str, Sequence[str]],
    instrument: Instrument,
    groups: Sequence[str] = (),
    *,
    fewest: int = FEWEST,
) -> OpenAnswers:
    """What of these clean answers can be given away?

    No token, no time, no free text. Of the group columns (profession, region) no combination is left that fewer than
    `fewest` people share: within the columns before it, the labels of a column that are too few are blanked together,
    with the next smallest until they are enough, and the columns after it with them. Rows are ordered by what they
    say, so that their order tells neither who came when nor who stands where in the frame.

    Parameters
    ----------
    columns
        Of the clean file, name -> cells (rows,).
    groups
        Columns of the frame to give away with the answers, the most important first.

    Raises
    ------
    InputError
        If fewer than `fewest` people answered, or a group column is not there.
    """
    for name in groups:
        if name not in columns:
            raise InputError(f"no column {name!r} to group by{did_you_mean(name, columns)}")
    asked = [q.id for q in instrument.questions if q.type != "text" and q.id in columns]
    count = len(next(iter(columns.values()), ()))
    if count < fewest:
        raise InputError(f"{count} people answered; answers are given away from {fewest} on")
    cells = {name: list(columns[name]) for name in groups}
    hidden = dict.fromkeys(groups, 0)
    for place in range(len(groups) - 1, -1, -1):
        for row in _pooled(cells, groups[: place + 1], count, fewest):
            for name in groups[place:]:
                hidden[name] += bool(cells[name][row])
                cells[name][row] = ""
    shown = {name: list(columns[name]) for name in asked} | cells
    order = sorted(range(count), key=lambda row: tuple(shown[name][row] for name in shown))
    left = {q.id: "free text can name its writer" for q in instrument.questions if q.type == "text"}
    left |= {name: "not an answer, and not among the groups asked for" for name in columns
             if name not in shown and name not in left}  # fmt: skip
    return OpenAnswers({name: tuple(shown[name][row] for row in order) for name in shown}, hidden, left)


def _pooled(cells: Mapping[str, Sequence[str]], names: Sequence[str], count: int, fewest: int) -> list[int]:
    """Rows whose label in the last column is too rare within the columns before it, and those pooled with them."""
    parents: dict[tuple[str, ...], dict[str, list[int]]] = {}
    for row in range(count):
        key = tuple(cells[name][row] for name in names)
        parents.setdefault(key[:-1], {}).setdefault(key[-1], []).append(row)
    found: list[int] = []
    for labels in parents.values():
        ranked = sorted(labels.values(), key=lambda rows: (len(rows), rows[0]))
        pool: list[int] = list(labels.get("", []))  # blanks are one group already
        if len(ranked[0]) >= fewest:
            continue
        for rows in ranked:
            if len(rows) < fewest or len(pool) < fewest:
                pool += [row for row in rows if row not in set(pool)]
        found += pool
    return found
