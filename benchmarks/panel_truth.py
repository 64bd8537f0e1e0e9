"""Does `prove panel` keep its promises? Staggered adoption with a known truth.

Run: python benchmarks/panel_truth.py [--runs 2000 --seed 20260501 --clusters 20,40,200]. Prints for every design how
often the 90% interval holds the truth (promise: 87-93%), how often a placebo is found at 10% (promise: 8-12%), the same
for the test of trends before the start, and how far plain two-way fixed effects lie off, each with its Monte-Carlo
error.

The truth: 36 months, three waves of starters (months 12, 18 and 24) and two fifths never; the effect grows for eight
months, is 1.5 times as large in the first wave and 0.6 times in the last, and varies between clusters by 30%; errors
AR(1) with 0.5; levels differ by wave, and all months share a season and a drift. Units are the clusters; in one design
five units lie in each and share part of their errors; in the last, four fifths are never treated, four clusters are.
"""

from __future__ import annotations

import argparse
import math
import time
from collections import defaultdict
from typing import Any

import numpy as np

from evenhand.prove import panel

MONTHS, WAVES, NEVER = 36, (12.0, 18.0, 24.0), 0.4
SIZE = {12.0: 1.5, 18.0: 1.0, 24.0: 0.6}


def draw(rng: np.random.Generator, clusters: int, size: int, effect: float, never: float) -> tuple[Any, ...]:
    """One panel: units, periods, values, starts, clusters; and the true mean effect over what is treated."""
    wave = np.full(clusters, np.inf)
    begun = rng.permutation(clusters)[round(never * clusters):]
    wave[begun] = np.array(WAVES)[np.arange(len(begun)) % len(WAVES)]
    cluster = np.repeat(np.arange(clusters), size)
    start, month = wave[cluster], np.arange(MONTHS)
    noise = drift(rng, len(cluster), 1.0) + (drift(rng, clusters, 0.5)[cluster] if size > 1 else 0.0)
    since = month - start[:, None]
    grown = np.where(since >= 0, 0.4 + 0.15 * np.clip(since, 0, 8), 0.0)
    mean = effect * grown * np.array([SIZE.get(s, 0.0) for s in start])[:, None]
    own = mean * (1 + 0.3 * rng.normal(size=clusters))[cluster][:, None]
    level = rng.normal(0, 3, len(cluster)) - np.isfinite(start) + 0.5 * (start == WAVES[0])
    y = level[:, None] + 0.05 * month + np.sin(month * np.pi / 6) + noise + own
    names = [f"{i:04d}" for i in range(len(cluster))]
    return (np.repeat(names, MONTHS).tolist(), np.tile(month, len(cluster)), y.ravel(), np.repeat(start, MONTHS),
            np.repeat(cluster, MONTHS).astype(str).tolist(), float(mean[since >= 0].mean()))  # fmt: skip


def drift(rng: np.random.Generator, rows: int, spread: float, rho: float = 0.5) -> Any:
    """AR(1) errors (rows, MONTHS), stationary, with innovations of this spread."""
    shocks = rng.normal(0, spread, (rows, MONTHS))
    shocks[:, 0] /= math.sqrt(1 - rho**2)
    for t in range(1, MONTHS):
        shocks[:, t] += rho * shocks[:, t - 1]
    return shocks


def design(rng: np.random.Generator, runs: int, clusters: int, size: int, never: float) -> None:
    """Both methods and the comparison, with the effect and as a placebo."""
    held: dict[str, int] = defaultdict(int)
    away: dict[str, list[float]] = defaultdict(list)
    truths = []
    for _ in range(runs):
        for effect in (1.0, 0.0):
            *given, groups, truth = draw(rng, clusters, size, effect, never)
            for method in ("did2s", "event", "twfe") if effect else ("did2s", "event"):
                found = panel(*given, clusters=groups, method=method, level=0.9)
                if effect:
                    held[f"{method}: the 90% interval holds the truth"] += found.att.low <= truth <= found.att.high
                    away[method].append(found.att.estimate - truth)
                else:
                    held[f"{method}: a placebo is found at 10%"] += found.att.p < 0.1
                    held[f"{method}: a trend before a placebo's start is found at 10%"] += found.pretrend_p < 0.1
            truths += [truth] if effect else []
    kind = f"{clusters} clusters" + (f" of {size} units" if size > 1 else "")
    kind += "" if never == NEVER else f", {never:.0%} never treated"
    for what, hits in sorted(held.items()):
        share = hits / runs
        print(f"{kind:<40} {what:<58} {share:7.2%}  (Monte-Carlo error "
              f"{math.sqrt(max(share * (1 - share), 1 / runs) / runs):.2%})")  # fmt: skip
    for method, values in away.items():
        mean, error = float(np.mean(values)), float(np.std(values) / math.sqrt(runs))
        print(f"{kind:<40} {f'{method}: bias, as a share of the truth':<58} {mean / np.mean(truths):7.1%}  "
              f"(Monte-Carlo error {error / np.mean(truths):.1%})", flush=True)  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20260501)
    parser.add_argument("--clusters", default="20,40,200", help="how many, each a design [20,40,200]")
    options = parser.parse_args()
    began = time.process_time()
    for clusters in (int(word) for word in options.clusters.split(",")):
        design(np.random.default_rng([options.seed, clusters, 1]), options.runs, clusters, 1, NEVER)
    design(np.random.default_rng([options.seed, 20, 5]), options.runs, 20, 5, NEVER)
    design(np.random.default_rng([options.seed, 20, 2]), options.runs, 20, 1, 0.8)
    print(f"{options.runs} runs a design, seed {options.seed}, {time.process_time() - began:.0f} s of one core")


if __name__ == "__main__":
    main()
