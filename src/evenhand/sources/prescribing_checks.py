"""What a month of prescribing must hold before it is believed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .scan import MILLION, Scan, millionths, no_count, no_number, number_of, text_of

if TYPE_CHECKING:
    from .prescribing import Layout

CANARY, CANARY_ITEMS, NATIONAL = "0403030Q0", 100_000, 5_000  # METHODS D.4: sertraline; practices of a national file
_MOST_ITEMS, _MOST_MONEY, _MOST_QUANTITY = 1_000_000, 1e7, 1e9  # our rule: a row beyond these is a mistake
_BNF = r"^[0-9]{2}[0-9A-Z]{7}([0-9A-Z]{2}([0-9A-Z]{4})?)?$"  # chemical, appliance (11) or presentation (15)
_PRACTICE = r"^(-|[0-9A-Z][0-9A-Z-]{1,9})$"
_MANY = 1_000  # rows from which a ratio of totals says something


def one_month(scan: Scan, where: Layout) -> str:
    """The file's month; refused if it holds none or several."""
    months = sorted(set(scan.months(where.month).values()))
    if len(months) > 1:
        raise InputError(
            f"{scan.file.name}: holds {len(months)} months ({months[0]} to {months[-1]}); "
            "a file of prescribing holds one"
        )
    return months[0]


def counted(scan: Scan, where: Layout) -> dict[str, Any]:
    """Rows and totals of the source, counted in one pass that also refuses what cannot be right."""
    n = number_of
    wrong = {
        where.practice: (f"{text_of(where.practice)} IS NULL", "a practice code"),
        where.pco: (f"{text_of(where.pco)} IS NULL", "a sub-ICB location's code"),
        where.code: (f"{text_of(where.code)} IS NULL", "a BNF code"),
        where.items: (f"{no_count(where.items)} OR abs({n(where.items)}) > {_MOST_ITEMS}",
                      "a whole number of items, at most 1,000,000"),
        where.quantity: (_absurd(where.quantity, _MOST_QUANTITY), "a quantity, at most a thousand million"),
        where.total_quantity: (_absurd(where.total_quantity, _MOST_QUANTITY), "a quantity, at most a thousand million"),
        where.nic: (_absurd(where.nic, _MOST_MONEY), "pounds, at most ten million"),
        where.actual_cost: (_absurd(where.actual_cost, _MOST_MONEY), "pounds, at most ten million"),
    }  # fmt: skip
    product = f"{n(where.quantity)} * {n(where.items)}"
    asked = [
        "count(*)", *(f"count(*) FILTER ({condition})" for condition, _ in wrong.values()),
        f"count(*) FILTER (NOT regexp_matches({text_of(where.code)}, '{_BNF}'))",
        f"count(*) FILTER (NOT regexp_matches({text_of(where.practice)}, '{_PRACTICE}'))",
        f"count(*) FILTER (abs({product} - {n(where.total_quantity)}) > 1e-6 * abs({n(where.total_quantity)}) + 0.01)",
        f"count(*) FILTER ({text_of(where.chemical)} IS NOT NULL AND "
        f"left({text_of(where.code)}, 9) <> left({text_of(where.chemical)}, 9))",
        f"count({text_of(where.chemical)})",
        f"CAST(sum({n(where.items)}) AS BIGINT)",
        *(f"sum({millionths(c)}) / {MILLION}.0::DOUBLE" for c in (where.total_quantity, where.nic, where.actual_cost)),
        f"CAST(coalesce(sum({n(where.items)}) FILTER (left({text_of(where.code)}, 9) = '{CANARY}'), 0) AS BIGINT)",
        f"count(*) FILTER (left({text_of(where.code)}, 9) = '{CANARY}')",
    ]  # fmt: skip
    answer = list(scan.one(f"SELECT {', '.join(asked)} FROM raw"))
    rows = answer.pop(0)
    for column, (condition, right) in wrong.items():
        if answer.pop(0):
            raise scan.refuse(column, condition, right)
    no_bnf, no_practice, no_product, other_chemical, chemicals = answer[:5]
    _meaning(scan, where, rows, no_bnf, no_practice, no_product, other_chemical, chemicals)
    items, quantity, nic, actual, canary_items, canary_rows = answer[5:]
    if rows >= _MANY and actual > 1.02 * nic > 0:
        raise InputError(
            f"{scan.file.name}: {where.actual_cost} adds up to more than {where.nic} ({actual:,.2f} over {nic:,.2f}); "
            "the two columns look swapped"
        )
    return {
        "rows": rows, "items": items, "quantity": quantity, "nic": nic, "actual_cost": actual,
        "canary_items": canary_items, "canary_rows": canary_rows, **_units(scan, where),
    }  # fmt: skip


def canary(scan: Scan, counted: dict[str, Any]) -> None:
    """Sertraline is prescribed everywhere: where it is missing, a code's column has changed its meaning."""
    items, rows = counted["canary_items"], counted.pop("canary_rows")
    national = counted["practices"] > NATIONAL
    if rows == 0 or (national and items < CANARY_ITEMS):
        expected = f"at least {CANARY_ITEMS:,} in a national file" if national else "some"
        raise InputError(
            f"{scan.file.name}: {items:,} items of sertraline ({CANARY}); expected {expected}: "
            "the file is incomplete or its BNF codes have moved"
        )


def _absurd(column: str, most: float) -> str:
    return f"{no_number(column)} OR {text_of(column)} IS NULL OR abs({number_of(column)}) > {most}"


def _meaning(
    scan: Scan, where: Layout, rows: int, no_bnf: int, no_practice: int, no_product: int, other: int, chemicals: int
) -> None:
    """Refuse a file whose columns hold something other than their headings say."""
    found = [
        (no_bnf > rows / 2, where.code, "BNF codes"),
        (no_practice > rows / 2, where.practice, "practice codes"),
        (no_product > rows / 100, where.total_quantity, f"{where.quantity} times {where.items}"),
        (other > chemicals / 2, where.chemical, f"the first nine characters of {where.code}"),
    ]
    for wrong, column, right in found:
        if wrong:
            raise InputError(
                f"{scan.file.name}: column {column!r} does not hold {right}; columns look swapped or changed in meaning"
            )


def _units(scan: Scan, where: Layout) -> dict[str, Any]:
    """How many practices and presentations, and what unidentified prescribers account for."""
    practices, unidentified, several = scan.one(
        "SELECT count(DISTINCT practice) FILTER (NOT unidentified), count(DISTINCT practice) FILTER (unidentified), "
        "(SELECT count(*) FROM (SELECT practice FROM source_practice WHERE NOT unidentified GROUP BY practice "
        "HAVING count(DISTINCT pco) > 1)) FROM source_practice"
    )
    if several > 0.05 * practices:
        raise InputError(
            f"{scan.file.name}: {several:,} of {practices:,} values of {where.practice!r} belong to several of "
            f"{where.pco!r}; the two columns look swapped"
        )
    return {
        "practices": practices, "unidentified_prescribers": unidentified,
        "presentations": scan.one("SELECT count(DISTINCT bnf_code) FROM source_presentation")[0],
    }  # fmt: skip
