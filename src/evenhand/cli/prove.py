"""`evenhand prove`: did practice change, because of this, and did access hold."""

from __future__ import annotations

from typing import Any

from . import (
    prove_change,
    prove_guardrail,
    prove_guardrails,
    prove_panel,
    prove_project,
    prove_queue,
    prove_series,
    prove_synthetic,
    prove_trial,
    prove_verdict,
    prove_waits,
)


def register(steps: Any) -> None:
    """Add `prove` and its commands."""
    parser = steps.add_parser("prove", help="did practice change, because of this", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for file in (
        prove_trial,
        prove_series,
        prove_change,
        prove_panel,
        prove_guardrail,
        prove_waits,
        prove_queue,
        prove_project,
        prove_synthetic,
        prove_guardrails,
        prove_verdict,
    ):  # fmt: skip
        file.register(commands)
