"""How long a national month of prescribing takes to load, how much memory it needs and how much disk it keeps.

    python benchmarks/load_month.py [--full] [--practices 500] [--csv] [--keep FOLDER]

The month is the synthetic NHS's (16 million rows with --full). It is loaded by the command in a process of its own, and
the same file is sorted by DuckDB alone (`COPY ... ORDER BY`), in the same run. Bars: 20 s, 1.5 GB, 110 MB, 3 times
plain DuckDB; 60 s from CSV; and the 25th month of a lake costs what the 2nd did (--full loads 24 more months).
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from bars import PRACTICES, PRESENTATIONS, Bar, apart, national_month, report

MONTHS = 25
GROWTH = 1.15  # the 25th month against the 2nd: no more than runs differ among themselves


def load(path: str, lake: str) -> float:
    """Load one file; the megabytes that the lake keeps."""
    from evenhand import sources

    place, _ = sources.begin(lake)
    sources.load(place, path)
    return sum(file.stat().st_size for file in Path(lake).rglob("*") if file.is_file()) / 1e6


def plain(path: str, sorted_file: str) -> int:
    """What DuckDB alone takes to sort the same columns of the same file."""
    engine = duckdb.connect(config={"memory_limit": "1200MB", "temp_directory": str(Path(sorted_file).parent)})
    engine.execute(
        "COPY (SELECT PRACTICE_CODE, BNF_PRESENTATION_CODE, QUANTITY, ITEMS, TOTAL_QUANTITY, NIC, ACTUAL_COST "
        f"FROM read_parquet('{path}') ORDER BY BNF_PRESENTATION_CODE, PRACTICE_CODE) "
        f"TO '{sorted_file}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return 0


def another(path: Path, number: int) -> Path:
    """The same rows as another month, so that a lake of many months costs little to make."""
    table = pq.ParquetFile(path)
    month = f"{2010 + number // 12}{number % 12 + 1:02d}"
    new = path.with_name(f"another-{month}.parquet")
    with pq.ParquetWriter(new, table.schema_arrow, compression="zstd", store_schema=False) as writer:
        for group in range(table.num_row_groups):
            rows = table.read_row_group(group)
            place = rows.column_names.index("YEAR_MONTH")
            writer.write_table(rows.set_column(place, "YEAR_MONTH", pa.repeat(month, len(rows))))
    return new


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="national size, CSV and 25 months too; bars hold")
    parser.add_argument("--practices", type=int, default=500)
    parser.add_argument("--presentations", type=int, default=PRESENTATIONS)
    parser.add_argument("--csv", action="store_true", help="from CSV too")
    parser.add_argument("--keep", type=Path, help="keep the files and the lakes in this folder")
    options = parser.parse_args()
    practices = PRACTICES if options.full else options.practices
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        path = national_month(folder, practices, options.presentations, "parquet")
        rows = pq.read_metadata(path).num_rows
        lakes = Path(scratch)
        alone = apart(plain, str(path), str(lakes / "sorted.parquet"))
        one = apart(load, str(path), str(lakes / "lake"))
        bars = [
            Bar("load_parquet_seconds", one["seconds"], 20, "s"),
            Bar("load_parquet_memory", one["gigabytes"], 1.5, "GB"),
            Bar("kept", round(one["answer"], 1), 110, "MB"),
            Bar("times_plain_duckdb", round(one["seconds"] / alone["seconds"], 2), 3, "times"),
        ]  # fmt: skip
        if options.csv or options.full:
            csv = national_month(folder, practices, options.presentations, "csv")
            text = apart(load, str(csv), str(lakes / "from-csv"))
            bars += [Bar("load_csv_seconds", text["seconds"], 60, "s"),
                     Bar("load_csv_memory", text["gigabytes"], 1.5, "GB")]  # fmt: skip
        if options.full:
            took = []
            for number in range(1, MONTHS):
                month = another(path, number)
                took.append(apart(load, str(month), str(lakes / "lake"))["seconds"])
                month.unlink()
            second, last = sorted(took[:3])[1], sorted(took[-3:])[1]  # of three each: the disk has moods
            bars.append(Bar("month_25_against_month_2", round(last / second, 2), GROWTH, "times"))
    return report(bars, options.full, rows=rows, processor_seconds=one["processor"], plain_seconds=alone["seconds"],
                  plain_processor=alone["processor"])  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
