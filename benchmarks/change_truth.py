"""How well does change detection see? Planted falls with a known month and size, and series in which nothing happens.

Run: python benchmarks/change_truth.py [--runs N --seed S]. 65 months, as in the desogestrel data; the noise is that
seen there about the fitted lines (standard deviation 0.03, 0.05, 0.08 and 0.12 are its 5th, 25th, 50th and 75th
percentile over practices, and neighbouring months are unrelated: lag-1 correlation -0.14 to 0.10 between quartiles).
Prints shares with their Monte-Carlo error (one standard error). The suite runs the same promises at a small size.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from numpy.typing import NDArray

from evenhand.prove import changes
from evenhand.records import Changes

MONTHS = np.arange("2010-08", "2016-01", dtype="datetime64[M]").astype("datetime64[D]")  # 65
NOISE = (0.03, 0.05, 0.08, 0.12)
FALLS = (0.1, 0.2, 0.4)
OVER = {"step": 1, "6 months": 6, "24 months": 24}
NEAR = 3  # months: the start counts as right within them

Floats = NDArray[np.float64]


def noise(rng: np.random.Generator, runs: int, sd: float, correlation: float = 0.0) -> Floats:
    """Normal noise in which each month remembers the last by `correlation`; its spread is `sd` either way."""
    fresh = rng.normal(0, sd, (runs, len(MONTHS)))
    out = fresh.copy()
    for t in range(1, len(MONTHS)):
        out[:, t] = correlation * out[:, t - 1] + math.sqrt(1 - correlation**2) * fresh[:, t]
    return out


def detect(values: Floats, direction: str) -> Changes:
    """Each row as a unit of its own."""
    return changes([str(i) for i in range(len(values))], MONTHS, values, direction=direction)


def share(hits: int, runs: int) -> str:
    """A share in percent, with its Monte-Carlo error."""
    p = hits / runs
    return f"{100 * p:5.1f} ({100 * math.sqrt(p * (1 - p) / runs):.1f})"


def nothing(rng: np.random.Generator, runs: int) -> None:
    """How often is a change seen, either way, where there is none?"""
    print(f"\nNothing happens, {runs:,} runs: % that 'changed', either way (Monte-Carlo error)")
    print(f"{'noise':>6} {'lag-1 0':>14} {'lag-1 0.3':>14} {'lag-1 0.6':>14} {'a tenth missing':>16}")
    for sd in NOISE:
        cells = [share(detect(0.7 + noise(rng, runs, sd, r), "both").changed, runs) for r in (0.0, 0.3, 0.6)]
        holes = 0.7 + noise(rng, runs, sd)
        holes[rng.random(holes.shape) < 0.1] = np.nan
        cells.append(share(detect(holes, "both").changed, runs))
        print(f"{sd:6.2f} " + " ".join(f"{cell:>14}" for cell in cells))


def planted(rng: np.random.Generator, runs: int) -> None:
    """How often is a planted fall seen, and how far off are its month and its size?"""
    print(f"\nA fall from 0.8, {runs:,} runs: found %, start within {NEAR} months % of those found, median and")
    print("90th percentile of the error in months, median of the size found over the size planted")
    print(f"{'fall':>5} {'over':>10} {'noise':>6} {'found':>12} {'near':>12} {'median':>7} {'p90':>5} {'size':>5}")
    for fall in FALLS:
        for name, over in OVER.items():
            for sd in NOISE:
                at = rng.integers(15, 46, runs)  # first month of the fall, counted from 1
                path = np.clip((np.arange(1, len(MONTHS) + 1)[None, :] - at[:, None] + 1) / over, 0, 1)
                found = detect(0.8 - fall * path + noise(rng, runs, sd), "down")
                seen = np.array([unit.changed is True for unit in found.units])
                starts = np.array([unit.start_index or 0 for unit in found.units])
                end = 0.8 - fall * path[:, -1]
                sizes = np.array([unit.size for unit in found.units]) / (0.8 - end)
                line = f"{fall:5.1f} {name:>10} {sd:6.2f} {share(int(seen.sum()), runs):>12}"
                if seen.any():
                    off = np.abs(starts - at)[seen]
                    near = share(int((off <= NEAR).sum()), len(off))
                    line += f" {near:>12} {np.median(off):7.0f} {np.percentile(off, 90):5.0f}"
                    line += f" {np.nanmedian(sizes[seen]):5.2f}"
                print(line)


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2019)
    options = parser.parse_args()
    rng = np.random.default_rng(options.seed)
    nothing(rng, options.runs)
    planted(rng, options.runs)


if __name__ == "__main__":
    main()
