"""A verdict as rows: the record itself, its guardrails, and which snapshots of the lake it was computed from."""

from __future__ import annotations

import math
from typing import Any

from django.db import transaction

from evenhand.definition import loads
from evenhand.lake import Lake
from evenhand.records import Effect, Estimate, Guardrail, Scheme, Verdict, Window
from evenhand_web.people.models import Person

from .models import GuardrailRecord, RegisteredDesign, VerdictRecord


@transaction.atomic
def keep_verdict(design: RegisteredDesign, verdict: Verdict, lake: Lake, person: Person) -> VerdictRecord:
    """Keep a verdict of evenhand.prove as it was computed; an earlier one stays beside it."""
    record = VerdictRecord.objects.create(
        design=design, sentence=verdict.sentence, evidenced=verdict.evidenced, countable=verdict.countable,
        verdict=verdict.as_json(), person=person,
        snapshots=[{"table": s.table, "key": s.key, "sha256": s.sha256} for s in lake.snapshots()],
    )  # fmt: skip
    for guardrail in verdict.guardrails:
        GuardrailRecord.objects.create(
            verdict_record=record, measure=guardrail.measure, verdict=guardrail.verdict, harm=guardrail.harm,
            effect=finite(guardrail.effect), se=finite(guardrail.se), bound=finite(guardrail.bound),
            margin=guardrail.margin, reason=guardrail.reason,
        )  # fmt: skip
    return record


def scheme_of(design: RegisteredDesign) -> Scheme:
    """The scheme as a design judges it: as it was signed, on the months of that design (a later year has its own)."""
    scheme = loads(design.version.yaml, Scheme, where=design.version.plan.key)
    if not (months := design.design.get("follow_up")):
        return scheme
    return scheme.model_copy(update={"follow_up": Window.model_validate(months)})


def verdict_of(record: VerdictRecord) -> Verdict:
    """A kept verdict as the library's record again, number for number."""
    kept = record.verdict
    parts = {
        "effect": Effect(**_known(kept["effect"])), "saving_pounds": Estimate(**_known(kept["saving_pounds"])),
        "patients": Estimate(**_known(kept["patients"])), "window": tuple(kept["window"]),
        "guardrails": tuple(Guardrail(**_known(g)) for g in kept["guardrails"]),
        **{name: tuple(kept.get(name, ())) for name in ("reasons", "source", "assumptions", "would_change")},
    }  # fmt: skip
    return Verdict(**(_known(kept) | parts))


def _known(kept: dict[str, Any]) -> dict[str, Any]:
    """What JSON holds as null was not a number."""
    return {key: math.nan if value is None else value for key, value in kept.items()}


def finite(number: float) -> float | None:
    """A number as a row or JSON holds it: none where it is not one."""
    return number if math.isfinite(number) else None
