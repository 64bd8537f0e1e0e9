"""LISTEN: what do clinicians know, believe and want?"""

from .answers import hits
from .change import Change, WaveEstimate, change
from .design import Design
from .estimate import estimate
from .interval import share_interval
from .power import SurveySize, size
from .result import GroupEstimate, SurveyResult, WeightSummary, as_document, suppress

__all__ = [
    "Change", "Design", "GroupEstimate", "SurveyResult", "SurveySize", "WaveEstimate", "WeightSummary",
    "as_document", "change", "estimate", "hits", "share_interval", "size", "suppress",
]  # fmt: skip
