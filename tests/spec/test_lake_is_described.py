"""docs/reference/lake.md describes every table and column there is."""

from __future__ import annotations

from pathlib import Path

from evenhand.lake import TABLES

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "lake.md").read_text(encoding="utf-8")


def test_every_table_is_described_with_its_columns_in_order() -> None:
    rows = {line.split("|")[1].strip(): line for line in PAGE.splitlines() if line.startswith("| `")}

    assert {f"`{table}`" for table in TABLES} <= set(rows)
    for table, schema in TABLES.items():
        described = rows[f"`{table}`"].split("|")[3]
        places = [described.find(f"`{name}`") for name in schema.names]
        assert places == sorted(places), table
        assert -1 not in places, table
