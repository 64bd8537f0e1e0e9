"""What PROVE says on the page of a scheme: registered, due, found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db.models import Min
from django.urls import reverse
from django.utils import timezone

from evenhand_web.decide.models import Plan
from evenhand_web.decide.stages import Stage
from evenhand_web.people.models import Organisation

from .judging import case
from .models import VerdictRecord


def say(plan: Plan, organisation: Organisation) -> list[Stage]:
    """The verdict in its sentence, or since when the design is registered; nothing before."""
    found = case(plan)
    url = reverse("prove:scheme", args=(organisation.code, plan.key))
    if found.verdict is not None:
        return [Stage("Verdict", found.verdict.sentence, found.state, url)]
    if found.design is not None:
        return [Stage("Design registered", f"On {found.design.at:%-d %B %Y}, before its outcome was read.", "", url)]
    return []


def verified(plans: Sequence[Plan]) -> dict[int, date]:
    """The day of each scheme's first verdict, by plan; one question."""
    rows = VerdictRecord.objects.filter(design__version__plan__in=plans).order_by()
    first = rows.values_list("design__version__plan").annotate(Min("at"))
    return {key: timezone.localdate(at) for key, at in first}
