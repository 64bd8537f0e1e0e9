"""What each practice's budget is made of, in figures and in a sentence."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np

from ..records import plain
from .budget import Budgets


def budget_sheet(found: Budgets) -> dict[str, Any]:
    """`rows`, one a practice in the order given, and above them what was shared out and by which rule."""
    held = Counter(found.bound)
    return {
        "total": found.total_pence / 100,
        "shared": found.shared_pence / 100,
        "kept_back": (found.total_pence - found.shared_pence) / 100,
        "pace": found.rule.pace, "floor": found.rule.floor, "cap": found.rule.cap,
        "contingency": found.rule.contingency, "ring_fenced": found.rule.ring_fenced_pence / 100,
        "scale": found.scale,
        "practices": len(found.practice),
        "at_floor": held["floor"], "at_cap": held["cap"], "without_history": held["new"],
        "rows": [row(found, place) for place in range(len(found.practice))],
    }  # fmt: skip


def row(found: Budgets, place: int) -> dict[str, Any]:
    """One practice: what it needs, what it spent, what it gets, and which limit held."""
    historic, fair = float(found.historic[place]), float(found.fair[place])
    budget = int(found.budget_pence[place]) / 100
    return plain({  # type: ignore[no-any-return]
        "practice": found.practice[place],
        "need": float(found.need[place]),
        "need_share": float(found.need[place] / found.need.sum()),
        "historic": historic,
        "fair": fair,
        "distance_from_fair": (historic - fair) / fair if fair > 0 else float("nan"),
        "trust": float(found.trust[place]),
        "target": float(found.target[place]),
        "budget": budget,
        "budget_pence": int(found.budget_pence[place]),
        "change": budget / historic - 1 if historic > 0 else float("nan"),
        "bound": found.bound[place] or None,
        "why": why(found, place),
    })  # fmt: skip


def why(found: Budgets, place: int) -> str:
    """The sentence that a practice manager reads beside the amount."""
    historic, fair, bound = found.historic[place], found.fair[place], found.bound[place]
    if bound == "new":
        return f"no history: its share of need, £{fair:,.2f}, scaled so that all add up"
    side = "above" if historic > fair else "below"
    apart = f"historic £{historic:,.2f} is {side} its share of need, £{fair:,.2f}"
    if np.isclose(historic, fair, rtol=1e-9):
        apart = f"historic £{historic:,.2f} is its share of need"
    if found.trust[place] < 1:
        apart += f", trusted at {found.trust[place]:.0%} for its list"
    if bound == "floor":
        return f"{apart}; held at the floor of {100 * found.rule.floor:+.4g}% on historic"
    if bound == "cap":
        return f"{apart}; held at the cap of {100 * found.rule.cap:+.4g}% on historic"
    return f"{apart}; moved {found.rule.pace:.0%} of the way, scaled by {found.scale:.4f} so that all add up"
