"""Inputs of reach: a measure's targeted spend, opportunity, adoption and fall, each with where it came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import betaincinv

from .. import see
from ..account.outlook import ADOPTION_MEAN, ADOPTION_WEIGHT
from ..account.reach import Parameters, Spread
from ..account.reach_fed import Field
from ..errors import InputError
from ..lake import Lake
from ..measures import Measure
from ..measures import read as read_measure
from ..records import Estimate, Panel, Record, Scheme, Verdict
from .worth import FEWEST_UNITS, SEED, is_money, pounds_per_unit

YEAR = 12  # months
METHODS = "METHODS default"
_Z90 = 1.6448536269514722  # half a 90% interval of a normal, in standard deviations


@dataclass(frozen=True, eq=False)
class Input(Record):
    """One input of the model. source: lake, funnel, verdict or METHODS default."""

    name: str
    value: float
    low_90: float
    high_90: float
    source: str
    says: str


@dataclass(frozen=True)
class One:
    """A measure and where it is to change: in the invited, or everywhere."""

    measure: Measure
    level: str
    first: str | None
    last: str | None
    pounds_per_unit: float | None = None
    scheme: Scheme | None = None
    invited: tuple[str, ...] = ()
    everywhere: bool = False
    adopters: int = 0
    asked: int = 0
    stage: str = ""
    judged: Verdict | None = None


def field_of(lake: Lake, one: One) -> tuple[Field | None, list[Input]]:
    """A measure as the model takes it; None where nothing says what it is worth."""
    try:
        panel = read_measure(lake, one.measure, one.level, first=one.first, last=one.last).panel
    except InputError:
        return None, []
    if one.first is None:
        panel = panel.between(str(panel.months[max(0, len(panel.months) - YEAR)]), str(panel.months[-1]))
    price = one.pounds_per_unit
    if price is None:
        price = pounds_per_unit(lake, one.measure, str(panel.months[-1]))
    if one.measure.direction == "neutral" or not np.isfinite(price) or price <= 0:
        return None, []
    name, months = one.scheme.id if one.scheme else one.measure.id, f"{panel.months[0]} to {panel.months[-1]}"
    scale = YEAR / len(panel.months)
    codes = panel.organisations if one.everywhere else tuple(c for c in panel.organisations if c in set(one.invited))
    targeted = _spent(panel, one, codes) * price * scale
    worth = _opportunity(one, panel, codes, price * scale)
    if targeted <= 0 or (worth is None and one.judged is None):
        return None, []
    made = [Input(f"{name}: spent on what should change, £ a year", targeted, np.nan, np.nan, "lake",
                  f"{one.measure.id}, {months}, {len(codes)} organisations at £{price:,.4g} a unit")]  # fmt: skip
    cap = worth or Estimate(np.nan)
    if worth is not None:
        made.append(Input(f"{name}: opportunity, £ a year", cap.value, cap.low, cap.high, "lake",
                          f"{one.measure.id}, {months}, to the best quarter, chance taken out"))  # fmt: skip
    made.append(_adoption(name, one))
    base = _spent(panel, one, one.invited) * price * scale
    fall, se, real = _fall(one, base)
    if one.judged is not None and np.isfinite(fall):
        window = " to ".join(one.judged.window)
        made.append(Input(f"{name}: fall among those invited", fall, fall - _Z90 * se, fall + _Z90 * se, "verdict",
                          f"{one.judged.effect.design}, {window}; {real}"))  # fmt: skip
    asked = (one.adopters, one.asked) if one.stage else (0, 0)
    return Field(one.measure.id, name, targeted, cap.value, cap.low, cap.high, *asked, fall, se, real), made


def assumed(known: Parameters, adoption: float | None, given: bool) -> tuple[Input, ...]:
    """What no lake can say: by default from METHODS, or from the parameters that were given."""
    source = "parameters given" if given else METHODS
    rows = [
        _spread("kept a year by those engaged", known.kept_engaged, source),
        _spread("kept a year of letters and guidance", known.kept_top_down, source),
        _spread("lost to overlap and slippage", known.overlap, source),
        _spread("real share of what is reported, where no verdict says", known.real_share_of_reported, source),
    ]
    for study in known.top_down:
        wide = _Z90 * study.se
        rows.append(Input("effect of letters and guidance alone", study.effect, study.effect - wide,
                          study.effect + wide, source, "one of several studies, each as likely"))  # fmt: skip
    if adoption is not None:
        rows.append(Input("adoption", adoption, adoption, adoption, "slider", "given, in place of the funnel's"))
    return tuple(rows)


def _spread(name: str, spread: Spread, source: str) -> Input:
    return Input(name, spread.likely, spread.least, spread.most, source, "least, most likely, most")


def _spent(panel: Panel, one: One, codes: Sequence[str]) -> float:
    """Units of the side that should shrink, over all months."""
    wanted = set(codes)
    rows = [k for k, code in enumerate(panel.organisations) if code in wanted]
    side = panel.numerator if one.measure.direction == "lower" else panel.denominator - panel.numerator
    return float(np.nansum(side[rows]))


def _opportunity(one: One, panel: Panel, codes: Sequence[str], price: float) -> Estimate | None:
    """£ a year to gain there, against the best quarter of all; None where it cannot be measured."""
    if is_money(one.measure):
        return None  # its noise is not that of a count; a verdict may still speak of it
    with np.errstate(invalid="ignore"):
        top, bottom = (np.nansum(side, axis=1) for side in (panel.numerator, panel.denominator))
    enough = bottom >= max(one.measure.minimum_denominator, 1)
    kept = [code for code, yes in zip(panel.organisations, enough, strict=True) if yes]
    there = [code for code in kept if code in set(codes)]
    if len(kept) < FEWEST_UNITS or not there:
        return None
    try:
        found = see.opportunity(
            kept, top[enough], bottom[enough], unit_cost=price, better=one.measure.direction,
            rng=np.random.default_rng(SEED), seed=SEED, areas={"there": there},
        )  # fmt: skip
    except InputError:
        return None
    return found.areas["there"]


def _adoption(name: str, one: One) -> Input:
    """The posterior of adoption, as the model draws it."""
    counts = (one.adopters, one.asked) if one.stage else (0, 0)
    a = ADOPTION_WEIGHT * ADOPTION_MEAN + counts[0]
    b = ADOPTION_WEIGHT * (1 - ADOPTION_MEAN) + counts[1] - counts[0]
    low, median, high = (float(betaincinv(a, b, share)) for share in (0.05, 0.5, 0.95))
    if not one.stage:
        return Input(f"{name}: adoption", median, low, high, METHODS, "no live funnel yet")
    says = f"{one.adopters} of {one.asked} organisations ({one.stage}), with METHODS G's adoption as if 46 were seen"
    return Input(f"{name}: adoption", median, low, high, "funnel", says)


def _fall(one: One, base: float) -> tuple[float, float, str]:
    """What share of the invited's spend the verdict saw go, before the investment; its se; what is real of it."""
    judged, scheme = one.judged, one.scheme
    if judged is None or scheme is None or base <= 0:
        return float("nan"), float("nan"), "not known"
    real = "counts" if judged.evidenced and judged.countable else "not known"
    if any(guardrail.verdict == "breach" for guardrail in judged.guardrails):
        real = "blocked"
    first, last = (np.datetime64(month, "M") for month in judged.window)
    scale = YEAR / float((last - first).astype(int) + 1)
    saved = judged.saving_pounds.value + scheme.money.investment_pounds
    return saved * scale / base, judged.saving_pounds.se * scale / base, real
