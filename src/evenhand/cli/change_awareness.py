"""`evenhand change awareness`: what a randomised awareness campaign did to a repeated survey question."""

from __future__ import annotations

import argparse
from typing import Any

from .. import table
from ..errors import InputError
from .door import filled, naming, weights_of, words
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `awareness`."""
    parser = commands.add_parser("awareness", help="what a campaign did to a repeated survey question",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="one row for each place in the frame and wave")
    parser.add_argument("--question", required=True, metavar="COL", help="column of FILE with the repeated answer")
    parser.add_argument("--value", required=True, metavar="V", help="the answer that is counted")
    parser.add_argument("--control", required=True, metavar="ARM", help="the arm that was held out")
    parser.add_argument("--wave", default="wave", metavar="COL", help="column of FILE [wave]")
    parser.add_argument("--arm", default="arm", metavar="COL", help="column of FILE; blank: not in the campaign [arm]")
    parser.add_argument("--cluster", metavar="COL", help="what was drawn as one; else people were drawn")
    parser.add_argument("--person", metavar="COL", help="who each row is; each may be in a wave once")
    parser.add_argument("--own-answer", action="store_true",
                        help="with --cluster and --person: adjust for each person's own first answer too")  # fmt: skip
    parser.add_argument("--weights", metavar="COL", help="design weights")
    parser.add_argument("--strata", action="append", default=[], metavar="COL,COL", help="within which it was drawn")
    parser.add_argument("--first", metavar="WAVE", help="the wave before the launch [the first by number or date]")
    parser.add_argument("--last", metavar="WAVE", help="the wave after it [the last]")
    parser.add_argument("--multiple", action="store_true", help="an answer may name several, parted by ;")
    add_output(parser)
    parser.set_defaults(run=_awareness)


def _awareness(options: argparse.Namespace) -> None:
    from ..listen import hits
    from ..story.awareness import awareness

    if options.own_answer and not options.person:
        raise InputError("--own-answer: needs --person COL, which says whose two answers are")
    columns = [options.question, options.wave, options.arm]
    columns += [name for name in (options.cluster, options.person, options.weights) if name]
    given = table.read(options.file, needs=columns)
    strata = [given.text(column) for column in words(options.strata, given)]
    if options.person:
        given.unique(options.wave, options.person)
    with naming(given):
        found = awareness(
            hits(given.text(options.question), options.value, multiple=options.multiple), filled(given, options.wave),
            given.text(options.arm), control=options.control,
            clusters=given.text(options.cluster) if options.cluster else None,
            person=given.text(options.person) if options.person else None, weights=weights_of(given, options.weights),
            strata=[" / ".join(row) for row in zip(*strata, strict=True)] if strata else None,
            first=options.first, last=options.last, own=options.own_answer,
        )  # fmt: skip
    effects = {effect.arm: effect for effect in found.effects}
    rows = []
    for arm in found.arms:
        effect = effects.get(arm.arm)
        beside = [None] * 3 if effect is None else [effect.effect, effect.low, effect.high]
        rows.append(arm.as_json() | dict(zip(("effect", "low", "high"), beside, strict=True)))
    title = f"{options.question} = {options.value}, {found.first} to {found.last}, each arm against {found.control}"
    emit(options, {"question": options.question, "value": options.value} | found.as_json(), rows, title=title)
