"""A verdict in words for its page: effect, before and after, guardrails, patients, pounds, the design."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand import account, measures, prove
from evenhand.account import Saving
from evenhand.charts.words import number
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.records import Guardrail, GuardrailRule, Verdict

from .judging import Case
from .models import VerdictRecord
from .record import verdict_of


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


@dataclass(frozen=True)
class Told:
    """A verdict, as its page tells it. share: the measure is a share, so that effects are points."""

    record: VerdictRecord
    verdict: Verdict
    saving: Saving
    title: str
    unit: str
    share: bool
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
    held = tuple(_held(g, rule, lake) for g, rule in zip(found.guardrails, case.scheme.guardrails, strict=True))
    share = _is_share(measure)
    return Told(record, found, account.saving(found, case.scheme), *_named(measure, case.scheme.measure), share, held)


def design(case: Case, lake: Lake | None) -> Design:
    """How the scheme is judged, or would be."""
    measure = _measure(lake, case.scheme.measure)
    rules = tuple(_held(Guardrail(r.measure, "", *[float("nan")] * 3, r.margin, r.harm), r, lake)
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


def _held(found: Guardrail, rule: GuardrailRule, lake: Lake | None) -> Held:
    measure = _measure(lake, found.measure)
    share = _is_share(measure)
    margin = f"{100 * found.margin:.1f} points" if share else number(found.margin)
    worse = "higher" if found.harm == "up" else "lower"
    return Held(
        _named(measure, found.measure)[0], found.verdict, apart(found.effect, share), apart(found.bound, share),
        f"{margin} {worse}", found.reason, rule.blocks,
    )  # fmt: skip


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
