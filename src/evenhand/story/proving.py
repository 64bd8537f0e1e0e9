"""What was proved, in sentences, a table and a chart."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .. import charts
from ..account import Entry
from ..records import Scheme, Verdict
from .chapter import Figure

HELD = {"pass": "held", "inconclusive": "not yet known", "breach": "at risk", "not_assessed": "not assessed"}


def says(schemes: Sequence[Scheme], judged: Sequence[Verdict]) -> tuple[str, ...]:
    """Each verdict as a sentence, and what before/after would have claimed."""
    lines = [f"{scheme.title}: {found.sentence}" for scheme, found in zip(schemes, judged, strict=True)]
    evidenced, others = sum(found.evidenced for found in judged), sum(not found.evidenced for found in judged)
    flattered = sum(
        not found.evidenced and found.naive_change * scheme.planned_effect > 0
        for scheme, found in zip(schemes, judged, strict=True)
    )
    praised = "is no proof: it"
    if others:
        praised = f"would have praised {flattered} of the other{'s' if others != 1 else ''}; it"
    verb = "is" if evidenced == 1 else "are"
    lines.append(f"{evidenced} of {len(judged)} {verb} evidenced. A plain before-and-after {praised} is shown, never "
                 "counted.")  # fmt: skip
    return tuple(lines)


def next_step(judged: Sequence[Verdict], entries: Sequence[Entry] = ()) -> str:
    """What the verdicts ask for. `entries`: the ledger, on which some may be confirmed already."""
    done = {e["scheme"] for e in entries if e.state == "confirmed"}
    if any(g.verdict == "breach" for found in judged for g in found.guardrails):
        return "A guardrail is at risk: stop, tell the clinical lead, and score the quality impact again."
    if any(found.countable and found.scheme not in done for found in judged):
        return "Bring what is evidenced to the finance lead and the clinical lead to be confirmed."
    if any(found.countable for found in judged):
        return "What is proved is confirmed: test it again as months are published, and bring it to those without it."
    return "Wait for the rest of the follow-up, or try another change."


def figures(schemes: Sequence[Scheme], judged: Sequence[Verdict], *, share: bool) -> tuple[Figure, ...]:
    """Effect and interval of each scheme beside the effect that was planned. share: every measure is a share."""
    columns = ("scheme", "effect", "low", "high", "planned", "before and after", "by chance alone", "guardrails",
               "evidenced", "countable")  # fmt: skip
    rows = []
    for scheme, found in zip(schemes, judged, strict=True):
        guardrails = ", ".join(f"{g.measure.replace('_', ' ')}: {HELD[g.verdict]}" for g in found.guardrails)
        e = found.effect
        rows.append((
            scheme.title, e.effect, e.low, e.high, scheme.planned_effect, found.naive_change,
            found.regression_to_the_mean, guardrails, _yes(found.evidenced), _yes(found.countable),
        ))  # fmt: skip

    def draw(width: int) -> object:
        return charts.forest(
            [scheme.title for scheme in schemes],
            *(np.array([getattr(found.effect, name) for found in judged]) for name in ("effect", "low", "high")),
            matters=np.array([scheme.planned_effect for scheme in schemes]),
            title="What each scheme did, against its controls", share=share, width=width,
        )  # fmt: skip

    says = (
        "Effect against the controls with 95% interval, in "
        f"{'percentage points' if share else 'the unit of each measure'}."
    )
    kinds = ("text", *(("points" if share else "value",) * 6), *(("text",) * 3))
    short = ("scheme", "effect", "low", "high", "before and after", "evidenced", "countable")
    return (Figure("effects", says, columns, tuple(rows), kinds, in_print=True, short=short, draw=draw),)


def _yes(word: bool) -> str:
    return "yes" if word else "no"
