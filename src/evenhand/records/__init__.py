"""The nouns that travel between steps: frozen, read-only, few."""

from .base import Record, plain
from .control_chart import ControlChart, Runs
from .effect import GUARDRAIL_VERDICTS, Effect, Guardrail, Verdict
from .estimate import Estimate
from .organisations import HOSPITAL_LEVELS, LEVELS, Organisations
from .panel import Panel
from .scheme import FourLetters, GuardrailRule, Money, Scheme, Window

__all__ = [
    "GUARDRAIL_VERDICTS", "HOSPITAL_LEVELS", "LEVELS", "ControlChart", "Effect", "Estimate", "FourLetters", "Guardrail",
    "GuardrailRule", "Money", "Organisations", "Panel", "Record", "Runs", "Scheme", "Verdict", "Window", "plain",
]  # fmt: skip
