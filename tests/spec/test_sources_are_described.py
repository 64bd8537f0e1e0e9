"""docs/reference/sources.md names every source there is, and the tables that it fills."""

from __future__ import annotations

from pathlib import Path

from evenhand import sources

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "sources.md").read_text(encoding="utf-8")


def test_every_source_is_described_with_its_tables() -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if line.startswith("| ")]
    described = {name.strip(): row[3] for row in rows for name in row[1].split(",")}

    missing = set(sources.known()) - set(described) - {"indicator"}  # which has a section of its own
    assert missing == set()
    for name, source in sources.known().items():
        if name in described and "..." not in described[name]:
            assert set(source.tables) & {table.strip() for table in described[name].split(",")}, name
    assert "`evenhand indicator" in PAGE
