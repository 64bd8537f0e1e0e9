"""Numbers as words on a chart."""

from __future__ import annotations

import math


def number(value: float, *, share: bool = False) -> str:
    """A number as a reader wants it: three significant figures, or a percentage with one decimal.

    >>> number(0.6143, share=True), number(4423.28), number(0.01234), number(float("nan"))
    ('61.4%', '4,423', '0.0123', 'not known')
    """
    if not math.isfinite(value):
        return "not known"
    if share:
        return f"{100 * value:.1f}%"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def pounds(value: float) -> str:
    """Pounds as a reader wants them: whole, or in thousands or millions.

    >>> pounds(950.4), pounds(-12_400), pounds(3_250_000)
    ('£950', '-£12.4k', '£3.25m')
    """
    if not math.isfinite(value):
        return "not known"
    sign, size = "-" if value < 0 else "", abs(value)
    if size >= 1e6:
        return f"{sign}£{size / 1e6:.3g}m"
    return f"{sign}£{size / 1e3:.3g}k" if size >= 1e3 else f"{sign}£{size:.0f}"
