"""`evenhand decide next`: the statement to show somebody next, why, and whether routing does what it says."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np

from .. import table
from ..decide import exposure, monitor, next_statement
from ..errors import InputError, did_you_mean
from .decide_files import add_votes, read_round
from .output import add_output, emit


def register_next(commands: Any) -> None:
    """Add `next`; VOTES has its own --participant (a column), so the person is `--participant ID` here."""
    parser = commands.add_parser("next", help="the statement to show somebody next, and why", allow_abbrev=False)
    add_votes(parser, without=("participant",))
    parser.add_argument("--participant", required=True, metavar="ID", help="whom to show it; may be new")
    parser.add_argument("--participant-column", metavar="COL", default="participant",
                        help="column of VOTES [participant]")  # fmt: skip
    parser.add_argument("--shown", metavar="FILE", help="what was shown before, to watch the lottery by: "
                                                        "statement,probability,candidates")  # fmt: skip
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of the lottery [0]")
    add_output(parser)
    parser.set_defaults(run=_next)


def _next(options: argparse.Namespace) -> None:
    if options.seed < 0:
        raise InputError(f"--seed must be 0 or more; got {options.seed}")
    person = options.participant.strip()
    if not person:
        raise InputError("--participant: expected an identifier, found a blank")
    options.participant = options.participant_column
    votes, people, statements, declared = read_round(options)
    if people is not None and person not in people.organisation:
        raise InputError(f"participant {person!r} is not in the participants file"
                         f"{did_you_mean(person, people.organisation)}")  # fmt: skip
    drawn = next_statement(votes, person, people, statements, declared, seed=options.seed)
    watched: dict[str, Any] = {"exposure": exposure(votes, people, statements, declared)}
    alarms = list(watched["exposure"].alarms)
    if options.shown:
        shown = table.read(options.shown, needs=("probability", "candidates"))
        chance = shown.numbers("probability", missing=False)
        watched["lottery"] = monitor(chance, shown.numbers("candidates", missing=False).astype(np.int64))
        alarms += [watched["lottery"].alarm] if watched["lottery"].alarm else []
    rows = [drawn.as_json()] + [{"why": f"alarm: {alarm}"} for alarm in alarms]
    emit(options, drawn.as_json() | watched | {"alarms": alarms}, rows, title=f"Next for {person}")
