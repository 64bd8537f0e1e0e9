"""`evenhand see rates`: shares, rates, means and standardised rates with their limits."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError, did_you_mean
from .door import add_columns, naming, words
from .output import add_output, emit
from .see_standard import standardised

KINDS = ("proportion", "rate", "dsr", "isr", "smr", "mean")
Floats = NDArray[np.float64]


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("rates", help="shares and rates with their limits", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="rows; rows of one group (and age) are summed")
    parser.add_argument("--kind", default="proportion", metavar="KIND", help=f"{', '.join(KINDS)} [proportion]")
    add_columns(parser, numerator="numerator", denominator="denominator")
    parser.add_argument("--by", metavar="COL", help="one rate for each of its words [all rows together]")
    parser.add_argument("--age", metavar="COL", default="age", help="age band (dsr, isr, smr) [age]")
    parser.add_argument("--standard", metavar="FILE|COL|esp2013", help="people by age (dsr) [esp2013], or events and "
                        "people by age (isr, smr) [all rows of FILE together]")  # fmt: skip
    parser.add_argument("--reference-numerator", metavar="COL", help="isr, smr: the reference's events, a column")
    parser.add_argument("--reference-denominator", metavar="COL", help="isr, smr: and its people")
    parser.add_argument("--frequency", metavar="COL", help="dsr: events of each person whom the numerator counts")
    parser.add_argument("--case-mix", nargs="+", default=[], metavar="COL",
                        help="smr: what a group cannot choose, in place of --age")  # fmt: skip
    parser.add_argument("--levels", default="0.95,0.998", metavar="L,L", help="coverages [0.95,0.998]")
    parser.add_argument("--multiplier", type=float, default=1.0, help="value and limits are times this [1]")
    add_output(parser)
    parser.set_defaults(run=_rates)


def _rates(options: argparse.Namespace) -> None:
    if options.kind not in KINDS:
        hint = did_you_mean(options.kind, KINDS)
        raise InputError(f"--kind {options.kind}: expected one of {', '.join(KINDS)}{hint}")
    if not (np.isfinite(options.multiplier) and options.multiplier > 0):
        raise InputError(f"--multiplier {options.multiplier:g}: expected a number above 0")
    levels = _levels(options.levels)
    needs = [options.numerator] if options.kind == "mean" else [options.numerator, options.denominator]
    rows = table.read(options.file, needs=needs if options.by is None else [*needs, options.by])
    groups = ["" for _ in range(len(rows))] if options.by is None else rows.text(options.by)
    with naming(rows, options.standard):
        units, value, low, high, more = _found(options, rows, groups, tuple(levels.values()))
    shown = []
    for i, group in enumerate(units):
        row: dict[str, Any] = {"group": None if options.by is None else group, "value": value[i] * options.multiplier}
        for number, name in enumerate(levels):
            row[f"lower_{name}"] = low[number, i] * options.multiplier
            row[f"upper_{name}"] = high[number, i] * options.multiplier
        shown.append(row | {name: column[i] for name, column in more.items()})

    def draw() -> Any:
        from .. import charts

        first = next(iter(levels.values()))
        labels = [str(row["group"] or options.numerator) for row in shown]
        return charts.intervals(
            labels, *(np.asarray(column) * options.multiplier for column in (value, low[0], high[0])),
            title=options.numerator if options.kind == "mean" else f"{options.numerator} over {options.denominator}",
            subtitle=f"Dot: the value; bar: its {first:.1%} interval",
            share=options.kind == "proportion" and options.multiplier == 1,
        )  # fmt: skip

    emit(options, {"kind": options.kind, "rows": shown}, shown, title="Rates", chart=draw)


def _found(
    options: argparse.Namespace, rows: table.Table, groups: list[str], levels: tuple[float, ...]
) -> tuple[tuple[str, ...], Floats, Floats, Floats, Mapping[str, Floats]]:
    """Groups, values, limits, and what a standardised rate says beside them."""
    from ..see import means, rates

    if options.case_mix:
        return _adjusted(options, rows, groups, levels)
    if options.kind in ("dsr", "isr", "smr"):
        found = standardised(options, rows, groups, levels)
        more = {"observed": found.observed, "population": found.population}
        if options.kind != "dsr":
            more["expected"] = found.expected
        return found.units, found.value, found.low, found.high, more
    top = rows.numbers(options.numerator)
    plain = means(groups, top, levels=levels) if options.kind == "mean" else rates(
        groups, top, rows.numbers(options.denominator), kind=options.kind, levels=levels)  # fmt: skip
    return plain.units, plain.value, plain.low, plain.high, {}


def _adjusted(
    options: argparse.Namespace, rows: table.Table, groups: list[str], levels: tuple[float, ...]
) -> tuple[tuple[str, ...], Floats, Floats, Floats, Mapping[str, Floats]]:
    """Observed over what case-mix lets expect, and beside it over what the whole's own rate does."""
    from ..see import by_case_mix, rates

    if options.kind != "smr" or options.by is None:
        raise InputError("--case-mix: expected --kind smr and --by COL with it")
    mix = words(options.case_mix, rows)
    top, bottom = rows.numbers(options.numerator), rows.numbers(options.denominator)
    observed, foreseen = by_case_mix(groups, top, bottom, np.column_stack([rows.numbers(name) for name in mix]))
    names = list(dict.fromkeys(groups))
    found = rates(names, observed, foreseen, kind="rate", levels=levels)
    plain = rates(groups, top, bottom, kind="rate", levels=levels)
    known = np.isfinite(top) & np.isfinite(bottom)
    usual = float(top[known].sum() / bottom[known].sum())
    more = {"observed": observed, "expected": foreseen, "unadjusted": plain.value / usual}
    for number, name in enumerate(_levels(options.levels)):
        more |= {f"unadjusted_lower_{name}": plain.low[number] / usual,
                 f"unadjusted_upper_{name}": plain.high[number] / usual}  # fmt: skip
    return found.units, found.value, found.low, found.high, more


def _levels(text: str) -> dict[str, float]:
    """0.95,0.998 as {"95": 0.95, "998": 0.998}: the ending of the names of a level's limits."""
    levels = {}
    for word in text.split(","):
        try:
            level = float(word)
        except ValueError:
            raise InputError(f"--levels {text}: expected shares such as 0.95,0.998, found {word!r}") from None
        if not 0 < level < 1:
            raise InputError(f"--levels {text}: expected shares between 0 and 1, found {word!r}")
        levels[f"{100 * level:.10g}".replace(".", "")] = level
    return levels
