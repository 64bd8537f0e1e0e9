"""`--break MONTH=WHY`: from when on a measure is not what it was, as guardrails and series take it."""

from __future__ import annotations

import argparse

import numpy as np

from ..errors import InputError
from .door import one_date


def add_breaks(parser: argparse.ArgumentParser, what: str) -> None:
    """Add --break, which may be given more than once."""
    parser.add_argument("--break", dest="breaks", metavar="MONTH=WHY", action="append", default=[], help=what)


def named_breaks(options: argparse.Namespace) -> dict[np.datetime64, str]:
    """Each month (its first day) in which the measure changed, and why.

    Raises
    ------
    InputError
        If one has no month, no reason, or is given twice.
    """
    found: dict[np.datetime64, str] = {}
    for text in options.breaks:
        month, equals, why = text.partition("=")
        if not equals or not why.strip():
            raise InputError(f"--break: expected a month and why, as 2023-04=dental work enters; found {text!r}")
        when = np.datetime64(one_date(month.strip(), "--break", options.day_first), "M")
        if when in found:
            raise InputError(f"--break: {when} is given twice; expected each month once, with all of why")
        found[when] = why.strip()
    return found
