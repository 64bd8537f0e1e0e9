"""The demonstration's ledger in the database, its targets, and one area's budgets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from evenhand import account
from evenhand.lake import Lake
from evenhand.story import budgeting
from evenhand_web.people.models import Organisation, Person
from evenhand_web.prove.models import VerdictRecord

from . import book, keeping
from .book import keep
from .models import BudgetRule, ForecastKept, LedgerEntry, Target

GROWTH = 1.02  # invented, as everything in the demonstration
GAIN_SHARE = """\
id: demonstration_share
title: Sharing what was confirmed
year: {year}
published: nowhere; this scheme is made up
spend_on: services for the practice's patients
share: 0.5
cap_pounds_per_patient: 0.95
gates:
  - {{column: guardrails, question: "did access and quality hold?"}}
"""


def take_ledger(entries: Sequence[account.Entry], waiting: str) -> None:
    """The entries of the lake's ledger, chained anew; of the scheme `waiting` only how it began.

    What that scheme still has to earn is left for people to do in the browser.
    """
    if LedgerEntry.objects.exists():
        return
    kept: list[account.Entry] = []
    numbers: dict[int, int] = {}
    for entry in entries:
        if entry.saving == waiting and entry.state not in ("idea", "opportunity"):
            continue
        document = {k: v for k, v in entry.document.items() if k not in ("entry", "previous", "hash")}
        if document["reverses"] is not None:
            document["reverses"] = numbers[document["reverses"]]
        kept.append(account.append(kept, document))
        numbers[entry.number] = kept[-1].number
        verdict = VerdictRecord.objects.filter(design__version__plan__key=entry.saving).first()
        keep(kept[-1], verdict if "verdict" in document["proof"] else None)


def set_target(organisation: Organisation, pounds: float, last_month: str) -> Target:
    """What an organisation has set out to save in the financial year of a month."""
    year = account.price_year(last_month)
    first = int(year[:4])
    return Target.objects.get_or_create(
        organisation=organisation, title=f"Prescribing for diabetes, {year}",
        defaults={"pence": round(100 * pounds), "start": date(first, 4, 1), "end": date(first + 1, 3, 31)},
    )[0]  # fmt: skip


def take_forecasts() -> None:
    """What would have been forecast of each target each time its ledger moved, up to the target's day."""
    if ForecastKept.objects.exists():
        return
    entries = book.read()
    for target in Target.objects.select_related("organisation").order_by("id"):
        mine = [entry for entry in entries if entry["organisation"] == target.organisation_id]
        for day in sorted({entry["booked"] for entry in mine if entry["booked"] <= target.end.isoformat()}):
            known = [entry for entry in entries if entry["booked"] <= day]
            at = datetime.fromisoformat(day).replace(hour=12, tzinfo=timezone.get_current_timezone())
            keeping.archived(target, known, at, live=False)


def set_budget(area: Organisation, lake: Lake, finance: Person) -> BudgetRule | None:
    """An area's budgets for the year that its lake can speak of; None if it cannot."""
    found = budgeting.basis(lake, area.code)
    if found is None or BudgetRule.objects.filter(organisation=area, year=found.year).exists():
        return None
    return BudgetRule.objects.create(
        organisation=area, year=found.year, pence=round(100 * GROWTH * found.known_historic), pace=0.5, floor=-0.02,
        cap=0.05, contingency=0.0, gain_share=GAIN_SHARE.format(year=found.year), person=finance,
    )  # fmt: skip
