"""`evenhand see rates`: shares and rates with exact or near-exact limits."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from .. import table
from ..errors import InputError
from .door import add_columns, naming
from .output import add_output, emit

PLANNED = ("dsr", "isr", "smr")


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("rates", help="shares and rates with their limits", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="rows; rows of one group are summed")
    parser.add_argument("--kind", default="proportion", metavar="KIND", help="proportion or rate [proportion]")
    add_columns(parser, numerator="numerator", denominator="denominator")
    parser.add_argument("--by", metavar="COL", help="one rate for each of its words [all rows together]")
    parser.add_argument("--levels", default="0.95,0.998", metavar="L,L", help="coverages [0.95,0.998]")
    parser.add_argument("--multiplier", type=float, default=1.0, help="value and limits are times this [1]")
    add_output(parser)
    parser.set_defaults(run=_rates)


def _rates(options: argparse.Namespace) -> None:
    from ..see import rates

    if options.kind in PLANNED:
        raise InputError(f"--kind {options.kind}: is not computed yet; expected proportion or rate")
    levels = _levels(options.levels)
    rows = table.read(options.file, needs=(options.numerator, options.denominator))
    groups = ["" for _ in range(len(rows))] if options.by is None else rows.text(options.by)
    top, bottom = rows.numbers(options.numerator), rows.numbers(options.denominator)
    with naming(rows):
        found = rates(groups, top, bottom, kind=options.kind, levels=tuple(levels.values()))
    shown = []
    for i, group in enumerate(found.units):
        row: dict[str, Any] = {
            "group": None if options.by is None else group,
            "value": found.value[i] * options.multiplier,
        }
        for number, name in enumerate(levels):
            row[f"lower_{name}"] = found.low[number, i] * options.multiplier
            row[f"upper_{name}"] = found.high[number, i] * options.multiplier
        shown.append(row)

    def draw() -> Any:
        from .. import charts

        first = next(iter(levels.values()))
        labels = [str(row["group"] or options.numerator) for row in shown]
        return charts.intervals(
            labels, *(np.asarray(column) * options.multiplier for column in (found.value, found.low[0], found.high[0])),
            title=f"{options.numerator} over {options.denominator}",
            subtitle=f"Dot: the value; bar: its {first:.1%} interval",
            share=options.kind == "proportion" and options.multiplier == 1,
        )  # fmt: skip

    emit(options, {"rows": shown}, shown, title="Rates", chart=draw)


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
