"""Does a guardrail keep its promises? Simulated waits with a known harm.

Run: python benchmarks/guardrail_truth.py [--runs N --seed S --only WORDS]. The margin of each design is 2.7 errors of
its effect: a harmless scheme should then pass 90% of the time, as planning asks. Promises: harm of twice the margin
passes in at most 5%; harm of the margin itself in 10%; a harmless scheme is held (not passed) in at most 15%, and
called a breach in at most 5%.
"""

from __future__ import annotations

import argparse
import math
import resource
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from evenhand.prove import guardrail

Floats = NDArray[np.float64]
FIRST, BEFORE = np.datetime64("2023-04", "M"), 24

# units, treated, months after, memory of a month's noise, spread of noise between units, treated noisier, chosen how
DESIGNS: Mapping[str, dict[str, Any]] = {
    "20 treated of 40": {"units": 40, "treated": 20},
    "4 treated of 40": {"units": 40, "treated": 4},
    "1 treated of 40": {"units": 40, "treated": 1},
    "4 treated of 8": {"units": 8, "treated": 4},
    "2 treated of 20": {"units": 20, "treated": 2},
    "4 of 40, treated twice as noisy": {"units": 40, "treated": 4, "noisier": 2.0},
    "2 of 20, treated twice as noisy": {"units": 20, "treated": 2, "noisier": 2.0},
    "1 of 40, treated twice as noisy": {"units": 40, "treated": 1, "noisier": 2.0},
    "10 of 40, noise with long memory (0.9)": {"units": 40, "treated": 10, "memory": 0.9},
    "10 of 40, uneven units (sd 0.5 of log)": {"units": 40, "treated": 10, "uneven": 0.5},
    "4 of 42, chosen for their rise, all controls": {"units": 42, "treated": 4, "chosen": True},
    "4 of 42, chosen for their rise, 3 matched each": {"units": 42, "treated": 4, "chosen": True, "match": 3},
}


def waits(
    rng: np.random.Generator, units: int, treated: int, *, memory: float = 0.5, uneven: float = 0.0,
    noisier: float = 1.0, chosen: bool = False, match: int | None = None, after: int = 6,
) -> Floats:  # fmt: skip
    """The share within 18 weeks (points), units by months: season, national drift, own level and noise with memory."""
    months = np.arange(BEFORE + after)
    own = 0.8 * np.exp(rng.normal(0, uneven, units))
    own[:treated] *= noisier
    table = rng.normal(60, 5, (units, 1)) + 3 * np.sin(months * np.pi / 6) - 0.2 * months
    wave = rng.normal(0, own)
    for month in months:
        table[:, month] += wave
        wave = memory * wave + rng.normal(0, own * math.sqrt(1 - memory**2))
    if chosen:
        rise = table[:, BEFORE - 3 : BEFORE].mean(axis=1) - table[:, BEFORE - 12 : BEFORE - 3].mean(axis=1)
        table = table[np.argsort(-rise)]
    return table


def verdict(table: Floats, treated: int, margin: float, match: int | None) -> str:
    units, months = table.shape
    return guardrail(
        [f"U{i}" for i in range(units) for _ in range(months)], np.tile(FIRST + np.arange(months), units),
        table.ravel(), [i < treated for i in range(units) for _ in range(months)],
        start=(FIRST + BEFORE).astype("datetime64[D]"), margin=margin, harm="down", match=match,
    ).verdict  # fmt: skip


def planned_margin(rng: np.random.Generator, design: Mapping[str, Any]) -> float:
    """2.7 true errors, over 1,000 worlds: the bound takes 1.3 of them, and chance more than 1.4 one time in 12."""
    seen = []
    for _ in range(1000):
        table, treated = waits(rng, **design), design["treated"]
        change = table[:, BEFORE:].mean(axis=1) - table[:, BEFORE - 12 : BEFORE - 6].mean(axis=1)
        seen.append(change[:treated].mean() - change[treated:].mean())
    return 2.7 * float(np.std(seen))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", default="", help="designs whose name holds this")
    options = parser.parse_args()
    print(f"{options.runs} runs a design; Monte-Carlo error of 5%: {math.sqrt(0.05 * 0.95 / options.runs):.1%}, "
          f"of 15%: {math.sqrt(0.15 * 0.85 / options.runs):.1%}")  # fmt: skip
    print(f"{'design':<48} {'margin':>6} {'2x passes':>9} {'1x passes':>9} {'0 held':>7} {'0 breach':>8} "
          f"{'2x breach':>9}")  # fmt: skip
    for what, design in DESIGNS.items():
        if options.only not in what:
            continue
        rng = np.random.default_rng(options.seed)
        margin = planned_margin(rng, design)
        counts = {times: {"pass": 0, "breach": 0, "inconclusive": 0} for times in (0, 1, 2)}
        for _ in range(options.runs):
            table = waits(rng, **design)
            for times, seen in counts.items():
                harmed = table.copy()
                harmed[: design["treated"], BEFORE:] -= times * margin
                seen[verdict(harmed, design["treated"], margin, design.get("match"))] += 1
        share = {times: {word: n / options.runs for word, n in seen.items()} for times, seen in counts.items()}
        print(f"{what:<48} {margin:6.2f} {share[2]['pass']:9.1%} {share[1]['pass']:9.1%} {1 - share[0]['pass']:7.1%} "
              f"{share[0]['breach']:8.1%} {share[2]['breach']:9.1%}", flush=True)  # fmt: skip
    print(f"CPU {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} s")


if __name__ == "__main__":
    main()
