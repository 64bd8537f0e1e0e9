"""`evenhand prove queue`: is a waiting list in balance, and what would bring it back."""

from __future__ import annotations

import argparse
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .. import table
from .door import add_columns, add_dates, naming, number, one_date
from .output import add_output, emit

MISSING_DAY = np.datetime64("NaT", "D")


def register(commands: Any) -> None:
    """Add `prove queue`."""
    parser = commands.add_parser("queue", help="is a waiting list in balance", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row for each person: when referred, when removed (or blank)")
    add_columns(parser, referral="referral", removal="removal")
    parser.add_argument("--person", metavar="COL", help="who; each must then be given once")
    parser.add_argument("--target", type=number, default=18.0, metavar="WEEKS", help="the wait to stay within [18]")
    parser.add_argument("--factor", type=number, default=4.0, metavar="X",
                        help="target over mean wait: 4 sees 98.2%% in time, 6 sees 99.8%% [4]")  # fmt: skip
    parser.add_argument("--weeks", type=number, default=26.0, metavar="W", help="in which to clear a backlog [26]")
    parser.add_argument("--from", dest="since", metavar="DATE", help="first day counted [the first referral]")
    parser.add_argument("--to", dest="until", metavar="DATE", help="last day counted [the last referral]")
    parser.add_argument("--slots", metavar="FILE", help="free slots, one row each: given to the longest waiting first")
    parser.add_argument("--slot", default="date", metavar="COL", help="column of the slots' file [date]")
    add_dates(parser)
    add_output(parser)
    parser.set_defaults(run=_queue)


def _queue(options: argparse.Namespace) -> None:
    from ..prove.queues import queue

    given = table.read(options.file, needs=[options.referral, options.removal])
    if options.person:
        given.unique(options.person)
    came = given.dates(options.referral, day_first=options.day_first)
    went = _dates_or_none(given, options.removal, options.day_first)
    ends = [
        None if text is None else np.datetime64(one_date(text, name, options.day_first), "D")
        for text, name in ((options.since, "--from"), (options.until, "--to"))
    ]
    slots: dict[str, Any] = {}
    if options.slots:
        went, slots = _filled(options, came, went)
    with naming(given):
        found = queue(came, went, target_weeks=options.target, factor=options.factor, weeks=options.weeks,
                      since=ends[0], until=ends[1])  # fmt: skip
    document = found.as_json()
    days, sizes = document.pop("dates"), document.pop("sizes")
    by_day = [{"date": day, "queue_size": size} for day, size in zip(days, sizes, strict=True)]
    rows = [{"what": name.replace("_", " "), "value": value} for name, value in (document | slots).items()
            if not isinstance(value, list)]  # fmt: skip
    emit(options, document | slots | {"queue": by_day}, by_day if options.out else rows, title=_title(found))


def _filled(
    options: argparse.Namespace, came: NDArray[np.datetime64], went: NDArray[np.datetime64]
) -> tuple[NDArray[np.datetime64], dict[str, Any]]:
    from ..prove.schedule import schedule

    offered = table.read(options.slots, needs=[options.slot]).dates(options.slot, day_first=options.day_first)
    plan = schedule(came, went, offered)
    told = [{"date": str(slot), "used": bool(used)} for slot, used in zip(plan.slots, plan.used, strict=True)]
    return plan.removal, {"slots": told, "slots_used": int(plan.used.sum()),
                          "removals_after_slots": [None if np.isnat(d) else str(d) for d in plan.removal]}  # fmt: skip


def _dates_or_none(given: table.Table, column: str, day_first: bool | None) -> NDArray[np.datetime64]:
    """A column of dates in which a blank says: not yet."""
    cells = given.text(column)
    there = [row for row, cell in enumerate(cells) if cell.lower() not in table.MISSING]
    out = np.full(len(cells), MISSING_DAY)
    for row in there:
        out[row] = _one(given, row, column, cells[row], day_first)
    return out


def _one(given: table.Table, row: int, column: str, cell: str, day_first: bool | None) -> np.datetime64:
    from ..when import parse_date

    try:
        return np.datetime64(parse_date(cell, day_first=day_first), "D")
    except ValueError as error:
        raise given.refuse(row, column, cell, f"{error}, or a blank") from None


def _title(found: Any) -> str:
    grows = "grows: more arrive than leave" if found.load_too_big else "is stable"
    state = "and is too long: relief is needed" if found.queue_too_big else "and is within twice its target"
    return f"{found.queue_size:,} wait on {found.until}; the list {grows}, {state}"
