"""The API of CHANGE: campaigns and how far their readers came; no outcome by arm, ever, and nobody by name."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from evenhand_web.people.pages import enter
from evenhand_web.site.api import Paging, Part, Table, part, whole

from . import desk, figures, reading
from .models import Campaign

router = Router(tags=["change"])


class CampaignOut(Schema):
    """A campaign in one line: its design, never who was drawn into which arm."""

    key: str
    title: str
    kind: str
    scheme: str | None
    measure: str
    content: str = Field(description="the module that is sent")
    level: str = Field(description="what is drawn at random")
    arms: list[str]
    why_not_randomised: str
    sealed_at: datetime | None
    seal: str = Field(description="sha256 of the sealed allocation, '' before")
    launched_at: datetime | None
    verdict_due: date | None = Field(description="before this day nobody sees an outcome by arm")


class Arm(Schema):
    """How many were drawn into an arm; empty until it is sealed."""

    arm: str
    practices: int
    networks: int


class Funnel(CampaignOut):
    """A campaign with its engagement funnel: everybody together."""

    balance: list[Arm]
    reported: int | None
    verified: int | None
    self_report_gap: int | None
    funnel: Table | None = Field(description="null until somebody was reached")


@router.get("/organisations/{code}/campaigns", response=Part[CampaignOut], operation_id="campaigns")
def campaigns(request: HttpRequest, code: str, paging: Query[Paging]):
    """The campaigns of this organisation, of those above it and of those below it, the newest first."""
    return part(request, desk.campaigns(enter(request, code)), paging, _campaign)


@router.get("/organisations/{code}/campaigns/{key}", response=Funnel, operation_id="campaign")
def campaign(request: HttpRequest, code: str, key: str):
    """One campaign: reached, viewed, completed, evaluated, intends, reported, with intervals.

    What is verified, and the gap, are null until the verdict is due: they speak of the outcome.
    """
    found = {c.key: c for c in desk.campaigns(enter(request, code))}.get(key)
    found = found or get_object_or_404(Campaign.objects.none())
    engaged = reading.engagement(found) if found.launched_at else None
    over = desk.is_due(found) and found.kind == "practice"
    document = engaged.as_json() if engaged else {}
    told = document if over else {"reported": document.get("reported")}  # what is verified is an outcome
    return _campaign(found) | {
        "balance": desk.balance(found) if found.sealed_at else [],
        "funnel": whole(figures.engagement(engaged, found.key, over=over)) if engaged else None,
        **{name: told.get(name) for name in ("reported", "verified", "self_report_gap")},
    }  # fmt: skip


def _campaign(c: Campaign) -> dict[str, object]:
    version = c.version
    return {
        "key": c.key, "title": c.title, "kind": c.kind, "scheme": version.plan.key if version else None,
        "measure": c.measure or (version.measure if version else ""), "content": c.content, "level": c.level,
        "arms": list(c.arms), "why_not_randomised": c.why_not_randomised, "sealed_at": c.sealed_at,
        "seal": c.allocation_sha256, "launched_at": c.launched_at, "verdict_due": c.verdict_due,
    }  # fmt: skip
