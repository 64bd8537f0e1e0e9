"""Did practice change because of this scheme, what is it worth, and may it be counted?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from ..errors import InputError
from ..records import Effect, Estimate, Guardrail, Scheme, Verdict
from .design import choose, months_between, register
from .rests_on import Named, assumptions, would_change
from .sentence import sentence
from .trial import trial

Floats = NDArray[np.float64]

FEWEST_MONTHS = 3  # METHODS F.6
SURE = 0.95  # METHODS F.6: P(S > 0)
MISSING_ALLOWED = 0.1  # our rule: with more units lost than this, those left are no longer those randomised


@dataclass(frozen=True)
class Totals:
    """Numerator and denominator of every allocated unit (n,), summed over a window; NaN where a month is missing."""

    numerator: Floats
    denominator: Floats

    @property
    def value(self) -> Floats:
        """numerator / denominator; NaN where there is nothing to divide by."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.denominator > 0, self.numerator / self.denominator, np.nan)


def verdict(
    scheme: Scheme,
    *,
    arm: Sequence[str],
    baseline: Totals,
    outcome: Totals,
    guardrails: Sequence[Guardrail],
    months_seen: int,
    registered: str,
    clusters: Sequence[str] | None = None,
    peers: Floats | None = None,
    seal: str = "",
    title: str = "",
    is_share: bool = True,
    source: Sequence[str] = (),
    named: Named | None = None,
) -> Verdict:
    """Judge one scheme: the effect against its controls, in patients and pounds, and whether it may be counted.

    The effect is on the measure as it is at a higher level, a ratio of sums: ANCOVA weighted by volume, treated arms
    taken together. Units moved = effect x the treated units' follow-up volume, in the direction that was planned;
    pounds = units moved x the price difference, less the investment; patients = units moved x patients per unit.

    evidenced: a randomised design, registered as it stands, its follow-up complete and at least 3 months long,
    P(saving > 0) at least 0.95 (where the better choice costs more, the chance that practice moved as planned),
    hardly any unit lost, and no blocking guardrail in breach. countable: evidenced, every blocking guardrail
    a pass, and no cut of a service. Everything that stands in the way is a sentence in `reasons`.

    Parameters
    ----------
    arm, clusters
        One for each allocated unit (n); clusters None where units were randomised themselves. A unit in an arm that
        the scheme does not name is left out.
    baseline, outcome
        The two windows.
    guardrails
        In the order of `scheme.guardrails`, one each.
    months_seen
        How many months of the follow-up window have been published.
    registered, seal
        The hash kept when the design was registered ('' if none was), and the allocation's seal if it was part of it.
    peers
        The baseline values of all units from which the scheme's own were chosen: gives the regression to the mean.
    title, is_share
        What the measure is called in the sentence, and whether it is a share (shown in points).
    named
        The same two of each guardrail's measure, for what would change the verdict.

    Raises
    ------
    InputError
        If the design judges nothing (see `design.choose`) or the trial cannot be analysed (see `trial`).

    Source: METHODS F.3, F.6 and F.7, retold in docs/explanation/how-a-change-is-proved.md.
    """
    if len(guardrails) != len(scheme.guardrails):
        raise ValueError(f"{len(guardrails)} guardrails judged, {len(scheme.guardrails)} in the scheme")
    rows = _named(scheme, arm)
    treated = np.array([arm[i] != scheme.control_arm for i in rows])
    before, after, volume = baseline.value[rows], outcome.value[rows], outcome.denominator[rows]
    name = scheme.treated_arms[0] if len(scheme.treated_arms) == 1 else "treated"
    result = trial(
        [name if t else scheme.control_arm for t in treated], before, after, control=scheme.control_arm,
        clusters=[str(i) if clusters is None else clusters[i] for i in rows], weights=volume,
        errors="CR3",
    )  # fmt: skip
    effect = replace(result.effects[0], design=choose(scheme), has_counterfactual=not scheme.why_not_randomised)
    seen = treated & np.isfinite(before) & np.isfinite(after)
    moved = math.copysign(1.0, scheme.planned_effect) * float(volume[seen].sum())  # x effect = units moved
    pounds = _total(effect, moved * scheme.money.pounds_per_unit, scheme.money.investment_pounds)
    against = _design_against(scheme, result.missing / len(rows), months_seen, registered, seal)
    against += _chance_against(scheme, pounds, _total(effect, moved, 0.0), effect.df)
    breached, holding = _guardrails_against(scheme, guardrails)
    evidenced = not against and not breached
    judged = Verdict(
        scheme=scheme.id, measure=scheme.measure, sentence="", effect=effect, saving_pounds=pounds,
        lower80_pounds=pounds.value - float(stdtrit(effect.df, 0.8)) * pounds.se,
        probability_saving=_chance(pounds, effect.df),
        patients=_total(effect, moved * scheme.money.patients_per_unit, 0.0), guardrails=tuple(guardrails),
        evidenced=evidenced, countable=evidenced and not holding, reasons=tuple(against + breached + holding),
        naive_change=result.naive_change,
        regression_to_the_mean=_regression(before[seen], peers, result.baseline_slope),
        registered=registered, window=(scheme.follow_up.first, scheme.follow_up.last), source=tuple(source),
        assumptions=assumptions(scheme, missing=result.missing / len(rows)),
    )  # fmt: skip
    early = months_seen < months_between(*judged.window)
    return replace(
        judged, sentence=sentence(judged, scheme, title or scheme.measure, is_share=is_share, early=early),
        would_change=would_change(judged, scheme, is_share=is_share, named=named),
    )


