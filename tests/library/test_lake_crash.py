"""kill -9 at any moment of a load loses nothing and doubles nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from published import list_sizes, prescribing_file, write_csv

# One process imports everything once; each child is killed, without any clean-up, just before one of its renames or
# flushes to disk (every seventh is tried), and then some at moments drawn from the time that a load takes. The load is
# done again, undisturbed, and the lake must be what an undisturbed load makes.
SCRIPT = """
import hashlib, json, os, random, signal, sys, time
from datetime import UTC, datetime
from pathlib import Path
from evenhand import sources
from evenhand.lake import Lake

folder, files = Path(sys.argv[1]), sys.argv[2:]

def load(place):
    sources.load(Lake.create(place), files, when=datetime(2026, 4, 1, tzinfo=UTC))

def state(place):
    return {f.relative_to(place).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
            for f in sorted(place.rglob("*")) if f.is_file()}

def child(work):
    pid = os.fork()
    if pid == 0:
        try:
            work()
            os._exit(0)
        except BaseException:
            import traceback
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

def killed_at(n, place):
    left = [n]
    def counting(real):
        def step(*a, **k):
            left[0] -= 1
            if left[0] < 0:
                os._exit(9)
            return real(*a, **k)
        return step
    os.replace, os.fsync = counting(os.replace), counting(os.fsync)
    load(place)

assert child(lambda: load(folder / "whole")) == 0
whole, different, n = state(folder / "whole"), [], 0
while True:
    place = folder / f"killed-{n}"
    ended = child(lambda: killed_at(n, place))
    assert ended in (0, 9), ended
    assert child(lambda: load(place)) == 0
    if state(place) != whole:
        different.append(n)
    if ended == 0:
        break
    n += 7
begun = time.perf_counter()
assert child(lambda: load(folder / "timed")) == 0
seconds, moments, during = time.perf_counter() - begun, random.Random(1), 0
for k in range(6):
    place, (ready, begun) = folder / f"random-{k}", os.pipe()
    pid = os.fork()
    if pid == 0:
        os.write(begun, b"x")
        load(place)
        os._exit(0)
    os.read(ready, 1)
    time.sleep(moments.uniform(0, 1) * seconds)
    os.kill(pid, signal.SIGKILL)
    during += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == -signal.SIGKILL
    assert child(lambda: load(place)) == 0
    if state(place) != whole:
        different.append(place.name)
print(json.dumps({"kills": n, "different": different, "during": during}))
"""


def test_a_load_killed_at_any_moment_and_run_again_is_the_load(tmp_path: Path) -> None:
    files = [prescribing_file(tmp_path / "epd.csv"), write_csv(tmp_path / "list.csv", list_sizes())]

    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path), *map(str, files)], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["kills"] > 20
    assert found["different"] == []
    assert found["during"] >= 3  # of six killed by the clock, most before their load had ended
