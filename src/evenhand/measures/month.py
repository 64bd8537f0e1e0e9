"""One month of every measure at once, at the levels where the numbers are published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from . import patients, prescribing, waits
from . import published as publication
from .catalogue import Catalogue
from .model import Measure
from .side import Counted

Float = NDArray[np.float64]


@dataclass(frozen=True)
class Column:
    """One measure in one month at one level: numerator and denominator float64 (P,), NaN where missing."""

    measure: str
    level: str
    codes: tuple[str, ...]
    numerator: Float
    denominator: Float


@dataclass(frozen=True)
class Month:
    """Every measure's columns of one month, and why a measure has none."""

    columns: tuple[Column, ...]
    refused: dict[str, str] = field(default_factory=dict)


def compute(tables: prescribing.Tables, month: int, wanted: Sequence[Measure], every: dict[str, Measure]) -> Month:
    """Count one month for all `wanted` measures; `every` holds the parts that a sum names.

    A practice with published prescribing that month and no matching rows counts 0. A practice without any is
    absent. Over patients, a practice whose list was not published has a missing denominator; unidentified
    prescribers have 0 patients, so that what they prescribed stays in the sums of higher levels.
    """
    parts = {m.id: _parts(m, every) for m in wanted if m.kind == "prescribing"}
    needed = {part.id: part for several in parts.values() for part in several}
    counted, refused = _prescribing(tables, month, needed)
    columns: list[Column] = []
    reasons: dict[str, str] = {}
    published = waits.read(tables, month) if any(m.kind == "waits" for m in wanted) else None
    for measure in wanted:
        if measure.kind == "waits" and published is not None:
            columns += _waits(published, measure)
        elif measure.kind in publication.TABLES:
            try:
                columns += _published(tables, month, measure)
            except InputError as error:
                reasons[measure.id] = f"measure {measure.id!r}: {error}"
        elif measure.kind == "prescribing":
            bad = [refused[part.id] for part in parts[measure.id] if part.id in refused]
            if bad:
                reasons[measure.id] = bad[0]
            else:
                columns.append(_sum(measure, [counted[part.id] for part in parts[measure.id]]))
    return Month(tuple(columns), reasons)


def check_matches(catalogue: Catalogue, measure: Measure) -> None:
    """Refuse a measure of which one side means no presentation that the lake knows."""
    for side, rule in (("numerator", measure.numerator), ("denominator", measure.denominator)):
        if rule.source == "prescribing" and not catalogue.could_match(rule).any():
            unknown = ", ".join(catalogue.unknown(rule)) or "its keys together"
            raise InputError(
                f"measure {measure.id!r}: the {side} matches none of the {len(catalogue):,} presentations in the "
                f"lake ({unknown})"
            )


def _parts(measure: Measure, every: dict[str, Measure]) -> list[Measure]:
    return [every[name] for name in measure.sum_of] if measure.sum_of else [measure]


def _prescribing(
    tables: prescribing.Tables, month: int, measures: dict[str, Measure]
) -> tuple[dict[str, Column], dict[str, str]]:
    if not measures:
        return {}, {}
    sides = [side for m in measures.values() for side in (m.numerator, m.denominator)]
    catalogue = prescribing.catalogue_of(tables, month, sides)
    refused: dict[str, str] = {}
    for measure in measures.values():
        try:
            check_matches(catalogue, measure)
            for rule in (measure.numerator, measure.denominator):
                if rule.source == "prescribing" and rule.is_weighted:
                    prescribing.weights_of(tables, rule, catalogue)  # refuses what has no factor or strength
        except InputError as error:
            prefix = f"measure {measure.id!r}: "
            refused[measure.id] = prefix + str(error).removeprefix(prefix)
    able = [m for m in measures.values() if m.id not in refused]
    rules = {
        rule.model_dump_json(by_alias=True, exclude={"words"}): rule
        for m in able for rule in (m.numerator, m.denominator) if rule.source == "prescribing"
    }  # fmt: skip
    counts = prescribing.count(tables, month, list(rules.values()), catalogue)
    by_rule = dict(zip(rules, counts.counts, strict=True))
    lists: dict[str, Float] = {}
    other = any(rule.source != "prescribing" for m in able for rule in (m.numerator, m.denominator))
    published = patients.read(tables, month) if other else {}

    def side(rule: Counted) -> Float:
        key = rule.model_dump_json(by_alias=True, exclude={"words"})
        if rule.source == "prescribing":
            return by_rule[key]
        if key not in lists:
            registered = patients.count(tables, month, rule, published)
            have = np.array([registered.get(practice, np.nan) for practice in counts.practices], dtype=np.float64)
            lists[key] = np.where(counts.unidentified & np.isnan(have), 0.0, have)
        return lists[key]

    columns = {m.id: Column(m.id, "practice", counts.practices, side(m.numerator), side(m.denominator)) for m in able}
    return columns, refused


def _sum(measure: Measure, parts: list[Column]) -> Column:
    """Numerators added over the one denominator that the parts share."""
    total = np.sum([part.numerator for part in parts], axis=0)
    return Column(measure.id, "practice", parts[0].codes, total, parts[0].denominator)


def _published(tables: prescribing.Tables, month: int, measure: Measure) -> list[Column]:
    """Both sides at every level at which both were published; what one of them lacks is missing."""
    top = publication.count(tables, month, measure.numerator)
    bottom = (
        {"practice": patients.count(tables, month, measure.denominator)}
        if measure.denominator.patients else publication.count(tables, month, measure.denominator)
    )  # fmt: skip
    columns = []
    for level in sorted(top.keys() & bottom.keys()):
        codes = tuple(sorted(top[level] if measure.denominator.patients else top[level].keys() | bottom[level].keys()))
        numerator, denominator = (
            np.array([side[level].get(code, np.nan) for code in codes], dtype=np.float64) for side in (top, bottom)
        )
        if codes:
            columns.append(Column(measure.id, level, codes, numerator, denominator))
    return columns


def _waits(published: waits.Published, measure: Measure) -> list[Column]:
    assert measure.numerator.waits is not None
    columns = []
    for level in waits.COLUMN:
        found = waits.count(published, measure.numerator.waits, level)
        codes = tuple(sorted(found))
        counted = np.array([found[code].counted for code in codes], dtype=np.float64)
        pathways = np.array([found[code].pathways for code in codes], dtype=np.float64)
        columns.append(Column(measure.id, level, codes, counted, pathways))
    return columns