def _named(scheme: Scheme, arm: Sequence[str]) -> list[int]:
    """The units in the arms that the scheme names."""
    rows = [i for i, a in enumerate(arm) if a == scheme.control_arm or a in scheme.treated_arms]
    if not rows:
        raise InputError(
            f"scheme {scheme.id!r}: no unit is in the arms {', '.join(scheme.treated_arms)} or {scheme.control_arm}; "
            f"the allocation has: {', '.join(dict.fromkeys(arm))}"
        )
    return rows


def _total(effect: Effect, factor: float, less: float) -> Estimate:
    """effect x factor - less, with its 90% interval."""
    value, se = effect.effect * factor - less, effect.se * abs(factor)
    half = float(stdtrit(effect.df, 0.95)) * se
    return Estimate(value, se, value - half, value + half, level=0.9)


def _chance(total: Estimate, df: float) -> float:
    """P(total > 0), from Student's distribution about the estimate."""
    if total.se > 0:
        return float(stdtr(df, total.value / total.se))
    return float(total.value > 0)


def _design_against(scheme: Scheme, missing: float, months_seen: int, registered: str, seal: str) -> list[str]:
    """What keeps a result from being evidence, whatever it says."""
    planned = months_between(scheme.follow_up.first, scheme.follow_up.last)
    reasons = []
    if scheme.why_not_randomised:
        reasons.append(f"not randomised ({scheme.why_not_randomised}): a difference is shown, and proves nothing")
    if not registered:
        reasons.append("no design was registered before the outcome was read")
    elif registered != register(scheme, seal=seal):
        reasons.append("the design is not the one that was registered before the outcome was read")
    if months_seen < planned:
        reasons.append(f"{months_seen} of {planned} months of follow-up are published; the verdict waits for all")
    if planned < FEWEST_MONTHS:
        reasons.append(f"the follow-up is {planned} months; at least {FEWEST_MONTHS} are needed")
    if missing > MISSING_ALLOWED:
        reasons.append(
            f"{missing:.0%} of the allocated units have no value in one of the windows; "
            f"at most {MISSING_ALLOWED:.0%} may be lost"
        )
    return reasons


def _chance_against(scheme: Scheme, pounds: Estimate, moved: Estimate, df: float) -> list[str]:
    """Whether the result could be chance; where the better choice costs more, what must be sure is the change."""
    if scheme.money.pounds_per_unit > 0:
        sure, what = _chance(pounds, df), "saving"
    else:
        sure, what = _chance(moved, df), "change for the better"
    return [] if sure >= SURE else [f"the chance of a {what} is {sure:.1%}; {SURE:.0%} is needed"]


def _guardrails_against(scheme: Scheme, guardrails: Sequence[Guardrail]) -> tuple[list[str], list[str]]:
    """What blocks (a breach), and what only holds the saving back until it is known."""
    blocking = [g for g, rule in zip(guardrails, scheme.guardrails, strict=True) if rule.blocks]
    breached = [_told(g) for g in blocking if g.verdict == "breach"]
    holding = [_told(g) for g in blocking if g.verdict not in ("pass", "breach")]
    if scheme.money.saving_class == "scope_reduction":
        holding.append("a cut of a service is no saving")
    return breached, holding


def _told(guardrail: Guardrail) -> str:
    word = {"breach": "at risk", "inconclusive": "not yet known", "not_assessed": "not assessed"}[guardrail.verdict]
    return f"guardrail {guardrail.measure}: {word} ({guardrail.reason})"


def _regression(before: Floats, peers: Floats | None, slope: float) -> float:
    """The change to expect of the treated had nothing been done, from where they stood among their peers."""
    if peers is None or not np.isfinite(peers).any():
        return float("nan")
    return float((slope - 1) * (before.mean() - np.nanmean(peers)))
