"""How `evenhand measures show` reads a measure aloud."""

from __future__ import annotations

from typing import Any

from .. import measures as library
from ..lake import Lake
from ..measures import Measure
from ..records import plain


def document(measure: Measure, every: dict[str, Measure], lake: Lake | None) -> dict[str, Any]:
    """The measure's fields, and with a lake what its rules match there and which months are held."""
    shown = {key: value for key, value in measure.model_dump(mode="json", by_alias=True).items() if value is not None}
    for side in ("numerator", "denominator", "replacement"):
        if side in shown:
            shown[side] = {key: value for key, value in shown[side].items() if value is not None}
    if lake is not None:
        shown["in_this_lake"] = library.matched(lake, measure, every)
        held = library.versions(lake, (measure.id, *(measure.indicator or ())))
        if held:
            shown["versions"] = [{"version": v.version, "levels": list(v.levels), "first": v.months[0],
                                  "last": v.months[1]} for v in held]  # fmt: skip
    result: dict[str, Any] = plain(shown)
    return result


def read_aloud(measure: Measure, shown: dict[str, Any]) -> str:
    """The measure as a page of plain text."""
    better = {"lower": "lower is better", "higher": "higher is better", "neutral": "neither side is better"}
    parts = [
        f"{measure.title}  [{measure.id}]",
        measure.why_it_matters,
        f"Counted:  {measure.numerator.words}\n          {_rule(shown['numerator'])}",
        f"over:     {measure.denominator.words}\n          {_rule(shown['denominator'])}",
        f"Unit:     {measure.unit}; {better[measure.direction]}; "
        f"not judged below a denominator of {measure.minimum_denominator:g}",
    ]
    if measure.replacement is not None:
        parts.append(f"Instead:  {measure.replacement.words}\n          {_rule(shown['replacement'])}")
    parts += [f"Guidance: {g.title}" + (f"\n          {g.link}" if g.link else "") for g in measure.guidance]
    parts += [
        f"Cautions\n{measure.cautions}",
        f"How to change\n{measure.how_to_change}",
        f"Find the patients ({measure.find_patients.tested})\n{measure.find_patients.words}"
        + (f"\n{', '.join(measure.find_patients.codes)}" if measure.find_patients.codes else ""),
    ]
    if measure.guardrails:
        parts.append(f"Guardrails: {', '.join(measure.guardrails)}")
    example = measure.example
    for name in ("prescribing", "list_size", "waits", "indicator"):
        if drawn := getattr(example, name):
            parts.append(f"Worked example: {name.replace('_', ' ')}\n{drawn.rstrip()}")
    parts.append(f"which must give\n{example.expected.rstrip()}")
    if "in_this_lake" in shown:
        parts.append("In this lake: " + "; ".join(f"{k} {v}" for k, v in shown["in_this_lake"].items()))
    parts.append(f"Written by {measure.authored_by}; {measure.checked_by}; review due {measure.review_due}.")
    return "\n\n".join(parts)


def _rule(side: dict[str, Any]) -> str:
    said = []
    for key, value in side.items():
        if key == "words":
            continue
        if isinstance(value, dict):
            value = f"({_rule({k: v for k, v in value.items() if v is not None})})"
        elif isinstance(value, list):
            value = ", ".join(f"({_rule({k: v for k, v in one.items() if v is not None})})" if isinstance(one, dict)
                              else str(one) for one in value)  # fmt: skip
        said.append(f"{key}: {value}")
    return "; ".join(said) or "as published"
