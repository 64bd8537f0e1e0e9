"""What people said and promised, in the formats of the commands that read it: surveys, votes, signatures, events."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..records import Scheme
from .answers import OPENED, QUESTIONS, Answers, arrivals
from .calendar import Calendar
from .clinicians import Clinicians
from .engagement import Engagement
from .opinions import STATEMENTS, Votes, identifier
from .organisations import Nation
from .published import Column, csv, pick, write
from .year_before import OPENED as OPENED_BEFORE
from .year_before import year_before

VOTING_OPENED = np.datetime64("2026-02-02T08:00:00")
UNSIGNED = "needles_first"  # a plan that its manager has not signed yet
CLINICAL_LEAD, MANAGER = "clinical_lead", "manager"
TAKEN_BACK = 9  # how opinions.py marks a vote that was taken back


def people_files(
    folder: Path, world: Nation, when: Calendar, people: Clinicians, said: Answers, cast: Votes,
    events: tuple[Engagement, ...], plans: tuple[Scheme, ...], seed: int,
) -> list[Path]:  # fmt: skip
    """Write everything that people did."""
    tables: dict[str, dict[str, Column]] = {
        "staff_frame": _frame(world, people),
        "survey": _frame(world, people) | _survey(people, said),
        "survey_events": _events(people, said, seed, OPENED),
        "survey_events_year_before": _events(*year_before(people, said, seed), seed + 1, OPENED_BEFORE),
        "statements": _statements(),
        "votes": _votes(people, cast),
        "participants": _participants(world, people, cast),
        **_signed(world, when, plans),
        "engagement_events": _engagement(when, people, events),
        "commitments": _commitments(world, when, people, events, plans),
    }
    # statements hold commas; everything else is codes and words
    return [write(folder / f"{name}.csv", csv(table, quoted=name == "statements")) for name, table in tables.items()]


def _frame(world: Nation, people: Clinicians) -> dict[str, Column]:
    return {
        "person": people.person, "token": _tokens(people), "profession": people.profession_names(),
        "organisation": people.organisations(world), "icb": pick(world.icbs, people.icb),
        "region": people.regions(world), "network": ["yes" if here else "no" for here in people.network.tolist()],
    }  # fmt: skip


def _tokens(people: Clinicians) -> list[str]:
    return [person.replace("demo-", "invitation-") for person in people.person]


def _survey(people: Clinicians, given: Answers) -> dict[str, Column]:
    """The answers of those who answered, blank for the rest of the frame; `aware` is the answer to heard_of_qipp,
    `positive` that to expected_difference as yes or no."""
    there = people.responded.tolist()
    positive = [{"": "", "positive": "yes"}.get(word, "no") for word in given.said["expected_difference"]]
    columns = {"aware": given.said["heard_of_qipp"], "positive": positive}
    columns |= {name: said for name, said in given.said.items() if name not in ("heard_of_qipp", "expected_difference")}
    return {"responded": people.responded.astype(np.int64)} | {
        name: [word if here else "" for word, here in zip(words, there, strict=True)]
        for name, words in columns.items()
    }


def _events(people: Clinicians, given: Answers, seed: int, opened: np.datetime64) -> dict[str, Column]:
    events = arrivals(people, given, seed)
    tokens = [*_tokens(people), "invitation-unknown"]
    table: dict[str, Column] = {
        "event": [f"e{i + 1:05d}" for i in range(len(events))],
        "token": [tokens[event.person] for event in events],
        "time": [str(opened + event.second) for event in events],
        "status": [event.status for event in events],
    }
    return table | {question: [event.said.get(question, "") for event in events] for question in QUESTIONS}


def _statements() -> dict[str, Column]:
    return {
        "statement": [identifier(i) for i in range(len(STATEMENTS))],
        "moderation": [s.moderation for s in STATEMENTS],
        "text": [s.text for s in STATEMENTS],
    }


def _votes(people: Clinicians, cast: Votes) -> dict[str, Column]:
    names = np.array(people.person)[cast.voters]
    word = {TAKEN_BACK: "retract"}
    return {
        "event": [f"v{i + 1:06d}" for i in range(len(cast.value))],
        "participant": names[cast.voter],
        "statement": [identifier(s) for s in cast.statement],
        "vote": [word.get(int(v), str(v)) for v in cast.value],
        "time": (VOTING_OPENED + cast.second).astype(str),
    }


def _participants(world: Nation, people: Clinicians, cast: Votes) -> dict[str, Column]:
    names, work, professions = np.array(people.person), people.organisations(world), people.profession_names()
    return {
        "participant": names[cast.voters], "organisation": [work[v] for v in cast.voters],
        "removed_by_moderator": cast.removed.astype(np.int64), "profession": [professions[v] for v in cast.voters],
    }  # fmt: skip


def _signed(world: Nation, when: Calendar, plans: tuple[Scheme, ...]) -> dict[str, dict[str, Column]]:
    """Versions, the organisations that must sign each plan, and the names under them; one name is missing."""
    versions, parties, names = [], [], []
    first = when.months[when.start].astype("datetime64[D]")
    for plan in plans:
        versions += [(plan.id, "v1"), (plan.id, "v2")]
        parties.append((plan.id, plan.area))
        names.append((plan.id, "v1", plan.area, CLINICAL_LEAD, str(first - 40), ""))
        names += [(plan.id, "v2", plan.area, role, str(first - 20), "") for role in (CLINICAL_LEAD, MANAGER)]
    versions.append((UNSIGNED, "v1"))
    parties.append((UNSIGNED, world.icbs[-1]))
    names.append((UNSIGNED, "v1", world.icbs[-1], CLINICAL_LEAD, str(first + 200), ""))
    return {
        "plan_versions": _table(("plan", "version"), versions),
        "plan_organisations": _table(("plan", "organisation"), parties),
        "signatures": _table(("plan", "version", "organisation", "role", "signed", "withdrawn"), names),
    }


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> dict[str, Column]:
    return {name: [row[i] for row in rows] for i, name in enumerate(header)}


def _engagement(when: Calendar, people: Clinicians, events: tuple[Engagement, ...]) -> dict[str, Column]:
    names = np.array(people.person)
    person, day = (np.concatenate([getattr(e, field) for e in events]) for field in ("person", "day"))
    return {
        "person": names[person],
        "content": [e.campaign.plan.scheme for e in events for _ in e.stage],
        "stage": [stage for e in events for stage in e.stage],
        "time": _days(when, day),
    }


def _commitments(
    world: Nation, when: Calendar, people: Clinicians, events: tuple[Engagement, ...], plans: tuple[Scheme, ...]
) -> dict[str, Column]:
    """The promise of each person who intends to change, and whether they said later that they had."""
    work = people.organisations(world)
    by = str((when.months[when.start] + 6).astype("datetime64[D]"))
    rows = []
    for event, plan in zip(events, plans, strict=True):
        said = {int(p) for p, stage in zip(event.person, event.stage, strict=True) if stage == "reported"}
        for p, stage, day in zip(event.person, event.stage, _days(when, event.day), strict=True):
            if stage == "intends":
                rows.append((people.person[p], work[p], plan.id, "v2", plan.measure, str(plan.planned_effect), by, day,
                             "done" if int(p) in said else ""))  # fmt: skip
    header = ("person", "organisation", "plan", "version", "measure", "size", "by", "time", "said")
    return _table(header, rows)


def _days(when: Calendar, day: NDArray[np.int64]) -> NDArray[np.str_]:
    return np.asarray((when.months[when.start].astype("datetime64[D]") + day).astype(str))
