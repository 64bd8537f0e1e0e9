"""What the pages that gather all steps put into the audit trail: data taken in, or refused."""

from __future__ import annotations

from evenhand_web.people import trail

from .models import JobRun


def start() -> None:
    """Say once, as the service starts, which rows the trail follows. Nobody is signed in where a command runs."""
    trail.watch(
        JobRun, "job ended", who=lambda row: None,
        facts=lambda row: {"job": row.job, "state": row.state, "asked": row.asked},
    )  # fmt: skip
