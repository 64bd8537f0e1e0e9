"""Plan against actual, month by month: variance, computed RAG, and the forecast of the year. Nothing here is typed in.

Source: METHODS A.5 (RAG rules, forecast outturn), A.2 (finance plan), A.4 (quality impact).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from ..errors import InputError, did_you_mean
from ..records import Record, Scheme
from ..records.scheme_plan import FinancePlan, Milestone, QualityScreen
from .kpi import KpiLine, against_trajectory

GREEN, AMBER, RED, UNKNOWN = "green", "amber", "red", "not_assessed"
GREEN_FROM, AMBER_FROM, LATE_DAYS = 0.95, 0.80, 30  # METHODS A.5
N0_MONTHS = 2  # METHODS A.5: how many months of plan the run-rate is shrunk by
_WORSE = {GREEN: 0, UNKNOWN: 1, AMBER: 2, RED: 3}  # what is not known is never green


@dataclass(frozen=True, eq=False)
class MonthLine(Record):
    """One month in pounds; None where nothing is known."""

    month: str
    plan: float
    actual: float | None
    confirmed: float | None
    variance: float | None
    cumulative_plan: float
    cumulative_actual: float | None


@dataclass(frozen=True, eq=False)
class MilestoneLine(Record):
    """One milestone: how many days late it is (0: not), and whether it is expected late."""

    name: str
    owner: str
    baseline: str
    forecast: str
    actual: str
    days_late: int
    forecast_late: bool


@dataclass(frozen=True, eq=False)
class Rag(Record):
    """green, amber, red or not_assessed for each side, the worst of them overall, and why each is not green."""

    financial: str
    milestones: str
    quality: str
    overall: str
    why: dict[str, str]


@dataclass(frozen=True, eq=False)
class PlanAgainstActual(Record):
    """A scheme's year. fin: actual over plan to date. forecast_outturn rests on what is confirmed, forecast_reported
    on what is reported; both add the months to come at plan x probability x run_rate. missing: months to date without
    an actual."""

    scheme: str
    year: str
    as_of: str
    months: tuple[MonthLine, ...]
    ytd_plan: float
    ytd_actual: float
    ytd_confirmed: float
    ytd_variance: float
    fin: float
    run_rate: float
    probability: float
    forecast_outturn: float
    forecast_reported: float
    gross: float
    investment: float
    net: float
    pye: float
    fye: float
    recurrent: float
    risk_adjusted: float
    risk_score: int | None
    risk_band: str | None
    quality_scores: dict[str, int]
    quality_band: str | None
    blocked: bool
    board_visible: bool
    milestones: tuple[MilestoneLine, ...]
    missing: tuple[str, ...]
    rag: Rag
    kpis: tuple[KpiLine, ...] = ()


def against(
    scheme: Scheme, months: Sequence[str], actual: Sequence[float], confirmed: Sequence[float] | None = None, *,
    as_of: date | None = None, balancing: Mapping[str, str] | None = None, special_causes: int = 0,
    kpis: Mapping[str, Mapping[str, float]] | None = None,
) -> PlanAgainstActual:  # fmt: skip
    """How a scheme stands against its plan.

    months: YYYY-MM, each once, in any order. actual: pounds, NaN where not known. confirmed: the part that the ledger
    confirms; nothing is taken as confirmed without it. as_of: the day that milestones are judged on, by default the
    last day of the last month with an actual. balancing: measure -> its guardrail's verdict. kpis: measure -> month ->
    value, for the indicators of the scheme's `delivery`.

    Raises
    ------
    InputError
        If the scheme has no finance plan, a month is not in its year, is given twice or has no number, or an indicator
        is none of the scheme's.
    """
    plan = scheme.finance
    if plan is None:
        raise InputError(f"scheme {scheme.id!r}: has no `finance` plan, so there is nothing to compare with")
    held = _by_month(plan, months, actual)
    sure = _by_month(plan, months, confirmed) if confirmed is not None else {}
    if not held:
        raise InputError(f"scheme {scheme.id!r}: no month of {plan.year} has an actual")
    last = max(held)
    lines = _lines(plan, held, sure, last)
    begun = [line for line in lines if line.month <= last and (line.plan or line.actual is not None)]
    missing = tuple(line.month for line in begun if line.actual is None)
    known = [line for line in begun if line.actual is not None]
    ytd_plan, ytd_actual = sum(line.plan for line in known), sum(line.actual or 0.0 for line in known)
    ytd_confirmed = sum(line.confirmed or 0.0 for line in known)
    fin = ytd_actual / ytd_plan if ytd_plan > 0 else math.nan
    active = [value for value in plan.phasing if value]
    n0 = N0_MONTHS * sum(active) / len(active) if active else 0.0
    run_rate = (n0 + ytd_actual) / (n0 + ytd_plan) if n0 + ytd_plan > 0 else 1.0
    probability = scheme.risk.probability if scheme.risk else 1.0
    to_come = sum(line.plan for line in lines if line.month > last) * probability * run_rate
    day = as_of or _end_of(last)
    steps = tuple(_milestone(m, day) for m in (scheme.delivery.milestones if scheme.delivery else ()))
    return PlanAgainstActual(
        scheme=scheme.id, year=plan.year, as_of=day.isoformat(), months=lines, ytd_plan=ytd_plan,
        ytd_actual=ytd_actual, ytd_confirmed=ytd_confirmed, ytd_variance=ytd_actual - ytd_plan, fin=fin,
        run_rate=run_rate, probability=probability, forecast_outturn=ytd_confirmed + to_come,
        forecast_reported=ytd_actual + to_come, gross=plan.gross_pounds, investment=plan.investment_pounds,
        net=plan.net_pounds, pye=plan.pye_pounds, fye=plan.fye_pounds, recurrent=plan.recurrent_pounds,
        risk_adjusted=probability * plan.net_pounds, risk_score=scheme.risk.score if scheme.risk else None,
        risk_band=scheme.risk.band if scheme.risk else None,
        quality_scores=scheme.quality.scores if scheme.quality else {},
        quality_band=scheme.quality.band if scheme.quality else None,
        blocked=bool(scheme.quality and scheme.quality.blocks),
        board_visible=bool(scheme.quality and scheme.quality.band in ("high", "extreme")),
        milestones=steps, missing=missing,
        rag=_rag(fin, missing, steps, scheme.quality, balancing or {}, special_causes),
        kpis=_kpis(scheme, kpis or {}),
    )  # fmt: skip


def _kpis(scheme: Scheme, actual: Mapping[str, Mapping[str, float]]) -> tuple[KpiLine, ...]:
    """Every indicator of the scheme, also those of which nothing is known."""
    planned = scheme.delivery.kpis if scheme.delivery else ()
    for measure in actual:
        if measure not in {kpi.measure for kpi in planned}:
            raise InputError(f"scheme {scheme.id!r}: {measure!r} is no indicator in its `delivery.kpis`"
                             f"{did_you_mean(measure, [kpi.measure for kpi in planned])}")  # fmt: skip
    return tuple(against_trajectory(kpi, actual.get(kpi.measure, {})) for kpi in planned)


def financial_rag(fin: float) -> str:
    """Green from 0.95 of plan, amber from 0.80, red below.

    >>> [financial_rag(fin) for fin in (0.95, 0.949, 0.80, 0.799)]
    ['green', 'amber', 'amber', 'red']
    """
    if math.isnan(fin):
        return UNKNOWN
    return GREEN if fin >= GREEN_FROM else AMBER if fin >= AMBER_FROM else RED


def milestone_rag(steps: Sequence[MilestoneLine]) -> str:
    """Green if none is late, amber if one is up to 30 days late or expected late, red if one is later."""
    if not steps:
        return UNKNOWN
    if any(step.days_late > LATE_DAYS for step in steps):
        return RED
    return AMBER if any(step.days_late or step.forecast_late for step in steps) else GREEN


def _by_month(plan: FinancePlan, months: Sequence[str], pounds: Sequence[float]) -> dict[str, float]:
    found: dict[str, float] = {}
    seen: set[str] = set()
    for month, value in zip(months, pounds, strict=True):
        if month not in plan.months:
            raise InputError(f"month {month}: expected one of {plan.year}, {plan.months[0]} to {plan.months[-1]}")
        if month in seen:
            raise InputError(f"month {month} is given twice; each must be given once")
        seen.add(month)
        if not math.isnan(value):
            found[month] = value
    return found


def _lines(
    plan: FinancePlan, held: Mapping[str, float], sure: Mapping[str, float], last: str
) -> tuple[MonthLine, ...]:  # fmt: skip
    lines: list[MonthLine] = []
    planned = done = 0.0
    for month, value in zip(plan.months, plan.phasing, strict=True):
        actual = held.get(month)
        planned, done = planned + value, done + (actual or 0.0)
        lines.append(MonthLine(
            month, value, actual, sure.get(month), None if actual is None else actual - value, planned,
            done if month <= last else None,
        ))  # fmt: skip
    return tuple(lines)


def _milestone(milestone: Milestone, day: date) -> MilestoneLine:
    due = _day(milestone.baseline, milestone.name)
    reached = _day(milestone.actual, milestone.name) if milestone.actual else None
    expected = _day(milestone.forecast, milestone.name) if milestone.forecast else None
    late = max(0, ((reached or day) - due).days)
    return MilestoneLine(
        milestone.name, milestone.owner, milestone.baseline, milestone.forecast, milestone.actual, late,
        reached is None and expected is not None and expected > due,
    )  # fmt: skip


def _rag(
    fin: float, missing: Sequence[str], steps: Sequence[MilestoneLine], screen: QualityScreen | None,
    balancing: Mapping[str, str], special_causes: int,
) -> Rag:  # fmt: skip
    why: dict[str, str] = {}
    financial = financial_rag(fin)
    if missing and financial == GREEN:
        financial, why["financial"] = UNKNOWN, f"no actual for {', '.join(missing)}"
    elif financial != GREEN:
        why["financial"] = "nothing was planned yet" if math.isnan(fin) else f"{fin:.1%} of plan to date"
    milestones = milestone_rag(steps)
    if milestones != GREEN:
        worst = max(steps, key=lambda step: (step.days_late, step.forecast_late), default=None)
        why["milestones"] = "no milestone is given" if worst is None else f"{worst.name}: " + (
            f"{worst.days_late} days late" if worst.days_late else "expected late"
        )  # fmt: skip
    quality, reason = _quality(screen, balancing, special_causes)
    if reason:
        why["quality"] = reason
    overall = max((financial, milestones, quality), key=lambda colour: _WORSE[colour])
    return Rag(financial, milestones, quality, overall, why)


def _quality(screen: QualityScreen | None, balancing: Mapping[str, str], special_causes: int) -> tuple[str, str]:
    breached = [measure for measure, word in balancing.items() if word == "breach"]
    if breached:
        return RED, f"{breached[0]} is breached"
    if screen is not None and screen.blocks:
        return RED, "the quality impact is red in an area"
    if special_causes:
        return AMBER, f"{special_causes} special-cause point{'s' if special_causes > 1 else ''} against"
    unknown = [measure for measure, word in balancing.items() if word != "pass"]
    if unknown:
        return UNKNOWN, f"{unknown[0]} is {balancing[unknown[0]]}"
    return (GREEN, "") if balancing else (UNKNOWN, "no balancing measure was looked at")


def _end_of(month: str) -> date:
    year, number = int(month[:4]), int(month[5:7])
    after = date(year + number // 12, number % 12 + 1, 1)
    return date.fromordinal(after.toordinal() - 1)


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InputError(f"milestone {name!r}: expected a day that exists (YYYY-MM-DD), found {text!r}") from None
