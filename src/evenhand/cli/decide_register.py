"""`evenhand decide register`: key decisions, who took part, what was advised, what was decided."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from ..decide.register import Register, register
from ..decide.register_file import read
from .output import add_output, emit


def register_register(commands: Any) -> None:
    """Add `register`."""
    parser = commands.add_parser("register", help="key decisions: who took part, what was advised, what was decided",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", type=Path, metavar="FILE", help="YAML or JSON; docs/reference/decision-register.md")
    add_output(parser)
    parser.set_defaults(run=_register)


def _register(options: argparse.Namespace) -> None:
    found = register(read(options.file))
    rows = [_row(found, i) for i in range(len(found.decisions))]
    emit(options, found, rows, title=_title(found))


def _title(found: Register) -> str:
    all_ = found.shares
    told = f"As of {found.as_of}: {all_.decisions} decisions"
    if all_.decisions:
        told += f", {all_.share_of_decisions:.0%} with clinicians taking part"
    if all_.pounds:
        told += f" ({all_.share_of_pounds:.0%} of £{all_.pounds:,.0f})"
    for n, what in ((all_.overdue, "decisions overdue"), (all_.blockers_overdue, "answers from above overdue"),
                    (all_.vacancies, "clinical leads missing")):  # fmt: skip
        told += f"; {n} {what}" if n else ""
    return told


def _row(found: Register, i: int) -> dict[str, Any]:
    row = found.decisions[i]
    return {
        "id": row.id, "level": row.level, "organisation": row.organisation, "question": row.question,
        "state": row.state, "by": row.by, "pounds": row.pounds, "patients": row.patients,
        "clinicians": f"{row.clinicians} of {row.clinicians_out_of}", "advised": row.advised or None,
        "decided": row.decided or None, "departs": row.departs, "reason": row.reason or None,
        "days to co-signed": row.days_signal_to_co_signed, "days to verified": row.days_co_signed_to_verified,
    }  # fmt: skip
