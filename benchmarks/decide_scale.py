"""Does DECIDE keep its promises of speed? 50,000 people x 500 statements, 1.5 million votes, on two cores.

Run: python benchmarks/decide_scale.py [--small] [--no-dense]. Prints each promise with PASS or FAIL: tallies, groups
and priorities in 10 s of wall clock and 500 MB of the whole process; the next statement in 20 ms; and the ratio to the
dense Polis pipeline (polis_like.py). Each part runs in a process of its own, so that its peak memory is its own.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parent))
from polis_like import polis_groups

from evenhand.decide import Router, Votes, groups

SECONDS, MEGABYTES, MILLISECONDS = 10.0, 500.0, 20.0  # the promises


def conversation(people: int, statements: int, votes: int, seed: int = 0) -> Votes:
    """Three opinions over half of the statements, heavy and light voters, one vote in ten a pass."""
    rng = np.random.default_rng(seed)
    cast = rng.gamma(1.5, size=people)
    cast = np.maximum(1, np.round(cast / cast.sum() * votes)).astype(np.int64).clip(max=statements)
    person = np.repeat(np.arange(people), cast)
    statement = (rng.integers(0, statements, people).repeat(cast) + _within(cast) * 7919) % statements
    shared = rng.random(statements) < 0.5
    chance = np.where(shared, rng.beta(3, 1.5, statements), rng.beta(0.8, 0.8, (3, statements)))
    agree = rng.random(len(person)) < chance[rng.integers(0, 3, people)[person], statement]
    value = np.where(rng.random(len(person)) < 0.1, 0, np.where(agree, 1, -1)).astype(np.int8)
    order = rng.permutation(len(person))
    names = tuple(f"p{i}" for i in range(people)), tuple(f"s{j}" for j in range(statements))
    return Votes(*names, person[order], statement[order], value[order])


def ours(size: tuple[int, int, int]) -> dict[str, Any]:
    """Tallies, groups and what routing needs, in one go; then 200 next statements."""
    votes = conversation(*size)
    began, cpu = time.perf_counter(), time.process_time()
    found = groups(votes)
    router = Router(votes, found=found)
    spent = time.perf_counter() - began, time.process_time() - cpu
    each = []
    for i in range(200):
        start = time.perf_counter()
        router.next(votes.people[i * len(votes.people) // 200])
        each.append(time.perf_counter() - start)
    return {"votes": len(votes.value), "wall": spent[0], "cpu": spent[1], "groups": found.groups,
            "placed": sum(found.sizes) / len(found.members), "next_ms": 1000 * sorted(each)[-2]}  # fmt: skip


def nothing(size: tuple[int, int, int]) -> dict[str, Any]:
    """Only making the votes: what memory is taken before anything is done."""
    conversation(*size)
    return {}


def dense(size: tuple[int, int, int]) -> dict[str, Any]:
    """The dense Polis pipeline on the same votes."""
    votes = conversation(*size).standing()
    began, cpu = time.perf_counter(), time.process_time()
    polis_groups(votes.person, votes.statement, votes.value, *size[:2])
    return {"wall": time.perf_counter() - began, "cpu": time.process_time() - cpu}


def alone(what: Callable[..., dict[str, Any]], size: tuple[int, int, int]) -> dict[str, Any]:
    """Run in a fresh process; its peak memory in MB is added."""
    context = multiprocessing.get_context("spawn")
    results = context.Queue()
    process = context.Process(target=_told, args=(what, size, results))
    process.start()
    result: dict[str, Any] = results.get()
    process.join()
    return result


def _told(what: Callable[..., dict[str, Any]], size: tuple[int, int, int], results: Any) -> None:
    found = what(size)
    results.put(found | {"peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})


def _within(cast: np.ndarray) -> np.ndarray:
    return np.arange(cast.sum()) - np.repeat(np.cumsum(cast) - cast, cast)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", action="store_true", help="5,000 people x 200 statements, 150,000 votes")
    parser.add_argument("--no-dense", action="store_true", help="leave the dense pipeline out")
    options = parser.parse_args()
    size = (5_000, 200, 150_000) if options.small else (50_000, 500, 1_500_000)
    found, before = alone(ours, size), alone(nothing, size)["peak_mb"]
    print(f"{size[0]:,} people x {size[1]} statements, {found['votes']:,} votes: {found['groups']} groups, "
          f"{found['placed']:.0%} placed; process peak {found['peak_mb']:.0f} MB, of which votes and libraries "
          f"{before:.0f} MB; {found['cpu']:.1f} s of processor")  # fmt: skip
    kept = [
        (f"tallies, groups and priorities: {found['wall']:.1f} s (at most {SECONDS:g})", found["wall"] <= SECONDS),
        (f"peak memory of the whole process: {found['peak_mb']:.0f} MB (at most {MEGABYTES:g})",
         found["peak_mb"] <= MEGABYTES),
        (f"next statement, slowest of a hundred: {found['next_ms']:.2f} ms (at most {MILLISECONDS:g})",
         found["next_ms"] <= MILLISECONDS),
    ]  # fmt: skip
    for told, held in kept:
        print(f"{'PASS' if held else 'FAIL'}  {told}")
    if not options.no_dense:
        other = alone(dense, size)
        print(f"      dense Polis pipeline: {other['wall']:.1f} s, {other['cpu']:.1f} s of processor, "
              f"{other['peak_mb']:.0f} MB; ours takes {found['cpu'] / other['cpu']:.2f} of its processor time and "
              f"{found['peak_mb'] / other['peak_mb']:.2f} of its memory")  # fmt: skip
    return 0 if all(held for _, held in kept) else 1


if __name__ == "__main__":
    sys.exit(main())
