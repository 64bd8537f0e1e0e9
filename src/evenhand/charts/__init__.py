"""Marks and encodings, one file a chart, one theme: each function takes records and returns a specification."""

from .render import render
from .spc import spc

__all__ = ["render", "spc"]
