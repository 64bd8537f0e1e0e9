"""What a month of prescribing must hold before it is believed."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..errors import InputError
from .prescribing_layout import Layout
from .prescribing_read import MOST_ITEMS, MOST_MONEY, MOST_QUANTITY, Rows
from .scan import MILLION, Scan

CANARY, CANARY_ITEMS, NATIONAL = "0403030Q0", 100_000, 5_000  # METHODS D.4: sertraline; practices of a national file
_BNF = r"^[0-9]{2}[0-9A-Z]{7}([0-9A-Z]{2}([0-9A-Z]{4})?)?$"  # chemical (9), appliance (11) or presentation (15)
_PRACTICE = r"^(-.*|[0-9A-Z][0-9A-Z-]{1,9})$"
LAST_CHAPTER = 23  # of the BNF as NHSBSA extends it: 20 to 23 are appliances
_LISTED = 10  # our rule: codes that a note names
_MANY = 1_000  # rows from which a ratio of totals says something


def one_month(scan: Scan, where: Layout, spelled: pa.Array | None = None) -> str:
    """The file's month, from every spelling of it if they are known; refused if it holds none or several."""
    if spelled is not None:
        scan.engine.register("spelled_month", pa.table({where.month: spelled}))
    found = scan.months(where.month, of="raw" if spelled is None else "spelled_month")
    months = sorted(set(found.values()))
    if len(months) > 1:
        raise InputError(
            f"{scan.file.name}: holds {len(months)} months ({months[0]} to {months[-1]}); "
            "a file of prescribing holds one"
        )
    return months[0]


def counted(scan: Scan, where: Layout, rows: Rows) -> dict[str, Any]:
    """The totals of the source, counted while it was read; refused where numbers cannot be right."""
    if not rows.sound:
        raise _wrong(scan, where)
    if rows.off > len(rows) / 100:
        raise _moved(scan, where.total_quantity, f"{where.quantity} times {where.items}")
    quantity, nic, actual = (rows.totals[name] / MILLION for name in ("quantity", "nic", "actual_cost"))
    if len(rows) >= _MANY and actual > 1.02 * nic > 0:
        raise InputError(
            f"{scan.file.name}: {where.actual_cost} adds up to more than {where.nic} ({actual:,.2f} over {nic:,.2f}); "
            "the two columns look swapped"
        )
    return {"items": rows.totals["items"], "quantity": quantity, "nic": nic, "actual_cost": actual}


def _wrong(scan: Scan, where: Layout) -> InputError:
    """The first row with a number that cannot be right, found in the file as it was given."""
    scan.unsettle()
    wrong = {
        where.items: (scan.no_count(where.items, most=MOST_ITEMS), "a whole number of items, at most 1,000,000"),
        where.quantity: (scan.no_number(where.quantity, most=MOST_QUANTITY), "a quantity below a thousand million"),
        where.total_quantity: (
            scan.no_number(where.total_quantity, most=MOST_QUANTITY), "a quantity below a thousand million"),
        where.nic: (scan.no_number(where.nic, most=MOST_MONEY), "pounds, at most ten million"),
        where.actual_cost: (scan.no_number(where.actual_cost, most=MOST_MONEY), "pounds, at most ten million"),
    }  # fmt: skip
    for column, (condition, right) in wrong.items():
        scan.check(column, condition, right)
    return InputError(f"{scan.file.name}: holds a number that cannot be right; expected items, quantities and pounds")


