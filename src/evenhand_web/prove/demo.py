"""The demonstration's finished schemes: their designs as registered, and what the lake says about them."""

from __future__ import annotations

from collections.abc import Sequence

from evenhand import account, flow
from evenhand.definition import loads
from evenhand.lake import Lake
from evenhand.records import Scheme
from evenhand.story import judge
from evenhand_web.change.models import Campaign
from evenhand_web.people.models import Person

from .models import RegisteredDesign
from .record import keep_verdict


def take_verdict(campaign: Campaign, entries: Sequence[account.Entry], lake: Lake, person: Person) -> None:
    """Register the design of a finished campaign as the lake's ledger has it, and keep its verdict."""
    version = campaign.version
    scheme = loads(version.yaml, Scheme)
    planned = next((e for e in entries if e.saving == scheme.id and e["proof"].get("design")), None)
    if planned is None or version.designs.exists():
        return
    sealed = judge.seal(lake.path / "schemes" / scheme.allocation)  # what the lake's ledger bound the design to
    design = RegisteredDesign.objects.create(
        version=version, campaign=campaign, sha256=planned["proof"]["design"], person=person, at=campaign.sealed_at,
        design=scheme.model_dump(mode="json", by_alias=True) | {"allocation_sha256": sealed},
    )  # fmt: skip
    keep_verdict(design, flow.verdict(lake, scheme), lake, person)
