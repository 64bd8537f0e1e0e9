"""How a saving moves on: which proof the next state needs, whether the database holds it, and the entry it makes.

Nothing is typed in: signatures, promises, seal and verdict are taken from where they were given. The library
refuses what lacks its proof, and its sentence is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from evenhand import account
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.records import Scheme
from evenhand.story.worth import area_opportunity
from evenhand_web.change.models import Campaign, Commitment
from evenhand_web.decide import signing
from evenhand_web.decide.models import Plan, VoteEvent
from evenhand_web.people.rights import CLINICAL
from evenhand_web.prove.models import RegisteredDesign, VerdictRecord
from evenhand_web.prove.record import verdict_of

from . import book

OPEN, PLAN, COMMIT, FLY, JUDGE, CONFIRM, NOTHING = (
    "opportunity", "planned", "committed", "in_flight", "evidenced", "confirmed", "",
)  # fmt: skip


@dataclass(frozen=True)
class Standing:
    """A scheme's saving as it stands. state: '' if it is not on the ledger; to: the state it can come to next.

    waits: what the next step waits for, in a sentence, '' if it can be done now; verdict: the record that the
    ledger knows, fresh: the latest one, if the ledger does not know it yet; booked: the one that a confirmed saving
    is booked on, which is another one than `verdict` once it was tested again; next: the design that is registered for
    a later year and not judged yet.
    """

    plan: Plan
    scheme: Scheme
    last: account.Entry | None
    to: str
    waits: str
    verdict: VerdictRecord | None
    fresh: VerdictRecord | None
    booked: VerdictRecord | None = None
    next: RegisteredDesign | None = None

    @property
    def state(self) -> str:
        """The state on the ledger."""
        return self.last.state if self.last else NOTHING

    @property
    def judged(self) -> VerdictRecord | None:
        """The verdict that the next entry rests on: one that the ledger does not know, of a saving under way or on."""
        return None if self.state in (NOTHING, OPEN, PLAN, COMMIT) else self.fresh

    @property
    def anew(self) -> bool:
        """Whether a confirmed saving was tested again since it was booked."""
        return self.state == CONFIRM and self.booked is not None and self.verdict != self.booked

    @property
    def lasted(self) -> bool:
        """Whether that test was on a later year, by a design of its own."""
        known = self.verdict.design_id if self.verdict else None
        return self.anew and self.booked is not None and known != self.booked.design_id

    @property
    def saving(self) -> str:
        """Its name on the ledger: the scheme's id."""
        return self.plan.key


def standing(plan: Plan, last: account.Entry | None) -> Standing:
    """Where the saving of a scheme stands, and what it waits for. `last`: its latest entry."""
    designs = list(RegisteredDesign.objects.filter(version__plan=plan).select_related("version", "campaign"))
    design = designs[0] if designs else None  # as it was planned; those of later years stand behind it
    version = design.version if design else plan.latest()
    assert version is not None, f"scheme {plan.key} has no version"
    verdict, fresh = _verdicts(plan)
    state = last.state if last else NOTHING
    to, waits = _next(plan, state, design, verdict, fresh)
    rests = book.booked(plan.key) if state == CONFIRM else None
    after = verdict.design_id if rests and verdict else None
    again = next((row for row in designs if after is not None and row.pk > after), None)
    found = Standing(plan, loads(version.yaml, Scheme, where=plan.key), last, to, waits, verdict, fresh, rests, again)
    return replace(found, to=CONFIRM) if found.anew and fresh is None else found


