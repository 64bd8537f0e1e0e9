"""What a label means: the kind of point, and the variation and assurance icons of the NHS."""

from __future__ import annotations

import numpy as np

from ..records import BoardLine, ControlChart

IMPROVES = ("increase", "decrease", "neutral")
VARIATION = {
    "common_cause": "Common cause",
    "improvement_high": "Improvement, high or rising",
    "improvement_low": "Improvement, low or falling",
    "concern_high": "Concern, high or rising",
    "concern_low": "Concern, low or falling",
    "neutral_high": "Special cause, high or rising",
    "neutral_low": "Special cause, low or falling",
}
ASSURANCE = {
    "pass": "Will meet the target",
    "fail": "Will miss the target",
    "inconsistent": "Hit and miss",
}


def newest(chart: ControlChart) -> int:
    """The position of the newest point that counts, of which the icons speak; the last one if none does."""
    known = np.isfinite(chart.values)
    known[list(chart.left_out)] = False
    return int(np.flatnonzero(known)[-1]) if known.any() else len(chart.values) - 1


def board_line(name: str, when: str, chart: ControlChart) -> BoardLine:
    """One row of a board's table: the newest point that counts, `when` it is of, its icons, the icons in words."""
    value = float(chart.values[newest(chart)])
    no_limits = np.isfinite(chart.target) and chart.improves != "neutral"
    without = "Not known: no limits" if no_limits else "No target"
    return BoardLine(
        name, when, value, chart.target, chart.variation, chart.assurance,
        VARIATION[chart.variation] if chart.variation else "Not known: no value",
        ASSURANCE[chart.assurance] if chart.assurance else without, chart.rules,
    )  # fmt: skip


def kind(label: str | None, improves: str) -> str:
    """The point type that a label means, given which way is better."""
    if label is None:
        return "common_cause"
    up = is_up(label)
    if improves == "neutral":
        return f"special_cause_neutral_{'high' if up else 'low'}"
    return "special_cause_improvement" if up == (improves == "increase") else "special_cause_concern"


def is_up(label: str) -> bool:
    """Whether a label speaks of high or rising values."""
    return "Above" in label or "Increasing" in label


def variation(label: str | None, improves: str) -> str:
    """The variation icon that the last point's label gives."""
    if label is None:
        return "common_cause"
    return f"{kind(label, improves).split('_')[2]}_{'high' if is_up(label) else 'low'}"


def assurance(target: float, lower: float, upper: float, improves: str) -> str | None:
    """The assurance icon: will chance alone reach the target always, never, or now and then?

    A series that never changes and lies at its target passes.
    """
    if improves == "neutral" or np.isnan([target, lower, upper]).any():
        return None
    better = improves == "increase"
    if lower == upper == target:
        return "pass"
    if target > upper:
        return "fail" if better else "pass"
    if target < lower:
        return "pass" if better else "fail"
    return "inconsistent"
