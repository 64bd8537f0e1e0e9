"""How long does it take to rake 100,000 answers on four margins, and to estimate a share from them?

    python benchmarks/survey_raking.py [--answers 100000]

The frame has twice as many people; margins of 4, 7, 5 and 42 labels; non-response depends on all four. Prints seconds
of processor time and by the clock, for raking with `svy` (as `listen estimate --rake` does) and for calibrating to
the same counts (`--calibrate`). To be at most 5 seconds.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from evenhand.listen import Design, estimate

LABELS = {"profession": 4, "region": 7, "band": 5, "icb": 42}


def main() -> None:
    """Rake, calibrate, and print the seconds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=100_000)
    options = parser.parse_args()
    rng, frame = np.random.default_rng(1), 2 * options.answers
    codes = {name: rng.integers(0, count, frame) for name, count in LABELS.items()}
    score = sum(code / LABELS[name] for name, code in codes.items()) / len(LABELS)
    responded = np.zeros(frame, dtype=bool)
    responded[rng.choice(frame, options.answers, replace=False, p=(0.5 + score) / (0.5 + score).sum())] = True
    y = np.where(responded, (rng.random(frame) < 0.3 + 0.3 * score).astype(float), np.nan)
    columns = {name: [f"{name}{c}" for c in code.tolist()] for name, code in codes.items()}
    print(f"{options.answers:,} answers of {frame:,}; planted {0.3 + 0.3 * float(score.mean()):.4f}")
    for way in ("rake", "calibrate"):
        clock, spent = time.perf_counter(), time.process_time()
        e = estimate(y, Design(frame, responded=responded, **{way: columns}), share=True).group()
        spent, clock = time.process_time() - spent, time.perf_counter() - clock
        print(f"{way:10} {spent:5.1f} s of processor time, {clock:5.1f} s by the clock: "
              f"{e.estimate:.4f} ({e.low:.4f} to {e.high:.4f})")  # fmt: skip


if __name__ == "__main__":
    main()
