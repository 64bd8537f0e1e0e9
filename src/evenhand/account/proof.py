"""The verdict as an entry carries it: enough to judge a booking, in whole pence and text."""

from __future__ import annotations

import hashlib
import json
import math
from typing import Any

from scipy.special import stdtrit

from ..records import Estimate, Scheme, Verdict
from .states import months_between


def of(verdict: Verdict, scheme: Scheme) -> dict[str, Any]:
    """A verdict as the ledger keeps it. Pounds are net: the investment (kept beside) is taken off already.

    An effect without a counterfactual is kept as not evidenced, whatever else it says.
    """
    blocking = {rule.measure: rule.blocks for rule in scheme.guardrails}
    reasons = list(verdict.reasons)
    if not verdict.effect.has_counterfactual:
        reasons.append(f"the design ({verdict.effect.design}) has no counterfactual")
    text = json.dumps(verdict.as_json(), sort_keys=True, separators=(",", ":"), allow_nan=False)
    return {
        "digest": hashlib.sha256(text.encode()).hexdigest(),
        "registered": verdict.registered, "design": verdict.effect.design, "sentence": verdict.sentence,
        "window": list(verdict.window), "months": months_between(*verdict.window),
        "effect": _text(verdict.effect.effect), "low": _text(verdict.effect.low), "high": _text(verdict.effect.high),
        "saving_pence": pence(verdict.saving_pounds.value), "lower80_pence": pence(verdict.lower80_pounds),
        "investment_pence": round(100 * scheme.money.investment_pounds),
        "patients": _whole(verdict.patients.value),
        "patients_lower80": _whole(lower80(verdict.patients, verdict.effect.df)),
        "probability_saving": _text(verdict.probability_saving),
        "evidenced": bool(verdict.evidenced and verdict.effect.has_counterfactual),
        "countable": bool(verdict.countable and verdict.effect.has_counterfactual), "reasons": reasons,
        "guardrails": [
            {"measure": g.measure, "verdict": g.verdict, "effect": _text(g.effect), "bound": _text(g.bound),
             "margin": _text(g.margin), "harm": g.harm, "blocks": blocking.get(g.measure, True)}
            for g in verdict.guardrails
        ],
    }  # fmt: skip


def lower80(estimate: Estimate, df: float) -> float:
    """The one-sided lower 80% bound (METHODS F.6), by Student's t with `df` degrees of freedom.

    >>> round(lower80(Estimate(100, 10), float("inf")), 2)
    91.58
    """
    return estimate.value - float(stdtrit(df, 0.8)) * estimate.se


def pence(pounds: float) -> int:
    """Pounds as whole pence, rounded down: doubt is never booked. NaN is 0.

    >>> pence(12.345), pence(-0.001), pence(float("nan"))
    (1234, -1, 0)
    """
    return math.floor(round(pounds * 100, 6)) if math.isfinite(pounds) else 0


def _whole(value: float) -> int:
    return math.floor(round(value, 6)) if math.isfinite(value) else 0


def _text(value: float) -> str:
    return repr(float(value)) if math.isfinite(value) else ""
