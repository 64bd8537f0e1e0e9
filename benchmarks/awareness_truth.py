"""Is the effect of an awareness campaign found again, and none where there is none?

    python benchmarks/awareness_truth.py [--campaigns 400] [--networks 40] [--people 12] [--effect 0.15] [--full]

Networks are drawn to the module or to the hold-out, their people are asked before and after (half answer), and the
effect on the repeated question is planted. Prints how often the 95% interval holds it, how often an effect is claimed,
with it and without, and what before/after would have claimed. The suite does the same with few campaigns
(tests/library/test_awareness.py).
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from bars import Bar, report

from evenhand.change import randomise
from evenhand.story.awareness import Awareness, awareness
from evenhand.synthetic.awareness import asked_twice

COVERED, CLAIMED = 0.935, 0.065  # of 95% and 5%: two Monte-Carlo errors of 1,000 campaigns, 0.7 points each


def one(seed: int, networks: int, people: int, effect: float) -> Awareness:
    """One campaign from draw to estimate."""
    drawn = randomise([f"N{i:03d}" for i in range(networks)], ["module", "held out"], seed=seed)
    arm_of = dict(zip(drawn.units, drawn.arm, strict=True))
    asked = asked_twice(arm_of, np.random.default_rng([seed, 1]), control="held out", effect=effect, people=people)
    return awareness(asked.answer, asked.wave, asked.arm, control="held out", clusters=asked.cluster,
                     first="before", last="after")  # fmt: skip


def main() -> int:
    """Run the campaigns, with the effect and without, and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--campaigns", type=int, default=400)
    parser.add_argument("--networks", type=int, default=40)
    parser.add_argument("--people", type=int, default=12)
    parser.add_argument("--effect", type=float, default=0.15)
    parser.add_argument("--full", action="store_true", help="1,000 campaigns, and the bars count")
    options = parser.parse_args()
    campaigns = 1000 if options.full else options.campaigns
    start, shares = time.process_time(), {}
    for planted in (options.effect, 0.0):
        found = [one(seed, options.networks, options.people, planted) for seed in range(campaigns)]
        effects = [each.effects[0] for each in found]
        shares[planted] = (
            np.mean([e.low <= planted <= e.high for e in effects]),
            np.mean([e.low > 0 or e.high < 0 for e in effects]),
        )
        values, errors = [e.effect for e in effects], [e.se for e in effects]
        print(f"planted {planted:.2f}: held in {shares[planted][0]:.1%}, claimed in {shares[planted][1]:.1%}, mean "
              f"{np.mean(values):.4f} (sd {np.std(values):.4f}, mean standard error {np.mean(errors):.4f}); "
              f"before/after would say {np.mean([f.change for f in found]):.4f}")  # fmt: skip
    bars = [
        Bar("missed the planted effect", 1 - float(shares[options.effect][0]), 1 - COVERED, "share"),
        Bar("claimed an effect where none is", float(shares[0.0][1]), CLAIMED, "share"),
    ]
    return report(bars, options.full, campaigns=campaigns, cpu_seconds=round(time.process_time() - start, 1))


if __name__ == "__main__":
    sys.exit(main())
