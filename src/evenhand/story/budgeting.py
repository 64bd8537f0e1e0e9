"""Budgeting: the lake's prescribing, lists and needs put together for indicative budgets, outturn and variance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from .. import account
from ..account import Budgets, Lines, Outturn, Rule
from ..errors import InputError
from ..lake import Lake, month_number, month_of
from ..measures import Counted, adhoc, panel
from ..measures.held import months_held, without_rows
from ..records import Panel
from .place import Place

Floats = NDArray[np.float64]
YEAR = 12
PROFILE = "2014-15"  # the later of the two published ones; a lake of three whole years before uses its own
NEEDS = (
    ("NHS England's prescribing-weighted population", Counted(words="weighted patients", patients=1,
                                                              weighted="prescribing")),
    ("patients weighted by age and sex (ASTRO-PU, cost, 2013)", Counted(words="ASTRO-PUs", patients=1,
                                                                        astro_pu="cost")),
    ("registered patients", Counted(words="registered patients", patients=1)),
)  # fmt: skip


@dataclass(frozen=True)
class Basis:
    """What a year's budgets are set from, for the practices of an area.

    first: the April it starts with, datetime64[M]; practices (P,); historic: pounds of the twelve months before, NaN
    where a month is not known; need (P,) and its words; spent: pounds of the year's months so far (P, months to date);
    patients_before, patients: registered in the last month before and in the latest; left_out: practices without need.
    """

    area: str
    first: np.datetime64
    practices: tuple[str, ...]
    historic: Floats
    need: Floats
    need_words: str
    spent: Floats
    patients_before: Floats
    patients: Floats
    left_out: tuple[str, ...]
    source: tuple[str, ...]

    @property
    def year(self) -> str:
        """The financial year, as 2026-27."""
        start = int(str(self.first)[:4])
        return f"{start}-{(start + 1) % 100:02d}"

    @property
    def months_to_date(self) -> int:
        """Months of the year that are published."""
        return int(self.spent.shape[1])

    @property
    def known_historic(self) -> float:
        """Pounds of the twelve months before, of all practices that have them."""
        return float(np.nansum(self.historic))

    def rows(self, codes: Sequence[str]) -> list[int]:
        """Where these practices stand; those without a budget are passed over."""
        place = {code: row for row, code in enumerate(self.practices)}
        return [place[code] for code in codes if code in place]


def basis(lake: Lake, area: str) -> Basis | None:
    """The year that can be budgeted for an area, and what its budgets are set from; None if the lake lacks twelve
    months before an April.

    It is the financial year of the latest month; where the lake does not reach back a year before it but does before
    the next April, it is the next one.
    """
    if not months_held(lake, "prescribing"):
        return None
    cost = panel(lake, "prescribing_cost", "practice")
    if not len(cost.months):
        return None
    last = cost.months[-1]
    april = last - (last.astype(int) - 3) % YEAR
    held = set(cost.months.tolist())
    for first in (april, april + YEAR):
        if all(month.tolist() in held for month in first - 1 - np.arange(YEAR)):
            return _basis(lake, area, cost, first)
    return None


def _basis(lake: Lake, area: str, cost: Panel, first: np.datetime64) -> Basis:
    place = Place.find(lake, area)
    here = [row for row, code in enumerate(cost.organisations) if place.holds(code)]
    codes = [cost.organisations[row] for row in here]
    words, need = _need(lake, codes, first - 1, cost)
    keep = [i for i, value in enumerate(need) if value > 0]
    rows = [here[i] for i in keep]
    before = (cost.months >= first - YEAR) & (cost.months < first)
    since = cost.months >= first
    spent, patients = cost.numerator[rows], cost.denominator[rows]
    return Basis(
        area, first, tuple(codes[i] for i in keep), spent[:, before].sum(axis=1), need[keep], words,
        spent[:, since], patients[:, before][:, -1], patients[:, -1],
        tuple(code for i, code in enumerate(codes) if i not in set(keep)), cost.source,
    )  # fmt: skip


def _need(lake: Lake, codes: Sequence[str], month: np.datetime64, cost: Panel) -> tuple[str, Floats]:
    """The best published measure of need that covers most practices, in a month; NaN where a practice has none.

    Of a month that is held in panels alone, the patients that prescribing was counted over.
    """
    said, found = "", np.full(len(codes), np.nan)
    for words, side in NEEDS:
        if side.weighted is not None and not lake.snapshots("weighted_population"):
            continue
        needed = lake.remember(f"budgeting.need.{words}.{month}", partial(_needed, lake, side, str(month)))
        if needed is None:
            continue
        found = np.array([needed.get(code, np.nan) for code in codes])
        said = words
        if np.isfinite(found).sum() * 2 > len(codes):
            return said, found
    if not said:
        row = {code: i for i, code in enumerate(cost.organisations)}
        patients = cost.denominator[:, cost.months == month][:, 0]
        return NEEDS[-1][0], patients[[row[code] for code in codes]]
    return said, found


def _needed(lake: Lake, side: Counted, month: str) -> dict[str, float] | None:
    """Every practice's need in a month, found once for all areas; None where the month is held in panels alone."""
    if month_number(month) in without_rows(lake):
        return None
    everything = Counted(words="cost of everything", sum="cost", everything=True)
    read = adhoc(lake, everything, side, "practice", first=month, last=month)
    return dict(zip(read.organisations, read.denominator[:, 0].tolist(), strict=True))


