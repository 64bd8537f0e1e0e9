"""What proofs say in a module's text: whether waiting and access held."""

from __future__ import annotations

from evenhand.change import Content
from evenhand.measures import load_all
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import around

from .models import GuardrailRecord

ACCESS = "access"  # the tag of measures of waiting and access


def say(organisation: Organisation, content: Content) -> dict[str, str | None]:
    """How many guardrails on access held, by the latest verdict of each design of the schemes here, above and below."""
    if "access_held" not in content.figures:
        return {}
    near = around(organisation, Plan)
    found = GuardrailRecord.objects.filter(verdict_record__design__version__plan__organisation__in=near)
    rows = found.order_by("id").values_list("verdict_record__design", "measure", "verdict")
    latest = {(design, measure): verdict for design, measure, verdict in rows}
    every = load_all()
    words = [verdict for (_, name), verdict in latest.items() if name in every and ACCESS in every[name].tags]
    held = sum(word == "pass" for word in words)
    return {"access_held": f"{held} of {len(words)} judgements" if words else None}
