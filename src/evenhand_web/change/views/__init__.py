"""The pages of CHANGE, one file for one noun."""

from .campaigns import campaign, index, launch, seal
from .cycles import cycle, cycles, plan_cycle, plan_cycle_of_scheme
from .designing import design, new
from .modules import aside, module, modules
from .outcomes import outcome
from .promises import promise, promise_measure, promise_scheme, promises, report
from .reflections import (
    attach_result,
    delete_reflection,
    edit_reflection,
    export_reflections,
    reflect,
    reflection,
    reflections,
)
from .spreads import spread

__all__ = [
    "aside", "attach_result", "campaign", "cycle", "cycles", "delete_reflection", "design", "edit_reflection",
    "export_reflections", "index", "launch", "module", "modules", "new", "outcome", "plan_cycle",
    "plan_cycle_of_scheme", "promise", "promise_measure", "promise_scheme", "promises", "reflect", "reflection",
    "reflections", "report", "seal", "spread",
]  # fmt: skip
