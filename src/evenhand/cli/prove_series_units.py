"""`evenhand prove series --unit`: one interrupted series for each unit, all of them together, and the naive claim."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .door import filled, naming
from .output import emit
from .prove_series import estimate, picture, read

Floats = NDArray[np.float64]


def each_unit(options: argparse.Namespace, given: table.Table) -> None:
    """Judge every unit; those that are refused say why."""
    if options.control is not None:
        raise InputError("--control goes with one series; leave --unit out, or make a file for each unit")
    names = filled(given, options.unit)
    dates, values, below = read(options, given)
    members: dict[str, list[int]] = {}
    seen: dict[tuple[str, Any], int] = {}
    for row, (name, day) in enumerate(zip(names, dates.tolist(), strict=True)):
        if (name, day) in seen:
            right = f"each date once for {name!r} (row {seen[name, day] + 2} has it too)"
            raise given.refuse(row, options.date, str(day), right)
        seen[name, day] = row
        members.setdefault(name, []).append(row)
    rows = []
    with naming(given):
        for name, places in members.items():
            own = np.array(places)
            rows.append({"unit": name} | _one(options, dates[own], values[own], None if below is None else below[own]))
        if all(row["refused"] for row in rows):
            raise InputError(f"no unit can be judged; {rows[0]['unit']!r}: {rows[0]['refused']}")
        grid, days, total, under = _grid(members, dates, values, below)
        together = estimate(options, days, total, under, None)
        naive = _naive(grid, days, together.start)
    told = [{"unit": r["unit"], "level": r["level"], "slope": r["slope"], "refused": r["refused"]} for r in rows]
    document = {"units": rows, "all": together, "before_after": naive, "confidence": options.confidence}
    emit(options, document, [_flat(row) for row in told], title=_title(together.as_json(), naive, len(rows)),
         chart=picture(together, options))  # fmt: skip


def _one(options: argparse.Namespace, dates: Any, values: Floats, below: Floats | None) -> dict[str, Any]:
    try:
        found = estimate(options, dates, values, below, None)
    except InputError as error:
        empty = dict.fromkeys(("level", "slope", "cumulative", "n", "n_pre", "n_post", "phi", "indicative"))
        return empty | {"reasons": [], "refused": str(error)}
    return {
        "level": found.level, "slope": found.slope, "cumulative": found.cumulative, "n": found.n,
        "n_pre": found.n_pre, "n_post": found.n_post, "phi": found.autocorrelation.phi, "indicative": found.indicative,
        "reasons": found.reasons, "refused": None,
    }  # fmt: skip


def _grid(
    members: dict[str, list[int]], dates: Any, values: Floats, below: Floats | None
) -> tuple[Floats, Any, Floats, Floats | None]:
    """Values a unit and date (U, T), the dates (T,), and all units' sums (with a denominator) or means."""
    days, column = np.unique(dates, return_inverse=True)
    top, under = (np.full((len(members), len(days)), np.nan) for _ in range(2))
    for place, rows in enumerate(members.values()):
        top[place, column[rows]] = values[rows]
        under[place, column[rows]] = 1.0 if below is None else below[rows]
    known = np.isfinite(top) & np.isfinite(under) & (under > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        grid = np.where(known, top / under, np.nan)
        count = known.sum(axis=0)
        total, bottom = np.where(known, top, 0).sum(axis=0), np.where(known, under, 0).sum(axis=0)
        if below is None:
            return grid, days, np.where(count > 0, total / count, np.nan), None
    return grid, days, np.where(count > 0, total, np.nan), bottom


def _naive(grid: Floats, days: Any, start: np.datetime64) -> Any:
    """Before and after of the quarter of units furthest above; None where there are too few."""
    from ..prove.before_after import before_after

    try:
        return before_after(grid, int(np.searchsorted(days, start)))
    except InputError:
        return None


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {"unit": row["unit"]}
    for name in ("level", "slope"):
        one = row[name]
        out |= {name: None if one is None else one.estimate, f"{name}_low": None if one is None else one.low,
                f"{name}_high": None if one is None else one.high}  # fmt: skip
    return out | {"refused": row["refused"]}


def _title(together: dict[str, Any], naive: Any, units: int) -> str:
    level, slope = together["level"], together["slope"]
    said = (f"{units} units; together: level {level['estimate']:.4g} ({level['low']:.4g} to {level['high']:.4g}), "
            f"slope {slope['estimate']:.4g} ({slope['low']:.4g} to {slope['high']:.4g})")  # fmt: skip
    if naive is not None:
        said += (f"\nBefore and after of the {naive.chosen} highest: {naive.change:.4g}, never counted; of all: "
                 f"{naive.everyone_change:.4g}; by regression to the mean: "
                 f"{-naive.regression_to_the_mean:.4g}")  # fmt: skip
    if together["indicative"]:
        said += f"\nIndicative, moves no saving: {'; '.join(together['reasons'])}"
    return said
