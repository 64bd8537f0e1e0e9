"""What DECIDE puts into the audit trail."""

from __future__ import annotations

from evenhand_web.people import trail

from .models import Moderation, Signature, Withdrawal
from .models_register import DecisionTaken, KeyDecision


def start() -> None:
    """Say once, as the service starts, which rows the trail follows."""
    trail.watch(
        Moderation, "statement moderated", who=lambda row: row.person,
        organisation=lambda row: row.statement.round.organisation,
        facts=lambda row: {"statement": row.statement.key, "decision": row.decision},
    )  # fmt: skip
    trail.watch(
        Signature, "scheme signed", who=lambda row: row.person, organisation=lambda row: row.organisation,
        facts=lambda row: {"version": row.version_id, "role": row.role, "level": row.identity_level},
    )  # fmt: skip
    trail.watch(Withdrawal, "signature withdrawn", who=lambda row: row.signature.person,
                organisation=lambda row: row.signature.organisation)  # fmt: skip
    trail.watch(KeyDecision, "key decision recorded", who=lambda row: row.person,
                organisation=lambda row: row.organisation)  # fmt: skip
    trail.watch(DecisionTaken, "key decision taken", who=lambda row: row.person,
                organisation=lambda row: row.decision.organisation)  # fmt: skip
