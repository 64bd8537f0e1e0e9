"""The demonstration's ledger in the database, and its targets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from evenhand import account
from evenhand_web.people.models import Organisation
from evenhand_web.prove.models import VerdictRecord

from .book import keep
from .models import LedgerEntry, Target


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
