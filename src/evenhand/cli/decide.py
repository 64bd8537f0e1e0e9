"""`evenhand decide`: count votes and signatures."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from .. import table
from ..decide import Groups, InForce, Participants, Tally, Votes, groups, signatures, tally
from ..decide.blocks import block_votes
from ..decide.disclosure import cells
from ..decide.groups import MOST_GROUPS
from ..decide.participants import read_groups
from ..decide.round_file import figures, opened
from ..decide.signatures import read as read_signatures
from ..decide.signatures import read_pairs
from ..decide.verdict import FEWEST
from ..errors import InputError
from .decide_files import add_votes, read_round
from .decide_next import register_next
from .decide_priorities import register_priorities
from .decide_register import register_register
from .decide_round import register_round
from .door import words
from .output import add_output, emit

SHOWN = 12  # statements on a chart of one opinion: as many as a person votes on


def register(steps: Any) -> None:
    """Add `decide` and its commands."""
    parser = steps.add_parser("decide", help="what clinicians want to do about it", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    _register_tally(commands)
    _register_groups(commands)
    register_next(commands)
    register_round(commands)
    register_priorities(commands)
    register_register(commands)
    _register_signatures(commands)


def _register_tally(commands: Any) -> None:
    parser = commands.add_parser("tally", help="count votes, say what is agreed", allow_abbrev=False)
    parser.add_argument("--groups", metavar="FILE", help="participant,group")
    parser.add_argument("--cap-per-organisation", metavar="N", type=int,
                        help="also count with at most N people's weight per organisation")  # fmt: skip
    _add_open(parser)
    parser.add_argument("--frame", metavar="FILE", help="everyone who could vote, participant,<columns>: also estimate "
                                                        "what they would say")  # fmt: skip
    parser.add_argument("--rake", metavar="COL", action="append", default=[],
                        help="columns of --frame whose margins the votes are raked to")  # fmt: skip
    add_votes(parser)
    add_output(parser)
    parser.set_defaults(run=_tally)


def _add_open(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--open", action="store_true",
                        help="only what may be given away: no member, no cell under ten, none to be worked out")


def _register_groups(commands: Any) -> None:
    parser = commands.add_parser("groups", help="opinion groups that held-out votes confirm; one is an answer",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("--holdout", metavar="COL", help="column of VOTES: 1 for votes set aside to judge by, else 0")
    _add_open(parser)
    parser.add_argument("--max-groups", metavar="N", type=int, default=MOST_GROUPS, help="[5]")
    parser.add_argument("--seed", metavar="N", type=int, default=0, help="of folds and starts [0]")
    add_votes(parser)
    add_output(parser)
    parser.set_defaults(run=_groups)


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
    votes, people, statements, declared = read_round(options)
    counted = tally(
        votes,
        groups=read_groups(table.read(options.groups)) if options.groups else None,
        participants=people,
        statements=statements,
        declared=declared,
        cap=options.cap_per_organisation,
    )
    title = f"{counted.votes:,} votes by {counted.participants:,} participants"
    rows = _tally_rows(counted) if options.out else _shown(counted)
    document = counted.as_json()
    if people is not None and any(people.organisation.values()):
        blocks = block_votes(votes, people, counted.statements, statements)
        document["block_votes"] = blocks
        title += f"; {len(blocks)} block votes: see --json" if blocks else ""
    if options.frame or options.rake:
        _add_frame(options, document, rows, votes, people, statements)
    if options.open:
        shown = cells(counted)
        document, rows = {"cells": shown, "figures": figures(shown)}, [cell.as_json() for cell in shown]
        title = "What may be given away"
    emit(options, document, rows, title=title)


def _add_frame(
    options: argparse.Namespace, document: dict[str, Any], rows: list[dict[str, Any]], votes: Votes,
    people: Participants | None, statements: dict[str, str] | None,
) -> None:  # fmt: skip
    """The share of the workforce, beside the votes that were cast."""
    from .decide_frame import weighted  # LISTEN's survey library takes a second to import

    if not options.frame or not options.rake:
        raise InputError("--frame and --rake go together: a frame, and which of its columns to rake to")
    frame = table.read(options.frame)
    found = weighted(votes, frame, words(options.rake, frame), people, statements)
    for row in document["statements"]:
        row["weighted"] = found[row["statement"]]
    for shown in rows:
        share = found[shown["statement"]]
        if options.out:
            shown |= {f"weighted_{name}": share[name] for name in ("estimate", "low", "high")}
        elif share["estimate"] is not None:
            shown["of the workforce"] = f"{share['estimate']:.0%} ({share['low']:.0%} to {share['high']:.0%})"


def _groups(options: argparse.Namespace) -> None:
    if options.seed < 0:
        raise InputError(f"--seed must be 0 or more; got {options.seed}")
    votes, people, statements, declared = read_round(options)
    found = groups(votes, people, statements, declared, most=options.max_groups, seed=options.seed)
    rows = [member.as_json() for member in found.members]
    if options.open:
        document = opened(found)
        emit(options, document, document["cells"] and [cell.as_json() for cell in document["cells"]],
             title="What may be given away")  # fmt: skip
        return
    shown = rows if options.out else _groups_shown(found)
    emit(options, found, shown, title=_groups_title(found), chart=lambda: _groups_chart(found))


def _groups_chart(found: Groups) -> Any:
    """Where groups stand on what sets them apart; with one, where everyone stands on what is surest."""
    import numpy as np

    from ..charts import camps

    apart = dict.fromkeys(row.statement for statements in found.representative for row in statements)
    rows = [found.tally.row(statement) for statement in apart]
    if found.groups == 1 or not rows:
        rows = sorted(found.tally.statements, key=lambda row: -row.everyone.lower_bound)[:SHOWN]
    sides = [row.groups for row in rows]
    shares = np.array([[g.agree / g.seen if g.people >= FEWEST else np.nan for g in side] for side in sides])
    names = [
        "everyone" if found.groups == 1 else f"group {g.value} ({found.sizes[int(g.value) - 1]:,} people)"
        for g in sides[0]
    ]
    order = sorted(range(len(names)), key=lambda k: int(sides[0][k].value))
    title = "One opinion" if found.groups == 1 else f"{found.groups} opinion groups, and what sets them apart"
    return camps([row.statement for row in rows], [names[k] for k in order], shares[:, order], title=title)


def _groups_title(found: Groups) -> str:
    told = f"{found.heldout_log_loss:.3f} nats a held-out vote, {found.marginal_log_loss:.3f} with everyone's shares"
    if found.groups == 1:
        return f"No camps: no division of these people foretells their votes better than everyone's shares ({told})"
    placed = ", ".join(f"group {k + 1}: {n:,}" for k, n in enumerate(found.sizes))
    rest = len(found.members) - sum(found.sizes)
    return f"{found.groups} opinion groups ({placed}; not enough votes to place {rest:,}); {told}"


def _groups_shown(found: Groups) -> list[dict[str, Any]]:
    """What all agree on, and what sets each group apart."""
    rows: list[dict[str, Any]] = [{"who": "all", "says": "agree", "statement": s} for s in found.agreed]
    rows += [{"who": "all", "says": "disagree", "statement": s} for s in found.disagreed]
    for k, statements in enumerate(found.representative):
        rows += [
            {"who": f"group {k + 1}", "says": r.says, "statement": r.statement, "share": f"{r.share:.0%}",
             "others": f"{r.others:.0%}"}
            for r in statements
        ]  # fmt: skip
    return rows + [
        {"who": f"except {e.value}", "says": f"{e.agree:g} of {e.seen:g} agree", "statement": e.statement}
        for e in found.declared_exceptions
    ]


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
