"""What the benchmarks share: a month to measure on, a process of its own to measure in, and bars that pass or fail."""

from __future__ import annotations

import json
import multiprocessing
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PRACTICES, PRESENTATIONS = 6_500, 25_500  # of a national month: 16 million rows


@dataclass(frozen=True)
class Bar:
    """A figure and the most that it may be."""

    name: str
    figure: float
    most: float
    unit: str

    def __str__(self) -> str:
        verdict = "PASS" if self.figure <= self.most else "FAIL"
        return f"{verdict} {self.name}: {self.figure:g} {self.unit} (at most {self.most:g})"


def report(bars: list[Bar], full: bool, **more: Any) -> int:
    """Print the figures and what became of the bars; the code to exit with. Below full size nothing can fail."""
    print(json.dumps({**more, **{bar.name: bar.figure for bar in bars}}))
    for bar in bars:
        print(bar if full else f"{bar.name}: {bar.figure:g} {bar.unit} (the bar of {bar.most:g} is for --full)")
    return 0 if not full or all(bar.figure <= bar.most for bar in bars) else 1


def apart(work: Callable[..., Any], *given: Any) -> dict[str, Any]:
    """Do something in a fresh process: wall and processor seconds, peak memory in gigabytes, and its answer."""
    ours, theirs = multiprocessing.get_context("spawn").Pipe(duplex=False)
    process = multiprocessing.get_context("spawn").Process(target=_measured, args=(theirs, work, given))
    process.start()
    theirs.close()
    try:
        found: dict[str, Any] = ours.recv()
    except EOFError:
        raise SystemExit(f"{work.__name__} failed") from None
    process.join()
    return found


def _measured(pipe: Any, work: Callable[..., Any], given: tuple[Any, ...]) -> None:
    begun = time.perf_counter()
    answer = work(*given)
    seconds = time.perf_counter() - begun
    used = resource.getrusage(resource.RUSAGE_SELF)
    pipe.send({
        "seconds": round(seconds, 3), "processor": round(used.ru_utime + used.ru_stime, 2),
        "gigabytes": round(used.ru_maxrss / 1e6, 2), "answer": answer,
    })  # fmt: skip
    pipe.close()


def national_month(folder: Path, practices: int, presentations: int, kind: str, t: int = 11) -> Path:
    """One month of prescribing in the published layout, made once and kept: parquet or csv."""
    from evenhand.synthetic.plan import plan
    from evenhand.synthetic.published_prescribing import prescribing_file

    place = folder / f"{practices}x{presentations}"
    done = place / f"made-{t}-{kind}.txt"
    if done.exists():
        return Path(done.read_text())
    settled = plan(practices, 12, 2010, presentations)
    print(f"making a {kind} of {practices:,} practices", file=sys.stderr)
    file = prescribing_file(place, settled, t, kind)
    done.write_text(str(file))
    return file


def best(work: Callable[[], Any], times: int = 7) -> float:
    """The median of several runs, in milliseconds, after one that does not count."""
    work()
    found = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        found.append((time.perf_counter() - begun) * 1000)
    return sorted(found)[times // 2]