def units(scan: Scan, where: Layout, rows: int) -> dict[str, Any]:
    """How many practices and presentations, from the distinct codes; refused if a column holds something else."""
    for column, table, code, right in (
        (where.practice, "source_practice", "own", "a practice code"),
        (where.pco, "source_practice", "pco", "a sub-ICB location's code"),
        (where.code, "source_presentation", "bnf_code", "a BNF code"),
    ):
        if scan.one(f"SELECT count(*) FROM {table} WHERE {code} IS NULL")[0]:
            raise scan.refuse(column, f"{scan.text(column)} IS NULL", right)
    no_practice, practices, unidentified, several = scan.one(
        f"SELECT sum(n) FILTER (NOT regexp_matches(practice, '{_PRACTICE}')), "
        "count(DISTINCT practice) FILTER (NOT unidentified), count(DISTINCT practice) FILTER (unidentified), "
        "(SELECT count(*) FROM (SELECT practice FROM source_practice WHERE NOT unidentified GROUP BY practice "
        "HAVING count(DISTINCT pco) > 1)) FROM source_practice"
    )
    no_bnf, other, chemicals, presentations, canary_items, canary_rows = scan.one(
        f"SELECT sum(n) FILTER (NOT regexp_matches(bnf_code, '{_BNF}')), "
        "sum(n) FILTER (chemical IS NOT NULL AND left(bnf_code, 9) <> left(chemical, 9)), "
        "sum(n) FILTER (chemical IS NOT NULL), count(DISTINCT bnf_code), "
        f"CAST(coalesce(sum(items) FILTER (left(bnf_code, 9) = '{CANARY}'), 0) AS BIGINT), "
        f"coalesce(sum(n) FILTER (left(bnf_code, 9) = '{CANARY}'), 0) FROM source_presentation"
    )
    if (no_bnf or 0) > rows / 2:
        raise _moved(scan, where.code, "BNF codes")
    if (no_practice or 0) > rows / 2:
        raise _moved(scan, where.practice, "practice codes")
    if (other or 0) > (chemicals or 0) / 2:
        raise _moved(scan, where.chemical, f"the first nine characters of {where.code}")
    if several > 0.05 * practices:
        raise InputError(
            f"{scan.file.name}: {several:,} of {practices:,} values of {where.practice!r} belong to several of "
            f"{where.pco!r}; the two columns look swapped"
        )
    return {
        "practices": practices, "unidentified_prescribers": unidentified, "presentations": presentations,
        "canary_items": canary_items, "canary_rows": int(canary_rows),
    }  # fmt: skip


def unknown_codes(scan: Scan, bnf: pa.Table) -> tuple[int, str]:
    """Rows with a code that no BNF list in the lake knows (or, without one, of no BNF chapter), and the codes in words.

    A list may be older than the month: such rows are normal, load like all others, and are named.
    """
    known = bnf.filter(pc.equal(bnf["level"], "presentation"))["code"]
    if len(known):
        scan.engine.register("known_codes", pa.table({"code": known}))
        strange = "bnf_code NOT IN (SELECT code FROM known_codes WHERE code IS NOT NULL) AND length(bnf_code) = 15"
    else:
        strange = f"coalesce(TRY_CAST(left(bnf_code, 2) AS INTEGER) NOT BETWEEN 1 AND {LAST_CHAPTER}, true)"
    found = scan.rows(
        "SELECT bnf_code, CAST(sum(n) AS BIGINT) AS rows FROM source_presentation WHERE "
        f"({strange}) OR NOT regexp_matches(bnf_code, '{_BNF}') GROUP BY 1 ORDER BY rows DESC, bnf_code"
    )
    if not found:
        return 0, ""
    rows = sum(n for _, n in found)
    listed = ", ".join(code for code, _ in found[:_LISTED]) + (", ..." if len(found) > _LISTED else "")
    return rows, f"{rows:,} rows have {len(found):,} codes that no BNF list here knows: {listed}"


def canary(scan: Scan, counted: dict[str, Any]) -> None:
    """Sertraline is prescribed everywhere: where it is missing, a code's column has changed its meaning."""
    items, rows = counted["canary_items"], counted.pop("canary_rows")
    national = counted["practices"] > NATIONAL
    if rows == 0 or (national and items < CANARY_ITEMS):
        expected = f"at least {CANARY_ITEMS:,} in a national file" if national else "some"
        raise InputError(
            f"{scan.file.name}: {items:,} items of sertraline ({CANARY}), expected {expected}; "
            "the file is incomplete or its BNF codes have moved"
        )


def _moved(scan: Scan, column: str, right: str) -> InputError:
    return InputError(
        f"{scan.file.name}: column {column!r} does not hold {right}; columns look swapped or changed in meaning"
    )
