"""Does DECIDE tell the truth about camps? Simulated conversations with a known truth, at full size.

Run: python benchmarks/decide_truth.py [--rounds N --seed S]. Prints each promise with PASS or FAIL, what was seen and
its Monte-Carlo error. The suite keeps the same promises at modest size (tests/library/test_decide_groups.py).
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from evenhand.decide import Participants, Votes, groups
from evenhand.decide.ballots import ballots
from evenhand.decide.gate import gate
from evenhand.decide.groups import rand
from voting import NULLS, TWO, null, two


def told(what: str, hits: int, n: int, *, least: float = 0.0, most: float = 1.0) -> bool:
    share = hits / max(n, 1)
    error = math.sqrt(max(share * (1 - share), 1 / max(n, 1)) / max(n, 1))
    held = least <= share <= most
    print(f"{'PASS' if held else 'FAIL'}  {what:<84} {share:7.2%} of {n} (Monte-Carlo error {error:.2%})", flush=True)
    return held


def nulls(rounds: int, seed: int) -> list[bool]:
    """One opinion: no camps, whatever the ways of answering."""
    kept, false = [], 0
    for kind in NULLS:
        found = 0
        for i in range(rounds):
            made = null(kind, np.random.default_rng([seed, i]), people=(120, 300, 1000)[i % 3])
            found += gate(ballots(made.votes.standing()), most=5, seed=i).groups > 1
        kept.append(told(f"one opinion, {kind.replace('_', ' ')}: split into camps (at most 5%)", found, rounds,
                         most=0.05))  # fmt: skip
        false += found
    return [*kept, told("one opinion, all kinds: split into camps (at most 5%)", false, rounds * len(NULLS), most=0.05)]


def pairs(rounds: int, seed: int) -> list[bool]:
    """Two opinions of 200 people or more each: found, placed rightly, consensus called, majorities not."""
    kept = []
    for kind in TWO:
        right = clear = placed_enough = consensus = planted = false = majority = 0
        for i in range(rounds):
            people = (800 if kind == "uneven_sizes" else 400) * (1 + i % 2)
            made = two(kind, np.random.default_rng([seed, 7, i]), people=people)
            found = groups(made.votes, seed=i)
            right += found.groups == 2
            mine = np.array([int(m.group) - 1 if m.group else -1 for m in found.members])
            true = made.group[[int(m.participant[1:]) for m in found.members]]
            placed_enough += float((mine >= 0).mean()) >= 0.85
            clear += rand(true[mine >= 0], mine[mine >= 0]) >= 0.95
            agreed = {int(s[1:]) for s in found.agreed}
            low, high = made.chance.min(axis=0), made.chance.max(axis=0)
            shared = set(np.flatnonzero(low >= 0.8).tolist())
            only = set(np.flatnonzero((high >= 0.6) & (low <= 0.4)).tolist())
            consensus, planted = consensus + len(agreed & shared), planted + len(shared)
            false, majority = false + len(agreed & only), majority + len(only)
        name = kind.replace("_", " ")
        kept += [
            told(f"two opinions, {name}: two groups found (at least 95%)", right, rounds, least=0.95),
            told(f"two opinions, {name}: adjusted Rand 0.95 or more among the placed", clear, rounds, least=0.90),
            told(f"two opinions, {name}: 85% or more placed", placed_enough, rounds, least=0.90),
            told(f"two opinions, {name}: planted consensus agreed (at least 90%)", consensus, planted, least=0.9),
            told(f"two opinions, {name}: what one group rejects called agreed (never)", false, majority, most=0.0),
        ]
    return kept


def professions(rounds: int, seed: int) -> list[bool]:
    """A profession of twenty that rejects what everyone else wants is named."""
    named = called = 0
    for i in range(rounds):
        rng = np.random.default_rng([seed, 9, i])
        said = {f"p{k}": "nurse" if k % 13 == 0 else "gp" for k in range(260)}
        rows = [(f"p{k}", f"s{j}", 1 if rng.random() < (0.1 if j == 0 and k % 13 == 0 else 0.85) else -1)
                for k in range(260) for j in range(12)]  # fmt: skip
        people = Participants(dict.fromkeys(said, ""), declared={"profession": said})
        found = groups(Votes.of(rows), people, declared=("profession",), seed=i)
        named += any(e.statement == "s0" and e.value == "nurse" for e in found.declared_exceptions)
        called += "s0" in found.agreed
    return [told("a profession that disagrees is named (always)", named, rounds, least=1.0),
            told("what it rejects is called agreed (never)", called, rounds, most=0.0)]  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20260401)
    options = parser.parse_args()
    began = time.perf_counter()
    kept = nulls(options.rounds, options.seed) + pairs(options.rounds, options.seed)
    kept += professions(options.rounds, options.seed)
    print(f"{sum(kept)} of {len(kept)} promises; {options.rounds} rounds, seed {options.seed}, "
          f"{time.perf_counter() - began:.0f} s")  # fmt: skip
    return 0 if all(kept) else 1


if __name__ == "__main__":
    sys.exit(main())
