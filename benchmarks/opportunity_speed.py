"""How long does the opportunity of every measure take? 60 measures of 6,500 practices, 500 draws each; the bar is 30 s.

    python benchmarks/opportunity_speed.py [--measures 60] [--practices 6500] [--draws 500]

Half of the measures are counts, half shares; one in three clusters, one in six differs by chance alone. Prints wall
and CPU seconds, for all and for the slowest.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from evenhand.see import opportunity

BAR = 30.0  # seconds, of the issue that asked for it


def main() -> None:
    """Make the measures (not timed), value each, print the times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measures", type=int, default=60)
    parser.add_argument("--practices", type=int, default=6500)
    parser.add_argument("--draws", type=int, default=500)
    options = parser.parse_args()
    units = [f"{i:06d}" for i in range(options.practices)]
    wall, cpu = [], []
    for measure in range(options.measures):
        rng = np.random.default_rng(measure)
        size = np.round(np.exp(rng.normal(rng.uniform(3, 6), 0.7, len(units)))) + 5
        truth = np.clip(0.3 + (0.06 if measure % 6 else 0.0) * rng.standard_normal(len(units)), 0.01, 0.99)
        if measure % 2:
            top = rng.binomial(size.astype(int), truth)
        else:
            top = rng.poisson(rng.gamma(size * truth / 0.5, 0.5) if measure % 3 == 0 else size * truth)
        family = "binomial" if measure % 2 else "poisson"
        begun = time.perf_counter(), time.process_time()
        opportunity(units, top, size, draws=options.draws, rng=rng, family=family)
        wall.append(time.perf_counter() - begun[0])
        cpu.append(time.process_time() - begun[1])
    print(f"{options.measures} measures of {options.practices:,} practices, {options.draws} draws: "
          f"{sum(wall):.1f} s ({sum(cpu):.1f} s of CPU), the slowest {max(wall):.2f} s ({max(cpu):.2f} s); "
          f"bar for 60 of 6,500: {BAR:g} s")  # fmt: skip


if __name__ == "__main__":
    main()
