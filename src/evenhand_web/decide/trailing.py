"""What DECIDE puts into the audit trail."""

from __future__ import annotations

from evenhand_web.people import trail

from .models import Explanation, Moderation, SchemeVersion, Signature, Withdrawal
from .models_register import Blocker, BlockerAnswer, DecisionTaken, KeyDecision


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
    trail.watch(
        SchemeVersion, "scheme version kept", who=lambda row: row.author,
        organisation=lambda row: row.plan.organisation,
        facts=lambda row: {"scheme": row.plan.key, "version": row.number, "sha256": row.sha256},
    )  # fmt: skip
    trail.watch(Explanation, "variation explained", who=lambda row: row.person,
                organisation=lambda row: row.organisation, facts=lambda row: {"measure": row.measure})  # fmt: skip
    trail.watch(Blocker, "blocker raised", who=lambda row: row.person, organisation=lambda row: row.organisation,
                facts=lambda row: {"raised_to": row.raised_to_id})  # fmt: skip
    trail.watch(BlockerAnswer, "blocker answered", who=lambda row: row.person,
                organisation=lambda row: row.blocker.raised_to,
                facts=lambda row: {"blocker": row.blocker_id})  # fmt: skip
