"""Numbers for codes: lake-wide and append-only, so that months load independently and an id never changes."""

from __future__ import annotations

import pyarrow as pa

from ..lake import Origin, Transaction, month_number
from .organisations import MENTIONED, NATION, NATION_NAME
from .prescribing_layout import Layout
from .scan import Scan, quoted
from .unpack import Unpacked


def codes(scan: Scan, where: Layout) -> None:
    """Every practice and presentation of the file once, in `source_practice` and `source_presentation`.

    A practice has its own code. Unidentified prescribers have `-` or a code made from their sub-ICB location; `-` is
    kept with that location behind it, so that totals above practices stay whole. n counts rows.
    """
    said = {
        "practice_name": where.practice_name, "pco_name": where.pco_name, "parent": where.parent,
        "parent_name": where.parent_name, "region": where.region, "region_name": where.region_name,
    }  # fmt: skip
    spelled = ", ".join(quoted(column) for column in (where.practice, where.pco, where.unidentified, *said.values()))
    scan.run(f"""
        CREATE TABLE source_practice AS
        SELECT *, CASE WHEN own = '-' THEN '-' || pco ELSE own END AS practice, own = '-' OR flagged AS unidentified
        FROM (
            SELECT {quoted(where.practice)} AS raw_practice, {quoted(where.pco)} AS raw_pco, sum(n) AS n,
                   {scan.text(where.practice)} AS own,
                   regexp_replace({scan.text(where.pco)}, '^(...)00$', '\\1') AS pco,
                   bool_or(lower(coalesce({scan.text(where.unidentified)}, 'n')) IN ('y', 'yes', 'true', '1'))
                   AS flagged, {", ".join(f"min({scan.text(column)}) AS {name}" for name, column in said.items())}
            FROM (SELECT {spelled}, count(*) AS n FROM raw GROUP BY ALL) GROUP BY ALL
        )
    """)
    spelled = ", ".join(quoted(column) for column in (where.code, where.presentation, where.chemical))
    scan.run(f"""
        CREATE TABLE source_presentation AS
        SELECT {quoted(where.code)} AS raw_code, {scan.text(where.code)} AS bnf_code,
               {scan.text(where.presentation)} AS name, {scan.text(where.chemical)} AS chemical, items, n
        FROM (SELECT {spelled}, sum({scan.number(where.items)}) AS items, count(*) AS n FROM raw GROUP BY ALL)
    """)


def number_codes(scan: Scan, transaction: Transaction, file: Unpacked) -> None:
    """Give every code of the file its number, new ones the next; leaves `practice_number`, `presentation_number`."""
    _number(scan, transaction, file, "practice_key",
            "SELECT practice, bool_or(unidentified) AS unidentified FROM source_practice GROUP BY practice")
    _number(scan, transaction, file, "presentation",
            "SELECT bnf_code, min(name) AS name FROM source_presentation GROUP BY bnf_code")
    scan.run("CREATE TABLE practice_number AS SELECT raw_practice, raw_pco, practice_id FROM source_practice "
             "JOIN practice_key USING (practice)")
    scan.run("CREATE TABLE presentation_number AS SELECT DISTINCT raw_code, presentation_id FROM source_presentation "
             "JOIN presentation USING (bnf_code)")  # fmt: skip


def mentioned(scan: Scan, where: Layout, month: str) -> tuple[pa.Table, pa.Table]:
    """Organisations and memberships that the file names in passing, believed less than any register."""
    at = f"CAST({MENTIONED} AS SMALLINT) AS rank, CAST({month_number(month)} AS SMALLINT) AS as_of"
    middle = where.parent_kind if where.parent_kind == "area_team" else "icb"  # STPs became ICBs
    kinds = [
        ("practice", "practice_name", "CASE WHEN unidentified THEN 'unidentified' ELSE 'practice' END"),
        ("pco", "pco_name", "'sicbl'"), ("parent", "parent_name", f"'{middle}'"),
        ("region", "region_name", "'region'"),
    ]  # fmt: skip
    named = " UNION ".join(
        f"SELECT {code} AS code, min({name}) AS name, {level} AS level FROM source_practice "
        f"WHERE {code} IS NOT NULL GROUP BY ALL" for code, name, level in kinds
    )  # fmt: skip
    ties = " UNION ".join(
        f"SELECT DISTINCT {child} AS child, {parent} AS parent FROM source_practice "
        f"WHERE {child} IS NOT NULL AND {parent} IS NOT NULL AND {child} <> {parent}"
        for child, parent in (("practice", "pco"), ("pco", "parent"), ("parent", "region"))
    )
    organisation = scan.arrow(
        f"SELECT *, {at} FROM ({named} UNION SELECT '{NATION}', '{NATION_NAME}', 'nation') ORDER BY level, code, name"
    )
    membership = scan.arrow(
        f"SELECT child, parent, NULL::SMALLINT AS start, NULL::SMALLINT AS \"end\", {at} FROM ({ties} UNION "
        f"SELECT DISTINCT region, '{NATION}' FROM source_practice WHERE region IS NOT NULL) ORDER BY child, parent"
    )
    return organisation, membership


def _number(scan: Scan, transaction: Transaction, file: Unpacked, table: str, codes: str) -> None:
    """Append the file's new codes, in their own order, to a key table; the scan is left with all of it."""
    known = transaction.keys(table)
    number, code, _ = known.column_names
    scan.engine.register("known_rows", known)
    scan.run(f"CREATE TABLE {table} AS SELECT * FROM known_rows")
    scan.engine.unregister("known_rows")
    new = scan.arrow(f"""
        SELECT CAST((SELECT coalesce(max({number}), 0) FROM {table}) + row_number() OVER (ORDER BY {code}) AS INTEGER)
               AS {number}, * FROM ({codes}) c WHERE NOT EXISTS (SELECT 1 FROM {table} t WHERE t.{code} = c.{code})
        ORDER BY {number}
    """)
    if new.num_rows:
        transaction.stage_keys(table, new, Origin(file.label, file.sha256, new.num_rows, source="prescribing"))
        scan.engine.register("new_rows", new)
        scan.run(f"INSERT INTO {table} SELECT * FROM new_rows")
        scan.engine.unregister("new_rows")
