"""Does PROVE keep its promises? Simulated waves and guardrails with a known truth, at full size.

Run: python benchmarks/proof_truth.py [--rounds N --seed S]. Prints each promise, what was seen, and the
Monte-Carlo error. The suite runs the same promises at modest size (tests/library/test_verdict.py, test_guardrail.py).
"""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

import numpy as np

from evenhand.prove import Totals, guardrail, register, trial, verdict
from evenhand.records import Guardrail, Scheme

START = np.datetime64("2025-04-01")
HELD = Guardrail("wait_within_18_weeks", "pass", 0.0, 0.001, -0.001, 0.01, "down")
SCHEME = Scheme.model_validate({
    "id": "simulated", "title": "Simulated", "pathway": "diabetes", "aim": "Simulated", "measure": "simulated",
    "level": "practice", "area": "D1", "start": "2025-04", "cluster": "pcn",
    "baseline": {"from": "2024-10", "to": "2025-03"}, "follow_up": {"from": "2025-04", "to": "2025-09"},
    "allocation": "simulated.csv", "planned_effect": -0.06, "planned_saving_pounds": 1000,
    "money": {"pounds_per_unit": 20, "price_month": "2025-09", "price_source": "simulated", "recurrent": True,
              "origin": "clinical_decision", "saving_class": "cash_releasing"},
    "guardrails": [{"measure": "wait_within_18_weeks", "level": "sicbl", "margin": 0.01, "harm": "down",
                    "treated": ["A"], "controls": ["B", "C"]}],
    "letters": {"quality": "q", "innovation": "i", "productivity": "p", "prevention": "p"},
})  # fmt: skip


def wave(rng: np.random.Generator, pcns: int, effect: float) -> dict[str, Any]:
    """Practices of uneven volume in PCNs of uneven size; the share drifts by itself; adoption varies about `effect`."""
    size = rng.integers(2, 9, pcns)
    pcn = np.repeat(np.arange(pcns), size)
    n = len(pcn)
    treated = (rng.permutation(pcns) < pcns // 2)[pcn]
    volume = np.round(np.exp(rng.normal(6, 0.8, n)) * np.exp(rng.normal(0, 0.3, pcns))[pcn]) + 20
    before = np.clip(0.5 + rng.normal(0, 0.1, n) + rng.normal(0, 0.05, pcns)[pcn], 0.03, 0.97)
    after = before - 0.02 + rng.normal(0, 0.03, n) + rng.normal(0, 0.02, pcns)[pcn] + effect * treated
    return {
        "arm": ["intervention" if t else "control" for t in treated], "clusters": [f"N{c}" for c in pcn],
        "baseline": Totals(rng.binomial(volume.astype(int), before).astype(float), volume),
        "outcome": Totals(rng.binomial(volume.astype(int), np.clip(after, 0, 1)).astype(float), volume),
    }  # fmt: skip


def waits(rng: np.random.Generator, harm: float, units: int) -> tuple[list[str], Any, Any, list[bool]]:
    """The share within 18 weeks (points) of sub-ICB locations for a year before and half a year after."""
    months = np.arange(18)
    level = rng.normal(60, 5, (units, 1)) + 3 * np.sin(months * np.pi / 6) - 0.2 * months
    table = level + rng.normal(0, 0.6, (units, 18)) + np.cumsum(rng.normal(0, 0.15, (units, 18)), axis=1)
    table[: units // 2, 12:] -= harm
    return (
        [f"U{i}" for i in range(units) for _ in months], np.tile(np.datetime64("2024-04") + months, units),
        table.ravel(), [i < units // 2 for i in range(units) for _ in months],
    )  # fmt: skip


def told(what: str, hits: int, rounds: int) -> None:
    share = hits / rounds
    error = math.sqrt(max(share * (1 - share), 1 / rounds) / rounds)
    print(f"{what:<86} {share:7.2%}  (Monte-Carlo error {error:.2%})", flush=True)


def trials(rng: np.random.Generator, rounds: int) -> None:
    for pcns in (10, 16, 32, 64):
        null = caught = held = cr1 = 0
        kept = register(SCHEME)
        for _ in range(rounds):
            drawn = wave(rng, pcns, 0.0)
            found = verdict(SCHEME, guardrails=[HELD], months_seen=6, registered=kept, **drawn)
            null += found.evidenced
            held += found.effect.low <= 0 <= found.effect.high
            plain = trial(
                drawn["arm"], drawn["baseline"].value, drawn["outcome"].value, control="control",
                clusters=drawn["clusters"],
            ).effects[0]  # fmt: skip
            cr1 += plain.low <= 0 <= plain.high
            drawn = wave(rng, pcns, -0.06)
            caught += verdict(SCHEME, guardrails=[HELD], months_seen=6, registered=kept, **drawn).evidenced
        told(f"{pcns:>3} PCNs: verdict's 95% interval (CR3) holds the truth", held, rounds)
        told(f"{pcns:>3} PCNs: `prove trial --clusters` 95% interval (CR1) holds the truth", cr1, rounds)
        told(f"{pcns:>3} PCNs: a null campaign is evidenced (guardrail held; promise <= 5%)", null, rounds)
        told(f"{pcns:>3} PCNs: a fall of 6 points is evidenced", caught, rounds)


def guardrails(rng: np.random.Generator, rounds: int) -> None:
    for units in (4, 8, 20):
        for harm in (0.0, 1.0, 2.0):
            words = [
                guardrail(*waits(rng, harm, units), start=START, margin=1.0, harm="down").verdict for _ in range(rounds)
            ]
            for word in ("pass", "inconclusive", "breach"):
                told(f"{units:>3} units, harm {harm:g} x margin: {word}", words.count(word), rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=20260401)
    options = parser.parse_args()
    began, rng = time.perf_counter(), np.random.default_rng(options.seed)
    trials(rng, options.rounds)
    guardrails(rng, options.rounds)
    print(f"{options.rounds} rounds, seed {options.seed}, {time.perf_counter() - began:.0f} s")


if __name__ == "__main__":
    main()
