"""Are the planted 42% and 87% found again? The synthetic NHS's clinicians, surveyed with non-response.

    python benchmarks/survey_truth.py [--seeds 2000] [--staff 20000] [--direct 1.0] [--finite]

Prints how often the raked 95% intervals hold what was planted, how often the unweighted ones do, and the mean of each
estimate. `--direct 1.2` lets people with a positive view answer 1.2 times as often even where the frame knows no
difference: the assumption under weighting is then broken, and the table shows by how much the figures move.
The suite does the same with few seeds (tests/library/test_survey_truth.py).
"""

from __future__ import annotations

import argparse
import math
import time
from dataclasses import dataclass

import numpy as np

from evenhand.listen import Design, GroupEstimate, estimate
from evenhand.synthetic.calendar import calendar
from evenhand.synthetic.clinicians import NOT_POSITIVE, UNAWARE, Clinicians, clinicians
from evenhand.synthetic.organisations import Nation, nation


@dataclass(frozen=True)
class Found:
    """The two figures, raked and unweighted."""

    unaware: GroupEstimate
    not_positive: GroupEstimate
    unaware_plain: GroupEstimate
    not_positive_plain: GroupEstimate


def found(world: Nation, people: Clinicians, responded: np.ndarray, *, finite: bool = False) -> Found:
    """Survey the frame and rake those who answered to what it knows; finite: the interval knows how many that is of."""
    count = len(people.person)
    size = np.full(count, float(count)) if finite else None
    rake = {"profession": people.profession_names(), "region": people.regions(world),
            "network": np.where(people.network, "yes", "no").tolist()}  # fmt: skip
    design = Design(count, responded=responded, rake=rake, population_size=size)
    unaware = np.where(responded, (~people.aware).astype(float), np.nan)
    asked = responded & people.aware
    not_positive = np.where(asked, (~people.positive).astype(float), np.nan)
    first = estimate(unaware, design, share=True)
    second = estimate(not_positive, design, share=True, among=people.aware)
    return Found(first.group(), second.group(), first.unweighted[0], second.unweighted[0])


def world_of(seed: int) -> Nation:
    """A small synthetic NHS."""
    return nation(64, calendar(15), seed)


def answered(people: Clinicians, seed: int, direct: float) -> np.ndarray:
    """Who responded; with `direct` above 1 some of the others with a positive view, too."""
    if direct == 1:
        return people.responded
    extra = np.random.default_rng(seed).random(len(people.person)) < people.responded.mean() * (direct - 1)
    return people.responded | (people.positive & extra)


def main() -> None:
    """Run the seeds and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2000)
    parser.add_argument("--staff", type=int, default=20_000)
    parser.add_argument("--direct", type=float, default=1.0)
    parser.add_argument("--finite", action="store_true", help="with the finite population correction")
    options = parser.parse_args()
    start, world, runs = time.process_time(), world_of(1), []
    for seed in range(options.seeds):
        people = clinicians(world, seed, options.staff)
        runs.append(found(world, people, answered(people, seed, options.direct), finite=options.finite))
    print(f"{options.seeds} frames of {options.staff:,}; {time.process_time() - start:.0f} s of processor time")
    print(f"{'figure':14}{'planted':>9}{'raked':>8}{'held':>7}{'se':>7}{'unweighted':>12}{'held':>7}")
    for name, truth in (("unaware", UNAWARE), ("not_positive", NOT_POSITIVE)):
        raked, plain = [getattr(r, name) for r in runs], [getattr(r, f"{name}_plain") for r in runs]
        held, plain_held = (float(np.mean([e.low <= truth <= e.high for e in es])) for es in (raked, plain))
        se = math.sqrt(held * (1 - held) / options.seeds)
        print(f"{name:14}{truth:9.3f}{np.mean([e.estimate for e in raked]):8.4f}{held:7.3f}{se:7.3f}"
              f"{np.mean([e.estimate for e in plain]):12.4f}{plain_held:7.3f}")  # fmt: skip


if __name__ == "__main__":
    main()
