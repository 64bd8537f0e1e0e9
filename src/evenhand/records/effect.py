"""Effect, Guardrail, Verdict: what PROVE hands to ACCOUNT."""

from __future__ import annotations

from dataclasses import dataclass

from .base import Record
from .estimate import Estimate

GUARDRAIL_VERDICTS = ("pass", "inconclusive", "breach", "not_assessed")


@dataclass(frozen=True, eq=False)
class Effect(Record):
    """What a change did, against a counterfactual: in the measure's own unit, minus means lower.

    `has_counterfactual` is False for designs (before/after) that can never move a saving.
    """

    arm: str
    effect: float
    se: float
    low: float
    high: float
    p: float
    df: float
    design: str
    has_counterfactual: bool = True
    level: float = 0.95


@dataclass(frozen=True, eq=False)
class Guardrail(Record):
    """Did access or quality hold, against controls? verdict: pass, inconclusive, breach or not_assessed.

    effect: change in the treated minus change in the controls, in the measure's unit (NaN if not assessed);
    bound: the one-sided 90% bound on the harm side; margin > 0, in the same unit; harm: 'up' or 'down'.
    """

    measure: str
    verdict: str
    effect: float
    se: float
    bound: float
    margin: float
    harm: str
    reason: str = ""


@dataclass(frozen=True, eq=False)
class Verdict(Record):
    """What a clinician may conclude, in one sentence, with all that it rests on.

    saving_pounds and patients are totals over the follow-up window, with 90% intervals (level=0.9)
    and se; lower80_pounds is the one-sided lower 80% bound that is booked first (METHODS F.6);
    probability_saving is P(saving > 0). `registered` is the hash of the design, kept before the outcome was read.
    assumptions: what it takes for granted; would_change: what would change it; both in sentences.
    """

    scheme: str
    measure: str
    sentence: str
    effect: Effect
    saving_pounds: Estimate
    lower80_pounds: float
    probability_saving: float
    patients: Estimate
    guardrails: tuple[Guardrail, ...]
    evidenced: bool
    countable: bool
    reasons: tuple[str, ...]
    naive_change: float
    regression_to_the_mean: float
    registered: str
    window: tuple[str, str]
    source: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()
    would_change: tuple[str, ...] = ()
