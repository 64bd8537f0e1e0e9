"""Progress to a target, state by state: what is confirmed counts, the rest is shown and never added to it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ..errors import InputError
from ..records import Record
from .entry import Entry
from .facts import of_document
from .line_words import CLASSES, ORIGINS
from .position import Book
from .states import MATURE_MONTHS, STATES, months_between

_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])$")


@dataclass(frozen=True, eq=False)
class StateTotal(Record):
    """What stands in one state now, and the same split by where it comes from."""

    state: str
    savings: int
    pence: int
    patients: int
    by_origin: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class PersistenceDue(Record):
    """A recurrent saving that was last proved for a window that ended a year ago or more."""

    saving: str
    pence: int
    proved_until: str


@dataclass(frozen=True, eq=False)
class Progress(Record):
    """states: one row a state, from idea to confirmed (a saving stands in one state only), then reversed.

    confirmed_pence is the only figure that counts to target_pence; gap_pence is what is left. by_origin and by_class
    split what is confirmed by where it came from and by whether cash is released; recurrent_pence is the part that
    comes again. persistence_due: recurrent savings whose latest proof is a year old at `as_of` (YYYY-MM), and
    persistence_due_pence what they hold: confirmed once, and not shown to last.
    """

    target_pence: int
    confirmed_pence: int
    gap_pence: int
    share: float
    patients_confirmed: int
    recurrent_pence: int
    states: tuple[StateTotal, ...]
    by_origin: dict[str, int]
    head: str
    entries: int
    by_class: dict[str, int] = field(default_factory=dict)
    non_recurrent_pence: int = 0
    as_of: str = ""
    persistence_due_pence: int = 0
    persistence_due: tuple[PersistenceDue, ...] = ()


def progress(
    entries: Iterable[Entry], target_pence: int, *, organisations: Iterable[str] | None = None, as_of: str | None = None
) -> Progress:  # fmt: skip
    """How far confirmed savings have come towards a target, for all or for the savings of some organisations.

    as_of: the month (YYYY-MM) at which persistence is asked for; by default that of the latest booking.

    Raises
    ------
    InputError
        If as_of is no month.
    """
    wanted = None if organisations is None else set(organisations)
    book = Book()
    last: dict[str, Entry] = {}
    for entry in entries:
        book.apply(of_document(entry.document))
        last[entry.saving] = entry
    if as_of is not None and not _MONTH.match(as_of):
        raise InputError(f"--as-of {as_of}: expected a month, YYYY-MM")
    booked = (month for entry in last.values() if _MONTH.match(month := str(entry["booked"])[:7]))
    now = as_of or max(booked, default="")
    totals = {state: [0, 0, 0] for state in STATES}
    origins = {state: dict.fromkeys(ORIGINS, 0) for state in STATES}
    classes = dict.fromkeys(CLASSES[:2], 0)
    recurrent, due = 0, []
    for saving, position in book.savings.items():
        if wanted is not None and last[saving]["organisation"] not in wanted:
            continue
        pence, patients = position.held(position.state)
        totals[position.state] = [a + b for a, b in zip(totals[position.state], (1, pence, patients), strict=True)]
        origin = last[saving]["origin"]
        origins[position.state][origin] = origins[position.state].get(origin, 0) + pence
        if position.state != "confirmed":
            continue
        classes[last[saving]["saving_class"]] = classes.get(last[saving]["saving_class"], 0) + pence
        if not last[saving]["recurrent"]:
            continue
        recurrent += pence
        if position.window and now and months_between(position.window[1], now) > MATURE_MONTHS:
            due.append(PersistenceDue(saving, pence, position.window[1]))
    _, confirmed, patients = totals["confirmed"]
    return Progress(
        target_pence, confirmed, target_pence - confirmed,
        confirmed / target_pence if target_pence else float("nan"), patients, recurrent,
        tuple(StateTotal(s, many, pence, patients, origins[s]) for s, (many, pence, patients) in totals.items()),
        origins["confirmed"],
        book.head, book.count, classes, confirmed - recurrent, now, sum(one.pence for one in due), tuple(due),
    )  # fmt: skip
