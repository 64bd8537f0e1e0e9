"""Marks and encodings, one file a chart, one theme: each function takes records and returns a specification."""

from .diverging import diverging
from .dumbbell import dumbbell
from .engagement import engagement
from .forest import forest
from .funnel import funnel
from .interactive import interactive
from .intervals import intervals
from .lines import lines
from .render import render
from .spc import spc
from .strip import strip
from .waterfall import waterfall

__all__ = [
    "diverging", "dumbbell", "engagement", "forest", "funnel", "interactive", "intervals", "lines", "render", "spc",
    "strip", "waterfall",
]  # fmt: skip
