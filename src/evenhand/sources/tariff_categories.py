"""Tariff categories: the Drug Tariff category of each presentation in a month, without a header row.

Four cells: name, BNF code, category (A, C, M ...) and date, as OpenPrescribing kept them before dm+d. Known by their
shape: a BNF code in the second place, a category in the third and a date in the fourth.
"""

from __future__ import annotations

import re
from dataclasses import replace

from ..lake import Transaction
from .flat import Cell, read
from .keep import fill, keep_months
from .scan import Scan
from .source import Loaded, Options, Source
from .unpack import Unpacked

_BNF = re.compile(r"\d{2}[0-9A-Z]{9}([0-9A-Z]{4})?")
_CATEGORY = re.compile(r"[A-Z]{1,3}\d?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_CELLS = (Cell("name", "name"), Cell("bnf_code", "bnf_code"), Cell("category", "category"),
          Cell("month", "month", "month"))  # fmt: skip
_COLUMNS = ("name", "bnf_code", "category", "month")


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """There is no header to go by."""
    fits = (len(row) == 4 and _BNF.fullmatch(row[1]) and _CATEGORY.fullmatch(row[2]) and _DATE.fullmatch(row[3])
            for row in file.top)  # fmt: skip
    return () if file.kind == "csv" and file.top and all(fits) else None


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month or more."""
    headed = replace(file, columns=_COLUMNS)
    with Scan(headed, transaction.beside("spill").parent, columns=_COLUMNS, skip=0) as scan:
        for column, pattern in (("bnf_code", _BNF), ("category", _CATEGORY)):
            scan.check(column, f"coalesce(NOT regexp_full_match({scan.text(column)}, '{pattern.pattern}'), true)",
                       "a BNF code" if column == "bnf_code" else "a category, as A or M")  # fmt: skip
        rows = read(scan, _CELLS, key=("bnf_code", "name"))
    return keep_months(
        transaction, SOURCE, file, "tariff_category", fill("tariff_category", rows), layout="4 cells, no header",
        options=options,
    )  # fmt: skip


SOURCE = Source(
    name="tariff_categories",
    title="Drug Tariff category by presentation, no header (OpenPrescribing)",
    tables=("tariff_category",),
    lacks=lacks,
    stage=stage,
)
