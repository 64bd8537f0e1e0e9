"""What tests of more than one folder share: a short demonstration, made once a run whoever asks first."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

# as many practices as the demonstration has, so that its campaign can be proved; as few months as leave six before
# the campaign and six after it
PRACTICES, MONTHS = 256, 15
# what pages of the tests list; every other measure is worked out when its own page is opened
STORED = (
    "diabetes_analogue_insulin", "diabetes_dpp4_cost", "diabetes_metformin_mr", "diabetes_sglt2", "diabetes_spend",
    "diabetes_test_strips", "prescribing_cost", "wait_over_52_weeks", "wait_within_18_weeks",
)  # fmt: skip


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
            from evenhand.story import sights
            from evenhand.synthetic import fill, make

            made = fill(make(folder, practices=PRACTICES, months=MONTHS))
            flow.book(made.lake)
            sights.build(made.lake, STORED)
            ready.touch()
    return folder
