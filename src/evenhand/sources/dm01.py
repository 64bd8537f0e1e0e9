"""DM01: waits and activity for 15 diagnostic tests, by provider and commissioner, one month a file.

NHS England's monthly diagnostics extract: 30 columns, bands `00 < 01 Week` to `12 < 13 Weeks` and `13+ Weeks`,
`Total WL`, and activity. `Period` reads `DM01-MARCH-2026`. Traps: the test TOTAL repeats the others (checked, then left
out), and the bands must make `Total WL`. The national standard is 6 weeks.
"""

from __future__ import annotations

import re

import pyarrow as pa

from ..errors import InputError
from ..lake import Transaction, month_number
from .keep import agree, fill, keep, total
from .scan import Scan, quoted
from .source import Loaded, Options, Source, lacking
from .unpack import Unpacked, plain_name

_IDS = ("Provider Org Code", "Commissioner Parent Org Code", "Commissioner Org Code", "Diagnostic Tests")
_ACTIVITY = ("Waiting List Activity", "Planned Activity", "Unscheduled Activity")
_NEEDED = ("Period", *_IDS, "Total WL", *_ACTIVITY)
_BAND = re.compile(r"(\d\d)_(\d\d)_weeks?")
_OPEN = re.compile(r"(\d\d)_weeks")
_MOST = 1_000_000  # our rule: the largest cell published is below 50,000
_TOTAL = "TOTAL"


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking, bands among them."""
    if file.column("Diagnostic Tests", "Diagnostic Tests Sort Order") is None:
        return None
    missing = lacking(file, _NEEDED, alike=0.3)
    weeks = sorted(_bands(file).values())
    gap = () if weeks == list(range(14)) else (f"{next((w for w in range(14) if w not in weeks), 13):02d} < .. Weeks",)
    return None if missing is None else (*missing, *gap)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month, hold bands against totals and tests against their total, and stage what is left."""
    bands = _bands(file)
    ids = [file.column(name) or "" for name in _IDS]
    numbers = [*bands, *(file.column(name) or "" for name in ("Total WL", *_ACTIVITY))]
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.hold()
        months = sorted(set(scan.months(file.column("Period") or "").values()))
        if len(months) > 1:
            raise InputError(f"{file.name}: holds {len(months)} months ({months[0]} to {months[-1]}); expected one")
        for column in (ids[0], ids[2], ids[3]):
            scan.check(column, f"{scan.text(column)} IS NULL", "a code, not a blank")
        for column in numbers:
            scan.check(column, f"{scan.no_count(column, most=_MOST, missing=True)} OR {scan.number(column)} < 0",
                       f"a whole number, at most {_MOST:,}")  # fmt: skip
        scan.unique(ids)
        _read(scan, ids, bands, numbers)
        has_total = _adds_up(scan, file)
        rows, waits = _rows(scan), _waits(scan)
        counted, waiting = scan.one("SELECT count(*), (SELECT sum(waiting) FROM tests) FROM raw")
    agree(file, "people waiting", waiting or 0, total(waits["waiting"]))
    month = month_number(months[0])
    parts = {"dm01": fill("dm01", rows, month=month), "dm01_wait": fill("dm01_wait", waits, month=month)}
    totals = {name: total(rows[name]) for name in ("waiting", "over_6_weeks", "over_13_weeks", "waiting_list_activity")}
    return keep(
        transaction, SOURCE, file, months[0], parts, counted=counted, options=options, totals=totals,
        layout=f"{len(file.columns)} columns, {'with' if has_total else 'without'} a row of all tests",
    )  # fmt: skip


def _bands(file: Unpacked) -> dict[str, int]:
    """Columns of people waiting, and the whole weeks that they have waited at least."""
    found = {}
    for column in file.columns:
        name = plain_name(column)
        if match := _BAND.fullmatch(name) or _OPEN.fullmatch(name):
            found[column] = int(match[1])
    return found


def _read(scan: Scan, ids: list[str], bands: dict[str, int], numbers: list[str]) -> None:
    named = dict(zip(ids, ("provider", "commissioner_parent", "commissioner", "test"), strict=True))
    rest = dict(zip(numbers[len(bands):], ("waiting", "waiting_list_activity", "planned_activity",
                                           "unscheduled_activity"), strict=True))  # fmt: skip
    cells = [f"{scan.text(c)} AS {n}" for c, n in named.items()]
    cells += [f"CAST(coalesce({scan.number(c)}, 0) AS BIGINT) AS w{w:02d}" for c, w in bands.items()]
    cells += [f"CAST(coalesce({scan.number(c)}, 0) AS BIGINT) AS {n}" for c, n in rest.items()]
    scan.run(f"CREATE TABLE everything AS SELECT row_number() OVER () AS row, {', '.join(cells)} FROM raw")
    scan.run(f"CREATE VIEW tests AS SELECT * FROM everything WHERE upper(test) <> '{_TOTAL}'")


def _adds_up(scan: Scan, file: Unpacked) -> bool:
    """The bands of a row make its total; the tests of a provider and commissioner make their row of all tests."""
    added = " + ".join(f"w{week:02d}" for week in range(14))
    wrong = scan.rows(f"SELECT row, {added}, waiting FROM everything WHERE {added} <> waiting ORDER BY row LIMIT 1")
    if wrong:
        row, bands, waiting = wrong[0]
        raise InputError(f"{file.name}: row {row + 1}: the bands add up to {bands:,} but Total WL is {waiting:,}")
    differ = scan.rows(
        f"SELECT provider, commissioner, sum(waiting) FILTER (upper(test) = '{_TOTAL}') AS whole, "
        f"coalesce(sum(waiting) FILTER (upper(test) <> '{_TOTAL}'), 0) AS added FROM everything "
        "GROUP BY provider, commissioner HAVING whole <> added ORDER BY ALL LIMIT 1"
    )
    if differ:
        provider, commissioner, whole, parts = differ[0]
        raise InputError(
            f"{file.name}: {provider}, {commissioner}: {_TOTAL} says {whole:,} waiting and the tests add up to "
            f"{parts:,}"
        )
    return bool(scan.one(f"SELECT count(*) FROM everything WHERE upper(test) = '{_TOTAL}'")[0])


def _rows(scan: Scan) -> pa.Table:
    over = {name: " + ".join(f"w{week:02d}" for week in range(first, 14))
            for name, first in (("over_6_weeks", 6), ("over_13_weeks", 13))}  # fmt: skip
    return scan.arrow(
        "SELECT provider, commissioner, commissioner_parent, test, waiting, "
        + ", ".join(f"{sql} AS {name}" for name, sql in over.items())
        + ", waiting_list_activity, planned_activity, unscheduled_activity FROM tests "
        "ORDER BY provider, commissioner, commissioner_parent, test"
    )


def _waits(scan: Scan) -> pa.Table:
    listed = ", ".join(quoted(f"w{week:02d}") for week in range(14))
    return scan.arrow(
        "SELECT provider, commissioner, commissioner_parent, test, CAST(substr(band, 2) AS SMALLINT) AS weeks_from, "
        f"band = 'w13' AS open, people AS waiting FROM (UNPIVOT tests ON {listed} INTO NAME band VALUE people) "
        "WHERE people > 0 ORDER BY provider, commissioner, commissioner_parent, test, weeks_from"
    )


SOURCE = Source(
    name="dm01",
    title="Diagnostic waits and activity (NHS England DM01), one month a file",
    tables=("dm01", "dm01_wait"),
    lacks=lacks,
    stage=stage,
)
