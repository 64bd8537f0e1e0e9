"""Does a synthetic control keep its promises? Simulated places with a known truth.

Run: python benchmarks/synthetic_control_truth.py [--runs N --seed S]. For each design: how often the 90% interval holds
the planted effect (87 to 93% asked), how often p <= 0.1 where nothing was done (8 to 12% asked), both again among the
runs that were not called indicative, the error of the estimate, and the Monte-Carlo error of the shares.
"""

from __future__ import annotations

import argparse
import math
import resource
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from evenhand.prove import SyntheticControl, synthetic_control

Floats = NDArray[np.float64]
FIRST = np.datetime64("2015-01", "M")


def places(rng: np.random.Generator, units: int, months: int, *, noise: float = 1.0, memory: float = 0.5) -> Floats:
    """Units by months: three common movements (two walks and a season) of own strength, own level, noise with memory
    whose size differs between places, as it does between large and small ones."""
    season = 2 * np.sin(np.arange(months) * np.pi / 6)
    common = np.vstack([np.cumsum(rng.normal(0, 0.5, (2, months)), axis=1), season])
    own = noise * np.exp(rng.normal(0, 0.3, units))
    table = 50 + rng.normal(0, 3, (units, 1)) + rng.uniform(0, 1, (units, 3)) @ common
    wave = rng.normal(0, own)
    for month in range(months):
        table[:, month] += wave
        wave = memory * wave + rng.normal(0, own * math.sqrt(1 - memory**2))
    return table


def any_of_them(table: Floats, before: int) -> Floats:
    """The treated is any of the places: what the test assumes. They are drawn alike, so the first will do."""
    return table


def the_highest(table: Floats, before: int) -> Floats:
    """The treated is the place that stood highest before: how schemes are often placed."""
    order = np.argsort(-table[:, :before].mean(axis=1))
    return table[order]


def the_risen(table: Floats, before: int) -> Floats:
    """The treated is the place that had risen most over its last half year: it will fall by itself."""
    order = np.argsort(-(table[:, before - 6 : before].mean(axis=1) - table[:, : before - 6].mean(axis=1)))
    return table[order]


DESIGNS: tuple[tuple[str, int, int, int, float, float, Callable[[Floats, int], Floats]], ...] = (
    ("40 places, 60 + 12 months", 40, 60, 12, 0.0, 0.5, any_of_them),
    ("40 places, 60 + 12 months, effect 2", 40, 60, 12, 2.0, 0.5, any_of_them),
    ("20 places, 60 + 12 months", 20, 60, 12, 0.0, 0.5, any_of_them),
    ("20 places, 60 + 12 months, effect 2", 20, 60, 12, 2.0, 0.5, any_of_them),
    ("40 places, 24 + 6 months", 40, 24, 6, 0.0, 0.5, any_of_them),
    ("40 places, 60 + 12 months, long memory (0.9)", 40, 60, 12, 0.0, 0.9, any_of_them),
    ("15 places, 60 + 12 months", 15, 60, 12, 0.0, 0.5, any_of_them),
    ("40 places, 60 + 12, treated the highest", 40, 60, 12, 0.0, 0.5, the_highest),
    ("40 places, 60 + 12, treated the one that rose", 40, 60, 12, 0.0, 0.5, the_risen),
)


def judged(table: Floats, before: int) -> SyntheticControl:
    units, months = table.shape
    return synthetic_control(
        [f"U{i:02d}" for i in range(units) for _ in range(months)], np.tile(FIRST + np.arange(months), units),
        table.ravel(), "U00", start=(FIRST + before).astype("datetime64[D]"),
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2026)
    options = parser.parse_args()
    error = math.sqrt(0.1 * 0.9 / options.runs)
    print(f"{options.runs} runs a design; Monte-Carlo error of a share of 10%: {error:.1%}")
    print(f"{'design':<46} {'covers':>7} {'p<=.1':>7} {'indic.':>7} {'covers*':>8} {'p<=.1*':>7} {'bias':>6} {'sd':>5} "
          "(* not indicative)")  # fmt: skip
    for what, units, before, after, effect, memory, order in DESIGNS:
        rng = np.random.default_rng(options.seed)
        seen = []
        for _ in range(options.runs):
            table = order(places(rng, units, before + after, memory=memory), before)
            table[0, before:] += effect
            found = judged(table, before)
            held = not (found.effect.low > effect or found.effect.high < effect)
            seen.append((held, found.p <= 0.1, found.indicative, found.effect.value))
        held, low, guide, value = (np.array(column) for column in zip(*seen, strict=True))
        firm = ~guide
        print(f"{what:<46} {held.mean():7.1%} {low.mean():7.1%} {guide.mean():7.1%} {_share(held[firm]):>8} "
              f"{_share(low[firm]):>7} {value.mean() - effect:6.2f} {value.std():5.2f}", flush=True)  # fmt: skip
    print(f"CPU {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.0f} s")


def _share(hits: NDArray[np.bool_]) -> str:
    return f"{hits.mean():.1%}" if len(hits) else "-"


if __name__ == "__main__":
    main()
