"""The slow twin's reading of dm+d: rows as they are drawn, one an ingredient, looked at one by one."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase
from math import nan
from typing import Protocol

from .rule import DMD_KEYS, Rule, compare, strength_of
from .side import Counted

_MG = {"gram": 1000.0, "g": 1000.0, "mg": 1.0, "microgram": 0.001, "mcg": 0.001, "nanogram": 0.000001}


class Entry(Protocol):
    """One row of dm+d as an example draws it."""

    @property
    def vmp(self) -> str: ...
    @property
    def vtm(self) -> str: ...
    @property
    def form_route(self) -> str: ...
    @property
    def licence(self) -> str: ...
    @property
    def atc(self) -> str: ...
    @property
    def ingredient(self) -> str: ...
    @property
    def base(self) -> str: ...
    @property
    def strength(self) -> tuple[float, str, float, str]: ...
    @property
    def ddd(self) -> tuple[float, str]: ...


def fits(rule: Rule, entries: Sequence[Entry]) -> bool:
    """Whether a code's rows meet the dm+d keys of one rule; without such keys they do."""
    if all(getattr(rule, key) is None for key in DMD_KEYS):
        return True
    if rule.form_route is not None and not any(fnmatchcase(e.form_route, g.lower()) for e in entries
                                               for g in rule.form_route):  # fmt: skip
        return False
    if rule.vtm is not None and not any(e.vtm in rule.vtm for e in entries):
        return False
    if rule.vmp is not None and not any(e.vmp in rule.vmp for e in entries):
        return False
    if rule.licence is not None and not any(e.licence in rule.licence for e in entries):
        return False
    if rule.atc is not None and not any(e.atc.startswith(prefix) for e in entries for prefix in rule.atc):
        return False
    if rule.ingredients is not None and not compare(len({e.ingredient for e in entries if e.ingredient}),
                                                    rule.ingredients):  # fmt: skip
        return False
    chosen = _chosen(rule, entries)
    if rule.ingredient is not None and not chosen:
        return False
    return rule.strength is None or any(_strong(e, rule.strength) for e in chosen)


def per_unit(side: Counted, entries: Sequence[Entry], adq: tuple[float, str] | None) -> float:
    """What one unit of quantity counts for: milligrams, average or defined daily doses; 1 for any other sum."""
    if side.sum not in ("mg", "adq", "ddd"):
        return 1.0
    if side.sum == "adq":
        if adq is None:
            return 0.0
        if adq[1] == "ml":
            return 1 / adq[0]
    mg = 0.0
    for ingredient in {e.ingredient for e in _chosen(side, entries)}:
        amount, unit, per, _ = next(e.strength for e in entries if e.ingredient == ingredient)
        mg += amount * _MG.get(unit, nan) / (per or 1)
    if side.sum == "adq" and adq is not None:
        return mg / (adq[0] * _MG[adq[1]])
    if side.sum == "ddd":
        dose, unit = next(e.ddd for e in entries if e.ddd[1])
        return mg / (dose * _MG[unit])
    return mg


def _chosen(rule: Rule, entries: Sequence[Entry]) -> list[Entry]:
    if rule.ingredient is not None:
        return [e for e in entries if e.ingredient in rule.ingredient or (rule.base and e.base in rule.ingredient)]
    only = len({e.ingredient for e in entries if e.ingredient}) == 1
    return [e for e in entries if e.ingredient] if only else []


def _strong(entry: Entry, asked: str) -> bool:
    comparison, unit = strength_of(asked)
    amount, mass, per, per_unit = entry.strength
    wanted, _, wanted_per = unit.partition("/")
    if per_unit != wanted_per or amount != amount:
        return False
    scale = 1.0 if wanted == mass else _MG.get(mass, nan) / _MG.get(wanted, nan)
    return bool(compare(round(amount / (per or 1) * scale, 9), comparison))
