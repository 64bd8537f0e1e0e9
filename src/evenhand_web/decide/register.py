"""The decision register of a place: its rows as evenhand.decide.register reads and sums them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils import timezone

from evenhand.decide import Register
from evenhand.decide import register as summed
from evenhand.decide.register import BlockerRow, DecisionRow, Shares
from evenhand.decide.register_file import Blocker, Decision, RegisterFile, TookPart
from evenhand.decide.register_file import Lead as LeadRow
from evenhand.measures.library import DEFINITIONS
from evenhand_web.people.leads import Lead, leads
from evenhand_web.people.models import Organisation
from evenhand_web.people.rights import CLINICAL
from evenhand_web.people.tree import around, children, upward

from . import models, signing, stages

OTHER_CLINICIANS = "Other clinicians"  # those of professions too small to be counted by themselves


@dataclass(frozen=True)
class Kept:
    """One decision: the row as it was kept beside the row as it is summed, with the advice that stands."""

    row: models.KeyDecision
    told: DecisionRow
    advice: models.Advice | None
    taken: models.DecisionTaken | None


@dataclass(frozen=True)
class Raised:
    """One blocker: as it was kept, beside its state today."""

    row: models.Blocker
    told: BlockerRow


@dataclass(frozen=True)
class Book:
    """The register as one place sees it: its own decisions, those above and below.

    shares: of the place whose decisions the first screen speaks of; of_here: whether that is the reader's own place.
    """

    register: Register
    shares: Shares | None
    place: Organisation | None
    decisions: tuple[Kept, ...]
    blockers: tuple[Raised, ...]
    leads: tuple[Lead, ...]

    @property
    def overdue(self) -> list[Raised]:
        """Blockers without an answer after the day on which it was due."""
        return [raised for raised in self.blockers if raised.told.state == "overdue"]


def book(organisation: Organisation) -> Book:
    """The register that a reader at this place may see; the same number of questions whatever its length."""
    decisions = list(
        models.KeyDecision.objects.filter(organisation__in=around(organisation, models.KeyDecision))
        .select_related("organisation", "plan", "taken")
        .prefetch_related("participation", "advice__statement__round")
    )  # fmt: skip
    asked = list(_blockers().filter(organisation__in=around(organisation, models.Blocker)))
    led = leads([organisation, *children(organisation)], pathways())
    register = summed(_file(decisions, asked, led))
    by_id = {str(row.pk): row for row in decisions}
    kept = tuple(
        Kept(by_id[told.id], told, _last(by_id[told.id]), getattr(by_id[told.id], "taken", None))
        for told in register.decisions
    )  # fmt: skip
    raised = tuple(Raised(row, told) for row, told in zip(asked, register.blockers, strict=True))
    place = next((p for p in upward(organisation) if any(k.row.organisation_id == p.code for k in kept)), None)
    shares = None
    if place is not None:
        own = [row for row in decisions if row.organisation_id == place.code]
        shares = summed(_file(own, [b for b in asked if b.organisation_id == place.code], [])).shares
    return Book(register, shares, place, kept, raised, tuple(led))


def overdue(organisation: Organisation) -> list[Raised]:
    """What was asked of this place and has no answer after the day on which it was due, the oldest first."""
    asked = list(_blockers().filter(raised_to=organisation, answer=None, due__lt=timezone.localdate()))
    return [Raised(row, told) for row, told in zip(asked, summed(_file([], asked, [])).blockers, strict=True)]


def one(decision: models.KeyDecision) -> Kept:
    """One decision, summed."""
    told = summed(_file([decision], [], [])).decisions[0]
    return Kept(decision, told, _last(decision), getattr(decision, "taken", None))


def state(blocker: models.Blocker) -> Raised:
    """One blocker with its state today."""
    return Raised(blocker, summed(_file([], [blocker], [])).blockers[0])


def pathways() -> list[str]:
    """The pathways that have a named lead or a vacancy: those that are defined."""
    return sorted(file.stem for file in (DEFINITIONS / "pathways").glob("*.yaml"))


def _blockers() -> QuerySet[models.Blocker]:
    return models.Blocker.objects.select_related("organisation", "raised_to", "answer", "decision")


def _file(
    decisions: Sequence[models.KeyDecision], blockers: Sequence[models.Blocker], led: Sequence[Lead]
) -> RegisterFile:
    plans = [row.plan for row in decisions if row.plan is not None]
    signed = signing.in_force_since(plans) if plans else {}
    judged = stages.verified(plans) if plans else {}
    took_part = {row.pk: _took_part(row) for row in decisions}
    professions = {part.profession for parts in took_part.values() for part in parts}
    clinicians = sorted(n for n in professions if n.lower() in CLINICAL or n == OTHER_CLINICIANS) or sorted(CLINICAL)
    return RegisterFile(
        as_of=timezone.localdate(), clinicians=tuple(clinicians),
        decisions=tuple(_decision(row, took_part[row.pk], signed, judged) for row in decisions),
        blockers=tuple(_blocker(row) for row in blockers),
        leads=tuple(
            LeadRow(pathway=lead.pathway, organisation=lead.organisation.code, level=lead.organisation.level,
                    person=lead.person.key if lead.person else "", since=lead.since)
            for lead in led
        ),
    )  # fmt: skip


def _decision(
    row: models.KeyDecision, took_part: tuple[TookPart, ...], signed: dict[int, date], judged: dict[int, date]
) -> Decision:
    advice, taken = _last(row), getattr(row, "taken", None)
    co_signed = _not_before(signed.get(row.plan_id or 0), row.signal)
    return Decision(
        id=str(row.pk), question=row.question, options=tuple(row.options), by=row.by, level=row.organisation.level,
        organisation=row.organisation_id, pathway=row.pathway, pounds=row.pounds, patients=row.patients,
        took_part=took_part, advised=advice.option if advice else "",
        advice_from=f"{advice.statement.round.title}: {advice.statement.text}" if advice else "",
        decided=taken.option if taken else "", decided_by=taken.by if taken else "",
        decided_on=taken.on if taken else None, reason=taken.reason if taken else "",
        scheme=row.plan.key if row.plan else "", signal=row.signal, co_signed=co_signed,
        verified=_not_before(judged.get(row.plan_id or 0), co_signed) if co_signed else None,
    )  # fmt: skip


def _blocker(row: models.Blocker) -> Blocker:
    answer = getattr(row, "answer", None)
    return Blocker(
        id=str(row.pk), question=row.question, level=row.organisation.level, organisation=row.organisation_id,
        raised_to=row.raised_to_id, raised=row.raised, due=row.due, answered=answer.on if answer else None,
        answer=answer.text if answer else "", decision=str(row.decision_id or ""),
    )  # fmt: skip


def _took_part(row: models.KeyDecision) -> tuple[TookPart, ...]:
    last = {part.profession: part for part in row.participation.all()}
    return tuple(TookPart(profession=p.profession, people=p.people, out_of=p.out_of) for p in last.values())


def _last(row: models.KeyDecision) -> models.Advice | None:
    rows = list(row.advice.all())
    return rows[-1] if rows else None


def _not_before(day: date | None, first: date | None) -> date | None:
    """A day, unless the step before it came later: a scheme that was amended is signed again."""
    return None if day is None or (first is not None and day < first) else day
