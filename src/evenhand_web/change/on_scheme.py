"""What CHANGE draws on the page of a scheme: promises with their gap, and the cycles that were tried."""

from __future__ import annotations

from django.utils import timezone

from evenhand_web.decide.models import Plan
from evenhand_web.decide.stages import Section
from evenhand_web.people.models import Organisation

from . import cycling
from .gap import gap
from .models import Commitment


def draw(plan: Plan, organisation: Organisation) -> Section:
    """Promises under any version of the scheme, and its newest cycles."""
    promises = Commitment.objects.filter(version__plan=plan).select_related("organisation").prefetch_related("reports")
    return Section("change/on_scheme.html", {
        "plan": plan, "gap": gap(promises), "cycles": cycling.of_plan(plan, organisation, timezone.localdate()),
    })  # fmt: skip
