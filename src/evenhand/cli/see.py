"""`evenhand see`: charts over time, funnels, rates, inequality, shrinkage, opportunity, peers, savings, the store."""

from __future__ import annotations

from typing import Any

from . import (
    see_compare,
    see_icons,
    see_inequality,
    see_opportunity,
    see_outliers,
    see_peers,
    see_rates,
    see_spc,
    see_store,
)
from . import see_savings as savings


def register(steps: Any) -> None:
    """Add `see` and its commands."""
    parser = steps.add_parser(
        "see", help="where decisions vary, and how much of it chance explains", allow_abbrev=False
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for file in (
        see_spc, see_icons, see_compare, see_rates, see_inequality, see_opportunity, see_outliers, see_peers, savings,
        see_store,
    ):  # fmt: skip
        file.register(commands)
