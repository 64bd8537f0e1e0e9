"""`evenhand prove`: a trial, a guardrail, waits, regression to the mean, a registered design and its verdict."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from ..errors import InputError
from .door import add_columns, add_dates, filled, naming, number, one_date, words, yes_or_no
from .output import add_output, emit

CONTROL_NAMES = ("con", "control")  # the default is con; a file that says control in full means the same


def register(steps: Any) -> None:
    """Add `prove` and its commands."""
    parser = steps.add_parser("prove", help="did practice change, because of this", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (_register_trial, _register_guardrail, _register_waits, _register_rtm, _register_design):
        add(commands)
    parser = commands.add_parser("verdict", help="judge a scheme, with all it rests on", allow_abbrev=False)
    parser.add_argument("--scheme", required=True, type=Path, metavar="FILE.yaml", help="the scheme")
    parser.add_argument("--lake", required=True, type=Path, metavar="DIR", help="the lake")
    add_output(parser)
    parser.set_defaults(run=_verdict)


def _register_trial(commands: Any) -> None:
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


def _register_guardrail(commands: Any) -> None:
    parser = commands.add_parser("guardrail", help="did access or quality hold", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row for each unit and month")
    add_columns(parser, unit="unit", date="date", value="value", treated="treated")
    parser.add_argument("--start", required=True, metavar="DATE", help="first day of the scheme")
    parser.add_argument("--margin", required=True, type=number, metavar="X", help="the worsening that is tolerated")
    parser.add_argument("--harm", required=True, choices=("up", "down"), help="which way is worse")
    parser.add_argument("--measure", default="", metavar="ID", help="what it is called in the result")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_guardrail)


def _register_waits(commands: Any) -> None:
    parser = commands.add_parser("waits", help="waits from a raw RTT full extract", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="the zip or CSV as NHS England publishes it")
    parser.add_argument("--level", choices=("provider", "commissioner", "icb", "specialty"), default="provider",
                        help="icb is the commissioner's parent [provider]")  # fmt: skip
    add_output(parser)
    parser.set_defaults(run=_waits)


def _register_rtm(commands: Any) -> None:
    parser = commands.add_parser("rtm", help="regression to the mean to expect", allow_abbrev=False)
    for option, what in (
        ("--mean", "of all units"), ("--sd-between", "spread of true values between units"),
        ("--sd-within", "spread of one unit's months"), ("--cut", "units beyond it are chosen"),
    ):  # fmt: skip
        parser.add_argument(option, required=True, type=number, metavar="X", help=what)
    parser.add_argument("--months", required=True, type=int, metavar="M", help="averaged when units are chosen")
    parser.add_argument("--side", choices=("above", "below"), default="above", help="chosen above or below [above]")
    add_output(parser)
    parser.set_defaults(run=_rtm)


def _register_design(commands: Any) -> None:
    parser = commands.add_parser("register", help="seal how a scheme will be judged", allow_abbrev=False)
    parser.add_argument("--scheme", required=True, type=Path, metavar="FILE.yaml", help="the scheme")
    parser.add_argument("--seal", default="", metavar="HASH", help="the allocation's seal, to bind it to the design")
    add_output(parser)
    parser.set_defaults(run=_design)


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


def _guardrail(options: argparse.Namespace) -> None:
    from ..prove.guardrail import LEVEL, guardrail

    given = table.read(options.file, needs=[options.unit, options.date, options.value, options.treated])
    start = np.datetime64(one_date(options.start, "--start", options.day_first), "D")
    with naming(given):
        found = guardrail(
            filled(given, options.unit), given.dates(options.date, day_first=options.day_first),
            given.numbers(options.value), [bool(side) for side in yes_or_no(given, options.treated)], start=start,
            margin=options.margin, harm=options.harm, measure=options.measure,
        )  # fmt: skip
    document = found.as_json() | {"level": LEVEL}
    emit(options, document, [document], title=f"{found.verdict.replace('_', ' ')}: {found.reason}")


def _waits(options: argparse.Namespace) -> None:
    from ..prove.waits import waits
    from .rtt_file import read

    extract = read(options.file)
    codes, counts = extract.by(options.level)
    rows = [
        row.as_json() | {"code": row.code or None}
        for row in waits(codes, counts, extract.weeks_from, open_band=extract.open_band)
    ]
    total, = waits(["all"], extract.total()[None, :], extract.weeks_from, open_band=extract.open_band)
    emit(options, {"by": options.level, "rows": rows, "total": total}, rows, title=f"All: {_told(total.as_json())}")


def _told(total: dict[str, Any]) -> str:
    if not total["pathways"]:
        return "nobody waits"
    p92 = "over the last band" if total["p92_open"] else f"{total['p92_weeks']:.2f} weeks"
    within = f"{total['share_within_18_weeks']:.1%} within 18 weeks"
    return f"{total['pathways']:,} pathways, {within}, 92nd percentile {p92}"


def _rtm(options: argparse.Namespace) -> None:
    from ..prove.rtm import rtm

    found = rtm(
        mean=options.mean, sd_between=options.sd_between, sd_within=options.sd_within, months=options.months,
        cut=options.cut, side=options.side,
    )  # fmt: skip
    rows = [{"what": name.replace("_", " "), "value": value} for name, value in found.as_json().items()]
    emit(options, found, rows, title="With nothing done at all")


def _design(options: argparse.Namespace) -> None:
    from ..definition import load
    from ..prove.design import choose
    from ..prove.design import register as seal_design
    from ..records import Scheme

    scheme = load(options.scheme, Scheme)
    document = {
        "scheme": scheme.id, "design": choose(scheme), "registered": seal_design(scheme, seal=options.seal),
        "baseline": [scheme.baseline.first, scheme.baseline.last],
        "follow_up": [scheme.follow_up.first, scheme.follow_up.last],
    }  # fmt: skip
    emit(options, document, [document], title="Keep the hash: the verdict is compared with it")


def _verdict(options: argparse.Namespace) -> None:
    from ..flow import verdict

    found = verdict(options.lake, options.scheme)
    row = {"scheme": found.scheme, "evidenced": found.evidenced, "countable": found.countable,
           "pounds": str(found.saving_pounds), "patients": str(found.patients)}  # fmt: skip
    emit(options, found, [row], title=found.sentence)
