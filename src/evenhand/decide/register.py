"""The decision register: who took part in decisions that commit money or a pathway, and what became of their advice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from ..records import Record
from .register_file import Blocker, Decision, Lead, RegisterFile

EVERY_LEVEL = "all"


@dataclass(frozen=True, eq=False)
class Part(Record):
    """How many of one profession took part, out of how many; clinician: whether it counts as one."""

    profession: str
    people: int
    out_of: int
    share: float
    clinician: bool


@dataclass(frozen=True, eq=False)
class DecisionRow(Record):
    """One decision as a board reads it. state: decided, open or overdue; departs: decided otherwise than advised, None
    while either is open. Days are None while a date is to come."""

    id: str
    question: str
    options: tuple[str, ...]
    by: date
    level: str
    organisation: str
    pathway: str
    scheme: str
    pounds: float
    patients: float
    state: str
    took_part: tuple[Part, ...]
    clinicians_took_part: bool
    clinicians: int
    clinicians_out_of: int
    advised: str
    advice_from: str
    decided: str
    decided_by: str
    decided_on: date | None
    departs: bool | None
    reason: str
    days_signal_to_co_signed: int | None
    days_co_signed_to_verified: int | None


@dataclass(frozen=True, eq=False)
class BlockerRow(Record):
    """One blocker; state: answered, waiting or overdue; days: how long it has waited, or did; late: days past due."""

    id: str
    question: str
    level: str
    organisation: str
    raised_to: str
    raised: date
    due: date
    answered: date | None
    answer: str
    decision: str
    state: str
    days: int
    late: int


@dataclass(frozen=True, eq=False)
class Shares(Record):
    """One level's decisions: how many, how many with clinicians taking part, the same of pounds and patients.

    A share of nothing is NaN. Medians are in days, over the decisions that have both dates.
    """

    level: str
    decisions: int
    decided: int
    overdue: int
    with_clinicians: int
    share_of_decisions: float
    pounds: float
    pounds_with_clinicians: float
    share_of_pounds: float
    patients: float
    departed_from_advice: int
    median_days_signal_to_co_signed: float
    median_days_co_signed_to_verified: float
    blockers_waiting: int
    blockers_overdue: int
    leads: int
    vacancies: int


@dataclass(frozen=True, eq=False)
class Register(Record):
    """The register as it stood on a day: everything, and shares over all levels first, then by level."""

    as_of: date
    shares: Shares
    by_level: tuple[Shares, ...]
    decisions: tuple[DecisionRow, ...]
    blockers: tuple[BlockerRow, ...]
    vacancies: tuple[Lead, ...]


def register(given: RegisterFile) -> Register:
    """What the register says, at every level.

    Clinicians took part in a decision if at least one person of a clinicians' profession did; how many of how many
    stands beside it, so that one in a thousand is seen to be one in a thousand. Open decisions count: a decision that
    nears without clinicians is what a board must see.
    """
    decisions = tuple(_decision(row, given) for row in given.decisions)
    blockers = tuple(_blocker(row, given.as_of) for row in given.blockers)
    levels = dict.fromkeys(
        [d.level for d in given.decisions] + [b.level for b in given.blockers] + [lead.level for lead in given.leads]
    )
    return Register(
        given.as_of,
        _shares(EVERY_LEVEL, decisions, blockers, given.leads),
        tuple(
            _shares(
                level,
                [row for row in decisions if row.level == level],
                [row for row in blockers if row.level == level],
                [row for row in given.leads if row.level == level],
            )
            for level in levels
        ),
        decisions, blockers, tuple(lead for lead in given.leads if not lead.person),
    )  # fmt: skip


def _decision(row: Decision, given: RegisterFile) -> DecisionRow:
    parts = tuple(
        Part(p.profession, p.people, p.out_of, p.people / p.out_of, p.profession in given.clinicians)
        for p in row.took_part
    )
    clinicians = [part for part in parts if part.clinician]
    return DecisionRow(
        row.id, row.question, row.options, row.by, row.level, row.organisation, row.pathway, row.scheme, row.pounds,
        row.patients, "decided" if row.decided else "overdue" if row.by < given.as_of else "open", parts,
        any(part.people for part in clinicians), sum(part.people for part in clinicians),
        sum(part.out_of for part in clinicians), row.advised, row.advice_from, row.decided, row.decided_by,
        row.decided_on, row.decided != row.advised if row.decided and row.advised else None, row.reason,
        _days(row.signal, row.co_signed), _days(row.co_signed, row.verified),
    )  # fmt: skip


def _blocker(row: Blocker, as_of: date) -> BlockerRow:
    end = row.answered or as_of
    late = max(0, (end - row.due).days)
    state = "answered" if row.answered else "overdue" if late else "waiting"
    return BlockerRow(
        row.id, row.question, row.level, row.organisation, row.raised_to, row.raised, row.due, row.answered, row.answer,
        row.decision, state, (end - row.raised).days, late,
    )  # fmt: skip


def _shares(
    level: str, decisions: Sequence[DecisionRow], blockers: Sequence[BlockerRow], leads: Sequence[Lead]
) -> Shares:
    with_ = [row for row in decisions if row.clinicians_took_part]
    pounds, heard = sum(row.pounds for row in decisions), sum(row.pounds for row in with_)
    return Shares(
        level, len(decisions), sum(row.state == "decided" for row in decisions),
        sum(row.state == "overdue" for row in decisions), len(with_),
        len(with_) / len(decisions) if decisions else np.nan, pounds, heard, heard / pounds if pounds else np.nan,
        sum(row.patients for row in decisions), sum(bool(row.departs) for row in decisions),
        _median([row.days_signal_to_co_signed for row in decisions]),
        _median([row.days_co_signed_to_verified for row in decisions]),
        sum(row.state == "waiting" for row in blockers), sum(row.state == "overdue" for row in blockers),
        len(leads), sum(not lead.person for lead in leads),
    )  # fmt: skip


def _days(start: date | None, end: date | None) -> int | None:
    return None if start is None or end is None else (end - start).days


def _median(days: Sequence[int | None]) -> float:
    known = [day for day in days if day is not None]
    return float(np.median(known)) if known else np.nan
