"""What is late: by each dataset's own rhythm, never for one that nobody loads or whose rhythm is not known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from evenhand.lake import Snapshot
from evenhand.sources import known
from evenhand.sources.rhythm import RHYTHMS, holdings


def held(source: str, *keys: str) -> list[Snapshot]:
    """One snapshot a key."""
    return [Snapshot(source, key, f"{key}.csv", "0", 10, {}, "", f"2026-04-{n:02d}T08:00:00+00:00", source=source)
            for n, key in enumerate(keys, 1)]  # fmt: skip


def test_a_source_is_late_from_the_day_after_it_is_due_and_not_before():
    rtt = held("rtt", "2025-12", "2026-01")
    due = date(2026, 2, 28) + timedelta(days=RHYTHMS["rtt"].wait)
    (on_the_day,), (after,) = holdings(rtt, due), holdings(rtt, due + timedelta(days=1))
    assert (on_the_day.due, on_the_day.late_days, on_the_day.missing) == (due.isoformat(), 0, 0)
    assert (after.late_days, after.missing) == (1, 1)


def test_lateness_never_shrinks_as_days_pass():
    rtt = held("rtt", "2026-01")
    days = [holdings(rtt, date(2026, 2, 1) + timedelta(days=n))[0] for n in range(0, 400, 7)]
    assert [d.late_days for d in days] == sorted(d.late_days for d in days)
    assert [d.missing for d in days] == sorted(d.missing for d in days)
    assert days[-1].missing >= 10


def test_a_yearly_source_is_asked_for_once_a_year():
    qof = held("qof_achievement", "2024-03", "2025-03")
    assert holdings(qof, date(2026, 7, 1))[0].late_days == 0
    assert holdings(qof, date(2027, 1, 1))[0].missing == 1


def test_a_month_missing_in_between_is_named():
    (found,) = holdings(held("rtt", "2025-11", "2026-02", "2026-01"), date(2026, 4, 1))
    assert (found.first, found.last, found.gaps) == ("2025-11", "2026-02", ("2025-12",))


@pytest.mark.parametrize("key", ["2026-03", "2026-03/five_year", "list_size_map/2026-03"])
def test_the_month_is_read_from_every_kind_of_key(key):
    assert holdings(held("list_size", key), date(2026, 4, 1))[0].last == "2026-03"


def test_what_has_no_rhythm_or_no_month_is_never_late():
    both = [*held("ods_practices", "ods_practices/2016-01"), *held("indicator", "saba/2018-2023/sicbl")]
    assert [h.late_days for h in holdings(both, date(2030, 1, 1))] == [0, 0]


def test_panels_and_keys_that_no_file_gave_are_left_out():
    assert holdings([*held("", "2026-03"), *held("measures", "2026-03")], date(2026, 4, 1)) == ()


def test_the_latest_come_first_and_every_rhythm_is_of_a_known_source():
    both = [*held("ae", "2026-03"), *held("rtt", "2025-03"), *held("pca", "2026-03")]
    assert next(h.source for h in holdings(both, date(2026, 6, 1))) == "rtt"
    assert set(RHYTHMS) <= set(known())
