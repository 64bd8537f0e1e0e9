"""Names of organisations: code and name, perhaps with opening and closing dates, and nothing else.

OpenPrescribing's lists of CCGs and of NHS England's regions. They do not say what they list: `--level` does, or the
codes do where every one is a region's (Y56). Nobody's parent is in them; a register's name is believed first.
"""

from __future__ import annotations

import re

from ..lake import Transaction, month_number
from .keep import month_said
from .organisation_rows import Rows, latest, month_in, stage_rows
from .organisations import MENTIONED
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import NotForTheLake, Unpacked, plain_name

_WHOLE = ({"code", "name"}, {"code", "name", "open_date", "close_date"})
_REGION = re.compile(r"Y\d\d")
_LEVEL = re.compile(r"[a-z][a-z0-9_-]{0,39}")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """A code and a name, and at the most two dates."""
    return () if file.kind != "xlsx" and {plain_name(column) for column in file.columns} in _WHOLE else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read names at one level."""
    columns = [file.column("code") or "", file.column("name") or ""]
    opened = file.column("open_date")
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.check(columns[0], f"{scan.text(columns[0])} IS NULL", "an organisation's code")
        scan.unique(columns[:1])
        cells = [f"coalesce({scan.text(c)}, '')" for c in (*columns, *([opened] if opened else []))]
        found = scan.rows(f"SELECT {', '.join(cells)} FROM raw")
    level = (options.level or "").lower()
    if not level and found and all(_REGION.fullmatch(code) for code, *_ in found):
        level = "region"
    if not _LEVEL.fullmatch(level):
        raise NotForTheLake(f"{file.name}: names of organisations that do not say their level; say --level, as sicbl")
    rows, months = Rows(file), []
    for number, (code, name, *dates) in enumerate(found, start=2):
        rows.add(code, name, level)
        months += [month_in(file, number, opened or "", cell) for cell in dates]
    as_of = latest(months) or (month_number(month_said(file, options)) if options.month else 0)
    return stage_rows(
        transaction, SOURCE, f"organisation_names/{re.sub('[^A-Za-z0-9._+-]', '_', file.label)}", rows,
        rank=MENTIONED, as_of=as_of, counted=len(found), layout=", ".join(file.columns), options=options,
    )  # fmt: skip


SOURCE = Source(
    name="organisation_names",
    title="Names of organisations by code (OpenPrescribing's lists)",
    tables=("organisation", "membership"),
    lacks=lacks,
    stage=stage,
)
