"""A scheme's finance plan against what its verdict found and what the ledger confirmed, month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ..account import Entry, PlanAgainstActual, against
from ..account.states import months_between
from ..records import Scheme


def tracked(scheme: Scheme, entries: Sequence[Entry]) -> PlanAgainstActual | None:
    """Plan against actual of a scheme; None if it has no finance plan, or no verdict on a month of the plan's year.

    Actual is the latest verdict's saving against controls (its median, net), the same in each month of its window;
    confirmed is what the ledger holds as confirmed, likewise. What is only reported is never an actual.
    """
    mine = [entry for entry in entries if (entry["scheme"] or entry.saving) == scheme.id]
    verdict = next((e["proof"]["verdict"] for e in reversed(mine) if e["proof"].get("verdict")), None)
    if scheme.finance is None or verdict is None:
        return None
    window = _months(*verdict["window"])
    there = [month for month in window if month in scheme.finance.months]
    if not there:
        return None
    a_month = verdict["saving_pence"] / 100 / len(window)
    sure = _confirmed(mine) / 100 / len(window)
    return against(
        scheme, there, [a_month] * len(there), [sure] * len(there),
        balancing={rail["measure"]: rail["verdict"] for rail in verdict["guardrails"]},
    )  # fmt: skip


def rows(found: PlanAgainstActual) -> list[tuple[Any, ...]]:
    """A row a month: month, plan, actual, confirmed, difference, and both added up so far."""
    return [
        (one.month, one.plan, one.actual, one.confirmed, one.variance, one.cumulative_plan, one.cumulative_actual)
        for one in found.months
    ]  # fmt: skip


def course(found: PlanAgainstActual) -> tuple[np.ndarray, Mapping[str, np.ndarray]]:
    """Months (12,), and plan and actual added up so far (12,), NaN where nothing is known."""
    months = np.array([one.month for one in found.months], dtype="datetime64[M]")
    actual = [np.nan if one.cumulative_actual is None else one.cumulative_actual for one in found.months]
    return months, {"Plan": np.array([one.cumulative_plan for one in found.months]), "Actual": np.array(actual)}


def _confirmed(mine: Sequence[Entry]) -> int:
    """Pence that stand as confirmed."""
    return sum(
        int(line["pence"]) for entry in mine for line in entry["lines"]
        if line["account"] == "confirmed"
    ) if mine[-1].state == "confirmed" else 0  # fmt: skip


def _months(first: str, last: str) -> list[str]:
    start = np.datetime64(first, "M")
    return [str(start + step) for step in range(months_between(first, last))]
