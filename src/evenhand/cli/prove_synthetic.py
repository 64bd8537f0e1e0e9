"""`evenhand prove synthetic`: what one place would have done without its scheme."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from .. import table
from .door import add_columns, add_dates, filled, naming, one_date
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `prove synthetic`."""
    parser = commands.add_parser("synthetic", help="one place against a mixture of others", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row for each unit and month")
    add_columns(parser, unit="unit", date="date", value="value")
    parser.add_argument("--denominator", metavar="COL", help="divide the value by this column")
    parser.add_argument("--treated", required=True, metavar="UNIT", help="the unit with the scheme")
    parser.add_argument("--start", required=True, metavar="DATE", help="first day of the scheme")
    parser.add_argument("--without", metavar="UNIT", nargs="+", default=[],
                        help="units that are no donors: they had a scheme too, or felt this one")  # fmt: skip
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_synthetic)


def _synthetic(options: argparse.Namespace) -> None:
    from ..errors import InputError, did_you_mean
    from ..prove.synthetic_control import synthetic_control

    needs = [options.unit, options.date, options.value, *([options.denominator] if options.denominator else [])]
    given = table.read(options.file, needs=needs)
    names = filled(given, options.unit)
    for one in options.without:
        if one not in names or one == options.treated:
            raise InputError(f"{given.name}: --without {one!r}: expected another unit of the file than the treated"
                             f"{did_you_mean(one, names)}")  # fmt: skip
    values = given.numbers(options.value)
    if options.denominator:
        under = given.numbers(options.denominator)
        values = np.divide(values, under, out=np.full(len(values), np.nan), where=under > 0)
    kept = np.array([name not in options.without for name in names])
    dates = given.dates(options.date, day_first=options.day_first)
    with naming(given):
        found = synthetic_control(
            [name for name, keep in zip(names, kept, strict=True) if keep], dates[kept], values[kept], options.treated,
            start=np.datetime64(one_date(options.start, "--start", options.day_first), "D"),
        )  # fmt: skip
    document, months = _document(found)
    emit(options, document, months, title=_title(found), chart=lambda: _chart(found, options.value))


def _document(found: Any) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The record with its series as one row a month and its pairs as rows."""
    plain = found.as_json()
    series = [plain.pop(name) for name in ("months", "observed", "synthetic", "low", "high")]
    months = [
        {"month": month, "observed": seen, "synthetic": other, "gap": seen - other, "low": low, "high": high}
        for month, seen, other, low, high in zip(*series, strict=True)
    ]
    for name, of in (("weights", "weight"), ("placebo_ratio", "ratio"), ("leave_one_out", "effect")):
        plain[name] = [{"unit": unit, of: value} for unit, value in plain.pop(name)]
    effect = plain.pop("effect")
    plain["effect"] = {"estimate": effect["value"], "low": effect["low"], "high": effect["high"],
                       "level": effect["level"], "p": plain.pop("p_effect"), "relative": plain.pop("relative"),
                       "interval": plain.pop("interval")}  # fmt: skip
    return plain | {"months": months}, months


def _title(found: Any) -> str:
    effect = found.effect
    told = f"{found.treated}: {effect.value:+.4g} a month against its synthetic self"
    if np.isfinite(effect.low) and np.isfinite(effect.high):
        told += f" ({effect.level:.0%} interval {effect.low:.4g} to {effect.high:.4g})"
    told += f"; p {found.p:.3g}, which could be {found.smallest_p:.3g} at least"
    return "\n".join([told, *(f"Indicative only: {reason}" for reason in found.reasons)])


def _chart(found: Any, unit: str) -> Any:
    from .. import charts

    effect = found.effect.value
    more = "more" if effect > 0 else "less"
    return charts.lines(
        {found.treated: found.observed, "its synthetic self": found.synthetic}, found.months.astype("datetime64[D]"),
        title=f"{found.treated}: {abs(effect):.3g} a month {more} than a mixture of {len(found.weights)} others",
        subtitle="; ".join(("indicative only", *found.reasons)) if found.indicative
        else f"rank {round(found.p * (found.donors + 1))} of {found.donors + 1} units, error after over error before",
        unit=unit, marks=((found.start, "start"),),
    )  # fmt: skip
