"""A verdict as one clinician could say it to another."""

from __future__ import annotations

import math

from ..records import Estimate, Scheme, Verdict


def sentence(verdict: Verdict, scheme: Scheme, title: str, *, is_share: bool, early: bool) -> str:
    """What may be concluded, in plain words: patients before pounds, and how sure we are.

    `early` says that the follow-up is not complete.
    """
    title = title[:1].lower() + title[1:] if title[1:2].islower() else title
    effect = verdict.effect
    better = math.copysign(1.0, scheme.planned_effect) * effect.effect > 0
    compared = (
        f"{title} ended {apart(effect.effect, is_share)} than where nothing was done "
        f"({effect.level:.0%} interval {between_words(effect.low, effect.high, is_share)})"
    )
    breached = [g for g, rule in zip(verdict.guardrails, scheme.guardrails, strict=True)
                if rule.blocks and g.verdict == "breach"]  # fmt: skip
    if breached:
        names = " and ".join(g.measure.replace("_", " ") for g in breached)
        return f"This does not count: {names} got worse beyond its margin where the scheme ran; {compared}."
    if early:
        return f"Too early to say: the follow-up is not complete. So far, {compared}."
    if verdict.evidenced:
        worth = f"Practice changed because of this scheme: {compared}{_worth(verdict, scheme)}."
        return worth if verdict.countable else f"{worth} It is not counted yet: {verdict.reasons[0]}."
    if not effect.has_counterfactual:
        return f"We cannot say whether this scheme changed practice, as it was not randomised; {compared}."
    if effect.low > 0 or effect.high < 0:
        why = verdict.reasons[0] if better else "that is the wrong way"
        return f"Practice moved where this scheme ran, but it is not evidence of a saving: {compared}; {why}."
    return f"We cannot tell whether this scheme changed practice: {compared}, which chance alone may give."


def _worth(verdict: Verdict, scheme: Scheme) -> str:
    parts = []
    if scheme.money.patients_per_unit:
        parts.append(f"about {_range(verdict.patients, '', ' patients')}")
    word = "worth" if verdict.saving_pounds.value >= 0 else "costing"
    shown = verdict.saving_pounds
    if word == "costing":
        shown = Estimate(-shown.value, shown.se, -shown.high, -shown.low, shown.level)
    parts.append(f"{word} about {_range(shown, '£', '')}")
    return ": " + ", ".join(parts)


def _range(estimate: Estimate, sign: str, noun: str) -> str:
    value, low, high = (_round(x, sign) for x in (estimate.value, estimate.low, estimate.high))
    return f"{value}{noun} ({estimate.level:.0%} interval {low} to {high})"


def _round(x: float, sign: str) -> str:
    """Three figures, and decimals only below 10: no more than an interval can carry."""
    if not math.isfinite(x):
        return "not known"
    rounded = round(x, 2 - math.floor(math.log10(abs(x)))) if x else 0.0
    text = f"{abs(rounded):,.1f}" if 0 < abs(x) < 10 else f"{abs(rounded):,.0f}"
    return f"{'-' if rounded < 0 else ''}{sign}{text}"


def apart(x: float, is_share: bool) -> str:
    return f"{_size(x, is_share)} {'points ' if is_share else ''}{_way(x)}"


def between_words(low: float, high: float, is_share: bool) -> str:
    """An interval without a minus sign: 0.9 to 3.3 lower; 1.2 lower to 0.8 higher."""
    if low * high < 0:
        return f"{_size(low, is_share)} lower to {_size(high, is_share)} higher"
    near, far = sorted((low, high), key=abs)
    return f"{_size(near, is_share)} to {_size(far, is_share)} {_way(far)}"


def _way(x: float) -> str:
    return "lower" if x < 0 else "higher"


def _size(x: float, is_share: bool) -> str:
    return f"{100 * abs(x):.1f}" if is_share else f"{abs(x):.3g}"
