"""`evenhand change`: power before launch, a sealed randomisation, the funnel of engagement."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import table
from ..errors import InputError
from . import change_awareness, change_content, change_message, change_pdsa, change_spread
from .door import add_columns, add_dates, filled, naming, number, words
from .output import TABLES, add_output, emit


def register(steps: Any) -> None:
    """Add `change` and its commands."""
    parser = steps.add_parser("change", help="who has seen it, promised, done it", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _register_power(commands)
    _register_randomise(commands)
    _register_funnel(commands)
    change_awareness.register(commands)
    change_message.register(commands)
    change_pdsa.register(commands)
    change_spread.register(commands)
    change_content.register(commands)


def _register_power(commands: Any) -> None:
    parser = commands.add_parser("power", help="what a randomised wave would see", allow_abbrev=False)
    parser.add_argument("--clusters", type=int, required=True, metavar="N", help="in both arms together")
    parser.add_argument("--size", type=number, required=True, metavar="M", help="decisions in a cluster")
    parser.add_argument("--icc", type=number, required=True, metavar="R", help="intra-cluster correlation, 0 to 1")
    parser.add_argument("--baseline", type=number, required=True, metavar="P", help="the share before, 0 to 1")
    parser.add_argument("--effect", type=number, metavar="E", help="the change that matters (-0.05: 5 points lower)")
    parser.add_argument("--size-cv", type=number, default=0.0, metavar="CV", help="spread of sizes over their mean [0]")
    parser.add_argument("--correlation", type=number, default=0.0, metavar="R",
                        help="of a cluster's baseline with its outcome, if adjusted for [0]")  # fmt: skip
    parser.add_argument("--alpha", type=number, default=0.05, metavar="A", help="two-sided error rate [0.05]")
    parser.add_argument("--target", type=number, default=0.8, metavar="P", help="power to detect with [0.8]")
    add_output(parser)
    parser.set_defaults(run=_power)


def _register_randomise(commands: Any) -> None:
    parser = commands.add_parser("randomise", help="allocate units to arms, sealed", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row for each unit")
    parser.add_argument("--unit", required=True, metavar="COL", help="column of FILE that names the unit")
    parser.add_argument("--arms", required=True, metavar="A,B,...", help="two or more names")
    parser.add_argument("--strata", action="append", default=[], metavar="COL,COL", help="balance within these")
    parser.add_argument("--cluster", metavar="COL", help="all units of one of these share an arm")
    parser.add_argument("--ratio", metavar="1:1:2", help="whole numbers, one for each arm [equal]")
    parser.add_argument("--waves", type=int, default=1, metavar="N", help="deal each arm into N waves as well [1]")
    parser.add_argument("--hold-out", default="", metavar="ARM", help="this arm waits for the verdict: wave 0")
    parser.add_argument("--seed", type=int, required=True, metavar="N", help="fixes chance; 0 or more")
    parser.add_argument("--json", action="store_true", help="print the balance and the seal as one JSON document")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help=f"the allocation: {' '.join(TABLES)}")
    parser.set_defaults(run=_randomise)


def _register_funnel(commands: Any) -> None:
    parser = commands.add_parser("funnel", help="from reached to verified", allow_abbrev=False)
    parser.add_argument("file", metavar="EVENTS", help="person,content,stage,time")
    add_columns(parser, person="person", content="content", stage="stage", time="time")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_funnel)


def _power(options: argparse.Namespace) -> None:
    from ..change.power import power

    found = power(
        clusters=options.clusters, size=options.size, icc=options.icc, baseline=options.baseline,
        effect=options.effect, size_cv=options.size_cv, correlation=options.correlation, alpha=options.alpha,
        target=options.target,
    )  # fmt: skip
    rows = [{"what": name.replace("_", " "), "value": value} for name, value in found.as_json().items()]
    emit(options, found, rows, title="A randomised wave in two arms")


def _randomise(options: argparse.Namespace) -> None:
    from ..change.randomise import randomise

    if options.out.suffix.lower() not in TABLES:
        raise InputError(f"--out {options.out}: expected a name ending in one of {' '.join(TABLES)}")
    if options.seed < 0:
        raise InputError(f"--seed: expected a whole number of 0 or more, found {options.seed}")
    given = table.read(options.file, needs=[options.unit])
    given.unique(options.unit)
    strata = words(options.strata, given)
    clusters = filled(given, options.cluster) if options.cluster else None
    columns = [filled(given, column) for column in strata]
    with naming(given):
        found = randomise(
            filled(given, options.unit), [arm.strip() for arm in options.arms.split(",")], seed=options.seed,
            strata=list(zip(*columns, strict=True)) if columns else None, ratio=_ratio(options.ratio),
            clusters=clusters, waves=options.waves, holdout=options.hold_out.strip(),
        )  # fmt: skip
    stepped = options.waves > 1 or bool(options.hold_out)
    named = [options.unit, *([options.cluster] if options.cluster else []), *strata]
    for column in ("arm", "wave") if stepped else ("arm",):
        if column in named:
            raise InputError(f"{given.name}: column {column!r} would be overwritten by the allocation; rename it")
    cells = {column: given.text(column) for column in named}
    rows: list[dict[str, Any]] = [
        {column: texts[i] for column, texts in cells.items()} | {"arm": arm} | ({"wave": wave} if stepped else {})
        for i, (arm, wave) in enumerate(zip(found.arm, found.wave, strict=True))
    ]
    emit(argparse.Namespace(out=options.out, json=False), rows, rows)
    counted = {arm: sum(one == arm for one in found.arm) for arm in found.arms}
    what = "clusters" if options.cluster else "units"
    balance = [
        {"stratum": stratum, "arm": arm} | ({"clusters": k} if options.cluster else {}) | {"units": n}
        for stratum, arm, k, n in found.balance()
    ]
    document: dict[str, Any] = {
        "units": len(rows), "arms": [{"arm": arm, "n": n} for arm, n in counted.items()], "balanced": what,
        "balance": balance, "ratio": found.ratio, "seed": found.seed, "seal": found.seal,
    }  # fmt: skip
    if stepped:
        steps = [{"arm": arm, "wave": wave, "clusters": k, "units": n} for arm, wave, k, n in found.steps()]
        document |= {"waves": found.waves, "hold_out": found.holdout or None, "steps": steps}
    title = f"{len(rows)} units, seed {found.seed}, seal {found.seal}"
    emit(argparse.Namespace(out=None, json=options.json), document, balance, title=title)


def _ratio(text: str | None) -> list[int] | None:
    if text is None:
        return None
    try:
        return [int(part) for part in text.split(":")]
    except ValueError:
        raise InputError(f"--ratio: expected whole numbers with colons between, as 1:1:2; found {text!r}") from None


def _funnel(options: argparse.Namespace) -> None:
    from ..change.funnel import funnel, unknown

    columns = [options.person, options.content, options.stage]
    given = table.read(options.file, needs=[*columns, options.time])
    person, content, stage = (filled(given, column) for column in columns)
    for row, word in enumerate(stage):
        if right := unknown(word):
            raise given.refuse(row, options.stage, word, right)
    with naming(given):
        found = funnel(person, content, stage, given.times(options.time, day_first=options.day_first))
    rows = [stage.as_json() for stage in found.stages]
    title = f"Reported {found.reported}, verified {found.verified}: a gap of {found.self_report_gap}"
    aside = {"exits": dict(found.exits), "beside": dict(found.beside), "level": 0.95}
    emit(options, found.as_json() | aside, rows, title=title)
