"""Change detection over all practices of England, against what was published for each of them.

Run: python benchmarks/change_detection.py FOLDER [--workers N], FOLDER holding the desogestrel files of the published
analysis (r_input_0..2.csv.gz, r_output.csv.gz). Prints the time, the agreement, and where the two part ways and why.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import resource
import time
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.stats import spearmanr

from evenhand.prove import changes, grid
from evenhand.prove.changes_grid import Grid
from evenhand.records import Change

PREFIX = "ratio_quantity."
QUARTERS = (25, 50, 75)

Floats = NDArray[np.float64]


def read(folder: Path) -> Grid:
    """All three files as one grid."""
    units: list[str] = []
    points, values = [], []
    for part in range(3):
        lines = gzip.decompress((folder / f"r_input_{part}.csv.gz").read_bytes()).decode().splitlines()
        head, *rows = csv.reader(lines)
        table = np.array([[float(cell) if cell else np.nan for cell in row] for row in rows])
        months = table[:, 0].astype("datetime64[s]").astype("datetime64[D]")
        for column, name in enumerate(head[1:], start=1):
            units += [name.removeprefix(PREFIX)] * len(months)
            points.append(months)
            values.append(table[:, column])
    return grid(units, np.concatenate(points), np.concatenate(values))


def published(folder: Path) -> dict[str, tuple[float, float]]:
    """The published size and start (a month counted from 1) of each practice."""
    lines = gzip.decompress((folder / "r_output.csv.gz").read_bytes()).decode().splitlines()
    rows = csv.DictReader(lines)
    return {row["name"]: (_number(row["is.intlev.levd"]), _number(row["is.tfirst.big"])) for row in rows}


def _number(text: str) -> float:
    value = float(text) if text not in ("", "NA") else np.nan
    return value if np.isfinite(value) else np.nan


def compare(units: tuple[Change, ...], theirs: dict[str, tuple[float, float]]) -> None:
    """Ranks, quartiles and exact agreement, over practices with all months and over all."""
    ours = {
        what: np.array([getattr(unit, what) or np.nan for unit in units], dtype=float)
        for what in ("size", "size_fitted", "start_index")
    }
    size, start = np.array([theirs[unit.unit] for unit in units]).T
    complete = np.array([unit.missing == 0 for unit in units])
    asked = np.isfinite(size) & np.isfinite(start)
    both = asked & np.isfinite(ours["size"]) & np.isfinite(ours["start_index"])
    print(f"published with both finite: {asked.sum():,}; ours too: {both.sum():,}, "
          f"{(both & complete).sum():,} with all months")  # fmt: skip
    for what in ("size", "size_fitted"):
        ranks = [float(spearmanr(ours[what][here], size[here]).statistic)
                 for here in (both & complete, both & ~complete, both)]  # fmt: skip
        print(f"rank correlation, {what}: complete {ranks[0]:.4f}, with gaps {ranks[1]:.4f}, all {ranks[2]:.4f}")
    print(f"start the same month: {np.mean((ours['start_index'] == start)[both]):.2%}")
    print(f"size the same to 1e-6: {np.mean(np.isclose(ours['size'], size, rtol=1e-6)[both]):.2%}")
    changed = np.array([unit.changed is True for unit in units])
    for name, here in (("published", asked), ("ours, same practices", both), ("ours, changed", changed)):
        one, two = (size, start) if name == "published" else (ours["size"], ours["start_index"])
        words = ", ".join(f"{value:.3f}" for value in np.nanpercentile(one[here], QUARTERS))
        months = ", ".join(f"{value:g}" for value in np.nanpercentile(two[here], QUARTERS))
        print(f"quartiles, {name} ({here.sum():,}): size {words}; start {months}")
    fitted = np.nanpercentile(ours["size_fitted"][changed], QUARTERS)
    print("quartiles, ours, off the fitted line: size " + ", ".join(f"{value:.3f}" for value in fitted))
    bent = both & ~changed
    print(f"level moved no further than by chance, by our test: {bent.sum():,}; their published size: "
          f"median {np.median(size[bent]):.3f}")  # fmt: skip
    apart = both & ~np.isclose(ours["size"], size, rtol=1e-6)
    later = both & (ours["start_index"] != start)
    print(f"size differs: {apart.sum():,} ({(apart & ~complete).sum():,} with gaps); start differs: {later.sum():,}")
    for place in np.flatnonzero(apart | later)[:12]:
        print(f"  {units[place].unit}: size {ours['size'][place]:.4f} published {size[place]:.4f}; start "
              f"{ours['start_index'][place]:g} published {start[place]:g}; missing {units[place].missing}")  # fmt: skip


def _cpu() -> float:
    """Seconds of processor, those of ended child processes too."""
    return sum(resource.getrusage(who).ru_utime for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def main() -> None:
    """Time the search, then compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    given = read(options.folder)
    began, before = time.perf_counter(), _cpu()
    found = changes(given.units, given.points, given.values, workers=options.workers)
    spent = _cpu() - before
    took = time.perf_counter() - began
    print(f"{len(found.units):,} units x {len(found.points)} months: {took:.1f} s, {spent:.1f} s CPU")
    print(f"{found.changed:,} changed, {found.unknown:,} cannot be said")
    compare(found.units, published(options.folder))


if __name__ == "__main__":
    main()
