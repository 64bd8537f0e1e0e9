"""Footers: what the end of a Parquet file says of it, without a look at its rows."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq


def greatest(file: Path, column: str) -> int | None:
    """The greatest whole number in a column; None if it holds none. Rows are read only where the footer is silent."""
    held = pq.ParquetFile(file, memory_map=True)
    at = held.schema_arrow.names.index(column)
    groups = (held.metadata.row_group(i) for i in range(held.metadata.num_row_groups))
    said = [(group.num_rows, group.column(at).statistics) for group in groups]
    if any(ends is None or (not ends.has_min_max and ends.null_count != rows) for rows, ends in said):
        found: int | None = pc.max(held.read(columns=[column])[column]).as_py()
        return found
    return max((int(ends.max) for _, ends in said if ends.has_min_max), default=None)
