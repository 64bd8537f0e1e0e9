"""Numbers for codes: lake-wide and append-only, so that months load independently and an id never changes."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from ..lake import Origin, Transaction, month_number
from .organisations import MENTIONED, NATION, NATION_NAME
from .prescribing_layout import Layout
from .prescribing_read import BETWEEN, MISSING, Rows
from .scan import Scan
from .unpack import Unpacked

Ids = NDArray[np.int64]


def codes(scan: Scan, rows: Rows) -> None:
    """Every practice and presentation of the file once, in `source_practice` and `source_presentation`.

    A practice has its own code. Unidentified prescribers have `-` or a code made from their sub-ICB location; `-` is
    kept with that location behind it, so that totals above practices stay whole. n counts rows.
    """
    said = ("practice_name", "pco_name", "parent", "parent_name", "region", "region_name")
    scan.engine.register("spelled_practice", rows.practices)
    scan.run(f"""
        CREATE TABLE source_practice AS
        SELECT *, CASE WHEN own = '-' THEN '-' || pco ELSE own END AS practice, own = '-' OR flagged AS unidentified
        FROM (
            SELECT "0" AS raw_practice, "1" AS raw_pco, sum(n) AS n, {_text(0)} AS own,
                   regexp_replace({_text(1)}, '^(...)00$', '\\1') AS pco,
                   bool_or(lower(coalesce({_text(2)}, 'n')) IN ('y', 'yes', 'true', '1')) AS flagged,
                   {", ".join(f"min({_text(i)}) AS {name}" for i, name in enumerate(said, start=3))}
            FROM spelled_practice GROUP BY ALL
        )
    """)
    scan.engine.register("spelled_presentation", rows.presentations)
    scan.run(f"""
        CREATE TABLE source_presentation AS
        SELECT "0" AS raw_code, {_text(0)} AS bnf_code, {_text(1)} AS name, {_text(2)} AS chemical, items, n
        FROM spelled_presentation
    """)


def _text(column: int) -> str:
    return f"nullif(trim(\"{column}\"), '')"


def number_codes(scan: Scan, transaction: Transaction, file: Unpacked, rows: Rows) -> tuple[Ids, Ids]:
    """Give every code of the file its number, new ones the next; the lake's numbers of the rows' practices and
    presentations, in the order of their own numbers."""
    _number(scan, transaction, file, "practice_key",
            "SELECT practice, bool_or(unidentified) AS unidentified FROM source_practice GROUP BY practice")
    _number(scan, transaction, file, "presentation",
            "SELECT bnf_code, min(name) AS name FROM source_presentation GROUP BY bnf_code")
    practice = f"coalesce(raw_practice, '{MISSING}') || '{BETWEEN}' || coalesce(raw_pco, '{MISSING}')"
    scan.run(f"CREATE TABLE practice_number AS SELECT {practice} AS code, practice_id AS id FROM source_practice "
             "JOIN practice_key USING (practice)")
    scan.run("CREATE TABLE presentation_number AS SELECT DISTINCT raw_code AS code, presentation_id AS id FROM "
             "source_presentation JOIN presentation USING (bnf_code)")  # fmt: skip
    return tuple(_in_order(scan, table, known.known)
                 for table, known in (("practice_number", rows.practice_numbers),
                                      ("presentation_number", rows.presentation_numbers)))  # type: ignore[return-value]  # fmt: skip


def _in_order(scan: Scan, table: str, codes: pa.Array) -> Ids:
    found = scan.arrow(f"SELECT code, id FROM {table}")
    place = pc.index_in(codes, value_set=found["code"].combine_chunks())
    return np.asarray(found["id"].combine_chunks().take(place).to_numpy(zero_copy_only=False).astype(np.int64))


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
