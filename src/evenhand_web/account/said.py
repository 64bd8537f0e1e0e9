"""What people said and decided around a place, from the rows kept here, as the report tells it: never of few people."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.utils import timezone

from evenhand import decide
from evenhand.decide.verdict import FEWEST
from evenhand.records import Scheme
from evenhand.story import Kept, listening
from evenhand.table import Table
from evenhand_web.change.models import AllocationRow, Commitment, EngagementEvent
from evenhand_web.decide import agreement, camps, versions
from evenhand_web.decide.models import Plan, Round, Signature
from evenhand_web.listen import results
from evenhand_web.listen.models import SurveyWave
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import around, upward, within

from .moving import campaign_of


def kept(organisation: Organisation) -> Kept:
    """The survey and the round of this place or of the nearest above it, and every scheme around it, with what came of
    its campaign among those who work here."""
    wave, (round_, tally) = _wave(organisation), _round(organisation)
    plans = list(Plan.objects.filter(organisation__in=around(organisation, Plan)).order_by("key"))
    schemes = [versions.read(latest) for plan in plans if (latest := plan.latest())]
    parties = {plan.key: tuple(plan.signers.order_by("code").values_list("code", flat=True)) for plan in plans}
    tables = {
        "survey": _survey(wave) if wave else None,
        "statements": _table("statements", ("statement", "text"), round_.statements.values_list("key", "text"))
        if round_ else None,
        "engagement_events": _events(organisation), "commitments": _promises(organisation),
    }  # fmt: skip
    return Kept(
        {name: table for name, table in tables.items() if table is not None},
        results.gathered(wave).design if wave else None, tally,
        _force(plans, parties) if plans else None, parties, tuple(schemes), _allocations(plans, schemes),
    )  # fmt: skip


def _wave(organisation: Organisation) -> SurveyWave | None:
    """The closed wave asked here or above that asks most of what a report tells, and that enough people answered; of
    like ones the nearest, then the latest."""
    places = [place.code for place in upward(organisation)]
    closed = SurveyWave.objects.filter(organisation__in=places, closes__lte=timezone.now()).order_by("-closes")
    enough = [wave for wave in closed if results.gathered(wave).taken.completed >= results.FEWEST]
    return min(enough, key=lambda w: (-_told(w), places.index(w.organisation_id)), default=None)


def _told(wave: SurveyWave) -> int:
    """How many of a wave's questions a report tells of."""
    return len({asked.name.partition("=")[0] for asked in listening.questions(_survey(wave))})


def _survey(wave: SurveyWave) -> Table:
    rows = results.gathered(wave)
    answered = rows.design.answered
    cells = {"responded": ["1" if yes else "0" for yes in answered], "profession": rows.profession, **rows.cells}
    return Table(f"survey {wave.key}", cells)


def _round(organisation: Organisation) -> tuple[Round | None, decide.Tally | None]:
    """The newest round of this place, else of the nearest above, in which enough people have voted; and its votes."""
    places = [place.code for place in upward(organisation)]
    found = sorted(Round.objects.filter(organisation__in=places), key=lambda r: places.index(r.organisation_id))
    counted = ((round_, _tally(round_)) for round_ in found)
    return next((one for one in counted if one[1] is not None), (None, None))


def _tally(round_: Round) -> decide.Tally | None:
    """The round as its page counts it; None of few people."""
    found = camps.camps(round_)
    groups = found.by_person if found is not None and found.groups > 1 else None
    tally = agreement.count(round_, list(round_.statements.select_related("duplicate_of")),
                            agreement.protected(round_), groups)  # fmt: skip
    return tally if tally.participants >= FEWEST else None


def _force(plans: Sequence[Plan], parties: dict[str, tuple[str, ...]]) -> decide.InForce:
    given = Signature.objects.filter(version__plan__in=plans).select_related("version__plan", "withdrawal")
    return decide.signatures(
        {plan.key: [str(v.number) for v in plan.versions.all()] for plan in plans}, parties,
        [decide.Signature(s.version.plan.key, str(s.version.number), s.organisation_id, s.role,
                          not hasattr(s, "withdrawal")) for s in given],
    )  # fmt: skip


def _events(organisation: Organisation) -> Table | None:
    rows = EngagementEvent.objects.filter(person__organisation__in=within(organisation)).order_by("at", "id")
    found = [(who, content, stage, timezone.localdate(at).isoformat())
             for who, content, stage, at in rows.values_list("person_id", "content", "stage", "at")]  # fmt: skip
    return _of_many("engagement_events", ("person", "content", "stage", "time"), found)


def _promises(organisation: Organisation) -> Table | None:
    rows = Commitment.objects.filter(organisation__in=within(organisation)).order_by("id")
    found = [(who, place, plan or "") for who, place, plan
             in rows.values_list("person_id", "organisation_id", "version__plan__key")]  # fmt: skip
    return _of_many("commitments", ("person", "organisation", "plan"), found)


def _of_many(name: str, columns: Sequence[str], rows: Sequence[tuple[str, ...]]) -> Table | None:
    """The rows, if they are of enough people (the first column)."""
    return _table(name, columns, rows) if len({row[0] for row in rows}) >= FEWEST else None


def _allocations(plans: Iterable[Plan], schemes: Sequence[Scheme]) -> dict[str, Table]:
    """Who was drawn for what, of every scheme with a sealed campaign."""
    found, by_key = {}, {scheme.id: scheme for scheme in schemes}
    for plan in plans:
        campaign, scheme = campaign_of(plan), by_key.get(plan.key)
        if campaign is None or scheme is None:
            continue
        rows = AllocationRow.objects.filter(campaign=campaign).values_list("unit", "arm", "cluster")
        together = "cluster" if scheme.cluster == "unit" else scheme.cluster
        found[plan.key] = _table(f"allocation of {plan.key}", ("unit", "arm", together), rows)
    return found


def _table(name: str, columns: Sequence[str], rows: Iterable[tuple[str, ...]]) -> Table:
    held = list(rows)
    return Table(name, {column: [row[i] for row in held] for i, column in enumerate(columns)})
