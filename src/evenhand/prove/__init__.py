"""PROVE: did practice really change, because of this?"""

from .design import choose, register
from .guardrail import guardrail
from .rtm import Regression, rtm
from .trial import Arm, Trial, indicators, trial
from .verdict import Totals, verdict
from .waits import Waits, percentile, waits

__all__ = [
    "Arm", "Regression", "Totals", "Trial", "Waits", "choose", "guardrail", "indicators", "percentile", "register",
    "rtm", "trial", "verdict", "waits",
]  # fmt: skip
