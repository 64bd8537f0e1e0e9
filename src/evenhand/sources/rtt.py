"""RTT: NHS England's referral-to-treatment full extract, a month of waits by provider, commissioner and specialty.

METHODS D.2. Week bands are found by their names, for older extracts stop at 52 weeks. A blank band is 0. `C_999` is
the total of the other treatment functions: the two must agree, and only the others are kept. `Part_2A` is part of
`Part_2` and stays a part of its own, never added. Extracts before 2018 have two rows above the header.
"""

from __future__ import annotations

import re

from ..errors import InputError
from ..lake import Origin, Transaction
from . import rtt_checks as checks
from .rtt_layout import Layout, layout
from .rtt_rows import organisations, pathways, totals
from .scan import Scan
from .source import Loaded, Options, Source, outcome
from .unpack import Unpacked

_PERIOD = re.compile(r"rtt[-_ ]([a-z]+)[-_ ](\d{4})", re.IGNORECASE)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_STAYING = 0.5  # our rule: a revised extract has at least this share of the rows held


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking, wherever the header stands."""
    return layout(file).missing


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month, reconcile bands, totals and C_999, and stage what is left."""
    where = layout(file)
    with Scan(file, transaction.beside("spill").parent, columns=where.columns, skip=where.header + 1) as scan:
        scan.hold()
        month = _month(scan, where)
        checks.cells(scan, where)
        checks.read(scan, where)
        checks.once(scan, where)
        checks.bands_make_totals(scan, where)
        total = checks.total_agrees(scan)
        counted = checks.counted(scan, where, total)
        parts = {"rtt": pathways(scan, where, month), "rtt_total": totals(scan, month)}
        checks.reconcile(scan, parts["rtt"], parts["rtt_total"], counted)
        parts["organisation"], parts["membership"] = organisations(scan, month)
    rows = counted.pop("rows")
    held = transaction.lake.snapshot("rtt", month)
    if held is not None and rows < _STAYING * held.rows and not options.replace:
        raise InputError(
            f"{file.name}: {month} is held with {held.rows:,} rows and this file has {rows:,}; "
            "say --replace if it is meant to take that month's place"
        )
    fingerprint = f"{len(where.columns)} columns, {len(where.bands)} bands, open at {where.bands[-1].weeks} weeks"
    origin = Origin(file.label, file.sha256, rows, counted, fingerprint, SOURCE.name, options.note)
    return outcome(SOURCE, file, [held], [transaction.stage("rtt", month, parts, origin)])


def _month(scan: Scan, where: Layout) -> str:
    found = set()
    for (text,) in scan.rows(f"SELECT DISTINCT {scan.text(where.period)} FROM raw LIMIT 1000"):
        match = _PERIOD.fullmatch(text or "")
        if match is None or match[1][:3].lower() not in _MONTHS:
            raise InputError(
                f"{scan.file.name}: column {where.period!r}: expected 'RTT-January-2026', found {text or ''!r}"
            )
        found.add(f"{match[2]}-{_MONTHS.index(match[1][:3].lower()) + 1:02d}")
    if not found:
        raise InputError(f"{scan.file.name}: has a header but no rows")
    if len(found) > 1:
        raise InputError(
            f"{scan.file.name}: holds {len(found)} months ({min(found)} to {max(found)}); an extract holds one"
        )
    return found.pop()


SOURCE = Source(
    name="rtt",
    title="Referral-to-treatment waits, full extract (NHS England), one month a file",
    tables=("rtt", "rtt_total", "organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
