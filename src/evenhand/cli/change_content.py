"""`evenhand change content`: every learning module, checked: its words, its minutes, its links, its review."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path
from typing import Any

from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("content", help="list and check learning modules", allow_abbrev=False)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="Markdown files or folders; all modules if none")
    parser.add_argument("--on", metavar="DATE", help="say which reviews are overdue on this day, as 2027-01-31")
    parser.add_argument("--measures", action="append", default=[], metavar="PATH",
                        help="measures of your own that modules may be about (YAML files or folders)")  # fmt: skip
    parser.add_argument("--lake", type=Path, metavar="DIR", help="and those of a lake")
    add_output(parser)
    parser.set_defaults(run=_content)


def _content(options: argparse.Namespace) -> None:
    from .. import change, measures
    from ..lake import Lake
    from ..story.modules import modules

    on = _day(options.on) if options.on is not None else None
    every = measures.load_all(options.measures)
    if options.lake is not None:
        every = measures.for_lake(Lake.open(options.lake)) | every
    found = modules(options.paths, every)
    late = {one.id for one in change.overdue_content(found.values(), on)} if on else set()
    rows = [_row(one, late if on else None) for one in found.values()]
    document = {"modules": rows, "words_per_minute": change.WORDS_PER_MINUTE, "on": on}
    whole = options.json or options.out is not None
    table = [{key: _shown(value) for key, value in row.items()} if whole else _short(row) for row in rows]
    emit(options, document, table, title="Modules: links and reading times checked")


def _row(one: Any, late: set[str] | None) -> dict[str, Any]:
    from ..change import reading_minutes, reading_words

    facts = one.facts
    return {
        "module": one.id, "title": facts.title, "pathway": facts.pathway or None, "measure": facts.measure or None,
        "instrument": facts.instrument or None, "question": facts.question or None, "minutes": facts.minutes,
        "reading_minutes": reading_minutes(one), "words": reading_words(one),
        "audit_minutes": facts.audit_minutes or None, "questions": len(one.self_audit), "figures": list(one.figures),
        "sources": len(facts.guidance), "authored_by": facts.authored_by, "checked_by": facts.checked_by,
        "review_due": facts.review_due, "overdue": None if late is None else one.id in late,
    }  # fmt: skip


def _short(row: dict[str, Any]) -> dict[str, Any]:
    """What a terminal has room for."""
    late = {None: "", False: "no", True: "overdue"}[row["overdue"]]
    return {
        "module": row["module"], "about": row["measure"] or f"{row['instrument']}: {row['question']}",
        "minutes": f"{row['reading_minutes']:.1f} of {row['minutes']}", "review due": row["review_due"],
    } | ({"overdue": late} if late else {})  # fmt: skip


def _shown(value: Any) -> Any:
    return ", ".join(value) if isinstance(value, list) else value


def _day(text: str) -> date:
    from .door import one_date

    return one_date(text, "--on", None)
