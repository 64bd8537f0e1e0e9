"""Routing: which statement to show next, by what it tells of a person, who is still to be heard, and what is new."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import Record
from ..stats.ordering import stable_order
from .ballots import ballots
from .groups import Groups, fit
from .moderation import counting
from .participants import Participants
from .verdict import FEWEST
from .votes import AGREE, DISAGREE, PASS, Votes

FLOOR = FEWEST  # a statement that fewer people have seen cannot be judged by anybody, and is new
NEW_SHARE = 0.25  # of places kept for new statements, so that they are heard and people are not only asked of them
CLASSES = 3  # to ask by, whatever the number shown: what separates people is asked even before camps are proved
SHARPER = 4  # the lottery's power: the best statement is likely, none is certain, so that a round does not herd
WHY = {
    "new": "fewer than ten people have seen it, and one place in four is kept for new statements",
    "information": "the answer says most about where this person stands",
    "need": "people of this kind, or all, have hardly been asked about it",
}


@dataclass(frozen=True, eq=False)
class Next(Record):
    """The statement to show, None if all were voted on; why: new, information or need, and in words.

    information, need: 0 to 1, of this statement; probability: with which it was drawn among `candidates` statements,
    to be kept with the showing for `monitor`; given: votes that this person has given and that count.
    """

    participant: str
    given: int
    statement: str | None
    why: str
    reason: str
    information: float
    need: float
    probability: float
    candidates: int
    seed: int


class Router:
    """Everything that showing the next statement needs, made once from the votes; each question takes milliseconds."""

    def __init__(
        self,
        votes: Votes,
        participants: Participants | None = None,
        statements: Mapping[str, str] | None = None,
        declared: Sequence[str] = (),
        *,
        found: Groups | None = None,
        seed: int = 0,
    ) -> None:
        """Learn the classes and count who has seen what; arguments as for `tally`.

        `found` are the groups of the same votes, if they are known: two or more of them are what is asked by.
        """
        standing = counting(votes, participants, statements)
        if not standing.statements:
            raise InputError("no statement is accepted, so there is none to show")
        self.seed, self.statements, self.participants = seed, standing.statements, participants
        self._declared = tuple(declared)
        self._place = {name: i for i, name in enumerate(standing.people)}
        self._column = {name: j for j, name in enumerate(standing.statements)}
        order = stable_order(standing.person)
        self._ends = np.searchsorted(standing.person[order], np.arange(len(standing.people) + 1))
        self._theirs, self._said = standing.statement[order], standing.value[order]
        given = ballots(standing)
        number = min(CLASSES, max(1, int(np.count_nonzero(np.bincount(given.person))) // (2 * FLOOR)))
        known = found.classes if found is not None and found.groups > 1 else fit(given, number, seed)
        by_name = sorted(range(len(self.statements)), key=self.statements.__getitem__)
        self._size, self._agree = known.size, np.empty_like(known.agree)
        self._agree[:, by_name] = known.agree
        self._seen = np.bincount(standing.statement, minlength=len(self.statements))
        passes = np.bincount(standing.statement, standing.value == PASS, minlength=len(self.statements))
        self._answered = 1 - (passes + 1) / (self._seen + 2)
        self._units = self._count_units(standing)

    def next(
        self, participant: str, said: Mapping[str, int] | None = None, declared: Mapping[str, str] | None = None
    ) -> Next:
        """The statement to show to one person next; never one they have voted on.

        `said` gives their votes where they are not (all) in the log: statement -> 1, -1 or 0. `declared` gives what
        they say of themselves, column -> value, where they are not among the participants.

        Each statement not yet voted on gets its *information*, the mutual information between this person's class and
        their answer, over that of the most telling one open; and its *need*, how far short of ten voters it is among
        this person's kind, or how few have seen it beside the others. One place in four goes to the least seen of new
        statements, else a lottery sharpened to the fourth power draws by the sum of the two. The lot depends on the
        person, on how many votes they have given and on the seed: asking twice shows the same.

        Source: information gain: Lindley (1956), Annals of Mathematical Statistics 27:986; ENGAGEMENT.md 0.4, F1.3.
        """
        mine = self._votes_of(participant, said)
        open_ = np.ones(len(self.statements), dtype=bool)
        open_[[*mine]] = False
        left = np.flatnonzero(open_)
        if not len(left):
            told = "this person has voted on every statement"
            return Next(participant, len(mine), None, "done", told, np.nan, np.nan, np.nan, 0, self.seed)
        information, need = self._information(mine)[left], self._need(participant, declared)[left]
        information = information / max(float(information.max()), 1e-9)
        new = left[self._seen[left] < FLOOR]
        kept_for_new = NEW_SHARE if len(new) and len(new) < len(left) else float(len(new) > 0)
        weight = (information + need + 1e-3) ** SHARPER
        chance = (1 - kept_for_new) * weight / weight.sum()
        if len(new):
            fewest = (self._seen[left] < FLOOR) & (self._seen[left] == self._seen[new].min())
            chance = chance + kept_for_new * fewest / fewest.sum()
        lot = _lot(f"{self.seed} {participant} {len(mine)}")
        drawn = min(int(np.searchsorted(np.cumsum(chance), lot * chance.sum(), side="right")), len(left) - 1)
        j = int(left[drawn])
        why = "new" if self._seen[j] < FLOOR else "information" if information[drawn] >= need[drawn] else "need"
        return Next(
            participant, len(mine), self.statements[j], why, WHY[why], float(information[drawn]), float(need[drawn]),
            float(chance[drawn]), len(left), self.seed,
        )  # fmt: skip

    def _votes_of(self, participant: str, said: Mapping[str, int] | None) -> dict[int, int]:
        mine: dict[int, int] = {}
        if participant in self._place:
            i = self._place[participant]
            rows = slice(self._ends[i], self._ends[i + 1])
            mine = dict(zip(self._theirs[rows].tolist(), self._said[rows].tolist(), strict=True))
        for statement, value in (said or {}).items():
            if statement not in self._column:
                raise InputError(f"no statement {statement!r}{did_you_mean(statement, self.statements)}")
            mine[self._column[statement]] = value
        return mine

    def _information(self, mine: Mapping[int, int]) -> NDArray[np.float64]:
        """Nats that each answer tells of the person's class: mutual information, times the chance of an answer."""
        if len(self._size) == 1:
            return np.zeros(len(self.statements))
        log = np.log(self._size)
        for j, value in mine.items():
            if value in (AGREE, DISAGREE):
                log = log + np.log(self._agree[:, j] if value == AGREE else 1 - self._agree[:, j])
        belongs = np.exp(log - log.max())
        belongs /= belongs.sum()
        gain = _entropy(belongs @ self._agree) - belongs @ _entropy(self._agree)
        return np.asarray(np.maximum(self._answered * gain, 0))

    def _need(self, participant: str, declared: Mapping[str, str] | None) -> NDArray[np.float64]:
        short = np.zeros(len(self.statements))
        for column, counts in self._units.items():
            own = self.participants.declared[column].get(participant, "") if self.participants else ""
            said = own if declared is None else declared.get(column, own)
            if said in counts:
                short = np.maximum(short, np.clip(1 - counts[said] / FLOOR, 0, 1))
        typical = float(np.median(self._seen)) or 1.0
        return np.maximum(short, 1 / (1 + self._seen / typical) ** 2)

    def _count_units(self, standing: Votes) -> dict[str, dict[str, NDArray[np.int64]]]:
        units: dict[str, dict[str, NDArray[np.int64]]] = {}
        for column in self._declared:
            if self.participants is None or column not in self.participants.declared:
                raise InputError(f"no declared column {column!r} in the participants file")
            said = self.participants.declared[column]
            of = np.array([said.get(name, "") for name in standing.people], dtype=object)[standing.person]
            units[column] = {
                value: np.bincount(standing.statement[of == value], minlength=len(self.statements))
                for value in sorted(set(said.values()) - {""})
            }
        return units


def next_statement(
    votes: Votes,
    participant: str,
    participants: Participants | None = None,
    statements: Mapping[str, str] | None = None,
    declared: Sequence[str] = (),
    *,
    seed: int = 0,
) -> Next:
    """The statement to show to one person next, from the votes alone; a `Router` answers many faster.

    Raises
    ------
    InputError
        If a moderator removed the person, or as `tally`.
    """
    if participants is not None and participant in participants.removed:
        raise InputError(f"participant {participant!r} was removed by a moderator and is shown no statement")
    return Router(votes, participants, statements, declared, seed=seed).next(participant)


def _entropy(p: NDArray[Any]) -> NDArray[np.float64]:
    return np.asarray(-p * np.log(p) - (1 - p) * np.log1p(-p))


def _lot(words: str) -> float:
    """A number from 0 to 1 that depends on these words only."""
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:7], "big") / 2**56

