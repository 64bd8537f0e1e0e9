"""Does an interrupted series keep its promises? Simulated series with a known step and bend, at full size.

Run: python benchmarks/series_truth.py [--runs N --seed S --only WORD]. For each design: how often the 90% intervals of
level, slope and the cumulative effect hold the truth (promise: 87 to 93%), plain REML and Newey-West beside them; and
how often a placebo start is called a change at 10% (promise: 8 to 12%), each with its Monte-Carlo error. The suite runs
the same promises at modest size (tests/library/test_series.py).
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from evenhand.prove.segmented import columns, untreated
from evenhand.prove.series_fit import fit
from evenhand.prove.series_window import window

Floats = NDArray[np.float64]
CONFIDENCE = 0.9
FIRST = np.datetime64("2019-01")


@dataclass(frozen=True)
class Design:
    """n months, of which `before` before the start; noise AR(1) of strength phi; kind: gaussian, rate or log.

    rate: counts of about `mean` a month out of a denominator that wanders, judged as rates; log: the same, judged by
    quasi-Poisson with AR(1). `missing` is the share of months without a value.
    """

    n: int
    before: int
    phi: float
    season: str
    kind: str
    mean: float = 0.0
    missing: float = 0.0

    def __str__(self) -> str:
        counted = f" about {self.mean:g}" if self.mean else ""
        gaps = f", {self.missing:.0%} missing" if self.missing else ""
        months = f"{self.before} + {self.n - self.before}"
        return f"{months}, phi {self.phi:g}, season {self.season}, {self.kind}{counted}{gaps}"


GAUSSIAN = [
    Design(n, before, phi, season, "gaussian")
    for n, before in ((60, 36), (60, 54), (96, 72))
    for season in ("none", "month")
    for phi in (0.0, 0.3, 0.6)
]
COUNTED = [
    Design(72, 48, phi, season, kind, mean)
    for kind in ("rate", "log")
    for mean, season in ((30.0, "none"), (1000.0, "none"), (1000.0, "month"))
    for phi in (0.0, 0.3, 0.6)
]
OTHERS = [
    Design(72, 48, 0.6, "harmonic", "gaussian"), Design(72, 48, 0.6, "none", "gaussian", missing=0.1),
    Design(60, 36, 0.8, "none", "gaussian"), Design(60, 36, 0.8, "month", "gaussian"),
]  # fmt: skip


def noise(rng: np.random.Generator, n: int, phi: float) -> Floats:
    """AR(1) with variance 1, from its own long run."""
    out = rng.normal(size=n)
    for i in range(1, n):
        out[i] = phi * out[i - 1] + math.sqrt(1 - phi**2) * out[i]
    return out


def drawn(rng: np.random.Generator, d: Design, step: float, bend: float) -> tuple[Floats, Floats | None]:
    """Values and denominators of one series; step and bend are in units of the noise's spread (of 5% for counts)."""
    t = np.arange(d.n)
    after = t >= d.before
    wave = 2 * np.sin(2 * np.pi * t / 12) + np.cos(4 * np.pi * t / 12) if d.season != "none" else np.zeros(d.n)
    line = 0.02 * t + wave + after * (step + bend * (t - d.before))
    u = noise(rng, d.n, d.phi)
    if d.kind == "gaussian":
        return 10 + line + u, None
    below = np.round(10_000 * (1 + 0.002 * t) * np.exp(rng.normal(0, 0.05, d.n)))
    share = (1 + 0.05 * line) * (1 + 0.05 * u) if d.kind == "rate" else np.exp(0.05 * (line + u) - 0.00125)
    return rng.poisson(d.mean * share * below / 10_000).astype(float), below


def truths(d: Design, step: float, bend: float, shift: Floats) -> Floats:
    """Level, slope and cumulative effect in the unit that the model answers in."""
    scale = {"gaussian": 1.0, "rate": 0.05 * d.mean / 10_000, "log": 0.05}[d.kind]
    return np.array([step, bend, shift @ np.array([step, bend])]) * scale


def tally(rng: np.random.Generator, d: Design, runs: int) -> dict[str, Floats]:
    """Shares (3,) of runs in which level, slope and cumulative effect were held, and in which a placebo was not."""
    days = (FIRST + np.arange(d.n)).astype("datetime64[D]")
    held = {name: np.zeros(3) for name in ("held", "plain", "newey-west", "placebo")}
    for _ in range(runs):
        for step, bend in ((1.5, -0.05), (0.0, 0.0)):
            values, below = drawn(rng, d, step, bend)
            if d.missing:
                values[rng.random(d.n) < d.missing] = np.nan
            seen = window(days, values, days[d.before], below, None, per_day=False)
            X, names = columns(seen.at, seen.first_after, season=d.season, months=seen.months, year=12.0, harmonics=2)
            C = np.eye(len(names))[[2, 3, 3]]
            C[2] = (X - untreated(X)).sum(axis=0)
            truth = truths(d, step, bend, C[2, 2:4])
            family = "quasipoisson" if d.kind == "log" else "gaussian"
            found = fit(seen, X, names, errors="ar1", family=family, lags=None).fitted
            kept = found.ask(C, CONFIDENCE)
            if step == 0:
                held["placebo"] += kept.p < 1 - CONFIDENCE
                continue
            held["held"] += (kept.low <= truth) & (truth <= kept.high)
            plain = found.plain(C, CONFIDENCE)
            held["plain"] += (plain.low <= truth) & (truth <= plain.high)
            other = fit(seen, X, names, errors="newey-west", family=family, lags=None).fitted.plain(C, CONFIDENCE)
            held["newey-west"] += (other.low <= truth) & (truth <= other.high)
    return {name: hits / runs for name, hits in held.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20260401)
    parser.add_argument("--only", default="", help="designs whose words hold this")
    options = parser.parse_args()
    began = time.process_time()
    error = math.sqrt(0.9 * 0.1 / options.runs)
    print(f"level, slope, cumulative; {options.runs} runs a design, seed {options.seed}, "
          f"Monte-Carlo error {error:.1%}")  # fmt: skip
    outside = 0
    for place, design in enumerate([*GAUSSIAN, *COUNTED, *OTHERS]):
        if options.only not in str(design):
            continue
        seen = tally(np.random.default_rng([options.seed, place]), design, options.runs)
        told = "  ".join(f"{name} {' '.join(f'{100 * v:5.1f}' for v in shares)}" for name, shares in seen.items())
        low, high = 0.87 - 2 * error, 0.93 + 2 * error
        wrong = np.any((seen["held"] < low) | (seen["held"] > high))
        outside += bool(wrong) and design.phi <= 0.6
        print(f"{design!s:<58} {told}{'  <- outside' if wrong else ''}", flush=True)
    print(f"{outside} designs with phi up to 0.6 lie outside 87 to 93% by more than chance; "
          f"{time.process_time() - began:.0f} s of CPU")  # fmt: skip


if __name__ == "__main__":
    main()
