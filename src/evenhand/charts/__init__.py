"""Marks and encodings, one file a chart, one theme: each function takes records and returns a specification."""

from .intervals import intervals
from .render import render
from .spc import spc

__all__ = ["intervals", "render", "spc"]
