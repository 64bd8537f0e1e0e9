"""What ACCOUNT puts into the audit trail."""

from __future__ import annotations

from evenhand_web.people import trail

from .models import BudgetRule, Confirmation, LedgerEntry


def start() -> None:
    """Say once, as the service starts, which rows the trail follows."""
    trail.watch(
        Confirmation, "saving confirmed", who=lambda row: row.person,
        organisation=lambda row: row.verdict.design.version.plan.organisation,
        facts=lambda row: {"saving": row.saving, "role": row.role},
    )  # fmt: skip
    trail.watch(  # who moved it stands in the line, under the same pseudonym
        LedgerEntry, "ledger entry kept", who=lambda row: None, organisation=lambda row: row.organisation,
        facts=lambda row: {"number": row.number, "saving": row.saving, "kind": row.kind, "state": row.state,
                           "hash": row.hash},
    )  # fmt: skip
    trail.watch(
        BudgetRule, "budget set", who=lambda row: row.person, organisation=lambda row: row.organisation,
        facts=lambda row: {"year": row.year, "pence": row.pence},
    )  # fmt: skip
