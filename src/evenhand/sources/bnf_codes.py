"""BNF codes: every presentation with its product, chemical substance, subparagraph, paragraph, section and chapter.

NHSBSA's BNF code information, with `YEAR_MONTH` in a column (now) or in the file's name (before). The hierarchy is kept
as one row a code: chapters 20 and over are appliances, whose shorter codes follow the same columns.
"""

from __future__ import annotations

import pyarrow as pa

from ..errors import InputError
from ..lake import TABLES, Transaction, month_number
from .keep import keep, month_said
from .scan import Scan
from .source import Loaded, Options, Source, lacking
from .unpack import Unpacked

LEVELS = {
    "chapter": "BNF Chapter", "section": "BNF Section", "paragraph": "BNF Paragraph",
    "subparagraph": "BNF Subparagraph", "chemical": "BNF Chemical Substance", "product": "BNF Product",
    "presentation": "BNF Presentation",
}  # fmt: skip
_MISPRINTS = 0.001  # our rule: February 2020 has 1 in 72,000
_NEEDED = tuple(name for said in LEVELS.values() for name in (said, f"{said} Code"))


def lacks(file: Unpacked) -> tuple[str, ...] | None:
    """Columns lacking."""
    return lacking(file, _NEEDED)


def stage(transaction: Transaction, file: Unpacked, options: Options) -> Loaded:
    """Read one month's list: every code once, with one name and one parent."""
    dated = file.column("YEAR_MONTH")
    with Scan(file, transaction.beside("spill").parent) as scan:
        scan.hold()
        months = sorted(set(scan.months(dated).values())) if dated else [month_said(file, options)]
        if len(months) > 1:
            raise InputError(f"{file.name}: holds {len(months)} months ({months[0]} to {months[-1]}); expected one")
        codes = {level: file.column(f"{said} Code") or "" for level, said in LEVELS.items()}
        counted = scan.one("SELECT count(*) FROM raw")[0]
        if not counted:
            raise InputError(f"{file.name}: has a header but no rows")
        strays = _strays(scan, codes, counted)
        scan.unique([codes["presentation"]])
        rows = _hierarchy(scan, file, codes)
    month = pa.repeat(pa.scalar(month_number(months[0]), pa.int16()), rows.num_rows)
    whole = rows.append_column("month", month).select(TABLES["bnf"].names)
    levels = rows["level"].to_pylist()
    totals = {f"{level}s": levels.count(level) for level in ("presentation", "chemical")}
    return keep(
        transaction, SOURCE, file, months[0], {"bnf": whole}, counted=counted, options=options,
        layout=f"{len(file.columns)} columns", totals=totals,
        note=f"{strays} presentations stand under a chapter that is not theirs, as published" if strays else "",
    )  # fmt: skip


def _strays(scan: Scan, codes: dict[str, str], counted: int) -> int:
    """How many codes do not begin with their chapter's: a few are misprints, many are another column."""
    worst = 0
    for level, column in codes.items():
        cell = scan.text(column)
        scan.check(column, f"{cell} IS NULL OR NOT regexp_full_match({cell}, '[0-9A-Za-z]+')", f"a {level}'s code")
        stray = f"NOT starts_with({cell}, {scan.text(codes['chapter'])})"
        many = scan.one(f"SELECT count(*) FROM raw WHERE {stray}")[0]
        if many > _MISPRINTS * counted:
            raise scan.refuse(column, stray, f"a {level}'s code, which begins with its chapter's")
        worst = max(worst, many)
    return worst


def _hierarchy(scan: Scan, file: Unpacked, codes: dict[str, str]) -> pa.Table:
    parts, parent = [], "CAST(NULL AS VARCHAR)"
    for level, said in LEVELS.items():
        code = scan.text(codes[level])
        name = scan.text(file.column(said) or "")
        parts.append(
            f"SELECT {code} AS code, '{level}' AS level, min({name}) AS name, min({parent}) AS parent, "
            f"count(DISTINCT {parent}) AS parents FROM raw GROUP BY 1"
        )
        parent = code
    scan.run(f"CREATE TABLE codes AS {' UNION ALL '.join(parts)}")
    torn = scan.rows("SELECT code, level FROM codes WHERE parents > 1 ORDER BY code LIMIT 1")
    if torn:
        raise InputError(f"{file.name}: {torn[0][1]} {torn[0][0]} stands in two places of the hierarchy")
    # A paragraph without subparagraphs has one that bears its code with a 0; no code is on two levels.
    return scan.arrow("SELECT code, level, name, parent FROM codes ORDER BY level, code")


SOURCE = Source(
    name="bnf_codes",
    title="BNF code information (NHSBSA), one month's list a file",
    tables=("bnf",),
    lacks=lacks,
    stage=stage,
)
