"""Step: an entry that moves its saving one state on before there is a verdict, as nearly every second one does.

It says as much as Facts in fewer parts: where it comes from, where it goes and the order of its lines are one number
(its route), and its lines are what leaves the one account and what reaches the other, as they sum to zero.
"""

from __future__ import annotations

from itertools import pairwise, permutations

import msgspec

from .line_parts import Line
from .states import FIRST, SPEND, STATES

Route = tuple[str | None, str, tuple[str, ...]]  # the state before, the state after, the accounts in order
Amounts = tuple[int, int, int, int]  # pence and patients out of the state before, pence and patients into the next


class Step(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=1):
    """An entry that follows the one before it in the file, has its right seal and no fault by itself."""

    number: int
    hash: str | None  # None where the entry after it in the file was seen to follow it
    saving: str
    route: int  # of ROUTES
    pence_out: int
    patients_out: int
    pence: int
    patients: int
    design: str | None
    scheme: str | None
    terms: bytes

    def lines(self) -> tuple[tuple[str, int, int], ...]:
        """Account, pence and patients, as they stood in the entry."""
        before, state, accounts = ROUTES[self.route]
        held = {
            before: (-self.pence_out, -self.patients_out), state: (self.pence, self.patients),
            SPEND: (self.pence_out - self.pence, self.patients_out - self.patients),
        }  # fmt: skip
        return tuple((account, *held[account]) for account in accounts)


def _routes() -> list[Route]:
    found: list[Route] = [(None, state, accounts) for state in FIRST for accounts in permutations((state, SPEND))]
    for before, state in pairwise(STATES[:5]):  # later ones rest on a verdict
        found += [(before, state, accounts) for accounts in permutations((before, SPEND, state))]
        found += [(before, state, accounts) for accounts in permutations((before, state))]
    return found


ROUTES = _routes()
_ROUTE = {(before, state, *accounts): place for place, (before, state, accounts) in enumerate(ROUTES)}


def route(line: Line) -> tuple[int, Amounts] | None:
    """The route of a line and what moves along it, if it is one of ROUTES and its lines sum to zero."""
    given = line.lines
    if len(given) == 3:
        one, two, three = given
        place = _ROUTE.get((line.from_, line.state, one.account, two.account, three.account))
        if place is None or one.pence + two.pence + three.pence or one.patients + two.patients + three.patients:
            return None
    elif len(given) == 2:
        one, two = given
        place = _ROUTE.get((line.from_, line.state, one.account, two.account))
        if place is None or one.pence + two.pence or one.patients + two.patients:
            return None
    else:
        return None
    state = line.state
    pence_out = patients_out = pence = patients = 0
    for part in given:
        account = part.account
        if account == state:
            pence, patients = part.pence, part.patients
        elif account == line.from_:
            pence_out, patients_out = -part.pence, -part.patients
    return place, (pence_out, patients_out, pence, patients)
