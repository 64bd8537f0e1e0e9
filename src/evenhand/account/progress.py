"""Progress to a target, state by state: what is confirmed counts, the rest is shown and never added to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..records import Record
from .entry import Entry
from .facts import of_document
from .line import ORIGINS
from .position import Book
from .states import STATES


@dataclass(frozen=True, eq=False)
class StateTotal(Record):
    """What stands in one state now."""

    state: str
    savings: int
    pence: int
    patients: int


@dataclass(frozen=True, eq=False)
class Progress(Record):
    """states: one row a state, from idea to confirmed (a saving stands in one state only), then reversed.

    confirmed_pence is the only figure that counts to target_pence; gap_pence is what is left. by_origin
    splits what is confirmed by where it came from; recurrent_pence is the part that comes again.
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


def progress(entries: Iterable[Entry], target_pence: int, *, organisations: Iterable[str] | None = None) -> Progress:
    """How far confirmed savings have come towards a target, for all or for the savings of some organisations."""
    wanted = None if organisations is None else set(organisations)
    book = Book()
    last: dict[str, Entry] = {}
    for entry in entries:
        book.apply(of_document(entry.document))
        last[entry.saving] = entry
    totals = {state: [0, 0, 0] for state in STATES}
    origins = dict.fromkeys(ORIGINS, 0)
    recurrent = 0
    for saving, position in book.savings.items():
        if wanted is not None and last[saving]["organisation"] not in wanted:
            continue
        pence, patients = position.held(position.state)
        totals[position.state] = [a + b for a, b in zip(totals[position.state], (1, pence, patients), strict=True)]
        if position.state == "confirmed":
            origins[last[saving]["origin"]] += pence
            recurrent += pence if last[saving]["recurrent"] else 0
    _, confirmed, patients = totals["confirmed"]
    return Progress(
        target_pence, confirmed, target_pence - confirmed,
        confirmed / target_pence if target_pence else float("nan"), patients, recurrent,
        tuple(StateTotal(state, *total) for state, total in totals.items()), origins, book.head, book.count,
    )  # fmt: skip
