"""`evenhand see funnel` and `evenhand see shrink`: units against each other, chance taken out."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from ..records import Funnel
from .door import above_nothing, add_columns, filled, naming, words
from .output import add_output, emit

Floats = NDArray[np.float64]
ENDLESS = 20.0  # a deviation on the logit or log scale that no data show: a factor of 5e8 between usual units
UNITS = {"unit": "unit", "numerator": "numerator", "denominator": "denominator"}


def register(commands: Any) -> None:
    """Add the two commands."""
    parser = commands.add_parser(
        "funnel", help="which units lie outside chance and shared variation", allow_abbrev=False
    )
    parser.add_argument("file", metavar="FILE", help="rows of units; rows of one unit are summed")
    add_columns(parser, **UNITS)
    parser.add_argument("--kind", choices=("proportion", "rate", "ratio"), default="proportion",
                        help="share, count over count, observed over expected [proportion]")  # fmt: skip
    parser.add_argument("--method", choices=("shmi", "cqc", "phe"), default="shmi",
                        help="of a ratio; phe: the plain funnel of public health, of any kind [shmi]")  # fmt: skip
    parser.add_argument("--overdispersion", action=argparse.BooleanOptionalAction, default=True,
                        help="widen limits by what all units share [yes]")  # fmt: skip
    parser.add_argument("--trim", type=float, default=0.1, help="share of z-scores trimmed at each end [0.1]")
    parser.add_argument("--limit", type=float, choices=(95.0, 99.8), default=99.8, help="what names an outlier [99.8]")
    parser.add_argument("--multiplier", type=float, default=1.0, help="values and limits are times this [1]")
    parser.add_argument("--rounding", action=argparse.BooleanOptionalAction, default=True,
                        help="shmi: round summed expected to 2 decimals [yes]")  # fmt: skip
    parser.add_argument("--case-mix", nargs="+", default=[], metavar="COL",
                        help="what a unit cannot choose: observed over what its case-mix lets expect")  # fmt: skip
    add_output(parser)
    parser.set_defaults(run=_funnel)
    parser = commands.add_parser("shrink", help="each unit's level, knowing all the others'", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="rows of units; rows of one unit are summed")
    add_columns(parser, **UNITS)
    parser.add_argument("--family", choices=("binomial", "poisson", "normal"), default="binomial",
                        help="hits of those counted, counts over an exposure, or values (the numerator) with a "
                        "standard error or several rows a unit [binomial]")  # fmt: skip
    parser.add_argument("--standard-error", metavar="COL", help="normal: of each unit's value, where it is known")
    add_output(parser)
    parser.set_defaults(run=_shrink)


def read_units(
    options: argparse.Namespace,
) -> tuple[table.Table, list[str], NDArray[np.float64], NDArray[np.float64]]:
    """The table, its units, numerators and denominators; units that cannot be compared are told of."""
    rows = table.read(options.file, needs=(options.unit, options.numerator, options.denominator))
    units = filled(rows, options.unit)
    top, bottom = rows.numbers(options.numerator), rows.numbers(options.denominator)
    for column, values in ((options.numerator, top), (options.denominator, bottom)):
        if (wrong := np.flatnonzero(values < 0)).size:
            raise rows.refuse(int(wrong[0]), column, rows.columns[column][wrong[0]], "a number of 0 or more")
    missing = {unit for unit, a, b in zip(units, top, bottom, strict=True) if np.isnan(a) or np.isnan(b)}
    if missing:
        shown = ", ".join(sorted(missing)[:5]) + (" ..." if len(missing) > 5 else "")
        print(f"evenhand: warning: {rows.name}: a number is missing for {shown}; left out", file=sys.stderr)
    return rows, units, top, bottom


def _funnel(options: argparse.Namespace) -> None:
    from ..see import by_case_mix, funnel

    rows, units, top, bottom = read_units(options)
    mix = words(options.case_mix, rows) if options.case_mix else []

    def ask(names: Sequence[str], hits: Floats, base: Floats, kind: str, rounding: bool) -> Funnel:
        with naming(rows):
            return funnel(
                names, hits, base, kind=kind, method=options.method, overdispersion=options.overdispersion,
                trim=options.trim, limit=options.limit, multiplier=options.multiplier, rounding=rounding,
            )  # fmt: skip

    plain = ask(units, top, bottom, options.kind, options.rounding)
    if mix:
        with naming(rows):
            hits, foreseen = by_case_mix(units, top, bottom, np.column_stack([rows.numbers(name) for name in mix]))
        found = ask(plain.units, hits, foreseen, "ratio", False)
    else:
        found = plain
    if not np.isfinite(found.phi):
        print(f"evenhand: warning: {rows.name}: too many units counted 0 for over-dispersion on the log scale; "
              "--method cqc can be used", file=sys.stderr)  # fmt: skip
    document = _told(found)
    if mix:
        for row, expected in zip(document["units"], found.denominator, strict=True):
            row["expected"] = expected
        document |= {"case_mix": mix, "unadjusted": _told(plain)}
    shown = document["units"]
    title = f"Target {found.target:.4g}; phi {found.phi:.3g}; outliers by the {found.limit:g}% limits"

    def draw() -> Any:
        from .. import charts

        return charts.funnel(found, title=f"{options.numerator} by {options.unit}",
                             size=f"{options.numerator} expected" if mix else options.denominator,
                             share=found.kind == "proportion")  # fmt: skip

    emit(options, document, shown, title=title, chart=draw)


def _told(found: Funnel) -> dict[str, Any]:
    """A funnel as JSON has it."""
    units = [
        {"unit": unit, "value": found.value[i], "z": found.z[i], "z_adjusted": found.z_adjusted[i],
         "lower_95": found.limits.lower_95[i], "upper_95": found.limits.upper_95[i],
         "lower_998": found.limits.lower_998[i], "upper_998": found.limits.upper_998[i], "outlier": found.outlier[i]}
        for i, unit in enumerate(found.units)
    ]  # fmt: skip
    return {"target": found.target, "phi": found.phi, "tau2": found.tau2, "units": units}


def _shrink(options: argparse.Namespace) -> None:
    from ..see import shrink, shrink_known, shrink_rows

    if options.standard_error and options.family != "normal":
        raise InputError(f"--standard-error: a {options.family} count knows its own chance; expected --family normal")
    if options.family == "normal":
        rows = table.read(options.file, needs=(options.unit, options.numerator))
        units, top = filled(rows, options.unit), rows.numbers(options.numerator)
    else:
        rows, units, top, bottom = read_units(options)
    with naming(rows):
        if options.standard_error:
            found = shrink_known(units, top, above_nothing(rows, options.standard_error))
        else:
            found = shrink_rows(units, top) if options.family == "normal" else shrink(
                units, top, bottom, family=options.family)  # fmt: skip
    if found.family != "normal" and found.sd_unit > ENDLESS:
        print(f"evenhand: warning: {rows.name}: units counted all or nothing, so that the spread between them has no "
              "end that could be told", file=sys.stderr)  # fmt: skip
    shown = [
        {"unit": unit, "raw": found.raw[i], "shrunken": found.shrunken[i], "low": found.low[i], "high": found.high[i]}
        for i, unit in enumerate(found.units)
    ]
    document = {"intercept": found.intercept, "sd_unit": found.sd_unit, "level": found.level, "units": shown}

    def draw() -> Any:
        from .. import charts

        return charts.dumbbell(
            found.units, found.raw, found.shrunken, names=("As counted", "Shrunken"),
            title=f"{options.numerator} by {options.unit}", share=options.family == "binomial",
        )  # fmt: skip

    emit(options, document, shown, title="Units", chart=draw)
