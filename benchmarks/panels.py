"""How long every measure of a national month takes, the stored deciles of 60 months, and codes asked on the spot.

    python benchmarks/panels.py [--full] [--practices 300] [--months 6] [--keep FOLDER]

A lake of one month of rows is copied to 24 months (the same rows under other months, for queries only), all measures of
the first are built in one pass, and 60 months of stored panels are laid beside. The same sums are asked of plain DuckDB
SQL in the same run. Codes are asked twice: as they stand together in the BNF, the way a measure of a class of medicines
asks, and drawn from the whole of it, the worst that can be asked. Bars: measures 10 s; deciles 50 ms; 50 codes over 24
months 200 ms, 500 codes 350 ms, and at most 1.5 times plain SQL.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from bars import PRACTICES, PRESENTATIONS, Bar, apart, best, national_month, report

from evenhand import measures, sources
from evenhand.lake import ITEMS, Lake, Origin, month_number
from evenhand.stats.ranks import deciles as deciles_of
from evenhand.synthetic.plan import plan
from evenhand.synthetic.published_lists import list_size_files
from evenhand.synthetic.published_organisations import organisation_files

MEASURE = "diabetes_dpp4_cost"
STORED, ASKED = 60, 24
LAST = np.datetime64("2026-03", "M")


def begin(folder: str, practices: int, presentations: int) -> int:
    """A lake of one month with its list sizes and registers."""
    place = Path(folder)
    settled = plan(practices, 12, 2010, presentations)
    files = [national_month(place, practices, presentations, "parquet")]
    files += [*organisation_files(place, settled.world, settled.when)[:2],
              list_size_files(place, settled.world, settled.when, 11)[0]]
    lake, _ = sources.begin(place / "lake")
    sources.load(lake, files)
    return len(settled.world.practices)


def build(folder: str) -> dict[str, Any]:
    """Every measure of the month, in one pass."""
    built = measures.build(Lake.open(folder))
    return {"months": len(built.months), "refused": len(built.refused)}


def lengthen(lake: Lake, months: int) -> None:
    """The last month's rows again under earlier months."""
    held = lake.snapshot("prescribing", str(LAST))
    assert held is not None
    part, items = held.part("prescribing"), held.part(ITEMS)
    assert part is not None
    assert items is not None
    source = pq.ParquetFile(lake.path / part.path)
    for back in range(1, months):
        month = LAST - back
        with lake.transaction() as transaction:
            file, runs = transaction.beside("month"), transaction.beside("items.arrow")
            shutil.copyfile(lake.path / items.path, runs)  # which say nothing of the month
            with pq.ParquetWriter(
                file, source.schema_arrow, compression="zstd", store_schema=False,
                use_dictionary=[c for c in source.schema_arrow.names if c != "practice_id"],
                column_encoding={"practice_id": "DELTA_BINARY_PACKED"},
            ) as writer:  # fmt: skip
                for group in range(source.num_row_groups):
                    rows = source.read_row_group(group)
                    number = pa.repeat(pa.scalar(month_number(month), pa.int16()), len(rows))
                    writer.write_table(rows.set_column(0, "month", number))  # a group as the lake wrote it
            transaction.stage("prescribing", str(month), {"prescribing": file, ITEMS: runs}, Origin("benchmark"))


def store(lake: Lake, months: int) -> None:
    """The month's panels again under 60 months, wandering a little."""
    every = measures.for_lake(lake)
    now = measures.panel(lake, MEASURE, "practice", first=str(LAST))
    rng = np.random.default_rng(1)
    mod = sys.modules["evenhand.measures.build"]
    from evenhand.measures.month import Column

    for back in range(1, months):
        wander = rng.normal(1, 0.05, len(now.organisations))
        columns = [Column(name, "practice", now.organisations, now.numerator[:, 0] * wander, now.denominator[:, 0])
                   for name in every if every[name].kind == "prescribing"]  # fmt: skip
        mod._write(lake, month_number(LAST - back), columns, every, source=mod.WITHOUT_ROWS)


def ask(lake: Lake, codes: list[str]) -> tuple[float, float]:
    """Milliseconds of what `evenhand panel --numerator` calls, over patients, and of plain SQL for its sums."""
    rule = measures.read_codes(",".join(codes))
    first = str(LAST - (ASKED - 1))
    files = [str(lake.path / s.part("prescribing").path) for s in lake.snapshots("prescribing")  # type: ignore[union-attr]
             if s.table == "prescribing"]
    low, high = month_number(LAST - (ASKED - 1)), month_number(LAST)
    held = lake.table("presentation").to_pyarrow()
    ids = [i for i, code in zip(held["presentation_id"].to_pylist(), held["bnf_code"].to_pylist(), strict=True)
           if code.startswith(tuple(codes))]  # fmt: skip
    engine = duckdb.connect()
    engine.execute("SET parquet_metadata_cache = true")
    engine.register("wanted", pa.table({"presentation_id": pa.array(ids, pa.int32())}))

    def sql() -> Any:
        return engine.sql(
            f"SELECT month, practice_id, sum(items) FROM read_parquet({files!r}) "
            f"SEMI JOIN wanted USING (presentation_id) WHERE month BETWEEN {low} AND {high} GROUP BY ALL"
        ).to_arrow_table()

    patients = measures.asked_side("patients", name="denominator")

    def asked() -> Any:
        lake.remember("measures.readings", dict).clear()  # counted anew each time; only look-ups are kept in mind
        return measures.adhoc(lake, rule, patients, "practice", first=first)

    return best(asked), best(sql)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="6,500 practices, 24 months of rows, 60 of panels")
    parser.add_argument("--practices", type=int, default=300)
    parser.add_argument("--months", type=int, default=6)
    parser.add_argument("--keep", type=Path, help="keep the files in this folder")
    options = parser.parse_args()
    practices = PRACTICES if options.full else options.practices
    rows, panels = (ASKED, STORED) if options.full else (options.months, 2 * options.months)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        apart(begin, str(folder), practices, PRESENTATIONS)
        measured = apart(build, str(folder / "lake"))
        lake = Lake.open(folder / "lake")
        store(lake, panels)
        deciles = best(lambda: deciles_of(measures.panel(lake, MEASURE, "practice").value))
        lengthen(lake, rows)
        codes = sorted(lake.table("presentation").to_pyarrow()["bnf_code"].to_pylist())
        rng = np.random.default_rng(1)
        asked = {}
        for n in (50, 500):
            begins = int(rng.integers(len(codes) - n))
            asked[f"{n}_together"] = ask(lake, codes[begins : begins + n])
            asked[f"{n}_scattered"] = ask(lake, sorted(rng.choice(codes, n, replace=False).tolist()))
    bars = [
        Bar("all_measures_seconds", measured["seconds"], 10, "s"), Bar("deciles", round(deciles, 1), 50, "ms"),
        *(Bar(f"codes_{n}", round(a, 1), 200 if n.startswith("50_") else 350, "ms") for n, (a, _) in asked.items()),
        *(Bar(f"codes_{n}_times_sql", round(a / b, 2), 1.5, "times") for n, (a, b) in asked.items()),
    ]  # fmt: skip
    return report(bars, options.full, practices=practices, months_of_rows=rows, months_of_panels=panels,
                  measures=measured["answer"], processor_seconds=measured["processor"])  # fmt: skip


if __name__ == "__main__":
    begun = time.perf_counter()
    code = main()
    print(f"{time.perf_counter() - begun:.0f} s in all", file=sys.stderr)
    sys.exit(code)
