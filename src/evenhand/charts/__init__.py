"""Marks and encodings, one file a chart, one theme: each function takes records and returns a specification."""

from .agreement import agreement
from .camps import camps
from .chances import chances
from .changes import changes
from .counterfactual import counterfactual
from .diverging import diverging
from .dumbbell import dumbbell
from .engagement import engagement
from .event_study import event_study
from .fan import fan
from .forest import forest
from .funnel import funnel
from .icons import icons
from .interactive import interactive
from .intervals import intervals
from .lines import lines
from .multiples import multiples
from .parts import parts
from .render import render
from .spc import spc
from .strip import strip
from .waterfall import waterfall
from .waves import waves

__all__ = [
    "agreement", "camps", "chances", "changes", "counterfactual", "diverging", "dumbbell", "engagement", "event_study",
    "fan", "forest", "funnel", "icons", "interactive", "intervals", "lines", "multiples", "parts", "render", "spc",
    "strip", "waterfall", "waves",
]  # fmt: skip
