"""Conversations with a known truth: one opinion in many ways of answering, or two groups; and votes as files."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.decide import Votes

NULLS = ("plain", "uneven", "heavy", "yes_sayers", "shades_of_yes", "unread_yes", "coin_tossers", "sharp", "one_sided",
         "shown_what_they_like", "everything")  # fmt: skip
TWO = ("mirrored", "half_shared", "unlike", "one_way", "uneven_sizes", "heavy")


@dataclass(frozen=True)
class Conversation:
    """Votes, each person's true group (0 where there is one), the chance of agree by group and statement."""

    votes: Votes
    group: NDArray[np.int64]
    chance: NDArray[np.float64]


def null(kind: str, rng: np.random.Generator, people: int = 300, statements: int = 40) -> Conversation:
    """One opinion, however people answer: see NULLS."""
    a, b = {"plain": (2.0, 2.0), "uneven": (0.6, 0.4)}.get(kind, (2.0, 1.2))
    share = np.clip(rng.beta(a, b, statements), 0.02, 0.98)
    person, statement = _shown(rng, people, statements, heavy=kind in ("heavy", "everything"))
    eta = np.log(share / (1 - share))[statement]
    if kind in ("shades_of_yes", "everything"):
        eta = eta + rng.normal(0, 1.2, people)[person]
    if kind == "yes_sayers":
        eta = eta + np.where(rng.random(people) < 0.3, 2.5, 0.0)[person]
    if kind == "sharp":
        eta = eta * np.exp(rng.normal(0, 0.7, people))[person]
    chance = 1 / (1 + np.exp(-eta))
    if kind == "unread_yes":
        unread = np.where(rng.random(people) < 0.25, rng.uniform(0.4, 0.9, people), 0.0)[person]
        chance = unread + (1 - unread) * chance
    if kind == "coin_tossers":
        chance = np.where((rng.random(people) < 0.25)[person], 0.5, chance)
    agree = rng.random(len(person)) < chance
    keep = np.ones(len(person), dtype=bool)
    if kind in ("one_sided", "everything"):  # some mostly record what they like, others what they do not
        bent = rng.integers(0, 3, people)[person]
        keep = (bent == 0) | (rng.random(len(person)) < 0.4) | np.where(bent == 1, agree, ~agree)
    if kind == "shown_what_they_like":
        keep = rng.random(len(person)) < 1 / (1 + np.exp(-(rng.random(people)[person] - 0.5) * 6 * eta))
    return _votes(person[keep], statement[keep], agree[keep], rng, np.zeros(people, dtype=np.int64), share[None])


def two(kind: str, rng: np.random.Generator, people: int = 400, statements: int = 40, each: int = 25) -> Conversation:
    """Two opinions: see TWO; the last eight statements are shared by all but in `unlike`."""
    share = 0.25 if kind == "uneven_sizes" else 0.5
    group = (np.arange(people) >= (1 - share) * people).astype(np.int64)
    way = rng.random(statements) < 0.5
    chance = np.where(way, 0.85, 0.15) + np.zeros((2, 1))
    chance[1] = 1 - chance[1]
    if kind == "half_shared":
        chance[:, statements // 2 :] = chance[0, statements // 2 :]
    if kind == "unlike":
        chance = rng.beta(0.7, 0.7, (2, statements))
    if kind == "one_way":
        chance = np.where(way, np.array([[0.85], [0.2]]), 0.85)
    if kind != "unlike":
        chance[:, -8:] = 0.88
    person, statement = _shown(rng, people, statements, each=each, heavy=kind == "heavy")
    agree = rng.random(len(person)) < chance[group[person], statement]
    return _votes(person, statement, agree, rng, group, chance)


def as_csv(votes: Votes, held: NDArray[np.bool_] | None = None) -> str:
    """A vote log as a file, with a column `held` where given."""
    head = "participant,statement,vote" + (",held" if held is not None else "")
    rows = [
        f"{votes.people[p]},{votes.statements[s]},{v}" + (f",{int(held[i])}" if held is not None else "")
        for i, (p, s, v) in enumerate(zip(votes.person, votes.statement, votes.value, strict=True))
    ]
    return "\n".join([head, *rows, ""])


def _shown(
    rng: np.random.Generator, people: int, statements: int, *, each: int = 25, heavy: bool = False
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    many = np.clip(np.exp(rng.normal(np.log(each), 0.8, people)).astype(int), 3, statements) if heavy else (
        np.full(people, min(each, statements)))  # fmt: skip
    statement = np.concatenate([rng.permutation(statements)[:n] for n in many])
    return np.repeat(np.arange(people), many), statement


def _votes(
    person: NDArray, statement: NDArray, agree: NDArray, rng: np.random.Generator, group: NDArray, chance: NDArray
) -> Conversation:
    """The votes with one in ten a pass, which says nothing."""
    value = np.where(rng.random(len(person)) < 0.1, 0, np.where(agree, 1, -1)).astype(np.int8)
    names = tuple(f"p{i}" for i in range(len(group))), tuple(f"s{j}" for j in range(chance.shape[1]))
    return Conversation(Votes(*names, person.astype(np.int64), statement.astype(np.int64), value), group, chance)
