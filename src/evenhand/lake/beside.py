"""Beside: a lake with some of its tables replaced by rows in memory, for what is counted and not kept."""

from __future__ import annotations

import ibis.expr.types as ir
import pyarrow as pa

from . import views
from .lake import Lake
from .tables import TABLES


class Beside:
    """The tables of a lake, but for those given, which are read from memory. Use as a context manager."""

    def __init__(self, lake: Lake, rows: dict[str, pa.Table]) -> None:
        self._lake = lake
        self._names = {table: f"beside_{table}" for table in rows}
        for table, content in rows.items():
            views.lay(lake.connection, self._names[table], content.select(TABLES[table].names).cast(TABLES[table]))

    def table(self, name: str) -> ir.Table:
        """One table for Ibis."""
        if name in self._names:
            return views.table_of(self._lake.connection, name, self._names[name])
        return self._lake.table(name)

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        for shown in self._names.values():
            views.clear(self._lake.connection, shown)
