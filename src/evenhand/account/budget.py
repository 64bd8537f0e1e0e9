"""Indicative budgets: what should each practice's prescribing cost this year, out of one total?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .apportion import pence, to_the_penny

Floats = NDArray[np.float64]
Pence = NDArray[np.int64]
BOUNDS = ("", "floor", "cap", "new")
MOST = 10**15  # pence: more than any health service spends; stands for "no cap", and nothing larger is taken


@dataclass(frozen=True)
class Rule:
    """How a total is shared out (METHODS C.2).

    pace: share of the way from historic towards fair, 0 to 1; floor, cap: least and most change from historic
    (-0.02 is 2% less); contingency: share of the total kept back; ring_fenced_pence: kept back for costs that no
    practice decides, such as price concessions.
    """

    pace: float
    floor: float
    cap: float
    contingency: float = 0.0
    ring_fenced_pence: int = 0


@dataclass(frozen=True, eq=False)
class Budgets(Record):
    """One row a practice (P,). historic, fair and target: pounds; target is before the floor, the cap and `scale`,
    the one factor that makes all add up. trust: Z of a small list, 1 where none was asked. budget_pence: int64,
    adding up to shared_pence. bound: which limit held it ('' none, floor, cap, or new: no history)."""

    rule: Rule
    total_pence: int
    shared_pence: int
    scale: float
    practice: tuple[str, ...]
    need: Floats
    historic: Floats
    fair: Floats
    trust: Floats
    target: Floats
    budget_pence: Pence
    bound: tuple[str, ...]


def budgets(
    practice: Sequence[str],
    need: Floats,
    historic: Floats,
    *,
    total_pence: int,
    rule: Rule,
    trust: Floats | None = None,
) -> Budgets:
    """Share a total among practices: a step from what each spent towards its share of need.

    fair = share of need x what is shared out, drawn towards historic where a list is small (trust below 1);
    target = historic + pace x (fair - historic); budget = scale x target, but never below historic x (1 + floor)
    nor above historic x (1 + cap), with the one scale at which all budgets add up.

    Parameters
    ----------
    practice
        Names (P,), each once. The order of the rows decides nothing.
    need
        Weighted population (P,), 0 or more.
    historic
        Pounds spent before (P,), 0 or more. NaN for a new practice: it starts at its fair share.
    total_pence
        What there is, in pence.
    trust
        Z (P,), 0 to 1; see `credibility`.

    Raises
    ------
    InputError
        If the rule is out of range, nobody needs anything, or the floor and the cap leave no room for the total.

    Source: METHODS C.2.

    >>> rule = Rule(pace=1.0, floor=-0.5, cap=0.5)
    >>> even = budgets(["a", "b"], np.array([1.0, 2.0]), np.array([50.0, 50.0]), total_pence=10_000, rule=rule)
    >>> even.budget_pence.tolist()
    [3333, 6667]
    """
    _in_range(rule, total_pence)
    _known(practice, need, historic)
    shared = total_pence - pence(Decimal(total_pence) * Decimal(str(rule.contingency)) / 100) - rule.ring_fenced_pence
    if shared <= 0:
        raise InputError(f"nothing is left to share out of £{total_pence / 100:,.2f}; expected less to be kept back")
    if not need.sum() > 0:
        raise InputError("no practice has any need; expected a weighted population above 0")
    order = np.argsort(np.asarray(practice))  # so that no sum depends on the order of the rows
    back = np.argsort(order)
    name, need, historic = [practice[i] for i in order], need[order], historic[order]
    z = np.ones(len(name)) if trust is None else trust[order]
    new = np.isnan(historic)
    base = np.where(new, 0.0, historic)
    raw = shared / 100 * need / need.sum()
    fair = np.where(new, raw, z * raw + (1 - z) * base)
    target = np.where(new, fair, base + rule.pace * (fair - base))
    least, most = _limits(base, new, rule)
    scale = _scale(target * 100, least, most, shared, rule, total_pence)
    share = np.clip(scale * target * 100, least, most)
    whole = to_the_penny(share, shared, name, least=least, most=most)
    bound = np.select([new, scale * target * 100 < least, scale * target * 100 > most], [3, 1, 2], 0)
    return Budgets(
        rule, total_pence, shared, scale, tuple(practice), need[back], historic[back], raw[back], z[back],
        target[back], whole[back], tuple(BOUNDS[i] for i in bound[back]),
    )  # fmt: skip


def reweighted(first: Budgets, second: Budgets, months: int) -> Budgets:
    """The year's budgets when new needs hold for its last `months`: each month keeps what was set for it.

    Both parts keep the floor and the cap and add up, so the whole does.

    Raises
    ------
    InputError
        If `months` is not 1 to 11, or the two are not of the same practices and total.
    """
    if not 1 <= months <= 11:
        raise InputError(f"need 1 to 11 months left in the year to re-weight; got {months}")
    if first.practice != second.practice or first.shared_pence != second.shared_pence:
        raise InputError("need two budgets of the same practices and the same total")
    later = months / 12
    share = (1 - later) * first.budget_pence + later * second.budget_pence
    least, most = _limits(np.nan_to_num(first.historic), np.isnan(first.historic), first.rule)
    whole = to_the_penny(share, first.shared_pence, first.practice, least=least, most=most)
    return replace(second, budget_pence=whole)


def _in_range(rule: Rule, total_pence: int) -> None:
    for word, value, holds, right in (
        ("total", total_pence / 100, 0 < total_pence <= MOST, "above 0, at most 1e13 pounds"),
        ("pace", rule.pace, 0 <= rule.pace <= 1, "0 to 1"),
        ("floor", rule.floor, rule.floor >= -1, "-1 or more"),
        ("contingency", rule.contingency, 0 <= rule.contingency < 1, "0 to below 1"),
    ):
        if not holds:
            raise InputError(f"{word} {value:.12g}: expected {right}")
    if not rule.floor <= rule.cap:
        raise InputError(f"floor {rule.floor:.12g} is above cap {rule.cap:.12g}; expected floor <= cap")


def _known(practice: Sequence[str], need: Floats, historic: Floats) -> None:
    """Refuse a need that is not a number from 0 on, and a historic amount below 0 or beyond all reason."""
    for word, amounts, bad in (
        ("need", need, ~(np.isfinite(need) & (need >= 0))),
        ("historic", historic, (historic < 0) | (historic > MOST / 100) | np.isinf(historic)),
    ):  # fmt: skip
        for row in np.flatnonzero(bad)[:1]:
            found = f"practice {practice[row]!r}: {word} {amounts[row]:.12g}"
            raise InputError(f"{found}: expected 0 or more, at most 1e13")


def _limits(base: Floats, new: NDArray[np.bool_], rule: Rule) -> tuple[Pence, Pence]:
    """The least and most whole pence of each practice; where no whole penny lies between, the nearest one."""
    low, high = 1 + Decimal(str(rule.floor)), 1 + Decimal(str(rule.cap))
    least = np.zeros(len(base), dtype=np.int64)
    most = np.full(len(base), MOST, dtype=np.int64)
    for place in np.flatnonzero(~new):
        exact = Decimal(repr(float(base[place]))) * 100
        a = int((exact * low).to_integral_value(ROUND_CEILING))
        b = int((exact * high).to_integral_value(ROUND_FLOOR))
        least[place], most[place] = (a, b) if a <= b else (pence(exact * (low + high) / 200),) * 2
    return least, most


def _scale(target: Floats, least: Pence, most: Pence, shared: int, rule: Rule, total: int) -> float:
    """The k at which sum(clip(k x target, least, most)) is `shared`: exact between the points where a limit lets go."""
    moves = target > 0
    smallest, largest = int(least.sum()), int(np.where(moves, most, least).sum())
    if not smallest <= shared <= largest:
        raise InputError(_no_room(smallest, largest, shared, rule, total))

    def filled(k: float) -> float:
        return float(np.clip(k * target, least, most).sum())

    knots = np.unique(np.concatenate([least[moves] / target[moves], most[moves] / target[moves]]))
    below, above = 0, len(knots) - 1
    if len(knots) == 0 or filled(knots[0]) >= shared:
        return float(knots[0]) if len(knots) else 1.0
    while above - below > 1:
        middle = (below + above) // 2
        below, above = (middle, above) if filled(knots[middle]) < shared else (below, middle)
    low, high = filled(knots[below]), filled(knots[above])
    step = (shared - low) / (high - low) if high > low else 0.0
    return float(knots[below] + step * (knots[above] - knots[below]))


def _no_room(smallest: int, largest: int, shared: int, rule: Rule, total: int) -> str:
    kept = 1 - rule.contingency
    need = [(limit + rule.ring_fenced_pence) / kept / 100 for limit in (smallest, largest)]
    top = f"£{need[1]:,.2f}" if largest < MOST else "any more"
    return (
        f"floor {100 * rule.floor:+.4g}% and cap {100 * rule.cap:+.4g}% on the historic amounts leave no room for "
        f"total £{total / 100:,.2f} (£{shared / 100:,.2f} to share out): expected a total of £{need[0]:,.2f} to {top}, "
        "or a wider floor or cap"
    )
