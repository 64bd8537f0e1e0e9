"""The slow twin: measures counted row by row in plain Python, to be read beside the fast engine and to check it."""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from math import nan

from . import plain_dictionary, plain_published, prescribing_units
from .model import Measure
from .publications import Waits
from .rule import Rule, compare
from .side import Counted, age_bands


@dataclass(frozen=True)
class Prescription:
    """One published row: a practice's items of one presentation, all of one quantity."""

    practice: str
    code: str
    name: str
    items: int
    quantity: float
    cost: float
    nic: float
    quantity_per_item: float


@dataclass(frozen=True)
class ListRow:
    """Registered patients of one practice, sex and age band."""

    practice: str
    sex: str
    age_band: str
    patients: int


@dataclass(frozen=True)
class DmdRow:
    """What dm+d says of a code: one row an ingredient. strength: amount, unit, per (0 for a dose), unit of that."""

    code: str
    vmp: str = ""
    vtm: str = ""
    form_route: str = ""
    licence: str = ""
    atc: str = ""
    ingredient: str = ""
    base: str = ""
    strength: tuple[float, str, float, str] = (nan, "", 0.0, "")
    ddd: tuple[float, str] = (nan, "")


@dataclass(frozen=True)
class WaitRow:
    """Pathways that have waited more than `weeks` and up to one week more (or any longer, if `open`)."""

    provider: str
    function: str
    weeks: int
    open: bool
    pathways: int


@dataclass(frozen=True)
class Facts:
    """The published rows of one month."""

    prescribing: list[Prescription] = field(default_factory=list)
    list_size: list[ListRow] = field(default_factory=list)
    waits: list[WaitRow] = field(default_factory=list)
    indicator: dict[str, tuple[float, float]] = field(default_factory=dict)
    dmd: list[DmdRow] = field(default_factory=list)
    adq: dict[str, tuple[float, str]] = field(default_factory=dict)
    register_size: dict[str, dict[str, int]] = field(default_factory=dict)
    published: list[dict[str, str]] = field(default_factory=list)


def count(measure: Measure, every: dict[str, Measure], facts: Facts) -> dict[str, tuple[float, float]]:
    """Numerator and denominator by organisation."""
    if measure.kind == "indicator":
        return dict(facts.indicator)
    if measure.sum_of:
        several = [count(every[name], every, facts) for name in measure.sum_of]
        return {code: (sum(one[code][0] for one in several), several[0][code][1]) for code in several[0]}
    if measure.kind == "waits":
        assert measure.numerator.waits is not None
        return _waits(measure.numerator.waits, facts.waits)
    if measure.kind != "prescribing":
        return plain_published.count(measure, facts, _side)
    practices = sorted({row.practice for row in facts.prescribing})
    return {p: (_side(measure.numerator, p, facts), _side(measure.denominator, p, facts)) for p in practices}


def matches(rule: Rule, row: Prescription, unit_price: float, dmd: list[DmdRow]) -> bool:
    """Whether one row counts under a rule."""
    if rule.bnf is not None and not any(_code(code, row.code) for code in rule.bnf):
        return False
    if rule.name is not None and not any(fnmatchcase(row.name.lower(), glob.lower()) for glob in rule.name):
        return False
    if rule.product is not None and (len(row.code) != 15 or (row.code[9:11] == "AA") != (rule.product == "generic")):
        return False
    if rule.unit_price is not None and not compare(unit_price, rule.unit_price):
        return False
    if rule.quantity_per_item is not None and not compare(row.quantity_per_item, rule.quantity_per_item):
        return False
    if not plain_dictionary.fits(rule, [entry for entry in dmd if entry.code == row.code]):
        return False
    if rule.any is not None and not any(matches(part, row, unit_price, dmd) for part in rule.any):
        return False
    if not all(matches(part, row, unit_price, dmd) for part in rule.all or ()):
        return False
    return rule.not_ is None or not matches(rule.not_, row, unit_price, dmd)


def _side(side: Counted, practice: str, facts: Facts) -> float:
    if side.patients is not None:
        if side.on_register is not None or side.weighted is not None:
            return facts.register_size.get(practice, {}).get(side.on_register or "", nan) / side.patients
        return _patients(side, practice, facts.list_size)
    total = 0.0
    for row in facts.prescribing:
        price = _unit_price(row.code, facts)
        if row.practice == practice and matches(side, row, price, facts.dmd):
            mine = [entry for entry in facts.dmd if entry.code == row.code]
            factor = next((t.factor for t in side.times or () if matches(t, row, price, facts.dmd)), 1.0)
            amount = getattr(row, side.sum) if side.sum in ("items", "quantity", "cost", "nic") else row.quantity
            total += amount * factor * plain_dictionary.per_unit(side, mine, facts.adq.get(row.code))
    return total


def _unit_price(code: str, facts: Facts) -> float:
    quantity = sum(row.quantity for row in facts.prescribing if row.code == code)
    nic = sum(row.nic for row in facts.prescribing if row.code == code)
    return nic / quantity if quantity else nan


def _code(wanted: str, code: str) -> bool:
    if "_" in wanted:
        return len(code) == 15 and code[:9] == wanted[:9] and code[13:] == wanted[10:]
    return code.startswith(wanted)


def _patients(side: Counted, practice: str, rows: list[ListRow]) -> float:
    mine = {(row.sex, row.age_band): row.patients for row in rows if row.practice == practice}
    if side.star_pu or side.astro_pu:
        weigh = prescribing_units
        weight = weigh.star_pu(side.star_pu) if side.star_pu else weigh.astro_pu(side.astro_pu or "cost")
        units = [patients * weight[cell] for cell, patients in mine.items() if cell in weight]
        return sum(units) / (side.patients or 1) if units else nan
    if side.age is None and (side.sex or "all", "all") in mine:
        return mine[side.sex or "all", "all"] / (side.patients or 1)
    bands = age_bands(side.age or "0+")
    sexes = [side.sex] if side.sex else ["all"] if any(("all", b) in mine for b in bands) else ["male", "female"]
    if not any(sex in sexes and band != "all" for sex, band in mine):
        return nan
    return sum(mine.get((sex, band), 0) for sex in sexes for band in bands) / (side.patients or 1)


def _waits(rule: Waits, rows: list[WaitRow]) -> dict[str, tuple[float, float]]:
    chosen = [row for row in rows if rule.functions is None or row.function in rule.functions]
    if rule.functions is None and any(row.function != "C_999" for row in rows):
        chosen = [row for row in rows if row.function != "C_999"]
    last = min((row.weeks for row in chosen if row.open), default=10**6)
    found = {}
    for provider in sorted({row.provider for row in chosen}):
        mine = [row for row in chosen if row.provider == provider]
        hits = sum(row.pathways for row in mine if _counts(rule, row))
        known = (rule.within_weeks or rule.over_weeks or 0) <= last
        found[provider] = (float(hits) if known else nan, float(sum(row.pathways for row in mine)))
    return found


def _counts(rule: Waits, row: WaitRow) -> bool:
    if rule.within_weeks is not None:
        return row.weeks + 1 <= rule.within_weeks and not row.open
    return rule.over_weeks is None or row.weeks >= rule.over_weeks
