"""Rhythm: how often each dataset is published and how long after its month, so that a late one is noticed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from ..lake import Snapshot
from ..records import Record
from .load import known

_MONTH = re.compile(r"(?:^|/)(\d{4}-(?:0[1-9]|1[0-2]))(?:/|$)")


@dataclass(frozen=True)
class Rhythm:
    """every: months from one release to the next; wait: days from the end of a month until it should be loaded."""

    every: int
    wait: int


# As the publishers' calendars have been, and a week or two of grace (our rule): prescribing about two months after
# its month; waits on the second Thursday six weeks after; A&E on the second Thursday of the next month; appointments
# at the end of the next month; list sizes in the middle of their own month; QOF from August on, after a March year-end.
RHYTHMS = {
    "prescribing": Rhythm(1, 70), "pca": Rhythm(1, 70), "scmd": Rhythm(1, 84), "rtt": Rhythm(1, 52),
    "dm01": Rhythm(1, 52), "ae": Rhythm(1, 24), "appointments": Rhythm(1, 45), "appointments_coverage": Rhythm(1, 45),
    "list_size": Rhythm(1, 7), "list_size_map": Rhythm(1, 7), "drug_tariff": Rhythm(1, 7),
    "qof_achievement": Rhythm(12, 240), "qof_prevalence": Rhythm(12, 240), "qof_points": Rhythm(12, 240),
    "qof_indicators": Rhythm(12, 240),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Holding(Record):
    """What a lake holds of one source, and whether more should be there.

    first, last: months as text, '' where a source has none; gaps: months between the two that are not held; rows: of
    the sources' files; loaded_at: the latest load, UTC; due: the day by which the next release should have been
    loaded, '' without a rhythm; late_days: days since then, 0 while it is not late; missing: releases due by now.
    """

    source: str
    title: str
    snapshots: int
    rows: int
    loaded_at: str
    first: str
    last: str
    gaps: tuple[str, ...]
    due: str
    late_days: int
    missing: int


def holdings(snapshots: Iterable[Snapshot], today: date) -> tuple[Holding, ...]:
    """What is held of each source, what is late and by how much: late ones first, then by name.

    A source that was never loaded is not late: nobody said that it would be. One without a known rhythm never is.

    >>> from evenhand.lake import Snapshot
    >>> held = [Snapshot("rtt", "2026-01", "f", "0", 9, {}, "", "2026-03-13T09:00:00+00:00", source="rtt")]
    >>> [(h.last, h.due, h.late_days, h.missing) for h in holdings(held, date(2026, 4, 25))]
    [('2026-01', '2026-04-21', 4, 1)]
    """
    by_source: dict[str, list[Snapshot]] = {}
    for snapshot in snapshots:
        if snapshot.source in known():  # not panels, which are counted from others
            by_source.setdefault(snapshot.source, []).append(snapshot)
    found = [_holding(name, held, today) for name, held in by_source.items()]
    return tuple(sorted(found, key=lambda h: (-h.late_days, h.source)))


def _holding(name: str, held: list[Snapshot], today: date) -> Holding:
    months = sorted({match[1] for s in held if (match := _MONTH.search(s.key))})
    rhythm = RHYTHMS.get(name)
    due, missing = "", 0
    gaps: tuple[str, ...] = ()
    if rhythm is not None and months:
        following = np.datetime64(months[-1], "M") + rhythm.every
        due = _due(following, rhythm).isoformat()
        while _due(following, rhythm) < today:
            missing, following = missing + 1, following + rhythm.every
        gaps = _between(months, rhythm.every)
    late = max(0, (today - date.fromisoformat(due)).days) if due else 0
    return Holding(
        name, known()[name].title, len(held), sum(s.rows for s in held), max(s.loaded_at for s in held),
        months[0] if months else "", months[-1] if months else "", gaps, due, late, missing,
    )  # fmt: skip


def _due(month: np.datetime64, rhythm: Rhythm) -> date:
    """The day by which the release of a month should have been loaded."""
    last: date = ((month + 1).astype("datetime64[D]") - 1).item()
    return last + timedelta(days=rhythm.wait)


def _between(months: list[str], every: int) -> tuple[str, ...]:
    span = np.arange(np.datetime64(months[0], "M"), np.datetime64(months[-1], "M"), every)
    return tuple(str(month) for month in span if str(month) not in set(months))
