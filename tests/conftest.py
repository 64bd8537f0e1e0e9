"""What tests of more than one folder share: a short demonstration, made once a run whoever asks first."""

from __future__ import annotations

import fcntl
import os
import random
from pathlib import Path

import pytest
from hypothesis import settings

# The suite says the same twice: examples are drawn from the test's own words, not from chance. `make fuzz` draws others
# every time, for whoever looks for faults that nobody has met yet.
settings.register_profile("same", derandomize=True, deadline=None)
settings.register_profile("search", derandomize=False, deadline=None, print_blob=True)
settings.load_profile("search" if os.environ.get("EVENHAND_FUZZ") else "same")


@pytest.fixture(autouse=True)
def drawn_from_its_name(request, monkeypatch):
    """Tokens, keys and draws of the operating system come from the test's name: a token that ends as a test did not
    think of would end so in every run. What a test starts in another process draws as ever."""
    if not os.environ.get("EVENHAND_FUZZ"):
        drawn = random.Random(request.node.nodeid)
        for way in ("random", "getrandbits", "randbytes"):
            monkeypatch.setattr(random.SystemRandom, way, lambda _self, *given, way=way: getattr(drawn, way)(*given))


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
            from evenhand.story import chemical_sights, sights
            from evenhand.synthetic import fill, make

            made = fill(make(folder, practices=PRACTICES, months=MONTHS))
            flow.book(made.lake)
            sights.build(made.lake, STORED)
            chemical_sights.build(made.lake)
            ready.touch()
    return folder
