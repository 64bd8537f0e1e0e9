"""What PROVE puts into the audit trail."""

from __future__ import annotations

from evenhand_web.people import trail

from .models import RegisteredDesign, VerdictRecord


def start() -> None:
    """Say once, as the service starts, which rows the trail follows."""
    trail.watch(
        RegisteredDesign, "design registered", who=lambda row: row.person,
        organisation=lambda row: row.version.plan.organisation, facts=lambda row: {"sha256": row.sha256},
    )  # fmt: skip
    trail.watch(
        VerdictRecord, "verdict kept", who=lambda row: row.person,
        organisation=lambda row: row.design.version.plan.organisation, facts=lambda row: {"evidenced": row.evidenced},
    )  # fmt: skip
