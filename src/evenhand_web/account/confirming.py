"""Two people confirm a proved saving: a finance lead and a clinical lead. With the second, the pounds are booked."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from evenhand import account
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story.book import presentations
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Person
from evenhand_web.prove.models import GuardrailRecord, VerdictRecord

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
    if lake is None or why_not(now):
        return None
    return account.sharing(entries, now.saving, _cells(now, lake))


def why_not(now: Standing) -> str:
    """Why a saving cannot be confirmed now, whoever asks; '' if it can."""
    if now.state != "evidenced" or now.verdict is None:
        return "Only a saving that is proved can be confirmed, and no verdict that proves it is on the ledger."
    latest = now.fresh or now.verdict
    breached = latest.guardrails.filter(verdict="breach").first()
    if breached:
        return f"Guardrail {_name(breached)} is at risk, so this saving cannot be confirmed."
    if now.fresh is not None:
        return "A newer verdict is there; it is noted on the ledger before anybody confirms."
    if not now.verdict.countable:
        reasons = now.verdict.verdict["reasons"]
        return f"The verdict may not be counted yet: {reasons[0] if reasons else 'its guardrails are not known'}."
    return ""


@transaction.atomic
def confirm(plan: Plan, role: str, person: Person, lake: Lake | None, agreed: str = "") -> account.Entry | None:
    """Keep one confirmation; with the second one also the ledger's entry, which is given back.

    agreed: the seal of the sharing that was shown, '' where the saving shares no cell. Who agreed to another sharing,
    or to none, has not confirmed this one.

    Raises
    ------
    InputError
        If it cannot be confirmed, this role or this person has confirmed already, or the ledger refuses the entry
        (a cell that another saving claims, say). Nothing is kept then, neither confirmation nor entry.
    """
    Plan.objects.select_for_update().get(pk=plan.pk)
    entries = book.read()
    now = standing(plan, next((e for e in reversed(entries) if e.saving == plan.key), None))
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
    return _book(now, both, now.verdict, lake, found)


def _look_again(found: account.Sharing | None) -> str:
    """Why what was agreed to is not what would be booked."""
    if found is None:
        return "Nobody else claims its cells any more, so nothing is shared; look again. Nothing was confirmed."
    return (f"Its cells are claimed by {', '.join(found.others)} too; look at what each would count, and confirm that. "
            "Nothing was confirmed.")  # fmt: skip


def _book(
    now: Standing, both: dict[str, Confirmation], verdict: VerdictRecord, lake: Lake | None,
    shared: account.Sharing | None,
) -> account.Entry:  # fmt: skip
    if lake is None:
        raise InputError("No published data is loaded, so the claim cannot be worked out. Nothing was confirmed.")
    signatures = [account.signature(row.person_id, role, row.at.date().isoformat()) for role, row in both.items()]
    today, cells = timezone.localdate().isoformat(), _cells(now, lake)
    with book.opened(verdict) as ledger:
        if shared is not None:
            return account.share(ledger, shared, cells, booked=today, signatures=signatures)[-1]
        return ledger.confirm(now.saving, booked=today, cells=cells, signatures=signatures)


def _cells(now: Standing, lake: Lake) -> account.Cells:
    """What the saving claims: its measure's presentations, in every organisation that was drawn to be treated."""
    campaign = campaign_of(now.plan)
    assert campaign is not None, f"{now.saving} is proved without a campaign"
    treated = campaign.allocation.filter(arm__in=now.scheme.treated_arms).values_list("unit", flat=True)
    return account.claim(now.scheme, tuple(treated), presentations(lake, now.scheme))


def _name(guardrail: GuardrailRecord) -> str:
    return guardrail.measure.replace("_", " ")
