"""A verdict in words for its page: effect, before and after, guardrails, patients, pounds, the design."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from django.core.cache import cache

from evenhand import account, measures, prove
from evenhand.account import Saving
from evenhand.charts.words import number
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.records import Guardrail, GuardrailRule, Verdict
from evenhand.story import guarding
from evenhand_web.site.templatetags.evenhand import month

from .judging import Case
from .models import VerdictRecord
from .record import verdict_of

WOULD_CHANGE = {
    "pass": "{title}: {margin} than its controls, or more, when it is tested again.",
    "breach": "{title}: back within {margin}, against its controls, when it is tested again.",
    "inconclusive": "{title}: enough months or places to tell whether it stays within {margin}.",
    "not_assessed": "{title}: the months that are missing, so that it can be seen whether it stays within {margin}.",
}


@dataclass(frozen=True)
class Held:
    """One guardrail as its line on the page says it."""

    title: str
    verdict: str
    effect: str
    bound: str
    margin: str
    reason: str
    blocks: bool
    could_see: str
    changed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Told:
    """A verdict, as its page tells it. share: the measure is a share, so that effects are points."""

    record: VerdictRecord
    verdict: Verdict
    saving: Saving
    title: str
    unit: str
    share: bool
    planned: float
    guardrails: tuple[Held, ...]

    @property
    def effect(self) -> str:
        """How far the two ended apart."""
        return apart(self.verdict.effect.effect, self.share)

    @property
    def between(self) -> str:
        """The interval of the effect."""
        return f"{apart(self.verdict.effect.low, self.share)} to {apart(self.verdict.effect.high, self.share)}"

    @property
    def before_after(self) -> str:
        """What a plain before and after would have said."""
        return apart(self.verdict.naive_change, self.share)

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why it is not proved, or does not count, with measures by their titles."""
        named = {g.measure: held.title for g, held in zip(self.verdict.guardrails, self.guardrails, strict=True)}
        said = []
        for reason in self.verdict.reasons:
            for measure, title in named.items():
                reason = reason.replace(f"guardrail {measure}:", f"{title}:")
            said.append(reason)
        return tuple(said)

    @property
    def mind(self) -> tuple[str, ...]:
        """What would change our mind, in sentences: about the effect, then about each guardrail."""
        found, planned = self.verdict, self.planned
        hoped = min(found.effect.low * planned, found.effect.high * planned) > 0
        if found.evidenced:
            about = f"An effect whose interval reaches nothing at all: it is {self.between} now."
        elif hoped:
            about = f"About the effect, nothing: its interval, {self.between}, lies where it was hoped for."
        else:
            about = f"An effect whose interval lies wholly where it was hoped for: it is {self.between} now."
        return (about, *(WOULD_CHANGE[g.verdict].format(title=g.title, margin=g.margin) for g in self.guardrails))

    @property
    def by_itself(self) -> str:
        """What regression to the mean alone would have given."""
        return apart(self.verdict.regression_to_the_mean, self.share)


@dataclass(frozen=True)
class Design:
    """What is registered, or would be, in words."""

    title: str
    unit: str
    judged_by: str
    planned: str
    guardrails: tuple[Held, ...]


def verdict(case: Case, record: VerdictRecord, lake: Lake | None) -> Told:
    """A kept verdict, with the names and units that its measures have."""
    found, measure = verdict_of(record), _measure(lake, case.scheme.measure)
    held = tuple(_held(g, rule, lake, case) for g, rule in zip(found.guardrails, case.scheme.guardrails, strict=True))
    share = _is_share(measure)
    return Told(record, found, account.saving(found, case.scheme), *_named(measure, case.scheme.measure), share,
                case.scheme.planned_effect, held)  # fmt: skip


def design(case: Case, lake: Lake | None) -> Design:
    """How the scheme is judged, or would be."""
    measure = _measure(lake, case.scheme.measure)
    rules = tuple(_held(Guardrail(r.measure, "", *[float("nan")] * 3, r.margin, r.harm), r, lake, case)
                  for r in case.scheme.guardrails)  # fmt: skip
    return Design(
        *_named(measure, case.scheme.measure), prove.choose(case.scheme),
        apart(case.scheme.planned_effect, _is_share(measure)), rules,
    )  # fmt: skip


def apart(difference: float, share: bool) -> str:
    """A difference in words, without a minus: 2.1 points lower.

    >>> apart(-0.021, True), apart(3.0, False), apart(float("nan"), True)
    ('2.1 points lower', '3 higher', 'not known')
    """
    if difference != difference:
        return "not known"
    size = f"{100 * abs(difference):.1f} points" if share else number(abs(difference))
    return f"{size} {'lower' if difference < 0 else 'higher'}"


def _held(found: Guardrail, rule: GuardrailRule, lake: Lake | None, case: Case) -> Held:
    measure = _measure(lake, found.measure)
    share = _is_share(measure)
    margin = f"{100 * found.margin:.1f} points" if share else number(found.margin)
    worse = "higher" if found.harm == "up" else "lower"
    return Held(
        _named(measure, found.measure)[0], found.verdict, apart(found.effect, share), apart(found.bound, share),
        f"{margin} {worse}", found.reason, rule.blocks, _could_see(power(case, rule, lake), share),
        tuple(f"{one.why[:1].upper()}{one.why[1:]} from {month(one.month)} on: nothing is compared across it."
              for one in rule.breaks),
    )  # fmt: skip


def power(case: Case, rule: GuardrailRule, lake: Lake | None) -> prove.GuardrailPower | None:
    """What a guardrail could see at planning, from the months before the start alone; None without a lake."""
    if lake is None:
        return None
    said = "|".join([case.scheme.model_dump_json(), rule.measure, *(s.sha256 or s.key for s in lake.snapshots())])
    key = f"guardrail-power-{hashlib.sha256(said.encode()).hexdigest()}"
    return cache.get_or_set(key, lambda: guarding.power(lake, case.scheme, rule), 3600)


def _could_see(found: prove.GuardrailPower | None, share: bool) -> str:
    """Its power in a sentence."""
    if found is None:
        return ""
    if found.se != found.se:
        return f"Its power is {found.reason}."
    harm = f"{100 * found.smallest_harm_seen:.1f} points" if share else number(found.smallest_harm_seen)
    often = "nearly always" if found.passes_if_harmless > 0.99 else f"{found.passes_if_harmless:.0%} of the time"
    return (
        f"As planned, over {found.follow_up_months} months: harm of {harm} or more is seen four times in five, and a "
        f"harmless scheme is let through {often}."
    )


def _named(measure: Measure | None, id: str) -> tuple[str, str]:
    return (measure.title, measure.unit) if measure else (id.replace("_", " ").capitalize(), "")


def _is_share(measure: Measure | None) -> bool:
    return bool(measure and measure.is_share)


def _measure(lake: Lake | None, id: str) -> Measure | None:
    """The definition of a measure; None where nothing knows it any more."""
    try:
        return measures.load_all().get(id) if lake is None else measures.for_lake(lake).get(id)
    except InputError:
        return None
