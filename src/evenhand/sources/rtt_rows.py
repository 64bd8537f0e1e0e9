"""What an RTT extract leaves in the lake: bands in long form, totals, and the organisations it names."""

from __future__ import annotations

import pyarrow as pa

from ..lake import month_number
from .organisations import MENTIONED
from .rtt_layout import Layout
from .scan import Scan

_KEYS = "provider, commissioner, commissioner_parent, part, treatment_function"


def pathways(scan: Scan, where: Layout, month: str) -> pa.Table:
    """One row a band that holds anybody."""
    scan.run("CREATE TABLE week_band (band VARCHAR, weeks_from SMALLINT, open BOOLEAN)")
    listed = ", ".join(f"('b{i}', {band.weeks}, {band.open})" for i, band in enumerate(where.bands))
    scan.run(f"INSERT INTO week_band VALUES {listed}")
    some = ", ".join(f"nullif(b{i}, 0)::INTEGER AS b{i}" for i in range(len(where.bands)))
    columns = ", ".join(f"b{i}" for i in range(len(where.bands)))
    return scan.arrow(
        f"SELECT {month_number(month)}::SMALLINT AS month, {_KEYS}, weeks_from, open, pathways::BIGINT AS pathways "
        f"FROM (UNPIVOT (SELECT {_KEYS}, {some} FROM extract) ON {columns} INTO NAME band VALUE pathways) "
        f"JOIN week_band USING (band) ORDER BY part, treatment_function, provider, commissioner, commissioner_parent, "
        "weeks_from"
    )


def totals(scan: Scan, month: str) -> pa.Table:
    """`Total All` of every row, unknown clock starts and new periods among them."""
    return scan.arrow(
        f"SELECT {month_number(month)}::SMALLINT AS month, {_KEYS}, total_all::BIGINT AS total_all FROM extract "
        "ORDER BY part, treatment_function, provider, commissioner, commissioner_parent"
    )


def organisations(scan: Scan, month: str) -> tuple[pa.Table, pa.Table]:
    """Providers, commissioners and their ICBs, as the extract names them in passing."""
    at = f"{MENTIONED}::SMALLINT AS rank, {month_number(month)}::SMALLINT AS as_of"
    placed = "(commissioner_parent <> '')"
    named = f"""
        SELECT provider AS code, min(provider_name) AS name, 'provider' AS level FROM extract GROUP BY ALL
        UNION SELECT commissioner, min(commissioner_name), CASE WHEN {placed} THEN 'sicbl' ELSE 'commissioner' END
              FROM extract GROUP BY commissioner, {placed}
        UNION SELECT code, min(name), 'icb' FROM (
            SELECT provider_parent AS code, provider_parent_name AS name FROM extract WHERE provider_parent IS NOT NULL
            UNION SELECT commissioner_parent, commissioner_parent_name FROM extract WHERE {placed}
        ) GROUP BY code
    """
    tied = f"""
        SELECT DISTINCT provider AS child, provider_parent AS parent FROM extract WHERE provider_parent IS NOT NULL
        UNION SELECT DISTINCT commissioner, commissioner_parent FROM extract WHERE {placed}
    """
    organisation = scan.arrow(f"SELECT *, {at} FROM ({named}) ORDER BY level, code")
    membership = scan.arrow(
        f"SELECT child, parent, NULL::SMALLINT AS start, NULL::SMALLINT AS \"end\", {at} FROM ({tied}) "
        "WHERE child <> parent ORDER BY child, parent"
    )
    return organisation, membership
