"""Does a forecast of spread hold what comes as often as it says? Simulated campaigns with a known truth.

Run: python benchmarks/spread_truth.py [--runs N --seed S]. Each run draws a campaign (how many could adopt, how many
ever will, rates, how much adopters come in groups), counts it by month, stops early, at its height or late, and looks
six months ahead. Prints how often the 90% interval holds the truth, with the Monte-Carlo error, and how wide it was.

`--assumed N` draws N campaigns from what the model itself assumes beforehand (rates, ceiling, groups) and stops each in
a month of chance: there an interval that is worked out rightly holds the truth nine times in ten, no more and no less.
The designs above stop where a part of the true ceiling is reached, which the model is not told, and their campaigns are
more alike than it assumes: there it may hold more often.
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np

from evenhand.change.spread import spread
from evenhand.change.spread_model import PRIOR_CLUMPS, PRIOR_P, PRIOR_Q, ahead
from evenhand.stats.bass import hazard

AHEAD = 6  # months
# Where the counting stops: the first month in which this part of the ceiling has adopted.
DESIGNS = {"early (a tenth)": 0.10, "height (four tenths)": 0.40, "late (eight tenths)": 0.80}
STEP = 30.4375 / 365.25  # a month in years


def campaign(rng: np.random.Generator, months: int) -> tuple[np.ndarray, int, int]:
    """Adopters so far by month, how many could, how many ever will: a campaign of one to three years."""
    could = int(rng.choice([120, 400, 1200]))
    ceiling = int(could * rng.uniform(0.2, 1.0))
    p, q = math.exp(rng.normal(math.log(0.12), 0.6)), math.exp(rng.normal(math.log(2.0), 0.5))
    alike = math.exp(rng.normal(math.log(0.5), 1.0))
    count = [0]
    for _ in range(months):
        left = ceiling - count[-1]
        chance = float(hazard(count[-1] / ceiling, p, q, STEP))
        if left <= 0:
            count.append(count[-1])
            continue
        size = 1 / min(max(alike / max(left - 1, 1), 1e-9), 0.95) - 1
        share = rng.beta(max(chance * size, 1e-9), max((1 - chance) * size, 1e-9))
        count.append(count[-1] + int(rng.binomial(left, share)))
    return np.array(count), could, ceiling


def assumed(rng: np.random.Generator, seed: int) -> tuple[bool, bool]:
    """A campaign out of the model's own assumptions, stopped in a month of chance: whether the 90% intervals held the
    count six months ahead and the ceiling."""
    (p0, wide_p), (q0, wide_q), (c0, wide_c) = PRIOR_P, PRIOR_Q, PRIOR_CLUMPS
    while True:
        could = int(rng.choice([120, 400, 1200]))
        ceiling = could * rng.uniform()
        p, q = math.exp(rng.normal(math.log(p0), wide_p)), math.exp(rng.normal(math.log(q0), wide_q))
        clumps = 1 + math.exp(rng.normal(math.log(c0), wide_c))
        months = int(rng.integers(5, 49))
        count = np.concatenate([[0.0], ahead(
            rng, np.array([p]), np.array([q]), np.array([ceiling]), np.array([clumps]), 0.0,
            np.full(months + AHEAD, STEP), float(could))[0]]).astype(np.int64)  # fmt: skip
        if count[months] > 0:  # nobody yet: nothing is fitted
            break
    days = (np.datetime64("2020-01") + np.arange(months + AHEAD + 1)).astype("datetime64[D]")
    found = spread(days[: months + 1], count[: months + 1], days[months + 1 :], population=could, seed=seed)
    return (bool(found.low_90[-1] <= count[-1] <= found.high_90[-1]),
            found.ceiling.low_90 <= ceiling <= found.ceiling.high_90)  # fmt: skip


def one(rng: np.random.Generator, part: float, seed: int) -> tuple[bool, bool, float, bool]:
    """Whether the interval held the count six months ahead and the ceiling, its width over all who could, and whether
    the ceiling was called told."""
    while True:
        count, could, ceiling = campaign(rng, 120)
        reached = np.flatnonzero(count >= part * ceiling)
        if len(reached) and 4 <= reached[0] + 1 <= 120 - AHEAD and count[reached[0]] > 0:
            break
    stop = int(reached[0]) + 1
    months = (np.datetime64("2020-01") + np.arange(120)).astype("datetime64[D]")
    found = spread(months[:stop], count[:stop], months[stop : stop + AHEAD], population=could, seed=seed)
    truth = count[stop + AHEAD - 1]
    return (
        bool(found.low_90[-1] <= truth <= found.high_90[-1]),
        found.ceiling.low_90 <= ceiling <= found.ceiling.high_90,
        float(found.high_90[-1] - found.low_90[-1]) / could, found.told["ceiling"] == "told",
    )  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=2010)
    parser.add_argument("--assumed", type=int, default=0, metavar="N", help="N campaigns as assumed, and nothing else")
    asked = parser.parse_args()
    if asked.assumed:
        rng, begun = np.random.default_rng([asked.seed, 9]), time.process_time()
        held = np.array([assumed(rng, k + 1) for k in range(asked.assumed)], dtype=float).mean(axis=0)
        print(f"as assumed, stopped in a month of chance: forecast held {held[0]:6.1%}  ceiling held {held[1]:6.1%}  "
              f"(Monte-Carlo error {math.sqrt(0.09 / asked.assumed):.1%} of {asked.assumed} runs)  "
              f"{(time.process_time() - begun) / asked.assumed:.2f} s a run")  # fmt: skip
        return
    for number, (name, part) in enumerate(DESIGNS.items()):
        rng = np.random.default_rng([asked.seed, number])
        begun = time.process_time()
        rows = np.array([one(rng, part, k + 1) for k in range(asked.runs)], dtype=float)
        held, ceiling, width, told = rows.mean(axis=0)
        print(f"{name:<22} forecast held {held:6.1%}  ceiling held {ceiling:6.1%}  "
              f"(Monte-Carlo error {math.sqrt(max(held * (1 - held), 1e-4) / asked.runs):.1%})  "
              f"width {width:5.1%} of all who could  ceiling told {told:5.1%}  "
              f"{(time.process_time() - begun) / asked.runs:.2f} s a run", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
