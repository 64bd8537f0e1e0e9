"""Two people confirm a proved saving: a finance lead and a clinical lead. With the second, the pounds are booked.

A confirmed saving that was tested again is booked anew in the same way, on what that verdict allows: by the same two
roles, who sign for that verdict and no other. With each booking of a saving that comes again, the same comparison is
registered for a later year, before any of its months can be read (docs/decisions/0138).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from evenhand import account
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.records import Scheme
from evenhand.story.book import presentations
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Person
from evenhand_web.prove import judging
from evenhand_web.prove.models import GuardrailRecord, VerdictRecord
from evenhand_web.prove.record import scheme_of, verdict_of

from . import book
from .models import Confirmation
from .moving import Standing, campaign_of, standing


def given(now: Standing, share: str | None = None) -> dict[str, Confirmation]:
    """The confirmations that stand for a saving's verdict, by role; with `share` those that agreed to just that."""
    if now.verdict is None:
        return {}
    rows = Confirmation.objects.filter(saving=now.saving, verdict=now.verdict).select_related("person")
    return {row.role: row for row in rows if share is None or row.share == share}


def offer(now: Standing, entries: Sequence[account.Entry], lake: Lake | None) -> account.Sharing | None:
    """How a saving that can be confirmed would share its cells with those that claim them; None if nobody does.

    Raises
    ------
    InputError
        If they cannot be shared on a page.
    """
    if why_not(now) or (lake is None and (now.lasted or not now.anew)):
        return None
    return account.sharing(entries, now.saving, _claimed(now, lake, entries))


def why_not(now: Standing) -> str:
    """Why a saving cannot be confirmed now, whoever asks; '' if it can."""
    if now.state == "confirmed" and not now.anew:
        return "It is confirmed on its latest verdict, so there is nothing to book anew."
    if now.state not in ("evidenced", "confirmed") or now.verdict is None:
        return "Only a saving that is proved can be confirmed, and no verdict that proves it is on the ledger."
    latest = now.fresh or now.verdict
    breached = latest.guardrails.filter(verdict="breach").first()
    if breached:
        return f"Guardrail {_name(breached)} is at risk, so this saving cannot be confirmed."
    if now.fresh is not None:
        return "A newer verdict is there; it is noted on the ledger before anybody confirms."
    reasons = now.verdict.verdict["reasons"]
    if now.anew and not now.verdict.evidenced:
        why = reasons[0] if reasons else "no reason was given"
        return f"The new test does not prove it: {why}. Nothing is booked on it; what was confirmed before stands."
    if not now.verdict.countable:
        return f"The verdict may not be counted yet: {reasons[0] if reasons else 'its guardrails are not known'}."
    return ""


def allows(now: Standing, shared: account.Sharing | None) -> tuple[int, int] | None:
    """What would stand, in pence and in patients, if both confirmed now; None if nobody can."""
    if why_not(now):
        return None
    assert now.verdict is not None
    found = account.verdict_proof(verdict_of(now.verdict), now.scheme)
    return shared.counts if shared else (account.limit_pence(found), account.limit_patients(found))


def next_look(now: Standing, lake: Lake | None) -> Scheme | None:
    """How the saving would be judged in a later year, which is registered as both confirm; None if it is not."""
    if why_not(now) or now.last is None or not now.last["recurrent"]:
        return None
    return judging.next_look(judging.case(now.plan), lake)


