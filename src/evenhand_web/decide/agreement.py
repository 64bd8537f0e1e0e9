"""What is agreed in a round: the vote log counted by evenhand.decide.tally, and no group under ten shown."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from django.db import models
from django.db.models import QuerySet

from evenhand.decide import Count, Participants, StatementTally, Tally, Votes, tally
from evenhand.decide.verdict import AGREED, DISAGREED, DIVIDED, EXCEPT, FEWEST, MORE
from evenhand_web.people.models import Person
from evenhand_web.people.tree import known_within

from .models import Round, Statement, VoteEvent

Voters = tuple[tuple[str, str | None, str, bool], ...]
DECLARED = "profession"
NOBODY = "-"  # begins the key of nobody, who stands for a profession of which nobody may have voted yet
MANY = 500  # places in which people are counted one by one: SQLite takes at least 999 (its documentation, limits)
ORDER = (AGREED, EXCEPT, DIVIDED, DISAGREED, MORE)


@dataclass(frozen=True)
class Said:
    """One statement as its page shows it. professions: only those that may be shown; hidden: the others' names."""

    statement: Statement
    verdict: str
    everyone: Count | None
    professions: tuple[Count, ...]
    hidden: tuple[str, ...]
    except_by: tuple[str, ...]
    needs: tuple[str, ...]


@dataclass(frozen=True)
class Agreement:
    """A round, counted. professions: those protected, ten or more of whom may vote."""

    participants: int
    votes: int
    professions: tuple[str, ...]
    said: tuple[Said, ...]

    def of(self, verdict: str) -> list[Said]:
        """The statements with this verdict."""
        return [row for row in self.said if row.verdict == verdict]


def agreement(
    round_: Round, groups: dict[str, str] | None = None, professions: tuple[str, ...] | None = None,
    made: Log | None = None,
) -> Agreement:  # fmt: skip
    """The round as it stands now, the surest statements of each verdict first.

    `groups` (person -> opinion group) are protected like professions: what one of them rejects is not agreed.
    `professions`: those protected, where they were asked for already; `made`: the log with these, which is counted
    if it is up to now.
    """
    statements = list(round_.statements.select_related("duplicate_of"))
    professions = protected(round_) if professions is None else professions
    counted = count(round_, statements, professions, groups, made)
    by_key = {statement.key: statement for statement in statements}
    said = [_said(by_key[row.statement], row) for row in counted.statements]
    said.sort(key=lambda row: (ORDER.index(row.verdict), -row.everyone.lower_bound if row.everyone else 0.0))
    return Agreement(counted.participants, counted.votes, professions, tuple(said))


def protected(round_: Round, who: Voters | None = None) -> tuple[str, ...]:
    """The professions that are judged by themselves: those with ten or more people, in the order of their heads.

    Its people are those who work where the round is, and those who have voted. A profession with fewer can never
    be judged; its people count among everyone.
    """
    return tuple(name for name, n in heads(round_, who).items() if n >= FEWEST and name)


def heads(round_: Round, who: Voters | None = None) -> dict[str, int]:
    """How many of each profession may vote, the most first. `who`: its voters, where they were asked for already."""
    here, found = known_within(round_.organisation), Counter[str]()
    among = Person.objects.exclude(removed_by_moderator=True).order_by()
    inside = among if len(here) > MANY else among.filter(organisation__in=here)
    for place, profession, n in inside.values_list("organisation", DECLARED).annotate(n=models.Count("key")):
        if place in here:
            found[profession] += n
    # and those who have voted in it and work elsewhere by now
    for _, place, profession, removed in voters(round_) if who is None else who:
        if place not in here and not removed:
            found[profession] += 1
    return dict(sorted(found.items(), key=lambda row: (-row[1], row[0])))


@dataclass(frozen=True, eq=False)
class Log:
    """The vote log of a round up to a row, `newest`, as evenhand.decide takes it."""

    votes: Votes
    participants: Participants
    moderation: tuple[tuple[str, str], ...]
    newest: int


