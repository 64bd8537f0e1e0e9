"""Is the opportunity right? Units of known level, noise 0.3, 0.8 and 1.5 of their spread, also where the model errs.

    python benchmarks/opportunity_truth.py [--units 1000] [--seeds 20] [--first-seed 0] [--shapes normal ...]
                                           [--families ...] [--beyond]

Every set of units is written to a file and asked of `evenhand see opportunity`. Prints, for each setting, the mean of
(found / true) with its standard error, how many 90% intervals hold the truth, and the same ratio of the naive sum of
clipped gaps. METHODS B.5 asks for 3% on average and 16 of 20. The figures of the last run stand in
docs/explanation/how-an-opportunity-is-counted.md.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from evenhand.cli.main import main as evenhand

Floats = NDArray[np.float64]
MEAN, SPREAD, COST = 0.3, 0.06, 10.0
NOISES = (0.3, 0.8, 1.5)
FAMILIES = ("binomial", "poisson")
MONTHS = 12
MIXED = 0.06  # what a deviation of case-mix adds to a unit's level: as much as units truly differ


@dataclass(frozen=True)
class Shape:
    """What is planted. skew: of true levels; small: how much more small units truly differ (a power of the size);
    with_size, mixed: correlation of level, or of case-mix that is given, with the logarithm of the size; clustered:
    times chance's variance; stray: noise that no size lessens, as a share of the level; months: rows a unit."""

    skew: float = 0.0
    spread: float = SPREAD
    with_size: float = 0.0
    mixed: float | None = None
    clustered: float = 1.0
    months: int = 1
    stray: float = 0.0
    small: float = 0.0


SHAPES = {
    "normal": Shape(),
    "right": Shape(skew=1.5),
    "left": Shape(skew=-1.5),
    "with size": Shape(with_size=0.5),
    "case mix": Shape(mixed=0.5),
    "clustered": Shape(clustered=1.5),
    "monthly": Shape(clustered=1.5, months=MONTHS),
    "none": Shape(spread=0.0),
}
BEYOND = {
    "right 3": Shape(skew=3.0),
    "left 3": Shape(skew=-3.0),
    "clustered 3": Shape(clustered=3.0),
    "stray 0.1": Shape(stray=0.1),
    "small differ": Shape(small=0.25),
}


def run(shape: Shape, family: str, noise: float, units: int, seed: int) -> tuple[float, float, bool]:
    """found / true, naive / true and whether the interval holds the truth; of the total if nothing was planted."""
    rng = np.random.default_rng(seed)
    uneven = rng.standard_normal(units)
    away = _away(shape, uneven, rng)
    truth = np.clip(MEAN + shape.spread * away, 0.001, 0.999)
    variance = MEAN * (1 - MEAN) if family == "binomial" else MEAN
    size = np.round(variance / (noise * SPREAD) ** 2 * np.exp(0.5 * uneven) / shape.months)
    size = np.maximum(size, 5 if shape.months == 1 else 1)
    mix = np.zeros(units)
    if shape.mixed is not None:
        mix = shape.mixed * uneven + (1 - shape.mixed**2) ** 0.5 * rng.standard_normal(units)
    level = np.clip((truth + MIXED * mix) * _stray(shape, units, rng), 0.001, 0.999)
    counts = [_counted(shape.clustered, family, size, level, rng) for _ in range(shape.months)]
    total, held = _asked(counts, size, mix if shape.mixed is not None else None, family)
    whole = size * shape.months
    worth = float(np.sum(np.maximum(0, truth - np.quantile(truth, 0.25)) * whole) * COST)
    worth = worth or float(sum(count.sum() for count in counts)) * COST
    return total["median"] / worth, total["naive"] / worth, held(worth)


def _away(shape: Shape, uneven: Floats, rng: np.random.Generator) -> Floats:
    """True levels in deviations from their mean."""
    if shape.skew:
        k = 4 / shape.skew**2  # a gamma's skewness is 2 / sqrt(k)
        return np.asarray(np.sign(shape.skew) * (rng.gamma(k, 1, len(uneven)) - k) / np.sqrt(k))
    own = rng.standard_normal(len(uneven)) * np.exp(-0.5 * shape.small * uneven)
    return np.asarray(shape.with_size * uneven + (1 - shape.with_size**2) ** 0.5 * own)


def _stray(shape: Shape, units: int, rng: np.random.Generator) -> Floats | float:
    return rng.gamma(shape.stray**-2, shape.stray**2, units) if shape.stray else 1.0


def _counted(times: float, family: str, size: Floats, truth: Floats, rng: np.random.Generator) -> Floats:
    """Counts of plain chance, or that scatter more."""
    if times > 1 and family == "poisson":
        return rng.poisson(rng.gamma(size * truth / (times - 1), times - 1)).astype(float)
    if times > 1:
        among = np.maximum((size - times) / (times - 1), 0.05)
        return rng.binomial(size.astype(int), rng.beta(truth * among, (1 - truth) * among)).astype(float)
    drawn = rng.binomial(size.astype(int), truth) if family == "binomial" else rng.poisson(size * truth)
    return drawn.astype(float)


def _asked(
    counts: list[Floats], size: Floats, mix: Floats | None, family: str
) -> tuple[dict[str, float], Callable[[float], bool]]:
    """The command's total, and whether its interval holds a sum."""
    rows = ["unit,month,numerator,denominator,mix"]
    for month, hits in enumerate(counts):
        rows += [f"{i},2025-{month + 1:02d},{a:.0f},{size[i]:.0f},{0 if mix is None else mix[i]:.6f}"
                 for i, a in enumerate(hits)]  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "units.csv"
        path.write_text("\n".join(rows) + "\n")
        words = ["see", "opportunity", str(path), "--unit-cost", str(COST), "--family", family, "--json"]
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            assert evenhand(words + ([] if mix is None else ["--case-mix", "mix"])) == 0
    total = json.loads(out.getvalue())["total"]
    return total, lambda worth: total["low_90"] <= worth <= total["high_90"]


def main() -> None:
    """Run every setting and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--units", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=0, help="other sets than those of the table")
    parser.add_argument("--shapes", nargs="+", choices=(*SHAPES, *BEYOND), default=())
    parser.add_argument("--families", nargs="+", choices=FAMILIES, default=FAMILIES)
    parser.add_argument("--noises", nargs="+", type=float, default=NOISES)
    parser.add_argument("--beyond", action="store_true", help="what lies beyond the range that the total is right in")
    options = parser.parse_args()
    shapes = options.shapes or (BEYOND if options.beyond else SHAPES)
    print(f"{options.units} units, {options.seeds} seeds each")
    print(f"{'truth':14}{'family':10}{'noise':>6}{'found/true':>12}{'se':>7}{'held':>8}{'naive':>7}{'cpu s':>9}")
    for name in shapes:
        shape = {**SHAPES, **BEYOND}[name]
        for family in options.families:
            for noise in options.noises:
                start = time.process_time()
                found = np.array([run(shape, family, noise, options.units, options.first_seed + seed)
                                  for seed in range(options.seeds)])
                each = (time.process_time() - start) / options.seeds
                ratio, naive = found[:, 0], found[:, 1].mean()
                held = "-" if not shape.spread else f"{int(found[:, 2].sum())}/{options.seeds}"
                print(f"{name:14}{family:10}{noise:6.1f}{ratio.mean():12.3f}{ratio.std() / len(ratio) ** 0.5:7.3f}"
                      f"{held:>8}{naive:7.2f}{each:9.1f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
