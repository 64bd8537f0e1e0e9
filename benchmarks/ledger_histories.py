"""Ten thousand random histories of a ledger: python benchmarks/ledger_histories.py --full

Each brings four savings with claims that overlap some way and then tries things in any order: confirm, share by
waterfall, restate, prove a later year, note a breach or a revision of the data, reverse, append the same entry again,
confirm on another saving's verdict, book a cut in service. What is refused must leave the ledger as it was. Then the
check must find nothing, a slow check from the JSON alone, cell by cell, must hold, and one changed byte of the file
must be found.
"""

from __future__ import annotations

import argparse
import collections
import sys
import tempfile
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from evenhand import account
from evenhand.errors import InputError
from histories import History, slow_check


def main() -> int:
    """Play, check, change a byte, check again; ends with an assertion if anything does not hold."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--first", type=int, default=0, metavar="SEED", help="the first seed, to share the work out")
    parser.add_argument("--full", action="store_true", help="ten thousand")
    options = parser.parse_args()
    runs = 10_000 if options.full else options.runs
    seen: collections.Counter[str] = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.first, options.first + runs):
            history = History(np.random.default_rng(seed)).play()
            found = account.check(history.ledger.entries, history.ledger.head)
            assert not found.broken, (seed, found.broken)
            slow_check(history)
            assert changed_byte_is_found(history, Path(folder) / "ledger.jsonl"), f"seed {seed}"
            seen.update(kinds(history))
    print(f"{runs} histories, every invariant held, every changed byte was found")
    print(", ".join(f"{what} {many}" for what, many in seen.most_common()))
    return 0


def changed_byte_is_found(history: History, path: Path) -> bool:
    """Whether one byte of the file, changed to another, is told: as a broken invariant or as a line refused."""
    content = bytearray("".join(entry.line() + "\n" for entry in history.ledger.entries).encode())
    if not content:
        return True
    place = int(history.rng.integers(len(content) - 1))  # the last line's end says nothing
    content[place] ^= int(history.rng.integers(1, 128))
    path.write_bytes(content)
    try:
        return bool(account.check_file(path, history.ledger.head).broken)
    except InputError as error:
        return f"{path.name}:" in str(error)


def kinds(history: History) -> collections.Counter[str]:
    """What happened, so that a run that tried nothing is seen."""
    found = collections.Counter(
        f"{entry.kind} {'shared ' if (entry['cells'] or {}).get('shared') else ''}{entry.state}"
        for entry in history.ledger.entries
    )
    return found + collections.Counter(refused=history.refused)


if __name__ == "__main__":
    sys.exit(main())
