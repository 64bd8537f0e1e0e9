"""From a wave to a confirmed saving: how often is the truth confirmed, and how much of it is booked?

Run: python benchmarks/confirm_truth.py [--rounds N --seed S]. Each programme is a wave of practices in PCNs judged by
`verdict`, with one guardrail on waits judged by `guardrail`, and booked by `saving`. Prints each promise of issue D
with what was seen, its Monte-Carlo error, and PASS, FAIL or, where the error straddles the promise, NEAR.

* no effect at all: at most 5% evidenced;
* outliers chosen on noise alone, then waved with no effect: at most 5% confirmed, median GBP 0; judged before/after,
  as trackers do, nearly all would be booked;
* the effect that the design sees with 80% power, no harm: at least 70% evidenced, 60% confirmed, and the amount first
  booked (the lower 80% bound) 70-100% of what was planted, on average over those confirmed;
* the same with a breach of twice the margin: at most 5% confirmed;
* harmless programmes held back by their guardrail: at most 15%.
"""

from __future__ import annotations

import argparse
import math
import time
from typing import Any

import numpy as np
from proof_truth import SCHEME, START, waits, wave
from scipy.special import stdtrit

from evenhand.account import saving
from evenhand.prove import Totals, guardrail, register, verdict
from evenhand.records import Guardrail, Verdict

MARGIN = 1.0  # points within 18 weeks
LEARN = 200  # waves without effect from which the design's standard error is learnt, as `change power` would say it
AREAS = 20  # sub-ICB locations of the guardrail, half of them treated
CHOSEN = 0.25  # of the practices, those furthest from the middle in one half-year of pure noise


def judged(drawn: dict[str, Any], held: Guardrail) -> Verdict:
    return verdict(SCHEME, guardrails=[held], months_seen=6, registered=register(SCHEME), **drawn)


def held(rng: np.random.Generator, harm: float) -> Guardrail:
    return guardrail(*waits(rng, harm * MARGIN, AREAS), start=START, margin=MARGIN, harm="down")


def visible(rng: np.random.Generator, pcns: int) -> float:
    """The effect that is seen with 80% power at 5% two-sided, from the middle standard error of waves without any."""
    found = [judged(wave(rng, pcns, 0.0), held(rng, 0.0)).effect for _ in range(LEARN)]
    se, df = float(np.median([f.se for f in found])), float(np.median([f.df for f in found]))
    return float(stdtrit(df, 0.975) + stdtrit(df, 0.8)) * se


def outliers(rng: np.random.Generator, pcns: int) -> tuple[dict[str, Any], float]:
    """Practices that differ by chance only, the worst of them chosen and waved; and what before/after would claim."""
    size = rng.integers(4, 13, pcns)
    pcn = np.repeat(np.arange(pcns), size)
    volume = np.round(np.exp(rng.normal(5, 0.8, len(pcn)))) + 20
    first, later = (rng.binomial(volume.astype(int), 0.5).astype(float) for _ in range(2))
    chosen = first / volume >= np.quantile(first / volume, 1 - CHOSEN)
    treated = (rng.permutation(pcns) < pcns // 2)[pcn]
    claimed = float((first - later)[chosen & treated].sum()) * SCHEME.money.pounds_per_unit
    return {
        "arm": ["intervention" if t else "control" for t in treated[chosen]],
        "clusters": [f"N{c}" for c in pcn[chosen]],
        "baseline": Totals(first[chosen], volume[chosen]), "outcome": Totals(later[chosen], volume[chosen]),
    }, claimed  # fmt: skip


def planted(drawn: dict[str, Any], effect: float) -> float:
    """Pounds that were truly there to be booked."""
    mine = np.array([arm == "intervention" for arm in drawn["arm"]])
    return float(-effect * drawn["outcome"].denominator[mine].sum() * SCHEME.money.pounds_per_unit)


def share(what: str, hits: int, rounds: int, promise: str, least: float, most: float) -> None:
    seen = hits / rounds
    error = math.sqrt(max(seen * (1 - seen), 1 / rounds) / rounds)
    told(what, f"{seen:.1%} (+/- {error:.1%})", promise, seen, error, least, most)


def told(what: str, seen: str, promise: str, value: float, error: float, least: float, most: float) -> None:
    kept = least <= value <= most
    near = least - 2 * error <= value <= most + 2 * error
    print(f"{'PASS' if kept else 'NEAR' if near else 'FAIL'}  {what:<62} {seen:>18}  promise: {promise}", flush=True)


def programmes(rng: np.random.Generator, pcns: int, rounds: int) -> None:
    effect = -visible(rng, pcns)
    null = sum(judged(wave(rng, pcns, 0.0), held(rng, 0.0)).evidenced for _ in range(rounds))
    share(f"{pcns} PCNs: no effect, evidenced", null, rounds, "at most 5%", 0, 0.05)
    evidenced, booked, back, breached = 0, [], 0, 0
    for _ in range(rounds):
        drawn = wave(rng, pcns, effect)
        fine, harmed = held(rng, 0.0), held(rng, 2.0)
        found = judged(drawn, fine)
        evidenced += found.evidenced
        back += fine.verdict != "pass"
        if pence := saving(found, SCHEME).bookable_pence:
            booked.append(pence / 100 / planted(drawn, effect))
        breached += saving(judged(drawn, harmed), SCHEME).bookable_pence > 0
    size = f"{pcns} PCNs: {100 * -effect:.1f} points (80% power)"
    share(f"{size}, evidenced", evidenced, rounds, "at least 70%", 0.7, 1)
    share(f"{size}, confirmed", len(booked), rounds, "at least 60%", 0.6, 1)
    mean, error = float(np.mean(booked)), float(np.std(booked) / math.sqrt(len(booked)))
    told(f"{size}, first booked over planted", f"{mean:.1%} (+/- {error:.1%})", "70% to 100%", mean, error, 0.7, 1)
    share(f"{size}, harm twice the margin, confirmed", breached, rounds, "at most 5%", 0, 0.05)
    share(f"{pcns} PCNs: harmless, held back by the guardrail", back, rounds, "at most 15%", 0, 0.15)


def chosen_on_noise(rng: np.random.Generator, pcns: int, rounds: int) -> None:
    pounds, claims = [], []
    for _ in range(rounds):
        drawn, claimed = outliers(rng, pcns)
        pounds.append(saving(judged(drawn, held(rng, 0.0)), SCHEME).bookable_pence / 100)
        claims.append(claimed)
    hits = int(np.count_nonzero(pounds))
    share(f"{pcns} PCNs: outliers of noise, confirmed", hits, rounds, "at most 5%", 0, 0.05)
    told(f"{pcns} PCNs: outliers of noise, median booked", f"£{np.median(pounds):,.0f}", "£0",
         float(np.median(pounds)), 0, 0, 0)  # fmt: skip
    print(f"      before/after would have claimed a saving in {np.mean(np.array(claims) > 0):.1%} of them, "
          f"£{np.median(claims):,.0f} in the middle")  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=20260402)
    parser.add_argument("--pcns", type=int, nargs="+", default=[16, 32, 64])
    options = parser.parse_args()
    began, rng = time.process_time(), np.random.default_rng(options.seed)
    for pcns in options.pcns:
        programmes(rng, pcns, options.rounds)
        chosen_on_noise(rng, pcns, options.rounds)
    spent = time.process_time() - began
    print(f"{options.rounds} rounds a design, seed {options.seed}, {spent:.0f} s of processor")


if __name__ == "__main__":
    main()
