"""Does the lake lose or double anything when its loads are killed at random moments?

Run: python benchmarks/kills.py [--kills N --seed S] [--full: 1,000 kills]. Each round loads the same small files
(two months of prescribing, one of them also in a revised release, list sizes) into a lake in a process of its own,
which is killed with SIGKILL after a random time; every state that a kill leaves is read, the load is done again until
it ends, and the lake must then be, byte for byte, what an undisturbed load makes. Some rounds kill the same load
several times in a row, and some kill the building of panels.
"""

from __future__ import annotations

import argparse
import gc
import hashlib
import importlib
import json
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from evenhand import measures, sources
from evenhand.lake import Lake
from evenhand.measures import load_all
from evenhand.sources import Options
from evenhand.synthetic.plan import Plan, plan
from evenhand.synthetic.published_lists import list_size_files
from evenhand.synthetic.published_prescribing import prescribing_file

WHEN = datetime(2026, 4, 1, tzinfo=UTC)
FULL = 1_000
Stage = Callable[[Path], None]


def stages(folder: Path) -> list[Stage]:
    """What is done to a lake, one after the other: each is a load, or the building of panels."""
    settled: Plan = plan(32, 12, 1)
    files = [prescribing_file(folder, settled, t, "csv") for t in (10, 11)]
    lists = list_size_files(folder, settled.world, settled.when, 11)[0]
    later = folder / "later"
    later.mkdir()
    revised = later / files[1].name
    rows = files[1].read_text().splitlines(keepends=True)
    revised.write_text("".join([rows[0], *rows[9:]]))  # a release that lost eight rows, as a correction does

    def load(paths: list[Path]) -> Stage:
        def stage(place: Path) -> None:
            sources.load(Lake.create(place), paths, when=WHEN, options=Options())
        return stage

    def panels(place: Path) -> None:
        measures.build(Lake.open(place), ["prescribing_cost", "diabetes_dpp4_cost"])

    return [load([files[0], lists]), load([files[1]]), load([revised]), panels]


def state(place: Path) -> dict[str, str]:
    """Every file of a lake with its hash; of the panels' manifest everything but the moment."""
    found = {}
    for file in sorted(file for file in place.rglob("*") if file.is_file()):
        content = file.read_bytes()
        if file.parent.name == "panel" and file.suffix == ".json":
            content = json.dumps({**json.loads(content), "loaded_at": ""}, sort_keys=True).encode()
        found[file.relative_to(place).as_posix()] = hashlib.sha256(content).hexdigest()
    return found


def killed(stage: Stage, place: Path, after: float | None) -> bool:
    """Do one stage in a process of its own, killed after so many seconds; whether it ended by itself."""
    begun, ready = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(ready, b"x")
            stage(place)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.read(begun, 1)
    os.close(begun)
    os.close(ready)
    if after is not None:
        time.sleep(after)
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if code not in (0, -signal.SIGKILL):
        raise RuntimeError(f"a load failed by itself with code {code}")
    return code == 0


def whole_months(place: Path) -> None:
    """A lake that a kill left must be readable: of every snapshot all rows are there, of the others none."""
    if not (place / "lake.json").exists():
        return
    lake = Lake.open(place)
    for table in ("prescribing", "prescribing_band", "list_size", "practice_key", "presentation", "panel"):
        rows = sum(part.rows for s in lake.snapshots(table) if (part := s.part(table)) is not None)
        assert lake.table(table).count().to_pyarrow().as_py() == rows, f"{table} has lost or doubled rows"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--full", action="store_true", help=f"{FULL:,} kills")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    wanted, rng = FULL if options.full else options.kills, np.random.default_rng(options.seed)
    killed_in: Counter[str] = Counter()
    different = kills = rounds = 0
    warm()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        every = stages(folder)
        seconds, goal = undisturbed(every, folder / "whole")
        while kills < wanted:
            rounds += 1
            place = folder / f"round-{rounds}"
            for number, stage in enumerate(every):
                while kills < wanted and rng.random() < 0.85:
                    ended = killed(stage, place, rng.uniform(0, 1.1 * seconds[number]))
                    kills += not ended
                    killed_in["after its end" if ended else f"stage {number + 1}"] += 1
                    killed(lambda where: whole_months(where), place, None)
                killed(stage, place, None)
            different += state(place) != goal
            shutil.rmtree(place)
    held = different == 0
    print(json.dumps({"kills": kills, "rounds": rounds, "where": dict(sorted(killed_in.items())),
                      "lakes_that_differ": different}))  # fmt: skip
    print(f"{'PASS' if held else 'FAIL'} {kills:,} kills: nothing lost, nothing doubled")
    return 0 if held else 1


def warm() -> None:
    """Read once what every load reads from the library itself; no thread may be started before a fork."""
    import ibis.backends.duckdb  # noqa: F401
    import pandas  # noqa: F401
    import pyarrow.dataset  # noqa: F401

    importlib.import_module("ibis.backends.duckdb.converter")
    sources.known()
    load_all()
    gc.freeze()


def undisturbed(every: list[Stage], place: Path) -> tuple[list[float], dict[str, str]]:
    """How long each stage takes in a process of its own, and what they make."""
    seconds = []
    for stage in every:
        begun = time.perf_counter()
        assert killed(stage, place, None)
        seconds.append(time.perf_counter() - begun)
    return seconds, state(place)


if __name__ == "__main__":
    sys.exit(main())
