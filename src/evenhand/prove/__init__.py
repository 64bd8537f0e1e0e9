"""PROVE: did practice really change, because of this?"""

from .design import choose, register
from .guardrail import guardrail
from .rtm import Regression, rtm
from .trial import Arm, Trial, indicators, trial
from .verdict import Window, verdict

__all__ = [
    "Arm", "Regression", "Trial", "Window", "choose", "guardrail", "indicators", "register", "rtm", "trial", "verdict",
]  # fmt: skip
