"""Before launch: would this guardrail see the harm that matters, and would it let a harmless scheme pass?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import chdtri, ndtr, stdtridf, stdtrit

from ..records import Guardrail, Record
from .guardrail import LEVEL, check, matched, too_few
from .guardrail_table import compare, gap, panel
from .spread_between import between, relative_noise

Floats = NDArray[np.float64]
Months = NDArray[np.datetime64]

TARGET = 0.8  # the power that trials are planned with
MONTHS = 6  # of follow-up, where the file does not say
_ERRORS = (np.arange(400) + 0.5) / 400  # quantiles at which the estimated error may fall


@dataclass(frozen=True, eq=False)
class GuardrailPower(Record):
    """What a guardrail can tell, from months before the start alone; numbers are NaN where `reason` says why not.

    se: of the effect after `follow_up_months`; passes_if_harmless, passes_at_twice_margin: chances of a pass;
    breach_at_twice_margin: of a breach; smallest_harm_seen: the harm found a breach with a chance of 80%, in the
    measure's unit.
    """

    follow_up_months: int
    se: float
    df: float
    passes_if_harmless: float
    passes_at_twice_margin: float
    breach_at_twice_margin: float
    smallest_harm_seen: float
    reason: str


def guardrail_power(
    units: Sequence[str],
    months: Months,
    values: Floats,
    treated: Sequence[bool],
    *,
    start: np.datetime64,
    margin: float,
    follow_up: int | None = None,
    breaks: Mapping[np.datetime64, str] | None = None,
    match: int | None = None,
) -> GuardrailPower:
    """Read the noise from the last months before the start, as if the scheme had begun so much earlier.

    Nothing from `start` on is looked at. `follow_up` is the months of follow-up that are planned; unless given, those
    that the file has from `start` on, or 6. The rest is as for `guardrail`.
    """
    check(margin, match)
    given = panel(units, months, values, treated)
    launch = start.astype("datetime64[M]")
    opening = launch if launch == start.astype("datetime64[D]") else launch + 1
    there = int((given.last - opening).astype(int)) + 1
    length = follow_up or (there if there > 0 else MONTHS)
    earlier = (launch - length).astype("datetime64[D]")
    past = matched(given.until(launch - 1), earlier, match)
    wanted = compare(past, earlier, breaks or {}) if past.table.shape[1] else "no month before"
    why = wanted if isinstance(wanted, str) else too_few(past.mine) or gap(past, wanted)
    if why or isinstance(wanted, str):
        no = float("nan")
        return GuardrailPower(length, no, no, no, no, no, no, f"not known: as if begun in {launch - length}, {why}")
    change = wanted.changes(past.table)
    noise = relative_noise(past.table, past.mine)
    found = between(change[past.mine], change[~past.mine], noise)
    return power(found.se, found.df, margin, length)


def power(se: float, df: float, margin: float, follow_up_months: int = MONTHS) -> GuardrailPower:
    """The chances that follow from an error and its degrees of freedom."""
    if not se > 0:
        return GuardrailPower(follow_up_months, se, df, 1.0, 0.0, 1.0, margin, "nothing varies before the start")
    half = float(stdtrit(df, LEVEL)) * se * np.sqrt(chdtri(df, _ERRORS) / df)  # t times the error as it may be found

    def passes(harm: float) -> float:
        return float(np.mean(ndtr((margin - half - harm) / se)))

    def breaches(harm: float) -> float:
        return float(np.mean(ndtr((harm - np.maximum(margin, half)) / se)))

    seen = float(brentq(lambda harm: breaches(harm) - TARGET, 0, margin + 1000 * se))
    return GuardrailPower(follow_up_months, se, df, passes(0), passes(2 * margin), breaches(2 * margin), seen,
                          _words(passes(0), seen, margin))  # fmt: skip


def _words(harmless: float, seen: float, margin: float) -> str:
    if harmless >= TARGET:
        return f"a harmless scheme passes {harmless:.0%} of the time, and harm of {seen:.3g} is seen"
    return (f"too weak: a harmless scheme would pass only {harmless:.0%} of the time; add units or months, or say at "
            f"launch why a margin of {margin:g} cannot be watched")  # fmt: skip


def by_chance(found: Guardrail) -> tuple[float, float]:
    """The chances that a guardrail that was judged would not pass, and would be a breach, if nothing at all went on.

    From the error that it was judged with; NaN where it was not assessed. Of several that are looked at, the sum of
    these is how many to expect by chance, however they hang together.
    """
    half = abs(found.bound - found.effect)
    if not half > 0 or not found.se > 0:
        return (math.nan, math.nan) if math.isnan(found.se) else (0.0, 0.0)
    df = float(stdtridf(LEVEL, half / found.se))  # the degrees of freedom that its bound was drawn with
    half_as_found = float(stdtrit(df, LEVEL)) * found.se * np.sqrt(chdtri(df, _ERRORS) / df)
    passes = float(np.mean(ndtr((found.margin - half_as_found) / found.se)))
    breach = float(np.mean(ndtr(-np.maximum(found.margin, half_as_found) / found.se)))
    return 1 - passes, breach
