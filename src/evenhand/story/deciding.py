"""What was voted and signed, in sentences and a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from .. import charts
from ..decide import InForce, Tally
from ..decide.verdict import FEWEST
from .chapter import Figure
from .place import Place

SHOWN = 6  # statements in a report of four pages
WORDS = {
    "agreed": "agreed", "disagreed": "rejected", "agreed_except": "agreed, except by", "divided": "divided",
    "needs_more_votes": "needs more votes",
}  # fmt: skip


def says(tally: Tally | None, force: InForce | None, texts: dict[str, str]) -> tuple[str, ...]:
    """How many voted, what every profession agrees on, what is signed."""
    lines = []
    if tally is not None:
        verdicts = [row.verdict for row in tally.statements]
        counts = ", ".join(f"{verdicts.count(key)} {word}" for key, word in _COUNTED.items() if key in verdicts)
        cast = f"{tally.participants:,} clinicians cast {tally.votes:,} votes on {len(verdicts)} statements"
        lines.append(f"{cast}: {counts}.")
        agreed = [row for row in tally.statements if row.verdict == "agreed"]
        if agreed:
            best = max(agreed, key=lambda row: row.everyone.lower_bound)
            lines.append(f"Every profession agrees most on: “{texts.get(best.statement, best.statement)}”")
    if force is not None:
        many = len(force.in_force)
        lines.append(f"{many} local plan{'s are' if many != 1 else ' is'} signed by a clinical lead and a manager, and "
                     "in force.")  # fmt: skip
    return tuple(lines)


_COUNTED = {"agreed": "agreed by every profession", "agreed_except": "agreed except by one or more",
            "disagreed": "rejected", "divided": "divided", "needs_more_votes": "waiting for more votes"}  # fmt: skip


def near(force: InForce | None, parties: Mapping[str, Sequence[str]], place: Place) -> InForce | None:
    """The plans of a place: those that an organisation in it, around it or the place itself signs."""
    if force is None or place.code is None:
        return force
    ours = {plan for plan, organisations in parties.items() if any(place.touches(code) for code in organisations)}
    return InForce(*(tuple(one for one in group if one.plan in ours)  # type: ignore[arg-type]
                     for group in (force.in_force, force.missing, force.no_party)))  # fmt: skip


def next_step(force: InForce | None, titles: Mapping[str, str] | None = None) -> str:
    """Whose name is missing, under which plan: by its title where one is known."""
    named = titles or {}
    if force is None or not force.missing:
        return "Turn what is agreed into a scheme that a clinical lead and a manager sign."
    names = "; ".join(
        f"{named.get(m.plan, m.plan.replace('_', ' '))}, version {m.version.removeprefix('v')} "
        f"({m.role.replace('_', ' ')}, {m.organisation})" for m in force.missing[:3]
    )  # fmt: skip
    return f"Signatures are missing: {names}."


def figure(tally: Tally, texts: dict[str, str]) -> Figure:
    """The statements most seen, with their votes and what is concluded; none that fewer than ten people voted on."""
    rows, seen = [], (row for row in tally.statements if row.everyone.people >= FEWEST)
    for row in sorted(seen, key=lambda r: -r.everyone.lower_bound)[:SHOWN]:
        word = WORDS[row.verdict]
        if row.judgement.except_by:
            word += " " + ", ".join(value for _, value in row.judgement.except_by)
        count = row.everyone
        rows.append((texts.get(row.statement, row.statement), count.agree, count.disagree, count.passes, word))

    def draw(width: int) -> object:
        return charts.diverging(
            [str(r[0]) for r in rows], *(np.array([r[i] for r in rows], dtype=float) for i in (1, 2, 3)),
            title="What clinicians agree on", width=width,
        )  # fmt: skip

    return Figure("statements", "Statements by how surely most agree.",
                  ("statement", "agree", "disagree", "pass", "verdict"), tuple(rows),
                  ("text", "count", "count", "count", "text"), draw=draw)  # fmt: skip
