"""What tests of more than one folder share: a short demonstration, made once a run whoever asks first."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

# as many practices as the demonstration has, so that its campaign can be proved; as few months as leave six before
# the campaign and six after it
PRACTICES, MONTHS = 256, 15


@pytest.fixture(scope="session")
def demo_lake(tmp_path_factory) -> Path:
    """A demonstration of 256 practices: lake, panels, people, schemes and ledger. Read it, and never write to it."""
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base  # workers share one
    folder, ready = base / "demonstration", base / "demonstration.ready"
    with (base / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            from evenhand import flow
            from evenhand.synthetic import fill, make

            flow.book(fill(make(folder, practices=PRACTICES, months=MONTHS)).lake)
            ready.touch()
    return folder