@transaction.atomic
def move(plan: Plan, lake: Lake | None) -> account.Entry:
    """Bring the saving of a scheme one state on, with the proof that the database holds; the entry it made.

    Raises
    ------
    InputError
        If the proof is not there, or the library refuses the entry. Nothing is written then.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    entries = book.read()
    now = standing(plan, next((e for e in reversed(entries) if e.saving == plan.key), None))
    if now.to in (CONFIRM, NOTHING) and now.fresh is None:
        raise InputError(f"{now.waits or 'Two people confirm it, each for themselves.'} Nothing was booked.")
    if now.waits:
        raise InputError(f"{now.waits} Nothing was booked.")
    today = timezone.localdate().isoformat()
    with book.opened(now.judged) as ledger:
        before = len(ledger.entries)
        _append(ledger, now, lake, today)
    return ledger.entries[before]


def _append(ledger: account.Ledger, now: Standing, lake: Lake | None, today: str) -> None:
    plan, scheme = now.plan, now.scheme
    if now.judged is not None:
        proof = account.verdict_proof(verdict_of(now.judged), scheme)
        if now.state == FLY and now.judged.evidenced:
            ledger.evidence(plan.key, proof, booked=today)
        else:
            ledger.record(plan.key, proof, booked=today)
    elif now.to == OPEN:
        _open(ledger, plan, scheme, lake, today)
    elif now.to == PLAN:
        _plan(ledger, plan, scheme, today)
    elif now.to == COMMIT:
        ledger.move(plan.key, COMMIT, booked=today, proof=account.commitments(promises(plan)))
    else:
        sealed = campaign_of(plan)
        assert sealed is not None
        ledger.move(plan.key, FLY, booked=today, proof={"allocation": sealed.allocation_sha256})


def _open(ledger: account.Ledger, plan: Plan, scheme: Scheme, lake: Lake | None, today: str) -> None:
    if lake is None:
        raise InputError("No published data is loaded, so the opportunity cannot be worked out. Nothing was booked.")
    worth, money = area_opportunity(lake, scheme), scheme.money
    ledger.open(
        plan.key, booked=today, pence=worth.pence, patients=worth.patients, measure=scheme.measure,
        organisation=scheme.area, level=plan.organisation.level, price_year=account.price_year(money.price_month),
        origin=money.origin, recurrent=money.recurrent, saving_class=money.saving_class, sources=worth.sources,
    )  # fmt: skip


def _plan(ledger: account.Ledger, plan: Plan, scheme: Scheme, today: str) -> None:
    sheet = signing.sheet(plan)
    design = RegisteredDesign.objects.filter(version__plan=plan).first()
    proof: dict[str, Any] = {
        "design": design.sha256 if design else "", "plan": {"plan": plan.key, "version": str(sheet.version.number)},
    }  # fmt: skip
    if votes := _votes(plan):
        proof["votes"] = votes
    signatures = [
        account.signature(line.signature.person_id, line.role, line.signature.at.date().isoformat())
        for line in sheet.lines if line.signature is not None
    ]  # fmt: skip
    ledger.move(
        plan.key, PLAN, booked=today, proof=proof, signatures=signatures, scheme=plan.key,
        pence=round(100 * scheme.planned_saving_pounds),
    )  # fmt: skip


def campaign_of(plan: Plan) -> Campaign | None:
    """The sealed campaign of a scheme."""
    return Campaign.objects.filter(version__plan=plan, sealed_at__isnull=False).order_by("at", "id").first()


def promises(plan: Plan) -> list[dict[str, str]]:
    """What clinicians promised for a scheme, as its digest is taken: pseudonyms, places, sizes and dates."""
    rows = Commitment.objects.filter(version__plan=plan).order_by("id")
    return [
        {"person": c.person_id, "organisation": c.organisation_id, "measure": c.measure, "size": str(c.size),
         "by": c.by.isoformat(), "time": c.at.isoformat()}
        for c in rows
    ]  # fmt: skip


def _votes(plan: Plan) -> dict[str, Any] | None:
    """Clinicians' votes, as they stand, on the statements that a scheme grew from; None without any."""
    stand: dict[tuple[str, str], str] = {}
    rows = VoteEvent.objects.filter(statement__in=plan.statements.all()).select_related("person", "statement")
    for event in rows.order_by("at", "id"):
        if event.person.profession.lower() in CLINICAL:
            stand[event.person_id, event.statement.key] = event.value
    given = sorted([person, statement, value] for (person, statement), value in stand.items() if value != "retract")
    if not given:
        return None
    return {"participants": len({row[0] for row in given}), "votes": len(given), "digest": account.digest(given)}


def _verdicts(plan: Plan) -> tuple[VerdictRecord | None, VerdictRecord | None]:
    """The verdict that the ledger knows, and the latest if the ledger does not know it."""
    known = book.latest(plan.key)
    latest = VerdictRecord.objects.filter(design__version__plan=plan).select_related("design__version").first()
    return known, latest if latest is not None and latest != known else None


def _next(
    plan: Plan, state: str, design: RegisteredDesign | None, verdict: VerdictRecord | None, fresh: VerdictRecord | None
) -> tuple[str, str]:  # fmt: skip
    """The state that comes next, and what it waits for."""
    if state in (NOTHING, "idea"):
        return (OPEN, "") if state == NOTHING else (NOTHING, "It waits for its opportunity to be worked out.")
    if state == OPEN:
        sheet = signing.sheet(plan)
        if not sheet.in_force:
            return PLAN, f"It waits for signatures: {sheet.given} of {sheet.needed} stand."
        return PLAN, "" if design else "It waits for its design to be registered, before the outcome is read."
    if state == PLAN:
        promised = Commitment.objects.filter(version__plan=plan).exists()
        return COMMIT, "" if promised else "It waits for the first clinician's promise."
    if state == COMMIT:
        launched = campaign_of(plan)
        return FLY, "" if launched and launched.launched_at else "It waits for its campaign to be launched."
    if state == "reversed":
        return NOTHING, "It was taken off the ledger; its entries stay."
    if fresh is not None:
        return (JUDGE if state == FLY else state), ""
    if state == FLY:
        return JUDGE, _not_proved(verdict) if verdict else "It waits for its verdict."
    return (CONFIRM, "") if state == JUDGE else (NOTHING, "")


def _not_proved(verdict: VerdictRecord) -> str:
    """Why the verdict that the ledger knows moves nothing."""
    breached = verdict.guardrails.filter(verdict="breach").first()
    if breached:
        return f"Its guardrail {breached.measure.replace('_', ' ')} is at risk: it stays here and is not booked."
    return f"Its verdict does not prove it: {(verdict.verdict['reasons'] or ['no reason was given'])[0]}."
