"""`evenhand account reach`: how much of a target can be reached with and without clinicians."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import account, definition
from ..errors import InputError
from .door import number
from .output import add_output, emit

ARMS = (("without engagement", "without_engagement"), ("with engagement", "with_engagement"), ("worth", "worth"))


def register(commands: Any) -> None:
    """Add `account reach`."""
    parser = commands.add_parser("reach", help="how much of a target can be reached with and without clinicians?")
    parser.add_argument("--parameters", type=Path, metavar="FILE.yaml", help="other assumptions than the default ones")
    parser.add_argument("--lake", type=Path, metavar="DIR", help="feed the model from a lake: pounds a year")
    parser.add_argument("--where", choices=("schemes", "everywhere"),
                        help="with --lake: whom the schemes invited, or everybody [schemes, if any]")  # fmt: skip
    parser.add_argument("--adoption", type=number, metavar="SHARE", help="fix the share that adopts, 0 to 1")
    parser.add_argument("--target", type=number, metavar="POUNDS", help="with --lake: how likely is this a year?")
    parser.add_argument("--draws", type=int, metavar="N", help="[200000; with --lake 20000]")
    parser.add_argument("--seed", type=int, default=1, metavar="S")
    add_output(parser)
    parser.set_defaults(run=_run_reach)


def _run_reach(options: argparse.Namespace) -> None:
    if options.draws is not None and options.draws < 100:
        raise InputError(f"--draws {options.draws}: expected 100 or more, so that a 5% tail can be seen")
    if options.seed < 0:
        raise InputError(f"--seed {options.seed}: expected a whole number, 0 or more")
    if options.adoption is not None and not 0 <= options.adoption <= 1:
        raise InputError(f"--adoption {options.adoption:g}: expected a share from 0 to 1")
    parameters = definition.load(options.parameters, account.Parameters) if options.parameters else None
    if options.lake is not None:
        _fed(options, parameters)
        return
    for option in ("where", "target"):
        if getattr(options, option) is not None:
            raise InputError(f"--{option}: expected --lake DIR beside it")
    if options.adoption is not None:
        fixed = {"least": options.adoption, "likely": options.adoption, "most": options.adoption}
        known = (parameters or account.Parameters()).model_dump()
        parameters = account.Parameters.model_validate(known | {"adoption": fixed})
    found = account.reach(parameters, draws=options.draws or 200_000, seed=options.seed)
    rows = [{"£bn": name, **getattr(found, key).as_json()} for name, key in ARMS]
    emit(options, found.as_json() | {"unit": "£bn"}, rows, title="a planning model, not a forecast")


def _fed(options: argparse.Namespace, parameters: account.Parameters | None) -> None:
    from ..story.reaching import reach_of

    told = reach_of(
        options.lake, where=options.where, adoption=options.adoption, parameters=parameters,
        target=float("nan") if options.target is None else options.target, draws=options.draws or 20_000,
        seed=options.seed,
    )  # fmt: skip
    found = told.found
    document = found.as_json() | {
        "unit": "£ a year", "where": told.where, "inputs": [one.as_json() for one in told.inputs],
    }  # fmt: skip
    short = [{"£ a year": name} | {key: f"{value:,.0f}" for key, value in getattr(found, arm).as_json().items()}
             for name, arm in ARMS]  # fmt: skip
    rows = short if options.out is None else [one.as_json() for one in found.by_measure]
    title = f"{told.where}: {found.adoption:.0%} adopt; a planning model, not a forecast"
    emit(options, document, rows, title=title, chart=lambda: _chart(found))


def _chart(found: Any) -> Any:
    import numpy as np

    from .. import charts

    ladder = found.ladder
    return charts.intervals(
        [f"{rung.adoption:.0%} adopt" for rung in ladder], np.array([rung.median for rung in ladder]),
        np.array([rung.low_90 for rung in ladder]), np.array([rung.high_90 for rung in ladder]),
        title="What is reached in a year, by how many adopt, £", subtitle="Dot: the median; bar: its 90% interval",
    )  # fmt: skip
