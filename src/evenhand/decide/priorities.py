"""Priorities: what clinicians would take on first, from rankings or choices between two, with intervals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from ..errors import InputError, did_you_mean
from ..records import Record
from ..table import Table

PRIOR = 0.5  # won and lost once by half against a stranger: what is always first or last stays finite
STEPS, STILL = 2_000, 1e-10
DRAWS = 2_000


@dataclass(frozen=True, eq=False)
class Priority(Record):
    """One opportunity. worth: its share of a first choice among all, 0 to 1, with its interval; rank: 1 is first;
    rank_low, rank_high: the ranks that its interval allows; probability_first: that it is the first."""

    option: str
    worth: float
    low: float
    high: float
    rank: int
    rank_low: int
    rank_high: int
    probability_first: float
    choices: int


@dataclass(frozen=True, eq=False)
class Priorities(Record):
    """The order, the first first. people: clinicians who chose; choices: stages of their rankings; apart: pairs next to
    one another whose order is beyond chance (95%)."""

    people: int
    choices: int
    options: tuple[Priority, ...]
    apart: tuple[tuple[str, str], ...]
    level: float
    seed: int


def priorities(
    rankings: Mapping[str, Sequence[Sequence[str]]],
    options: Sequence[str] = (),
    *,
    level: float = 0.95,
    seed: int = 0,
) -> Priorities:
    """In what order would clinicians take these on, and how sure is it?

    Plackett-Luce: a ranking is a row of choices, each for the best of what is left; a choice between two is the
    shortest ranking, and then the model is Bradley-Terry's. A ranking of some of the options speaks of these only.
    Uncertainty is by people, as one person's choices hang together: the sandwich with each person as one draw.

    Parameters
    ----------
    rankings
        Person -> what they said: rankings, the best first. Each person weighs as one, however many choices they made.
    options
        All options; else those that were ranked, in alphabetical order.

    Raises
    ------
    InputError
        If there are fewer than two options or two people, or a ranking is short, repeats or names no option.

    Source: Plackett (1975), Applied Statistics 24:193; Luce (1959); MM algorithm: Hunter (2004), Annals of Statistics
    32:384.
    """
    names = tuple(options) or tuple(sorted({o for each in rankings.values() for one in each for o in one}))
    people = [person for person, each in rankings.items() if each]
    if len(names) < 2 or len(people) < 2:
        raise InputError(f"need two options and two people or more; got {len(names)} and {len(people)}")
    place = {name: i for i, name in enumerate(names)}
    stages: list[tuple[int, NDArray[np.int64], float]] = []  # person, what was left (chosen first), weight
    for i, person in enumerate(people):
        mine = [stage for one in rankings[person] for stage in _stages(person, one, place)]
        stages += [(i, stage, 1 / len(mine) * len(names) / 2) for stage in mine]
    log = _fit(stages, len(names))
    covariance = _sandwich(stages, log, len(people))
    worth = np.exp(log) / np.exp(log).sum()
    draws = np.random.default_rng(seed).multivariate_normal(log, covariance, DRAWS, method="svd")
    shares = np.exp(draws - draws.max(axis=1, keepdims=True))
    shares /= shares.sum(axis=1, keepdims=True)
    ranks = (-draws).argsort(axis=1).argsort(axis=1) + 1
    tail = (1 - level) / 2
    low, high = np.quantile(shares, [tail, 1 - tail], axis=0)
    first, last = np.quantile(ranks, [tail, 1 - tail], axis=0, method="nearest")
    order = np.lexsort((np.arange(len(names)), -log))
    seen = np.bincount(np.concatenate([left for _, left, _ in stages]), minlength=len(names))
    rows = tuple(
        Priority(names[i], float(worth[i]), float(low[i]), float(high[i]), rank + 1, int(first[i]), int(last[i]),
                 float((ranks[:, i] == 1).mean()), int(seen[i]))
        for rank, i in enumerate(order)
    )  # fmt: skip
    z = float(ndtri((1 + level) / 2))
    apart = tuple(
        (names[a], names[b]) for a, b in pairwise(order)
        if log[a] - log[b] > z * np.sqrt(covariance[a, a] + covariance[b, b] - 2 * covariance[a, b])
    )  # fmt: skip
    return Priorities(len(people), len(stages), rows, apart, level, seed)


def read(table: Table, *, participant: str = "participant") -> dict[str, list[list[str]]]:
    """What people said, from `participant,first,second` (one choice a row) or `participant,option,rank`.

    The last rank that a person gave an option counts; ties in a ranking are refused.
    """
    if table.has("option"):
        table.need(participant, "option", "rank")
        table.unique(participant, "option")
        given: dict[str, list[tuple[float, str]]] = defaultdict(list)
        rank = table.numbers("rank", missing=False)
        for i, (person, option) in enumerate(zip(table.text(participant), table.text("option"), strict=True)):
            if not person or not option:
                raise table.refuse(i, participant if not person else "option", "", "an identifier")
            if any(rank[i] == other for other, _ in given[person]):
                raise table.refuse(i, "rank", f"{rank[i]:g}", "a rank that this person has not given yet")
            given[person].append((float(rank[i]), option))
        return {person: [[option for _, option in sorted(rows)]] for person, rows in given.items() if len(rows) > 1}
    table.need(participant, "first", "second")
    pairs: dict[str, list[list[str]]] = defaultdict(list)
    cells = zip(table.text(participant), table.text("first"), table.text("second"), strict=True)
    for i, (person, better, worse) in enumerate(cells):
        for column, cell in ((participant, person), ("first", better), ("second", worse)):
            if not cell:
                raise table.refuse(i, column, "", "an identifier")
        if better == worse:
            raise table.refuse(i, "second", worse, "another option than the first")
        pairs[person].append([better, worse])
    return dict(pairs)


def _stages(person: str, one: Sequence[str], place: Mapping[str, int]) -> list[NDArray[np.int64]]:
    if len(one) < 2 or len(set(one)) < len(one):
        raise InputError(f"the ranking of {person!r} needs two options or more, each once; got {', '.join(one)}")
    for option in one:
        if option not in place:
            raise InputError(f"{person!r} ranks {option!r}, which is no option{did_you_mean(option, place)}")
    at = np.array([place[option] for option in one])
    return [at[k:] for k in range(len(at) - 1)]


def _fit(stages: Sequence[tuple[int, NDArray[np.int64], float]], many: int) -> NDArray[np.float64]:
    """The log-worths, by Hunter's MM with a stranger of worth 1 that everybody half beats and half loses to."""
    won = np.full(many, PRIOR)
    for _, left, counts in stages:
        won[left[0]] += counts
    rows = np.repeat(np.arange(len(stages)), [len(left) for _, left, _ in stages])
    at, weight = np.concatenate([left for _, left, _ in stages]), np.array([w for _, _, w in stages])
    worth = np.ones(many)
    for _ in range(STEPS):
        total = np.bincount(rows, worth[at])
        share = np.bincount(at, (weight / total)[rows], minlength=many) + 2 * PRIOR / (worth + 1)
        fresh = won / share
        if np.abs(np.log(fresh / worth)).max() < STILL:
            worth = fresh
            break
        worth = fresh
    return np.asarray(np.log(worth) - np.log(worth).mean())


def _sandwich(
    stages: Sequence[tuple[int, NDArray[np.int64], float]], log: NDArray[np.float64], people: int
) -> NDArray[np.float64]:
    """The covariance of the log-worths with each person as one draw."""
    many = len(log)
    score, bread = np.zeros((people, many)), np.zeros((many, many))
    for person, left, counts in stages:
        share = np.exp(log[left] - log[left].max())
        share /= share.sum()
        score[person, left] -= counts * share
        score[person, left[0]] += counts
        bread[np.ix_(left, left)] += counts * (np.diag(share) - np.outer(share, share))
    worth = np.exp(log)
    bread += np.diag(2 * PRIOR * worth / (1 + worth) ** 2)
    turn = np.linalg.inv(bread)
    centre = np.eye(many) - 1 / many
    correct = people / (people - 1)
    return np.asarray(correct * centre @ turn @ (score.T @ score) @ turn @ centre)
