"""`evenhand prove project`: how a waiting list will grow or shrink under referrals and capacity to come."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .door import add_columns, naming
from .output import add_output, emit

Floats = NDArray[np.float64]


def register(commands: Any) -> None:
    """Add `prove project`."""
    parser = commands.add_parser("project", help="how a waiting list will grow or shrink", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE",
                        help="one row for each past period and months waited: still waiting, and treated")  # fmt: skip
    add_columns(parser, period="period", months_waited="months_waited", incompletes="incompletes", treated="treated")
    parser.add_argument("--referrals", required=True, metavar="FILE", help="period, referrals: past and to come")
    parser.add_argument("--capacity", required=True, metavar="FILE", help="period, capacity: to come")
    parser.add_argument("--surplus", choices=("evenly", "longest"), default="evenly",
                        help="who gets capacity that its month of waiting cannot use [evenly]")  # fmt: skip
    parser.add_argument("--negative", action="store_true", help="keep shares below 0 (lists merged, counted late)")
    add_output(parser)
    parser.set_defaults(run=_project)


def _project(options: argparse.Namespace) -> None:
    from ..prove.stock_flow import calibrate, project

    names = (options.period, options.months_waited, options.incompletes, options.treated)
    past = table.read(options.file, needs=names)
    past.unique(options.period, options.months_waited)
    periods, waiting, treated = _square(past, *names)
    referred = _by_period(options.referrals, options.period, "referrals")
    to_come = _by_period(options.capacity, options.period, "capacity")
    _all_there(options.referrals, referred, [*periods, *to_come])
    if late := [one for one in to_come if _order(one) <= _order(periods[-1])]:
        raise InputError(f"{options.capacity}: period {late[0]!r} is not after the last past period {periods[-1]!r}; "
                         "expected periods to come")  # fmt: skip
    coming = list(to_come)
    with naming(past):
        flows = calibrate(np.array([referred[p] for p in periods]), treated, waiting, negative=options.negative)
        found = project(waiting[-1], np.array([referred[p] for p in coming]), np.array(list(to_come.values())), flows,
                        surplus=options.surplus)  # fmt: skip
    rows = [
        {"period": period, "referrals": referred[period], "capacity": to_come[period],
         "treated": float(found.treated[k].sum()), "left_untreated": float(found.reneges[k].sum()),
         "waiting": float(found.incompletes[k].sum()), "unused_capacity": float(found.unused[k])}
        for k, period in enumerate(coming)
    ]  # fmt: skip
    cells = [
        {"period": period, "months_waited": m, "treated": found.treated[k, m], "left_untreated": found.reneges[k, m],
         "waiting": found.incompletes[k, m]}
        for k, period in enumerate(coming) for m in range(waiting.shape[1])
    ]  # fmt: skip
    shares = [{"months_waited": m, "capacity": c, "renege": r}
              for m, (c, r) in enumerate(zip(flows.capacity, flows.renege, strict=True))]  # fmt: skip
    title = f"{waiting[-1].sum():,.0f} wait now; {rows[-1]['waiting']:,.0f} at the end of {coming[-1]}"
    emit(options, {"shares": shares, "periods": rows, "cells": cells}, rows, title=title)


def _square(past: table.Table, *names: str) -> tuple[list[str], Floats, Floats]:
    """Periods in order, and people waiting and treated, by period and months waited: every cell must be there."""
    labels, months = past.text(names[0]), past.numbers(names[1], missing=False)
    periods, widest = sorted(set(labels), key=_order), int(months.max())
    place = {period: row for row, period in enumerate(periods)}
    out = np.full((2, len(periods), widest + 1), np.nan)
    for side, name in enumerate(names[2:]):
        for row, value in enumerate(past.numbers(name, missing=False)):
            if months[row] < 0 or months[row] != int(months[row]):
                raise past.refuse(row, names[1], f"{months[row]:g}", "whole months, 0 or more")
            out[side, place[labels[row]], int(months[row])] = value
    for _, row, month in np.argwhere(np.isnan(out))[:1]:
        raise InputError(f"{past.name}: period {periods[row]!r} has no row for {month} months waited; expected 0 to "
                         f"{widest} in every period")  # fmt: skip
    return periods, out[0], out[1]


def _by_period(path: str, period: str, column: str) -> dict[str, float]:
    given = table.read(path, needs=[period, column])
    given.unique(period)
    found = dict(zip(given.text(period), map(float, given.numbers(column, missing=False)), strict=True))
    return {name: found[name] for name in sorted(found, key=_order)}


def _order(period: str) -> tuple[float, str]:
    """Numbers by size, other words (2024-03) by themselves."""
    return (float(period), "") if period.replace(".", "", 1).isdigit() else (float("inf"), period)


def _all_there(name: str, known: dict[str, float], wanted: list[str]) -> None:
    for period in wanted:
        if period not in known:
            raise InputError(f"{name}: no row for period {period!r}; expected every period, past and to come")
