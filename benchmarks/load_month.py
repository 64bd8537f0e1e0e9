"""How long a national month of prescribing takes to load, how much memory it needs and how much disk it keeps.

    python benchmarks/load_month.py [--rows 18000000] [--keep FOLDER]

Makes a Parquet file as large and as skewed as a national month (invented codes, no chance: everything from hashes),
loads it in a process of its own and holds the result against three bars: 20 s, 1.5 GB, 110 MB.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

SECONDS, GIGABYTES, MEGABYTES = 20.0, 1.5, 110.0
PRACTICES, PRESENTATIONS = 7_000, 22_000


def make(path: Path, rows: int) -> None:
    """A month in the columns published since July 2025."""
    engine = duckdb.connect(config={"memory_limit": "4GB", "temp_directory": str(path.parent)})
    engine.execute(f"""
        COPY (
            WITH draw AS (
                SELECT hash(i) % 1000003 / 1000003.0 AS a, hash(i + 1000000007) % 1000003 / 1000003.0 AS b,
                       hash(i + 2000000011) % 1000003 / 1000003.0 AS c FROM range({rows}) t(i)
            ), cell AS (
                SELECT CAST(floor({PRACTICES} * pow(a, 1.3)) AS INT) AS practice,
                       CAST(floor({PRESENTATIONS} * pow(b, 4.5)) AS INT) AS presentation,
                       [28, 56, 14, 84, 30, 100, 7, 21][1 + CAST(floor(8 * c * c) AS INT)] AS quantity,
                       1 + CAST(floor(9 * pow(c, 6)) AS INT) AS items FROM draw
            )
            SELECT '202603' AS YEAR_MONTH, 'Region ' || practice % 7 AS REGIONAL_OFFICE_NAME,
                   'Y' || 50 + practice % 7 AS REGIONAL_OFFICE_CODE,
                   'ICB ' || practice % 42 AS ICB_NAME, 'Q' || printf('%02d', practice % 42) AS ICB_CODE,
                   'Sub-ICB ' || practice % 106 AS PCO_NAME, printf('%03dX', practice % 106)[2:] || '00' AS PCO_CODE,
                   'Practice ' || practice AS PRACTICE_NAME, printf('A%05d', practice) AS PRACTICE_CODE,
                   '' AS ADDRESS_1, '' AS ADDRESS_2, '' AS ADDRESS_3, '' AS ADDRESS_4, '' AS POSTCODE,
                   {_chemical()} AS BNF_CHEMICAL_SUBSTANCE_CODE, 'Substance ' || presentation // 20
                       AS BNF_CHEMICAL_SUBSTANCE,
                   {_chemical()} || printf('AA%04d', presentation % 10000) AS BNF_PRESENTATION_CODE,
                   'Presentation ' || presentation AS BNF_PRESENTATION_NAME, '01: Chapter' AS BNF_CHAPTER_PLUS_CODE,
                   CAST(quantity AS DOUBLE) AS QUANTITY, items AS ITEMS,
                   CAST(quantity * items AS DOUBLE) AS TOTAL_QUANTITY, 0.0 AS ADQ_USAGE,
                   round(quantity * items * (1 + presentation % 97) * 0.0137, 2) AS NIC,
                   round(quantity * items * (1 + presentation % 97) * 0.0137 * (0.928 + practice % 5 * 0.001), 5)
                       AS ACTUAL_COST,
                   'N' AS UNIDENTIFIED, CAST(presentation AS VARCHAR) AS SNOMED_CODE
            FROM cell
        ) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
    """)


def _chemical() -> str:
    code = "printf('%02d%02d%03d', 1 + presentation // 1600, presentation // 200 % 9, presentation // 20 % 1000)"
    return f"CASE WHEN presentation < 20 THEN '0403030Q0' ELSE {code} || 'B0' END"


def measure(path: Path, lake: Path) -> dict[str, float]:
    """Load it in a process of its own: wall seconds, peak memory, disk kept."""
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "evenhand.cli.main", "load", str(path), "--lake", str(lake), "--json"],
        check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    seconds = time.perf_counter() - begun
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    kept = sum(file.stat().st_size for file in lake.rglob("*") if file.is_file()) / 1e6
    return {"seconds": round(seconds, 1), "peak_gigabytes": round(peak, 2), "kept_megabytes": round(kept, 1)}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=18_000_000)
    parser.add_argument("--keep", type=Path, help="keep the file and the lake in this folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or Path(scratch)
        path = folder / f"EPD_SNOMED_202603_{options.rows}.parquet"
        if not path.exists():
            make(path, options.rows)
        result = measure(path, folder / "lake")
    print(json.dumps({"rows": options.rows, **result}))
    held = (
        result["seconds"] <= SECONDS and result["peak_gigabytes"] <= GIGABYTES and result["kept_megabytes"] <= MEGABYTES
    )
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
