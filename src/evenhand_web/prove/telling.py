"""A verdict in words for its page: effect, before and after, guardrails, patients, pounds, the design."""

from __future__ import annotations

from dataclasses import dataclass

from evenhand import account, measures, prove
from evenhand.account import Saving
from evenhand.charts.words import number
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import Measure
from evenhand.measures.guardrails import in_weeks
from evenhand.records import Guardrail, GuardrailRule, Scheme, Verdict
from evenhand.story import guarding, sight_keys, sights
from evenhand_web.site.keeping import kept
from evenhand_web.site.templatetags.evenhand import month

from .judging import Case
from .models import VerdictRecord
from .record import verdict_of

METHOD = 1  # rises when the same scheme and months would give another power


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
    share: bool
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
    scheme: Scheme
    guardrails: tuple[Held, ...]

    @property
    def watched(self) -> bool:
        """Whether the scheme itself names a guardrail that blocks nothing."""
        return any(not held.blocks for held in self.guardrails)

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
        named = {g.measure: (held.title, held.share)
                 for g, held in zip(self.verdict.guardrails, self.guardrails, strict=True)}  # fmt: skip
        return prove.would_change(self.verdict, self.scheme, is_share=self.share, named=named)

    @property
    def assumed(self) -> tuple[str, ...]:
        """What the verdict takes for granted."""
        return self.verdict.assumptions or prove.assumptions(self.scheme)

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
                case.scheme, held)  # fmt: skip


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
    return _apart(difference, "points" if share else "")


def _apart(difference: float, unit: str) -> str:
    if difference != difference:
        return "not known"
    return f"{_size(abs(difference), unit)} {'lower' if difference < 0 else 'higher'}"


def _size(size: float, unit: str) -> str:
    if unit == "points":
        return f"{100 * size:.1f} points"
    return f"{size:.1f} weeks" if unit == "weeks" else number(size)


def _held(found: Guardrail, rule: GuardrailRule, lake: Lake | None, case: Case) -> Held:
    measure, weeks = _measure(lake, found.measure), in_weeks().get(found.measure)
    share = _is_share(measure)
    unit = "points" if share else "weeks" if weeks else ""
    title = (weeks.title if weeks else None) or _named(measure, found.measure)[0]
    return Held(
        title, found.verdict, _apart(found.effect, unit), _apart(found.bound, unit),
        f"{_size(found.margin, unit)} {'higher' if found.harm == 'up' else 'lower'}", found.reason, rule.blocks,
        _could_see(power(case, rule, lake), unit), share,
        tuple(f"{one.why[:1].upper()}{one.why[1:]} from {month(one.month)} on: nothing is compared across it."
              for one in rule.breaks),
    )  # fmt: skip


def power(case: Case, rule: GuardrailRule, lake: Lake | None) -> prove.GuardrailPower | None:
    """What a guardrail could see at planning, from the months before the start alone; None without a lake."""
    if lake is None:
        return None
    every = sights.known(lake)
    measure = every.get(rule.measure)
    rests_on = (METHOD, case.scheme.model_dump_json(), rule.measure, rule.level, sight_keys.state(lake),
                measure.definition(every) if measure else "")  # fmt: skip
    return kept(f"prove.power/{case.plan.key}/{rule.level}/{rule.measure}", rests_on,
                lambda: guarding.power(lake, case.scheme, rule))  # fmt: skip


def _could_see(found: prove.GuardrailPower | None, unit: str) -> str:
    """Its power in a sentence."""
    if found is None:
        return ""
    if found.se != found.se:
        return f"Its power is {found.reason}."
    harm = _size(found.smallest_harm_seen, unit)
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
        return measures.load_all().get(id) if lake is None else sights.known(lake).get(id)
    except InputError:
        return None
