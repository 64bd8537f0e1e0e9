"""`evenhand prove trial`: what a randomised wave did."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .door import add_columns, filled, naming, words
from .output import add_output, emit

CONTROL_NAMES = ("con", "control")  # the default is con; a file that says control in full means the same


def register(commands: Any) -> None:
    """Add `prove trial`."""
    parser = commands.add_parser("trial", help="what a randomised wave did (ANCOVA)", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row for each unit")
    add_columns(parser, unit="unit", arm="arm", baseline="baseline", outcome="outcome")
    parser.add_argument("--control", metavar="ARM", help="the arm to compare with [con, or else control]")
    parser.add_argument("--clusters", metavar="COL", help="what was randomised")
    parser.add_argument("--errors", choices=("CR1", "CR2", "CR3"), default="CR1",
                        help="with --clusters; CR2 and CR3 for few or uneven ones [CR1, t(G - 1)]")  # fmt: skip
    parser.add_argument("--covariates", metavar="COL", nargs="+", default=[],
                        help="measured before launch; numbers, or words (one 0/1 column for each)")  # fmt: skip
    add_output(parser)
    parser.set_defaults(run=_trial)


def _trial(options: argparse.Namespace) -> None:
    from ..prove.trial import trial

    given = table.read(options.file, needs=[options.unit, options.arm, options.baseline, options.outcome])
    given.unique(options.unit)
    filled(given, options.unit)
    arms = filled(given, options.arm)
    covariates: dict[str, NDArray[np.float64]] = {}
    for column in words(options.covariates, given):
        covariates |= _covariate(given, column)
    with naming(given):
        found = trial(
            arms, given.numbers(options.baseline), given.numbers(options.outcome),
            control=_control(options.control, arms), covariates=covariates,
            clusters=filled(given, options.clusters) if options.clusters else None, errors=options.errors,
        )  # fmt: skip
    shown = ("arm", "effect", "se", "low", "high", "p", "df")
    rows = [{name: value for name, value in effect.as_json().items() if name in shown} for effect in found.effects]
    title = f"{found.n} units; before/after would have said {found.naive_change:.4g}"
    emit(options, found, rows, title=title)


def _control(given: str | None, arms: list[str]) -> str:
    if given is not None:
        return given
    named = next((name for name in CONTROL_NAMES if name in arms), None)
    if named is None:
        there = ", ".join(dict.fromkeys(arms))
        raise InputError(f"no arm is called {' or '.join(CONTROL_NAMES)}; name the control with --control ({there})")
    return named


def _covariate(given: table.Table, column: str) -> dict[str, NDArray[np.float64]]:
    """Numbers as they are; a column in which no cell is a number is words, each but the first a column of 0 and 1."""
    from ..prove.trial import indicators

    if any(_is_number(cell) for cell in given.text(column)):
        return {column: given.numbers(column)}
    return indicators(column, filled(given, column))


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip().lower() not in table.MISSING
