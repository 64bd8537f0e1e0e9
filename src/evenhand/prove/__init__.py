"""PROVE: did practice really change, because of this?"""

from .changes import changes
from .changes_grid import Grid, grid
from .design import choose, later_year, months_between, register
from .guardrail import guardrail
from .guardrail_power import GuardrailPower, by_chance, guardrail_power
from .panel import panel
from .panel_effect import PanelEffect
from .queues import Queue, queue
from .received import Received, holm, received
from .rests_on import assumptions, would_change
from .rtm import Regression, rtm
from .schedule import Schedule, schedule
from .series import Series, series
from .stock_flow import Flows, Projection, calibrate, project
from .synthetic_control import SyntheticControl, synthetic_control
from .trial import Arm, Trial, indicators, trial
from .verdict import Totals, verdict
from .waits import Waits, percentile, waits

__all__ = [
    "Arm", "Flows", "Grid", "GuardrailPower", "PanelEffect", "Projection", "Queue", "Received", "Regression",
    "Schedule", "Series", "SyntheticControl", "Totals", "Trial", "Waits", "assumptions", "by_chance", "calibrate",
    "changes", "choose", "grid", "guardrail", "guardrail_power", "holm", "indicators", "later_year",
    "months_between", "panel", "percentile", "project", "queue", "received", "register", "rtm", "schedule",
    "series", "synthetic_control", "trial", "verdict", "waits", "would_change",
]  # fmt: skip
