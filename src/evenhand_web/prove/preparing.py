"""What the pages of proofs ask for, made before a reader does."""

from __future__ import annotations

from contextlib import suppress

from evenhand.errors import InputError
from evenhand_web.decide.models import Plan
from evenhand_web.site.lake import lake

from . import judging, telling, watching


def prepare() -> None:
    """What each scheme's guardrails could see when it was planned, and how those that it does not name stand now."""
    for plan in Plan.objects.select_related("organisation"):
        if plan.latest() is not None:
            case = judging.case(plan)
            for rule in case.scheme.guardrails:
                with suppress(InputError):  # its page says why
                    telling.power(case, rule, lake())
            watching.watch(case, lake())
