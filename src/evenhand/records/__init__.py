"""The nouns that travel between steps: frozen, read-only, few."""

from .base import Record, plain
from .changes import Change, Changes
from .control_chart import BoardLine, ControlChart, Runs, SuggestedRebase
from .effect import GUARDRAIL_VERDICTS, Effect, Guardrail, Verdict
from .engagement import EngagementFunnel, FunnelStage
from .estimate import Estimate
from .improvement import DriverDiagram, QualityImpact
from .organisations import HOSPITAL_LEVELS, LEVELS, Organisations
from .panel import Panel
from .scheme import Break, FourLetters, GuardrailRule, Money, Scheme, Window
from .variation import Funnel, Limits, Opportunity, PeerGroup, Shrinkage, VariationSplit

__all__ = [
    "GUARDRAIL_VERDICTS", "HOSPITAL_LEVELS", "LEVELS", "BoardLine", "Break", "Change", "Changes", "ControlChart",
    "Effect", "EngagementFunnel", "Estimate", "FourLetters", "Funnel", "FunnelStage", "Guardrail", "GuardrailRule",
    "Limits", "Money", "Opportunity",
    "Organisations", "Panel", "PeerGroup", "Record", "Runs", "Scheme", "Shrinkage", "SuggestedRebase",
    "DriverDiagram", "QualityImpact", "VariationSplit", "Verdict", "Window", "plain",
]  # fmt: skip
