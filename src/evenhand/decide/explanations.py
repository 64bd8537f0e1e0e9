"""'This variation is warranted because ...': how peers weigh a reason, and what may be said of it beside the number."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ..records import Record
from .verdict import FEWEST, MAJORITY, bound

ACCEPT, DOUBT = "accept", "doubt"
ACCEPTED, DOUBTED, MIXED, FEW = "accepted", "doubted", "mixed", "needs_more_peers"


@dataclass(frozen=True, eq=False)
class Weighed(Record):
    """One reason with its peers' weighings. counts are None while fewer than ten have weighed it; lower_bound: the
    one-sided 90% bound of those who accept it; verdict: accepted, doubted, mixed or needs_more_peers."""

    explanation: str
    peers: int | None
    accept: int | None
    doubt: int | None
    lower_bound: float | None
    verdict: str


def weigh(events: Iterable[tuple[str, str, str]], authors: Iterable[tuple[str, str]] = ()) -> tuple[Weighed, ...]:
    """What peers make of each reason, from (explanation, person, accept or doubt), oldest first; the last one counts.

    The author's own weighing does not count (`authors`: explanation, person). A reason never alters the number that it
    stands beside: it is a question answered, and its peers say how well. Reasons keep the order of `authors`, then of
    the events; to show them use the order of `lower_bound`.
    """
    own = dict(authors)
    last: dict[str, dict[str, str]] = {explanation: {} for explanation in own}
    for explanation, person, value in events:
        if value not in (ACCEPT, DOUBT):
            raise ValueError(f"expected {ACCEPT} or {DOUBT}, found {value!r}")
        if own.get(explanation) != person:
            last.setdefault(explanation, {})[person] = value
    return tuple(_weighed(explanation, list(said.values())) for explanation, said in last.items())


def _weighed(explanation: str, said: list[str]) -> Weighed:
    accept, peers = said.count(ACCEPT), len(said)
    if peers < FEWEST:
        return Weighed(explanation, None, None, None, None, FEW)
    low, against = bound(accept, peers), bound(peers - accept, peers)
    verdict = ACCEPTED if low > MAJORITY else DOUBTED if against > MAJORITY else MIXED
    return Weighed(explanation, peers, accept, peers - accept, low, verdict)
