"""Presentations: what a measure of prescribing is made of in one organisation, in the latest month."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..errors import InputError
from ..lake import Lake, month_of
from ..measures import Measure, for_lake
from ..measures import catalogue as catalogues
from ..measures.held import months_held, without_rows
from ..sources import organisations as organisations_source


@dataclass(frozen=True)
class Part:
    """One presentation: counted in the numerator, or only in the denominator; cost in pounds (actual cost)."""

    code: str
    name: str
    counted: bool
    items: int
    quantity: float
    cost: float


def made_of(lake: Lake, measure: Measure, organisation: str) -> tuple[str, tuple[Part, ...]]:
    """The month, and every presentation of the measure that the organisation's practices prescribed, dearest first.

    Raises
    ------
    InputError
        If the measure does not count prescribing, its month is held in panels alone, or the organisation prescribed
        nothing of it.
    """
    held = months_held(lake, "prescribing")
    if measure.kind != "prescribing" or not held:
        raise InputError(f"measure {measure.id!r} counts no prescribing of this lake")
    month = held[-1]
    if month in without_rows(lake):
        raise InputError(f"measure {measure.id!r}: the lake holds {month_of(month)} in panels alone, and no row of it "
                         "says which presentations were prescribed")  # fmt: skip
    every = for_lake(lake)
    parts = [every[name] for name in measure.sum_of] if measure.sum_of else [measure]
    catalogue = lake.remember("presentations.catalogue", lambda: catalogues.read(lake.table("presentation")))
    top, bottom = (_flags(catalogue, [getattr(part, side) for part in parts]) for side in ("numerator", "denominator"))
    wanted = catalogue.ids[top | bottom].tolist()
    rows = _counted(lake, month, wanted, _practices(lake, organisation)) if wanted else []
    if not rows:
        raise InputError(f"measure {measure.id!r}: {organisation} prescribed nothing of it in {month_of(month)}")
    at = {int(number): i for i, number in enumerate(catalogue.ids)}
    found = [Part(catalogue.codes[at[n]], catalogue.names[at[n]], bool(top[at[n]]), int(items), quantity, cost)
             for n, items, quantity, cost in rows]  # fmt: skip
    return str(month_of(month)), tuple(sorted(found, key=lambda part: (not part.counted, -part.cost)))


def _flags(catalogue: catalogues.Catalogue, sides: list) -> np.ndarray:  # type: ignore[type-arg]
    flags = np.zeros(len(catalogue), dtype=bool)
    for side in sides:
        if side.source == "prescribing" and not side.everything:
            flags |= catalogue.could_match(side)
    return flags


def _practices(lake: Lake, organisation: str) -> list[str]:
    known = organisations_source.read(lake)
    if known.level(organisation) in (None, "practice"):
        return [organisation]
    as_of = month_of(months_held(lake, "prescribing")[-1])
    return list(known.descendants(organisation, "practice", as_of))


def _counted(lake: Lake, month: int, wanted: list[int], practices: list[str]) -> list[tuple[int, int, float, float]]:
    """Sums by presentation, straight from the month's file: a page cannot wait for a query to be put together."""
    snapshots = [s for s in lake.snapshots("prescribing") if s.key[:7] == str(month_of(month))]
    files = [str(lake.path / part.path) for s in snapshots if (part := s.part("prescribing")) is not None]
    lake.table("practice_key")  # the view must be there
    rows = lake.connection.con.execute(
        "SELECT presentation_id, sum(items), sum(quantity), sum(actual_cost) FROM read_parquet(?) "
        "WHERE month = ? AND list_contains(?, presentation_id) AND practice_id IN "
        "(SELECT practice_id FROM practice_key WHERE list_contains(?, practice)) GROUP BY presentation_id",
        [files, month, wanted, practices],
    ).fetchall()
    found: list[tuple[int, int, float, float]] = rows
    return found
