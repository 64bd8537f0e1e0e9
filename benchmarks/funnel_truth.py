"""Is planted behaviour found again? Synthetic people who do one thing and say another, with a known truth.

    python benchmarks/funnel_truth.py [--runs 1000] [--people 600] [--spread-runs 200] [--seed 2010]

Every person truly goes so far along the funnel, truly changes or not, and says that they did or not: doers forget to
say so, others say it all the same. Their practice's measure moves if they truly changed, under month-to-month noise.
Prints, over many runs, how often the funnel's 95% intervals hold each planted share; how often the interval of
verified among reported holds the share of reporters who truly changed (the self-report gap is the rest), with large
and with small changes; and how often the 90% forecast of spread holds the adopters of six months later. The log of
events is shuffled, has repeats, and stages without the ones before them.
The suite does the same with few runs (tests/library/test_funnel_truth.py).
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass

import numpy as np

from evenhand.change import funnel, moved, spread
from evenhand.records import EngagementFunnel
from evenhand.stats.bass import hazard

MONTHS = 24  # of a practice's measure: half before, half after
AHEAD = 6  # months of the forecast
STEP = 30.4375 / 365.25  # a month in years
START = np.datetime64("2025-01-01")


@dataclass(frozen=True)
class Truth:
    """What is planted. shares: of each stage among those of the stage before, from viewed to intends; does: of those
    who intend; says: of those who do; boasts: of those who do not, and say so; size: of a true change, in sigmas."""

    shares: tuple[float, ...] = (0.62, 0.70, 0.55, 0.48)
    does: float = 0.60
    says: float = 0.90
    boasts: float = 0.45
    size: float = 4.0

    @property
    def reported(self) -> float:
        """Of those who intend, the share who say that they changed."""
        return self.does * self.says + (1 - self.does) * self.boasts

    @property
    def honest(self) -> float:
        """Of those who say that they changed, the share who did: one minus the self-report gap."""
        return self.does * self.says / self.reported


STAGES = ("reached", "viewed", "completed", "evaluated", "intends", "reported", "verified")


def measured(rng: np.random.Generator, people: int, truth: Truth) -> EngagementFunnel:
    """Play one campaign, log it untidily, and count the log."""
    depth = np.zeros(people, dtype=int)
    going = np.ones(people, dtype=bool)
    for share in truth.shares:
        going &= rng.random(people) < share
        depth += going
    does = going & (rng.random(people) < truth.does)
    says = going & (rng.random(people) < np.where(does, truth.says, truth.boasts))
    rows = [(f"p{i}", stage, int(k)) for i in range(people) for k, stage in enumerate(STAGES[: 1 + depth[i]])]
    for i in np.flatnonzero(says):
        rows.append((f"p{i}", "reported", 5))
        if _moved(rng, truth.size if does[i] else 0.0):
            rows.append((f"p{i}", "verified", 6))
    rows += [(f"p{i}", "verified", 6) for i in np.flatnonzero(~says)[:3]]  # moved without a word: no stage of theirs
    rows += [rows[i] for i in rng.integers(0, len(rows), people // 10)]
    order = rng.permutation(len(rows))
    when = np.array([START + np.timedelta64(30 * rows[i][2], "D") for i in order])
    return funnel([rows[i][0] for i in order], ["module"] * len(rows), [rows[i][1] for i in order], when)


def _moved(rng: np.random.Generator, size: float) -> bool:
    """Whether a practice's own measure shows a change of so many sigmas."""
    after = np.arange(MONTHS) >= MONTHS // 2
    values = rng.normal(50.0, 2.0, MONTHS) + 2.0 * size * after
    return moved(values, after, improves="increase").way == "better"


def held(found: EngagementFunnel, truth: Truth) -> dict[str, tuple[bool, float, float]]:
    """For each share: whether its interval holds the planted one, what was found, what was planted."""
    planted = dict(zip(STAGES[1:], (*truth.shares, truth.reported, truth.honest), strict=True))
    return {
        stage.stage: (stage.low <= planted[stage.stage] <= stage.high, stage.of_previous, planted[stage.stage])
        for stage in found.stages if stage.stage in planted
    }  # fmt: skip


def adoption(rng: np.random.Generator, doers: int, months: int) -> np.ndarray:
    """When those who truly change do so: cumulative by month, some by themselves, most after others."""
    p, q = math.exp(rng.normal(math.log(0.15), 0.4)), math.exp(rng.normal(math.log(2.0), 0.4))
    count = [0]
    for _ in range(months):
        chance = float(hazard(count[-1] / doers, p, q, STEP))
        count.append(count[-1] + int(rng.binomial(doers - count[-1], min(chance, 1.0))))
    return np.array(count)


def forecast(rng: np.random.Generator, people: int, truth: Truth, seed: int) -> bool:
    """Whether the 90% interval holds how many have truly changed six months after four tenths of them had."""
    doers = int(rng.binomial(people, math.prod(truth.shares) * truth.does))
    while True:
        count = adoption(rng, doers, 120)
        stop = int(np.argmax(count >= 0.4 * doers)) + 1
        if 5 <= stop <= 120 - AHEAD and count[stop - 1] > 0:
            break
    months = (np.datetime64("2020-01") + np.arange(121)).astype("datetime64[D]")
    found = spread(months[:stop], count[:stop], months[stop : stop + AHEAD], population=people, seed=seed)
    return bool(found.low_90[-1] <= count[stop + AHEAD - 1] <= found.high_90[-1])


def main() -> None:
    """Run and print tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--spread-runs", type=int, default=200)
    parser.add_argument("--seed", type=int, default=2010)
    asked = parser.parse_args()
    for number, size in enumerate((4.0, 1.5)):
        truth, rng, begun = Truth(size=size), np.random.default_rng([asked.seed, number]), time.process_time()
        runs = [held(measured(rng, asked.people, truth), truth) for _ in range(asked.runs)]
        print(f"changes of {size:g} sigmas, {asked.people} people, {asked.runs} runs "
              f"({time.process_time() - begun:.0f} s of processor time)")  # fmt: skip
        print(f"{'share of the stage before':28}{'planted':>9}{'found':>9}{'held':>8}")
        for stage in STAGES[1:]:
            ok, value, planted = (np.array([run[stage][i] for run in runs], dtype=float) for i in range(3))
            print(f"{stage:28}{planted[0]:9.3f}{np.nanmean(value):9.3f}{ok.mean():8.3f}")
        gap = np.array([1 - run["verified"][1] for run in runs])
        print(f"{'self-report gap (share)':28}{1 - truth.honest:9.3f}{np.nanmean(gap):9.3f}\n")
    rng, begun = np.random.default_rng([asked.seed, 9]), time.process_time()
    ok = [forecast(rng, asked.people * 2, Truth(), k + 1) for k in range(asked.spread_runs)]
    error = math.sqrt(max(np.mean(ok) * (1 - np.mean(ok)), 1e-4) / max(len(ok), 1))
    print(f"spread six months ahead: 90% interval held {np.mean(ok):.1%} of {len(ok)} (Monte-Carlo error {error:.1%}), "
          f"{time.process_time() - begun:.0f} s of processor time")  # fmt: skip


if __name__ == "__main__":
    main()
