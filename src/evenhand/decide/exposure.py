"""Exposure: is every statement shown, to every profession, as routing says? Routing that fails does so in silence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .moderation import counting
from .participants import Participants
from .verdict import FEWEST
from .votes import Votes

STARVED = 3  # a statement seen by a third of the typical number is starved
CROWDED = 5  # one seen five times as often takes the place of others
DRAWS = 100  # showings before anything is said of the lottery: fewer cannot tell it from chance


@dataclass(frozen=True, eq=False)
class Exposure(Record):
    """How often statements were seen; alarms: what is wrong, in words, none if nothing is.

    starved, crowded: statements; unheard: (column, value, statement) for units of ten or more voters of whom fewer
    than ten have seen a statement that others have.
    """

    fewest: int
    typical: float
    most: int
    starved: tuple[str, ...]
    crowded: tuple[str, ...]
    unheard: tuple[tuple[str, str, str], ...]
    alarms: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Lottery(Record):
    """Whether statements are drawn as routing says. gain: mean nats by which the drawn statement was likelier than a
    blind draw, with its error; alarm: '' or what is wrong."""

    draws: int
    gain: float
    se: float
    alarm: str


def exposure(
    votes: Votes,
    participants: Participants | None = None,
    statements: Mapping[str, str] | None = None,
    declared: Sequence[str] = (),
) -> Exposure:
    """How evenly the statements of a round were seen, in all and by each declared value; arguments as for `tally`."""
    standing = counting(votes, participants, statements)
    many = len(standing.statements)
    seen = np.bincount(standing.statement, minlength=many)
    typical = float(np.median(seen)) if many else 0.0
    ripe = typical >= 2 * FEWEST
    starved = tuple(standing.statements[j] for j in np.flatnonzero(seen < typical / STARVED) if ripe)
    crowded = tuple(standing.statements[j] for j in np.flatnonzero(seen > typical * CROWDED) if ripe)
    unheard = _unheard(standing, participants, declared, seen)
    alarms = []
    if starved:
        alarms.append(f"{len(starved)} statements were seen by fewer than a third of the typical {typical:g} people")
    if crowded:
        alarms.append(f"{len(crowded)} statements were seen by more than five times the typical {typical:g} people")
    for column, value in dict.fromkeys(row[:2] for row in unheard):
        n = sum(row[:2] == (column, value) for row in unheard)
        alarms.append(f"{value}: fewer than {FEWEST} have seen {n} of {many} statements")
    fewest, most = (int(seen.min()), int(seen.max())) if many else (0, 0)
    return Exposure(fewest, typical, most, starved, crowded, unheard, tuple(alarms))


def monitor(probability: NDArray[np.float64], candidates: NDArray[np.int64]) -> Lottery:
    """Whether showings were drawn with the probabilities that routing gave, or blindly (uniformly).

    Parameters
    ----------
    probability, candidates
        Of each showing, as `Next` gives them: the chance with which the statement shown was to be drawn, among how
        many. Under routing the shown ones are likelier than one in `candidates` on average (the mean log-ratio is a
        Kullback-Leibler divergence, above 0); under a blind draw it is below 0.

    Raises
    ------
    InputError
        If a probability is not above 0 and at most 1, or there is not one number of candidates for each.

    Source: Kullback and Leibler (1951), Annals of Mathematical Statistics 22:79. Why: ENGAGEMENT.md 0.4.
    """
    if probability.shape != candidates.shape or not ((probability > 0) & (probability <= 1)).all():
        raise InputError("each showing needs a probability above 0 and at most 1, and the number of candidates")
    choice = candidates > 1
    gain = np.log(probability[choice] * candidates[choice])
    n = len(gain)
    mean = float(gain.mean()) if n else np.nan
    se = float(gain.std(ddof=1) / np.sqrt(n)) if n > 1 else np.nan
    alarm = ""
    if n >= DRAWS and np.abs(gain).max() < 0.05:
        alarm = "routing gives every statement the same chance: it no longer chooses"
    elif n >= DRAWS and mean <= 0:
        alarm = "statements are not drawn as routing says: those shown were no likelier than a blind draw would give"
    return Lottery(n, mean, se, alarm)


def _unheard(
    standing: Votes, participants: Participants | None, declared: Sequence[str], seen: NDArray[np.int64]
) -> tuple[tuple[str, str, str], ...]:
    found = []
    for column in declared if participants is not None else ():
        said = participants.declared[column] if participants is not None else {}
        of = np.array([said.get(name, "") for name in standing.people], dtype=object)
        for value in sorted(set(of.tolist()) - {""}):
            mine = (of == value)[standing.person]
            if len(np.unique(standing.person[mine])) < FEWEST:
                continue
            counts = np.bincount(standing.statement[mine], minlength=len(seen))
            found += [(column, str(value), standing.statements[j])
                      for j in np.flatnonzero((counts < FEWEST) & (seen >= 2 * FEWEST))]  # fmt: skip
    return tuple(found)
