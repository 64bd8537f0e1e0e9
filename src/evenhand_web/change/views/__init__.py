"""The pages of CHANGE, one file for one noun."""

from .campaigns import campaign, index, launch, seal
from .modules import module
from .promises import promise, promises, report

__all__ = ["campaign", "index", "launch", "module", "promise", "promises", "report", "seal"]