def share_out(basis: Basis, total_pence: int, rule: Rule) -> Budgets:
    """The budgets of an area's practices; see `account.budgets`. InputError if floor and cap leave no room."""
    return account.budgets(basis.practices, basis.need, basis.historic, total_pence=total_pence, rule=rule)


def forecast(basis: Basis, codes: Sequence[str], budget: float) -> Outturn | None:
    """The year's forecast for some practices together, against their budget; None before a month is published."""
    rows = basis.rows(codes)
    if not basis.months_to_date or not rows:
        return None
    months = basis.first + np.arange(basis.months_to_date)
    spent = np.nansum(basis.spent[rows], axis=0)
    return account.outturn(months, spent, account.published(PROFILE), budget=budget)


def explain(lake: Lake, basis: Basis, codes: Sequence[str], found: Outturn) -> Outturn:
    """Why the forecast differs from the budget: the same months of the year before, presentation by presentation.

    Items of the months to date stand against those of the same months a year before, at pounds an item; the list
    against the list the budget was set on. Concessions are part of price: the prescribing file does not tell them.
    """
    rows = basis.rows(codes)
    months = [month_number(basis.first + month) for month in range(basis.months_to_date)]
    if not without_rows(lake).isdisjoint((*months, *(month - YEAR for month in months))):
        raise InputError(f"{basis.area}: the lake holds some of these months in panels alone, so nothing says why")
    now = _lines(lake, codes, months)
    before = _lines(lake, codes, [month - YEAR for month in months])
    every = sorted(set(now) | set(before))
    if not every:
        raise InputError(f"{basis.area}: the lake holds no prescribing rows of these months, so nothing says why")
    planned_items, planned_cost = np.array([before.get(code, (0.0, 0.0)) for code in every]).T
    items, cost = np.array([now.get(code, (0.0, 0.0)) for code in every]).T
    lines = Lines(
        planned_items, _price(planned_cost, planned_items), items, _price(cost, items),
        planned_list=float(basis.patients_before[rows].sum()), list_size=float(basis.patients[rows].sum()),
    )  # fmt: skip
    return account.split(found, lines)


def part_by_patients(basis: Basis, covered: Sequence[str], here: Sequence[str], pence: int) -> int:
    """Some practices' part of what was confirmed for all that a saving covers, by patients, in whole pence, rounded
    down: a verdict speaks of all of them together and cannot say which one moved."""
    every = float(np.nansum(basis.patients[basis.rows(covered)]))
    return int(pence * float(np.nansum(basis.patients[basis.rows(here)])) / every) if every > 0 else 0


def _lines(lake: Lake, codes: Sequence[str], months: Sequence[int]) -> dict[int, tuple[float, float]]:
    """Items and pounds of some practices and months, by presentation."""
    wanted = {str(month_of(month)) for month in months}
    held = [s for s in lake.snapshots("prescribing") if s.key[:7] in wanted]
    files = [str(lake.path / part.path) for s in held if (part := s.part("prescribing")) is not None]
    if not files:
        return {}
    lake.table("practice_key")  # the view must be there
    rows = lake.connection.con.execute(  # straight from the files: a page cannot wait for a query to be put together
        "SELECT presentation_id, sum(CAST(items AS DOUBLE)), sum(CAST(actual_cost AS DOUBLE)) FROM read_parquet(?) "
        "WHERE list_contains(?, month) AND practice_id IN "
        "(SELECT practice_id FROM practice_key WHERE list_contains(?, practice)) GROUP BY presentation_id",
        [files, list(months), list(codes)],
    ).fetchall()
    return {code: (items, cost) for code, items, cost in rows}


def _price(cost: Floats, items: Floats) -> Floats:
    return np.divide(cost, items, out=np.full_like(cost, np.nan), where=items > 0)
