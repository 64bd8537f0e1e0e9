"""`evenhand decide`: count votes and signatures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import table
from ..decide import InForce, Tally, signatures, tally
from ..decide.moderation import read as read_moderation
from ..decide.participants import read as read_participants
from ..decide.participants import read_groups
from ..decide.signatures import read as read_signatures
from ..decide.signatures import read_pairs
from ..decide.votes import read as read_votes
from ..errors import InputError
from .output import add_output, emit


def register(steps: Any) -> None:
    """Add `decide` and its commands."""
    parser = steps.add_parser("decide", help="what clinicians want to do about it", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _register_tally(commands)
    _register_signatures(commands)


def _register_tally(commands: Any) -> None:
    parser = commands.add_parser("tally", help="count votes, say what is agreed", allow_abbrev=False)
    parser.add_argument("votes", type=str, metavar="VOTES", help="participant,statement,vote[,time]; a Polis export")
    parser.add_argument("--groups", metavar="FILE", help="participant,group")
    parser.add_argument("--participants", metavar="FILE", help="participant[,organisation,removed_by_moderator,...]")
    parser.add_argument("--statements", metavar="FILE", help="statement,moderation")
    parser.add_argument("--declared", metavar="COL", action="append", default=[],
                        help="a declared column of the participants file, protected like an opinion group")  # fmt: skip
    parser.add_argument("--cap-per-organisation", metavar="N", type=int,
                        help="also count with at most N people's weight per organisation")  # fmt: skip
    for column in ("participant", "statement", "vote"):
        parser.add_argument(f"--{column}", metavar="COL", default=column, help=f"column of VOTES [{column}]")
    parser.add_argument("--time", metavar="COL", help="column of VOTES [time, unix_time, timestamp or datetime]")
    _add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_tally)


def _register_signatures(commands: Any) -> None:
    parser = commands.add_parser("signatures", help="which plan versions are in force", allow_abbrev=False)
    parser.add_argument("--versions", required=True, metavar="FILE", help="plan,version")
    parser.add_argument("--organisations", required=True, metavar="FILE", help="plan,organisation")
    parser.add_argument("--signatures", required=True, metavar="FILE",
                        help="plan,version,organisation,role,signed,withdrawn")  # fmt: skip
    _add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_signatures)


def _add_dates(parser: argparse.ArgumentParser) -> None:
    first = parser.add_mutually_exclusive_group()
    first.add_argument("--day-first", dest="day_first", action="store_const", const=True, default=None)
    first.add_argument("--month-first", dest="day_first", action="store_const", const=False)


def _tally(options: argparse.Namespace) -> None:
    declared = tuple(dict.fromkeys(word for given in options.declared for word in given.split(",") if word))
    votes = read_votes(
        table.read(options.votes), participant=options.participant, statement=options.statement, vote=options.vote,
        time=options.time, day_first=options.day_first,
    )  # fmt: skip
    people = read_participants(table.read(options.participants), declared=declared) if options.participants else None
    counted = tally(
        votes,
        groups=read_groups(table.read(options.groups)) if options.groups else None,
        participants=people,
        statements=read_moderation(table.read(options.statements)) if options.statements else None,
        declared=declared,
        cap=options.cap_per_organisation,
    )
    title = f"{counted.votes:,} votes by {counted.participants:,} participants"
    emit(options, counted, _tally_rows(counted) if options.out else _shown(counted), title=title)


def _shown(counted: Tally) -> list[dict[str, Any]]:
    """What fits a terminal: the share, its bound, and the verdict in one breath."""
    rows = []
    for row in counted.statements:
        seen, few = row.everyone.seen, [value for _, value in row.judgement.needs_votes_from]
        but = ", ".join(few) or ", ".join(value for _, value in row.judgement.except_by)
        verdict = row.verdict.replace("agreed_except", "agreed except by").replace("_", " ") + (" from" if few else "")
        rows.append({
            "statement": row.statement,
            "seen": seen,
            "agree": f"{row.everyone.agree / seen:.0%}" if seen else None,
            "at least": f"{row.everyone.lower_bound:.0%}" if seen else None,
            "verdict": f"{verdict} {but}".strip(),
        })
        if row.capped is not None:
            rows[-1]["with the cap"] = "the same" if row.capped.verdict == row.verdict else row.capped.verdict
    return rows


def _tally_rows(counted: Tally) -> list[dict[str, Any]]:
    rows = []
    for row in counted.statements:
        shown: dict[str, Any] = {
            "statement": row.statement, "agree": row.everyone.agree, "disagree": row.everyone.disagree,
            "pass": row.everyone.passes, "seen": row.everyone.seen, "lower_bound": row.everyone.lower_bound,
            "group_aware_consensus": row.group_aware_consensus, "verdict": row.verdict,
            "except_by": ", ".join(value for _, value in row.judgement.except_by),
            "needs_votes_from": ", ".join(value for _, value in row.judgement.needs_votes_from),
        }  # fmt: skip
        if row.capped is not None:
            shown["capped_lower_bound"] = row.capped.everyone.lower_bound
            shown["capped_verdict"] = row.capped.verdict
        rows.append(shown)
    return rows


def _signatures(options: argparse.Namespace) -> None:
    versions = read_pairs(table.read(options.versions), "plan", "version")
    organisations = read_pairs(table.read(options.organisations), "plan", "organisation")
    signed = read_signatures(_signatures_table(options.signatures), day_first=options.day_first)
    found = signatures(versions, organisations, signed)
    emit(options, found, _signature_rows(found), title=f"{len(found.in_force)} of {len(versions)} plans in force")


def _signatures_table(path: str) -> table.Table:
    """A signatures file with a header and nobody yet is a fact, not a fault."""
    try:
        return table.read(path)
    except InputError as error:
        if path != "-" and Path(path).is_file() and str(error).endswith("has a header but no rows"):
            header = Path(path).read_text(encoding="utf-8-sig").strip().split(",")
            return table.Table(path, {column.strip(): [] for column in header})
        raise


def _signature_rows(found: InForce) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = [
        {"plan": v.plan, "version": v.version, "state": "in force", "organisation": None, "role": None}
        for v in found.in_force
    ]
    return rows + [
        {"plan": m.plan, "version": m.version, "state": "missing", "organisation": m.organisation, "role": m.role}
        for m in found.missing
    ]
