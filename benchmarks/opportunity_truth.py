"""Is the opportunity right? Units with known true levels, noise 0.3, 0.8 and 1.5 of their spread, skewed or not.

    python benchmarks/opportunity_truth.py [--units 1000] [--seeds 20]

Prints, for each setting, the mean of (found / true) with its standard error, how many 90% intervals hold the truth,
and the same ratio of the naive sum of clipped gaps. METHODS B.5 asks for 3% on average and 16 of 20. The figures of
the last run stand in docs/explanation/how-an-opportunity-is-counted.md.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from evenhand.see import opportunity

MEAN, SPREAD, COST = 0.3, 0.06, 10.0


def levels(shape: str, count: int, rng: np.random.Generator) -> np.ndarray:
    """True levels with mean 0.3 and deviation 0.06; skewness 0, 1.5 or -1.5."""
    if shape == "normal":
        away = rng.standard_normal(count)
    elif shape == "none":
        away = np.zeros(count)
    else:
        k = 4 / 1.5**2  # a gamma's skewness is 2 / sqrt(k)
        away = (1 if shape == "right" else -1) * (rng.gamma(k, 1, count) - k) / np.sqrt(k)
    return np.clip(MEAN + SPREAD * away, 0.001, 0.999)


def run(shape: str, family: str, noise: float, units: int, seed: int) -> tuple[float, float, bool]:
    """found / true, naive / true and whether the interval holds the truth; of the total if nothing was planted."""
    rng = np.random.default_rng(seed)
    truth = levels(shape, units, rng)
    variance = MEAN * (1 - MEAN) if family == "binomial" else MEAN
    size = np.round(variance / (noise * SPREAD) ** 2 * np.exp(0.5 * rng.standard_normal(units)))
    size = np.maximum(size, 5)
    top = rng.binomial(size.astype(int), truth) if family == "binomial" else rng.poisson(size * truth)
    found = opportunity([str(i) for i in range(units)], top, size, unit_cost=COST, rng=rng, family=family)
    worth = float(np.sum(np.maximum(0, truth - np.quantile(truth, 0.25)) * size) * COST) or float(top.sum()) * COST
    return found.total.value / worth, found.naive / worth, found.total.low <= worth <= found.total.high


def main() -> None:
    """Run every setting and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args()
    print(f"{options.units} units, {options.seeds} seeds each")
    print(f"{'truth':8}{'family':10}{'noise':>6}{'found/true':>12}{'se':>7}{'held':>8}{'naive':>7}{'seconds':>9}")
    for shape in ("normal", "right", "left", "none"):
        for family in ("binomial", "poisson"):
            for noise in (0.3, 0.8, 1.5):
                start = time.perf_counter()
                found = np.array([run(shape, family, noise, options.units, seed) for seed in range(options.seeds)])
                each = (time.perf_counter() - start) / options.seeds
                ratio, naive = found[:, 0], found[:, 1].mean()
                held = "-" if shape == "none" else f"{int(found[:, 2].sum())}/{options.seeds}"
                print(f"{shape:8}{family:10}{noise:6.1f}{ratio.mean():12.3f}{ratio.std() / len(ratio) ** 0.5:7.3f}"
                      f"{held:>8}{naive:7.2f}{each:9.1f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
