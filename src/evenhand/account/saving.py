"""Saving: what a verdict is worth, net of what it cost, and how much of it may be booked."""

from __future__ import annotations

from dataclasses import dataclass

from ..records import Estimate, Record, Scheme, Verdict
from .cells import PANEL, PRESENTATION, Cells
from .proof import of
from .states import MATURE_MONTHS, limit_pence, months_between


@dataclass(frozen=True, eq=False)
class Saving(Record):
    """Pounds and patients over the follow-up window, at the prices of `price_year`.

    net: pounds with a 90% interval, after `investment_pounds`; gross: before. `bookable_pence` is what a
    confirmation may book now, on `basis` (lower80 until twelve months are seen, then median); 0 where the
    verdict is not evidenced, not countable, or the class is a cut in service.
    """

    scheme: str
    measure: str
    window: tuple[str, str]
    months: int
    gross: Estimate
    investment_pounds: float
    net: Estimate
    lower80_pounds: float
    probability_saving: float
    patients: Estimate
    basis: str
    bookable_pence: int
    evidenced: bool
    countable: bool
    reasons: tuple[str, ...]
    price_year: str
    price_month: str
    price_source: str
    origin: str
    recurrent: bool
    saving_class: str


def saving(verdict: Verdict, scheme: Scheme) -> Saving:
    """The counterfactual saving of a scheme, gross and net. Source: METHODS F.3 and F.6."""
    money, net = scheme.money, verdict.saving_pounds
    cost = money.investment_pounds
    proof = of(verdict, scheme)
    reasons = list(verdict.reasons)
    if money.saving_class == "scope_reduction":
        reasons.append("a cut in service is no saving and is never booked")
    bookable = bool(proof["evidenced"] and proof["countable"] and money.saving_class != "scope_reduction")
    return Saving(
        scheme.id, scheme.measure, verdict.window, months_between(*verdict.window),
        Estimate(net.value + cost, net.se, net.low + cost, net.high + cost, net.level), cost, net,
        verdict.lower80_pounds, verdict.probability_saving, verdict.patients,
        "median" if proof["months"] >= MATURE_MONTHS else "lower80", max(0, limit_pence(proof)) if bookable else 0,
        verdict.evidenced, verdict.countable, tuple(reasons), price_year(money.price_month), money.price_month,
        money.price_source, money.origin, money.recurrent, money.saving_class,
    )  # fmt: skip


def price_year(month: str) -> str:
    """The financial year of a month.

    >>> price_year("2026-03"), price_year("2026-04")
    ('2025-26', '2026-27')
    """
    year, number = (int(part) for part in month.split("-"))
    first = year if number >= 4 else year - 1
    return f"{first}-{(first + 1) % 100:02d}"


def claim(
    scheme: Scheme, organisations: tuple[str, ...], presentations: tuple[str, ...] = (),
) -> Cells:  # fmt: skip
    """The cells that a scheme claims in its follow-up window: the presentations of its measure's numerator in
    every treated organisation, or the measure itself where it is an imported indicator (no presentations)."""
    first, last = scheme.follow_up.first, scheme.follow_up.last
    year, number = (int(part) for part in first.split("-"))
    months = tuple(
        f"{year + (number - 1 + i) // 12}-{(number - 1 + i) % 12 + 1:02d}" for i in range(months_between(first, last))
    )
    kind = PRESENTATION if presentations else PANEL
    return Cells(kind, scheme.level, organisations, months, presentations or (scheme.measure,))
