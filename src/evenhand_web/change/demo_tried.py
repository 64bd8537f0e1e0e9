"""The demonstration's cycles, promises and one reflection of the practice where the accounts work. All made up."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import numpy as np
from django.utils import timezone

from evenhand.definition import loads
from evenhand.lake import Lake
from evenhand.records import Scheme
from evenhand.story import sights
from evenhand_web.decide.models import SchemeVersion
from evenhand_web.people.models import Organisation, Person

from .models import Commitment, CommitmentReport, Cycle, CycleResult, Reflection
from .reflecting import attach

MADE_UP = "Made up for the demonstration."
LOWER = 0.02  # what the second cycle expects below what was usual (ours)


def take_tried(practice: Organisation, version: SchemeVersion, gp: Person, lake: Lake) -> None:
    """Two cycles that were studied and one that waits, two promises and a reflection; nothing if they are there."""
    if Cycle.objects.filter(organisation=practice).exists():
        return
    measure, last = version.measure, np.datetime64(loads(version.yaml, Scheme).follow_up.last, "M")
    usual = _usual(lake, measure, practice)
    first = _cycle(practice, version, gp, "A note on the repeat screen", last - 6, last - 4, None)
    _result(first, gp, "adapt", "Seen by few: the note comes too late, after the choice was made.")
    second = _cycle(practice, version, gp, "Ask at the yearly review", last - 3, last - 1,
                    None if usual is None else round(usual - LOWER, 3))  # fmt: skip
    _result(second, gp, "adopt", "It costs no time at the review, and nobody minded being asked.")
    ended = timezone.localdate() - timedelta(days=12)
    _planned(practice, version, gp, "The pharmacist calls", ended - timedelta(days=60), ended, None)
    _promises(practice, measure, gp, last)


def _cycle(
    practice: Organisation, version: SchemeVersion, gp: Person, idea: str, first: np.datetime64, last: np.datetime64,
    expected: float | None,
) -> Cycle:  # fmt: skip
    starts, ends = _day(first), _day(last + 1) - timedelta(days=1)
    return _planned(practice, version, gp, idea, starts, ends, expected)


def _planned(
    practice: Organisation, version: SchemeVersion, gp: Person, idea: str, starts: date, ends: date,
    expected: float | None,
) -> Cycle:  # fmt: skip
    return Cycle.objects.create(
        organisation=practice, version=version, measure=version.measure, idea=idea, expected=expected, starts=starts,
        ends=ends, person=gp, at=_at(starts - timedelta(days=3)),
        prediction=f"Fewer will get the costlier one, for most were never asked. {MADE_UP}",
    )  # fmt: skip


def _result(cycle: Cycle, gp: Person, decision: str, why: str) -> None:
    CycleResult.objects.create(cycle=cycle, decision=decision, why=why, person=gp, happened=MADE_UP,
                               at=_at(cycle.ends + timedelta(days=9)))  # fmt: skip


def _promises(practice: Organisation, measure: str, gp: Person, last: np.datetime64) -> None:
    made = _at(_day(last - 9) + timedelta(days=11))
    kept = Commitment.objects.create(
        person=gp, organisation=practice, measure=measure, size=-LOWER, at=made, by=_day(last - 5),
        what="Ask everybody at the yearly review whether the other one would do",
    )  # fmt: skip
    CommitmentReport.objects.create(commitment=kept, said="done", note=MADE_UP, at=_at(_day(last - 4)))
    Commitment.objects.create(
        person=gp, organisation=practice, measure=measure, at=_at(_day(last - 4)), by=_day(last),
        what="Look at the ten newest prescriptions with the pharmacist",
    )  # fmt: skip
    one = Reflection(
        person=gp, organisation=practice, commitment=kept, measure=measure, kind="qia", hours=1.5, title=kept.what,
        what=f"I promised to ask at every yearly review, and did. {MADE_UP}",
        so_what="The choice was habit: nobody had asked for years.",
        now_what="Ask at the first prescription, not a year later.", at=_at(_day(last)),
    )  # fmt: skip
    attach(one)
    one.save()


def _usual(lake: Lake, measure: str, practice: Organisation) -> float | None:
    """The practice's value in the latest year, if it was worked out before."""
    found = sights.standings(lake, [(practice.level, practice.code)], [measure])
    return found[0].value if found and np.isfinite(found[0].value) else None


def _day(month: np.datetime64) -> date:
    return month.astype("datetime64[D]").item()


def _at(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time(9)))
