"""Is what the synthetic NHS plants found again? Its campaigns over many seeds, judged as PROVE judges them.

Run: python benchmarks/synthetic_truth.py [--seeds N --practices N]. Prints how often each campaign was found, how often
its interval held the truth, and what its guardrail said. The suite does the same with few seeds
(tests/library/test_synthetic_truth.py).
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict

import numpy as np
from numpy.typing import NDArray

from evenhand.prove import guardrail, trial
from evenhand.synthetic import waits
from evenhand.synthetic.calendar import calendar
from evenhand.synthetic.campaigns import CONTROL, Campaign, campaigns
from evenhand.synthetic.decisions import Decision, decisions
from evenhand.synthetic.medicines import Medicines, medicines
from evenhand.synthetic.organisations import Nation, nation
from evenhand.synthetic.prescribing import blocks, habits, month

Floats = NDArray[np.float64]
WHEN = calendar(30)
CONTROL_ICB = 3


def items(
    world: Nation, stock: Medicines, choices: tuple[Decision, ...], window: slice, seed: int
) -> dict[str, Floats]:
    """Costlier and all items of each choice, each practice: (2, P)."""
    members = {choice.choice.family: np.isin(np.arange(len(stock.codes)), stock.members[choice.choice.family])
               for choice in choices}  # fmt: skip
    counted = {family: np.zeros((2, len(world.practices))) for family in members}
    for block in blocks(len(world.practices)):
        usual = habits(world, stock, seed, block)
        for t in range(*window.indices(len(WHEN.months))):
            rows = month(world, stock, WHEN, choices, usual, t, seed, block)
            for family, mine in members.items():
                for side, keep in enumerate((mine & stock.costly, mine)):
                    here = keep[rows.medicine]
                    counted[family][side] += np.bincount(rows.practice[here], rows.items[here], len(world.practices))
    return counted


def waiting(world: Nation, runs: tuple[Campaign, ...], seed: int) -> Floats:
    """The published share within 18 weeks (S, T)."""
    true = waits.true_share(world, WHEN, runs, seed)
    within, every = np.zeros(true.shape), np.zeros(true.shape)
    part = waits.PARTS.index("Part_2")
    for t in range(true.shape[1]):
        here = waits.month(world, WHEN, true, t, seed)
        english = here.sicbl >= 0
        within[:, t] = np.bincount(here.sicbl[english], here.bands[part, english, :18].sum(axis=1))
        every[:, t] = np.bincount(here.sicbl[english], here.total[part, english])
    return within / every


def main() -> None:
    """Judge every campaign of every seed and print the tally."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=24)
    parser.add_argument("--practices", type=int, default=256)
    options = parser.parse_args()
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    for seed in range(1, options.seeds + 1):
        world = nation(options.practices, WHEN, seed)
        stock, runs = medicines(WHEN.months, seed), campaigns(world, seed)
        choices = decisions(world, WHEN, runs, seed)
        before, after = (items(world, stock, choices, w, seed) for w in (WHEN.baseline, WHEN.follow_up))
        share = waiting(world, runs, seed)
        for run in runs:
            judge(tally[run.plan.scheme], world, run, choices, before, after, share)
    for scheme, seen in tally.items():
        print(f"{scheme}: of {options.seeds} " + ", ".join(f"{what} {count}" for what, count in sorted(seen.items())))


def judge(
    seen: Counter[str], world: Nation, run: Campaign, choices: tuple[Decision, ...],
    before: dict[str, Floats], after: dict[str, Floats], share: Floats,
) -> None:  # fmt: skip
    """Add what was found of one campaign to its tally."""
    family, rows = run.plan.family, np.flatnonzero(run.taking_part)
    with np.errstate(invalid="ignore"):
        old, new = (side[family][0] / side[family][1] for side in (before, after))
    volume = after[family][1]
    effect = trial(
        list(run.allocation.arm), old[rows], new[rows], control=CONTROL, clusters=list(run.allocation.cluster),
        weights=volume[rows], errors="CR3",
    ).effects[0]  # fmt: skip
    decision = next(choice for choice in choices if choice.choice.family == family)
    moved = (decision.share - decision.untouched)[:, WHEN.follow_up].mean(axis=1)
    true = float(np.average(moved[run.treated], weights=volume[run.treated]))
    seen["found"] += effect.p < 0.05
    seen["interval held the truth"] += effect.low <= true <= effect.high
    units = [s for s in range(len(world.sicbls)) if world.icb_of_sicbl[s] in (run.plan.icb, CONTROL_ICB)]
    verdict = guardrail(
        [world.sicbls[s] for s in units for _ in WHEN.months], np.tile(WHEN.months, len(units)), share[units].ravel(),
        [bool(world.icb_of_sicbl[s] == run.plan.icb) for s in units for _ in WHEN.months],
        start=WHEN.months[WHEN.start], margin=0.01, harm="down",
    )  # fmt: skip
    seen[f"guardrail {verdict.verdict}"] += 1


if __name__ == "__main__":
    main()
