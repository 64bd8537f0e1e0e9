"""`evenhand prove trial`: what a randomised wave did."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .door import NO, YES, add_columns, filled, naming, weights_of, words
from .output import add_output, emit

if TYPE_CHECKING:
    from ..prove.received import Received
    from ..prove.trial import Trial

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
    parser.add_argument("--weights", metavar="COL", help="what each unit stands for (its volume) [all alike]")
    parser.add_argument("--received", metavar="COL",
                        help="what each unit received: an arm's name, or 1 for the arm it was drawn for and 0 for the "
                        "control; compared beside intention to treat")  # fmt: skip
    add_output(parser)
    parser.set_defaults(run=_trial)


def _trial(options: argparse.Namespace) -> None:
    from ..prove.received import received
    from ..prove.trial import trial

    given = table.read(options.file, needs=[options.unit, options.arm, options.baseline, options.outcome])
    if options.baseline == options.outcome:
        raise InputError(f"{given.name}: --baseline and --outcome are both {options.outcome!r}; expected two columns")
    given.unique(options.unit)
    filled(given, options.unit)
    arms = filled(given, options.arm)
    covariates: dict[str, NDArray[np.float64]] = {}
    for column in words(options.covariates, given):
        if column in (options.outcome, options.received):
            raise InputError(f"{given.name}: --covariates {column}: that is what came of the trial; expected columns "
                             "that were measured before launch")  # fmt: skip
        covariates |= _covariate(given, column)
    with naming(given):
        control = _control(options.control, arms)
    asked: dict[str, Any] = {
        "control": control, "covariates": covariates, "errors": options.errors,
        "clusters": filled(given, options.clusters) if options.clusters else None,
        "weights": weights_of(given, options.weights),
    }  # fmt: skip
    values = given.numbers(options.baseline), given.numbers(options.outcome)
    beside = None
    with naming(given):
        found = trial(arms, *values, **asked)
        if options.received:
            beside = received(arms, _received(given, options.received, arms, control), *values, **asked)
    if beside is not None and beside.warning and not options.json:
        print(f"evenhand: warning: {beside.warning}", file=sys.stderr)
    title = f"{found.n} units; before/after would have said {found.naive_change:.4g}"
    emit(options, _document(found, beside), _rows(found, beside), title=title, chart=lambda: _chart(found, beside))


def _document(found: Trial, beside: Received | None) -> dict[str, Any]:
    """The trial as it always was; with several arms each effect's p by Holm; with --received what stands beside it."""
    from ..prove.received import holm

    document = found.as_json()
    if len(found.effects) > 1:
        for effect, p in zip(document["effects"], holm([e.p for e in found.effects]), strict=True):
            effect["p_holm"] = p if np.isfinite(p) else None
    return document if beside is None else document | {"received": beside.as_json()}


def _rows(found: Trial, beside: Received | None) -> list[dict[str, Any]]:
    shown = ("arm", "effect", "se", "low", "high", "p", "p_holm", "df")
    parts = [("as allocated", _document(found, None)["effects"])]
    if beside is not None:
        parts += [(name, [e.as_json() for e in some]) for name, some in
                  (("as treated", beside.as_treated), ("compliers", beside.compliers))]  # fmt: skip
    first = {"analysis": ""} if beside is not None else {}
    return [{**({"analysis": part} if first else {}), **{name: row[name] for name in shown if name in row}}
            for part, effects in parts for row in effects]  # fmt: skip


def _chart(found: Trial, beside: Received | None) -> Any:
    from ..charts.forest import forest

    effects = [(e.arm if beside is None else f"{e.arm}, as allocated", e) for e in found.effects]
    if beside is not None:
        effects += [(f"{e.arm}, as treated (not drawn by lot)", e) for e in beside.as_treated]
        effects += [(f"{e.arm}, compliers", e) for e in beside.compliers]
    columns = (np.array([getattr(e, name) for _, e in effects]) for name in ("effect", "low", "high"))
    return forest([name for name, _ in effects], *columns, level=found.level,
                  title=f"What the trial found; before/after would have said {found.naive_change:.3g}")  # fmt: skip


def _received(given: table.Table, column: str, arms: list[str], control: str) -> list[str]:
    """What each unit received, as an arm's name."""
    out, treated = [], [name for name in dict.fromkeys(arms) if name != control]
    for row, cell in enumerate(filled(given, column)):
        word = cell.lower()
        if cell in arms:
            out.append(cell)
        elif word in NO:
            out.append(control)
        elif word in YES and (arms[row] != control or len(treated) == 1):
            out.append(arms[row] if arms[row] != control else treated[0])
        else:
            right = ", ".join([*dict.fromkeys(arms)])
            raise given.refuse(row, column, cell, f"an arm ({right}), or 1 or 0 where that says which arm")
    return out


def _control(given: str | None, arms: list[str]) -> str:
    if given is not None:
        return given
    named = next((name for name in CONTROL_NAMES if name in arms), None)
    if named is None:
        there = ", ".join(dict.fromkeys(arms))
        raise InputError(f"no arm is called {' or '.join(CONTROL_NAMES)}; name the control with --control ({there})")
    return named


def _covariate(given: table.Table, column: str) -> dict[str, NDArray[np.float64]]:
    """Numbers as they are; a column in which no cell is a number is words, each but the first a column of 0 and 1, and
    missing where a cell is. `none` may be a word."""
    from ..prove.trial import indicators

    cells = given.text(column)
    if any(_is_number(cell) for cell in cells):
        return {column: given.numbers(column)}
    return indicators(column, ["" if cell.lower() in table.MISSING - {"none"} else cell for cell in cells])


def _is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return cell.strip().lower() not in table.MISSING
