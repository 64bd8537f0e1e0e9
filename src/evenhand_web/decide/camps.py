"""Opinion groups of a round, and the next statement for a person: made from the vote log, kept by its head."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from evenhand import charts
from evenhand.charts import survey_sketches
from evenhand.decide import Exposure, Groups, Next, Router, exposure, groups
from evenhand.decide.verdict import AGREED, DISAGREED, FEWEST
from evenhand.errors import InputError
from evenhand_web.people.models import Person
from evenhand_web.site.figures import Figure

from .agreement import DECLARED, Agreement, Log, Voters, agreement, log, protected, voters
from .models import Round, Statement, VoteEvent

STEP = 100  # votes, after which groups are made anew in a large round, and what is shown next is learnt anew
LARGE = 20_000  # votes: groups of five thousand take a quarter of a second, so up to here every vote counts at once
SOON = 1_000  # votes, from which on the next statement need not know the latest hundred
SHOWN = 6
HOW = (
    "Agree and disagree votes make the groups; a pass says nothing. One more group is shown only if it foretells "
    "votes that were set aside better than everyone's shares do, by more than chance. One group means no camps.",
    "What sets a group apart is tested as if somebody else had made the groups, and corrected for every statement "
    "tried. A person is placed in a group if at least nine in ten chances say so.",
    f"Above {LARGE:,} votes, groups are made anew after every {STEP}. No group under ten is shown on a statement.",
)
COMMAND = "evenhand decide groups VOTES --participants PEOPLE --statements STATEMENTS --declared profession --json"


def camps(round_: Round) -> Groups | None:
    """The opinion groups of a round, one if there are no camps; None while nobody has agreed or disagreed."""
    return _groups(_log(round_, LARGE))


def judged(round_: Round) -> Agreement:
    """What is agreed, by every profession and, where there are camps, by every opinion group."""
    who = voters(round_)
    professions = protected(round_, who)
    made = _log(round_, LARGE, professions, who)
    found = _groups(made)
    return agreement(round_, found.by_person if found is not None and found.groups > 1 else None, professions, made)


def next_statement(round_: Round, person: Person, said: dict[str, int]) -> Next | None:
    """Which statement this person is shown next, and why; None if the round has none.

    `said` are their votes that stand: statement's key -> 1, -1 or 0.
    """
    who = voters(round_)
    professions = protected(round_, who)
    router = _router(_log(round_, SOON, professions, who))
    if router is None:
        return None
    own = {DECLARED: person.profession if person.profession in professions else ""}
    return router.next(person.key, {key: value for key, value in said.items() if key in router.statements}, own)


def exposed(round_: Round) -> Exposure | None:
    """How evenly the statements of a round were seen, in all and by profession; None while nobody has voted."""
    return _exposed(_log(round_, SOON))


def _log(
    round_: Round, large: int, professions: tuple[str, ...] | None = None, who: Voters | None = None
) -> Log:  # fmt: skip
    statements = list(round_.statements.select_related("duplicate_of"))
    who = voters(round_) if who is None else who
    known = protected(round_, who) if professions is None else professions
    return log(round_, statements, known, _head(round_, large), who)


def _head(round_: Round, large: int) -> int:
    """The row after which nothing is counted: the newest, or the last whole hundredth from `large` votes on."""
    events = VoteEvent.objects.filter(statement__round=round_).order_by("pk").values_list("pk", flat=True)
    many = events.count()
    if many < large:
        return events.last() or 0
    whole = many // STEP * STEP
    return events[whole - 1] if whole else 0


@lru_cache(maxsize=16)
def _groups(made: Log) -> Groups | None:
    try:
        return groups(made.votes, made.participants, dict(made.moderation), (DECLARED,))
    except InputError:
        return None


@lru_cache(maxsize=16)
def _router(made: Log) -> Router | None:
    try:
        return Router(made.votes, made.participants, dict(made.moderation), (DECLARED,), found=_groups(made))
    except InputError:
        return None


@lru_cache(maxsize=16)
def _exposed(made: Log) -> Exposure | None:
    try:
        return exposure(made.votes, made.participants, dict(made.moderation), (DECLARED,))
    except InputError:
        return None


def agreed(found: Groups, statements: dict[str, Statement]) -> list[tuple[Statement, str]]:
    """What clinicians largely agree on whatever their group: (statement, agree or disagree), the surest first."""
    rows = [row for row in found.tally.statements if row.verdict in (AGREED, DISAGREED)]
    rows.sort(key=lambda row: -max(row.everyone.lower_bound, row.everyone.disagree_bound))
    return [(statements[row.statement], "agree" if row.verdict == AGREED else "disagree") for row in rows[:SHOWN]]


def apart(found: Groups, statements: dict[str, Statement]) -> list[tuple[str, int, list[tuple]]]:
    """Each group: its name, its people rounded down to ten, and (statement, says, share, others') that set it apart."""
    return [
        (str(k + 1), found.sizes[k] // 10 * 10,
         [(statements[row.statement], row.says, row.share, row.others) for row in rows])
        for k, rows in enumerate(found.representative)
    ]  # fmt: skip


def figure(round_: Round, found: Groups, statements: dict[str, Statement]) -> Figure:
    """Where each group stands on what sets the groups apart, or everyone on what they agree with most."""
    names = dict.fromkeys(row.statement for rows in found.representative for row in rows)
    rows = [found.tally.row(name) for name in names]
    if found.groups == 1 or not rows:
        rows = sorted(found.tally.statements, key=lambda row: -row.everyone.lower_bound)[:SHOWN]
    sides = [sorted(row.groups, key=lambda side: int(side.value)) for row in rows]
    shares = np.array([[g.agree / g.seen if g.people >= FEWEST else np.nan for g in side] for side in sides])
    called = ["everyone"] if found.groups == 1 else [f"group {k + 1}" for k in range(found.groups)]
    texts = [statements[row.statement].text for row in rows]
    table = [
        (text, *(None if np.isnan(x) else float(x) for x in side)) for text, side in zip(texts, shares, strict=True)
    ]
    title = "One opinion" if found.groups == 1 else f"{found.groups} opinion groups"
    return Figure(
        name=f"{round_.key}-groups", sentence=sentence(found), columns=("statement", *called), rows=table, how=HOW,
        command=COMMAND, draw=lambda width: charts.camps(texts, called, shares, title=title, width=width),
        sketch=lambda width: survey_sketches.camps(texts, called, shares, width=width),
    )  # fmt: skip


def sentence(found: Groups) -> str:
    """Whether there are camps, in one sentence."""
    if found.groups == 1:
        return "There are no camps: no division of these people foretells their votes better than everyone's shares."
    return f"There are {found.groups} opinion groups, which foretell votes that were set aside better than none would."
