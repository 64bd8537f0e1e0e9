"""What ACCOUNT puts into the audit trail."""

from __future__ import annotations

from evenhand_web.people import trail

from .models import Confirmation


def start() -> None:
    """Say once, as the service starts, which rows the trail follows."""
    trail.watch(
        Confirmation, "saving confirmed", who=lambda row: row.person,
        organisation=lambda row: row.verdict.design.version.plan.organisation,
        facts=lambda row: {"saving": row.saving, "role": row.role},
    )  # fmt: skip
