"""`evenhand account`: what is it worth, and will we reach the target."""

from __future__ import annotations

from typing import Any

from . import (
    account_budget,
    account_forecast,
    account_gainshare,
    account_import,
    account_ledger,
    account_outturn,
    account_plan,
    account_reach,
    account_saving,
)


def register(steps: Any) -> None:
    """Add `account` and its commands."""
    commands = steps.add_parser("account", help="what is it worth, and will we reach the target?").add_subparsers(
        dest="command", metavar="COMMAND", required=True
    )
    for file in (
        account_ledger,
        account_saving,
        account_plan,
        account_import,
        account_outturn,
        account_budget,
        account_gainshare,
        account_reach,
        account_forecast,
    ):  # fmt: skip
        file.register(commands)