def voters(round_: Round) -> Voters:
    """Those who have voted in a round: key, organisation, profession, and whether a moderator removed them."""
    voted = Person.objects.filter(key__in=_voted(round_))
    return tuple(sorted(voted.values_list("key", "organisation_id", DECLARED, "removed_by_moderator")))


def log(
    round_: Round, statements: list[Statement], professions: tuple[str, ...], newest: int, who: Voters | None = None
) -> Log:
    """The log up to the row `newest`: the same object until a vote, a moderation or those who voted change.

    Of those who may vote and have not, nothing is counted but that their professions are there.
    """
    moderation = tuple((s.key, _moderation(s)) for s in statements)
    return _log(round_.pk, newest, moderation, professions, voters(round_) if who is None else who)


def count(
    round_: Round, statements: list[Statement], professions: tuple[str, ...], groups: dict[str, str] | None = None,
    made: Log | None = None,
) -> Tally:  # fmt: skip
    """The tally of the vote log, by opinion group too where `groups` (person -> group) are given."""
    newest = VoteEvent.objects.filter(statement__round=round_).values_list("pk", flat=True).last() or 0
    if made is None or made.newest != newest:
        made = log(round_, statements, professions, newest)
    return _count(made, tuple((groups or {}).items()))


@lru_cache(maxsize=16)
def _count(made: Log, groups: tuple[tuple[str, str], ...]) -> Tally:
    return tally(
        made.votes, dict(groups) or None, participants=made.participants, statements=dict(made.moderation),
        declared=(DECLARED,),
    )  # fmt: skip


@lru_cache(maxsize=16)
def _log(
    pk: int, newest: int, moderation: tuple[tuple[str, str], ...], professions: tuple[str, ...], who: Voters
) -> Log:  # fmt: skip
    events = VoteEvent.objects.filter(statement__round=pk, pk__lte=newest).order_by("pk")
    rows = events.values_list("person_id", "statement__key", "value")
    words = {name: "retract" if value is None else value for name, value in VoteEvent.VALUES.items()}
    declared = {key: profession if profession in professions else "" for key, _, profession, _ in who}
    declared |= {f"{NOBODY} {profession}": profession for profession in professions}
    participants = Participants(
        organisation={key: place or "" for key, place, _, _ in who} | {key: "" for key in declared if key[0] == NOBODY},
        removed=frozenset(key for key, _, _, removed in who if removed), declared={DECLARED: declared},
    )  # fmt: skip
    votes = Votes.of((person, statement, words[value]) for person, statement, value in rows)
    return Log(votes, participants, moderation, newest)


def shown(everyone: Count, units: tuple[Count, ...]) -> tuple[Count, ...]:
    """The units that may be shown: ten people or more, and what is left of everyone is nobody or ten or more.

    Else the one hidden would be everyone minus the rest.
    """
    kept = sorted((unit for unit in units if unit.people >= FEWEST), key=lambda unit: unit.people)
    while kept and 0 < everyone.people - sum(unit.people for unit in kept) < FEWEST:
        kept.pop(0)
    return tuple(unit for unit in units if unit in kept)


def _said(statement: Statement, row: StatementTally) -> Said:
    enough = row.everyone.people >= FEWEST
    professions = shown(row.everyone, row.declared) if enough else ()
    names = {unit.value for unit in professions}
    return Said(
        statement, row.verdict, row.everyone if enough else None, professions,
        tuple(unit.value for unit in row.declared if unit.value not in names),
        tuple(_named(column, value) for column, value in row.judgement.except_by),
        tuple(_named(column, value) for column, value in row.judgement.needs_votes_from),
    )  # fmt: skip


def _named(column: str, value: str) -> str:
    return f"opinion group {value}" if column == "group" else value


def _voted(round_: Round) -> QuerySet:
    """The keys of those who have voted, each once: a tenth as many as votes."""
    return VoteEvent.objects.filter(statement__round=round_).order_by().values("person").distinct()


def _moderation(statement: Statement) -> str:
    """As evenhand.decide reads it; what waits for a moderator has no row."""
    if statement.moderation == "duplicate":
        return f"duplicate_of:{statement.duplicate_of.key}" if statement.duplicate_of else "rejected"
    return "accepted" if statement.moderation == "accepted" else "rejected"
