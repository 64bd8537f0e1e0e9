"""The pages of CHANGE, one file for one noun."""

from .campaigns import campaign, index, launch, seal
from .modules import aside, module, modules
from .promises import promise, promises, report

__all__ = ["aside", "campaign", "index", "launch", "module", "modules", "promise", "promises", "report", "seal"]