@transaction.atomic
def confirm(
    plan: Plan, role: str, person: Person, lake: Lake | None, agreed: str = "", seen: int | None = None
) -> account.Entry | None:
    """Keep one confirmation; with the second one also the ledger's entry, which is given back.

    agreed: the seal of the sharing that was shown, '' where the saving shares no cell. Who agreed to another sharing,
    or to none, has not confirmed this one. seen: the saving's latest entry as it was shown; who saw an earlier one has
    not confirmed what stands there now. It must be told to book a saving anew.

    Raises
    ------
    InputError
        If it cannot be confirmed, this role or this person has confirmed already, or the ledger refuses the entry
        (a cell that another saving claims, say). Nothing is kept then, neither confirmation nor entry.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    entries = book.read()
    now = standing(plan, next((e for e in reversed(entries) if e.saving == plan.key), None))
    if seen != (now.last.number if now.last else 0) and (seen is not None or now.state == "confirmed"):
        raise InputError("The ledger has moved on since this page was shown; look again. Nothing was confirmed.")
    if reason := why_not(now):
        raise InputError(f"{reason} Nothing was confirmed.")
    found = offer(now, entries, lake)
    seal = found.seal if found else ""
    if agreed != seal:
        raise InputError(_look_again(found))
    before = given(now, seal)
    if role in before:
        raise InputError(f"A {Confirmation.ROLES[role]} has confirmed this saving already. Nothing changed.")
    if any(row.person_id == person.pk for row in before.values()):
        raise InputError("You have confirmed this saving in the other role; it takes two people. Nothing changed.")
    assert now.verdict is not None
    Confirmation.objects.create(saving=now.saving, verdict=now.verdict, role=role, person=person, share=seal)
    both = given(now, seal)
    if set(both) != set(Confirmation.ROLES):
        return None
    ahead = None
    if now.last is not None and now.last["recurrent"]:
        ahead = judging.register_later(plan, lake, person)
    return _book(now, both, now.verdict, _claimed(now, lake, entries), found, ahead.sha256 if ahead else None)


def _look_again(found: account.Sharing | None) -> str:
    """Why what was agreed to is not what would be booked."""
    if found is None:
        return "Nobody else claims its cells any more, so nothing is shared; look again. Nothing was confirmed."
    return (f"Its cells are claimed by {', '.join(found.others)} too; look at what each would count, and confirm that. "
            "Nothing was confirmed.")  # fmt: skip


def _book(
    now: Standing, both: dict[str, Confirmation], verdict: VerdictRecord, cells: account.Cells,
    shared: account.Sharing | None, ahead: str | None,
) -> account.Entry:  # fmt: skip
    signatures = [account.signature(row.person_id, role, row.at.date().isoformat()) for role, row in both.items()]
    today = timezone.localdate().isoformat()
    with book.opened(verdict) as ledger:
        if shared is not None:
            return account.share(ledger, shared, cells, booked=today, signatures=signatures, later=now.lasted,
                                 next_design=ahead)[-1]  # fmt: skip
        if now.anew and not now.lasted:
            return ledger.restate(now.saving, booked=today, signatures=signatures, next_design=ahead)
        keep = ledger.persist if now.lasted else ledger.confirm
        return keep(now.saving, booked=today, cells=cells, signatures=signatures, next_design=ahead)


def _claimed(now: Standing, lake: Lake | None, entries: Sequence[account.Entry]) -> account.Cells:
    """The cells that are confirmed: a saving that is booked anew keeps those that it claims already, and a later year
    brings its own."""
    held = account.claimed(entries, now.saving) if now.anew and not now.lasted else None
    if held is not None:
        return held
    if lake is None:
        raise InputError("No published data is loaded, so the claim cannot be worked out. Nothing was confirmed.")
    return _cells(now, lake)


def _cells(now: Standing, lake: Lake) -> account.Cells:
    """What the saving claims: its measure's presentations, in every organisation that was drawn to be treated."""
    campaign = campaign_of(now.plan)
    assert campaign is not None, f"{now.saving} is proved without a campaign"
    scheme = scheme_of(now.verdict.design) if now.verdict else now.scheme
    treated = campaign.allocation.filter(arm__in=scheme.treated_arms).values_list("unit", flat=True)
    return account.claim(scheme, tuple(treated), presentations(lake, scheme))


def _name(guardrail: GuardrailRecord) -> str:
    return guardrail.measure.replace("_", " ")
