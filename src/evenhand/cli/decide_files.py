"""What the commands on a vote log ask for at the door, and how they read it."""

from __future__ import annotations

import argparse

from .. import table
from ..decide import Participants, Votes
from ..decide.moderation import read as read_moderation
from ..decide.participants import read as read_participants
from ..decide.votes import read as read_votes
from .door import add_dates


def add_votes(parser: argparse.ArgumentParser, *, without: tuple[str, ...] = (), option: bool = False) -> None:
    """VOTES (or `--votes` as an option), who is who, what was moderated, and the names of columns."""
    parser.add_argument("--votes" if option else "votes", type=str, metavar="VOTES",
                        help="participant,statement,vote[,time]; a Polis export")  # fmt: skip
    parser.add_argument("--participants", metavar="FILE", help="participant[,organisation,removed_by_moderator,...]")
    parser.add_argument("--statements", metavar="FILE", help="statement,moderation")
    parser.add_argument("--declared", metavar="COL", action="append", default=[],
                        help="a declared column of the participants file, protected like an opinion group")  # fmt: skip
    for column in (name for name in ("participant", "statement", "vote") if name not in without):
        parser.add_argument(f"--{column}", metavar="COL", default=column, help=f"column of VOTES [{column}]")
    parser.add_argument("--time", metavar="COL", help="column of VOTES [time, unix_time, timestamp or datetime]")
    add_dates(parser)


def read_round(
    options: argparse.Namespace,
) -> tuple[Votes, Participants | None, dict[str, str] | None, tuple[str, ...]]:
    """The votes, the participants, what was moderated (each None if not given), and the declared columns."""
    declared = tuple(dict.fromkeys(word for given in options.declared for word in given.split(",") if word))
    votes = read_votes(
        table.read(options.votes), participant=options.participant, statement=options.statement, vote=options.vote,
        time=options.time, day_first=options.day_first, holdout=getattr(options, "holdout", None),
    )  # fmt: skip
    people = read_participants(table.read(options.participants), declared=declared) if options.participants else None
    return votes, people, read_moderation(table.read(options.statements)) if options.statements else None, declared
