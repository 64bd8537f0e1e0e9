"""LISTEN: what do clinicians know, believe and want?"""

from .answers import hits
from .change import Change, WaveEstimate, change
from .design import Design
from .estimate import estimate
from .instrument import Instrument, instruments, load_instrument
from .intake import Audit, Intake, intake
from .interval import share_interval
from .power import SurveySize, size
from .question import Question, asked
from .result import GroupEstimate, SurveyResult, WeightSummary, as_document, suppress
from .timing import seconds

__all__ = [
    "Audit", "Change", "Design", "GroupEstimate", "Instrument", "Intake", "Question", "SurveyResult", "SurveySize",
    "WaveEstimate", "WeightSummary", "as_document", "asked", "change", "estimate", "hits", "instruments", "intake",
    "load_instrument", "seconds", "share_interval", "size", "suppress",
]  # fmt: skip
