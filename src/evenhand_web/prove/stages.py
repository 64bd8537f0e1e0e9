"""What PROVE says on the page of a scheme: registered, due, found."""

from __future__ import annotations

from django.urls import reverse

from evenhand_web.decide.models import Plan
from evenhand_web.decide.stages import Stage
from evenhand_web.people.models import Organisation

from .judging import case


def say(plan: Plan, organisation: Organisation) -> list[Stage]:
    """The verdict in its sentence, or since when the design is registered; nothing before."""
    found = case(plan)
    url = reverse("prove:scheme", args=(organisation.code, plan.key))
    if found.verdict is not None:
        return [Stage("Verdict", found.verdict.sentence, found.state, url)]
    if found.design is not None:
        return [Stage("Design registered", f"On {found.design.at:%-d %B %Y}, before its outcome was read.", "", url)]
    return []
