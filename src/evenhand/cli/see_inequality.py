"""`evenhand see inequality`: the slope and relative index over groups of deprivation."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .door import add_columns, filled, naming, number
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("inequality", help="how far the deprived differ from the rest", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row a group of deprivation, 1 the most deprived")
    add_columns(parser, group="decile", population="population", value="value")
    parser.add_argument("--se", metavar="COL", help="standard error of the value [se]")
    parser.add_argument("--low", metavar="COL", help="in its place: the value's 95%% limits, lower")
    parser.add_argument("--high", metavar="COL", help="and upper")
    parser.add_argument("--numerator", metavar="COL", help="in place of value and se: events among the population")
    parser.add_argument("--kind", choices=("normal", "rate", "proportion"), default="normal",
                        help="a rate's noise is on its logarithm, a proportion's on its logit [normal]")  # fmt: skip
    parser.add_argument("--transform", action="store_true", help="fit the logarithm or logit too")
    parser.add_argument("--by", metavar="COL", help="an index for each of its words [all rows together]")
    parser.add_argument("--multiplier", type=number, default=1.0, help="the slope index is times this [1]")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="fixes the limits of a rate or proportion [1]")
    add_output(parser)
    parser.set_defaults(run=_inequality)


def _inequality(options: argparse.Namespace) -> None:
    from ..see import inequality

    rows = table.read(options.file, needs=(options.group, options.population))
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: expected 0 or more")
    if options.multiplier <= 0:
        raise InputError(f"--multiplier {options.multiplier:g}: expected a number above 0")
    if bool(options.low) != bool(options.high):
        raise InputError("--low and --high: expected both or neither")
    if options.kind == "normal" and options.numerator:
        raise InputError("--numerator: counts events; expected --kind proportion or --kind rate with it")
    group = rows.numbers(options.group, missing=False)
    people = rows.numbers(options.population, missing=False)
    with naming(rows):
        value, error = _values(options, rows, people)
    by = [""] * len(rows) if options.by is None else filled(rows, options.by)
    shown = []
    for name in dict.fromkeys(by):
        at = np.array([i for i, word in enumerate(by) if word == name])
        with naming(rows):
            found = inequality(group[at], people[at], value[at], error[at], kind=options.kind,
                               transform=options.transform, seed=options.seed)  # fmt: skip
        times = options.multiplier
        row: dict[str, Any] = {
            "sii": found.sii * times, "rii": found.rii, "sii_low": found.sii_low * times,
            "sii_high": found.sii_high * times, "rii_low": found.rii_low, "rii_high": found.rii_high,
        }  # fmt: skip
        shown.append(row if options.by is None else {"group": name, **row})
    settings = {"kind": options.kind, "level": 0.95, "seed": options.seed}
    document = {**shown[0], **settings} if options.by is None else {"rows": shown, **settings}
    emit(options, document, shown, title="Slope and relative index of inequality")


def _values(
    options: argparse.Namespace, rows: table.Table, people: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Values, and standard errors on the scale that the kind asks for."""
    from ..see import rates
    from ..see.inequality import errors_of

    if options.numerator:
        events = rows.numbers(options.numerator, missing=False)
        found = rates([str(i) for i in range(len(rows))], events, people, kind=options.kind, levels=(0.95,))
        return found.value, errors_of(options.kind, found.value, found.low[0], found.high[0])
    value = rows.numbers(options.value, missing=False)
    if options.low or options.high:
        ends = (rows.numbers(name, missing=False) for name in (options.low, options.high))
        return value, errors_of(options.kind, value, *ends)
    if options.se is None and not rows.has("se") and options.kind == "proportion":
        found = rates([str(i) for i in range(len(rows))], value * people, people, kind="proportion", levels=(0.95,))
        return value, errors_of("proportion", value, found.low[0], found.high[0])
    return value, rows.numbers(options.se or "se", missing=False)
