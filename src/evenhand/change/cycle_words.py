"""What a cycle and a control chart say, in plain English."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..records import Estimate

# the labels of a control chart as somebody would say them to a colleague
SIGNALS = {
    "Above UCL": "a point above the upper limit",
    "Below LCL": "a point below the lower limit",
    "7 Point Trend (Increasing)": "seven points in a row that rise",
    "7 Point Trend (Decreasing)": "seven points in a row that fall",
    "2 in 3 Above CL": "two of three points close to the upper limit",
    "2 in 3 Below CL": "two of three points close to the lower limit",
    "7 Points Above CL": "seven points in a row above the usual level",
    "7 Points Below CL": "seven points in a row below the usual level",
}
OUTCOMES = {
    "as_predicted": "As predicted", "short": "Short of the prediction", "beyond": "Beyond the prediction",
    "higher": "Higher than predicted", "lower": "Lower than predicted", "no_number": "No number was predicted",
    "running": "Not ended yet", "no_data": "Nothing was published of its time",
    "cannot_tell": "We cannot tell yet",
}  # fmt: skip
WAYS = {
    "better": "better than before by more than chance", "worse": "worse than before by more than chance",
    "changed": "different from before by more than chance", "same": "no different from before beyond chance",
}  # fmt: skip


def signal_words(label: str) -> str:
    """A control chart's label in plain English; one that is not known stays as it is.

    >>> signal_words("7 Points Below CL")
    'seven points in a row below the usual level'
    """
    return SIGNALS.get(label, label)


def outcome_words(outcome: str) -> str:
    """How a prediction turned out, in words."""
    return OUTCOMES[outcome]


def says(
    outcome: str, expected: float, came: Estimate, usual: Estimate, change: Estimate, way: str | None,
    signals: Sequence[str], share: bool,
) -> str:  # fmt: skip
    """One or two sentences: predicted, came, before, and what the chart shows."""
    if outcome == "running":
        return "What is published does not reach its end yet; nothing of it is read before."
    if outcome == "no_data":
        return "Nothing was published of its time, so the data says nothing."
    parts = [f"{written(came, share)} came"]
    if np.isfinite(expected):
        parts.insert(0, f"{said(expected, share)} was predicted")
    if np.isfinite(usual.value):
        parts.append(f"{said(usual.value, share)} was usual before")
    first = f"{OUTCOMES[outcome]}: {', '.join(parts)}"
    if way is None:
        return f"{first}; there are too few points to tell it from chance."
    if way == "same" and outcome == "as_predicted" and expected != usual.value:
        first = f"{first}; both lie within chance, so we cannot tell the two apart"
    else:
        first = f"{first}; that is {WAYS[way]}"
    shown = f"The chart shows {_and(signals)}." if signals else "The chart shows no signal in its time."
    return f"{first}. {shown}"


def written(found: Estimate, share: bool) -> str:
    """A value with its interval, if that is known."""
    if not np.isfinite(found.low):
        return said(found.value, share)
    return f"{said(found.value, share)} ({said(found.low, share)} to {said(found.high, share)})"


def said(value: float, share: bool) -> str:
    """A number for a reader: a percentage, or three figures."""
    if not np.isfinite(value):
        return "not known"
    if share:
        return f"{100 * value:.1f}%"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def _and(words: Sequence[str]) -> str:
    once = list(dict.fromkeys(words))
    return once[0] if len(once) == 1 else f"{', '.join(once[:-1])} and {once[-1]}"
