"""LISTEN: what do clinicians know, believe and want?"""

from .answers import hits
from .change import Change, WaveEstimate, change, change_by
from .compare import Association, Difference, association, difference
from .counted import counted
from .design import Design
from .estimate import estimate
from .every import EveryAnswer, every_answer
from .instrument import Instrument, instruments, load_instrument
from .intake import Audit, Intake, intake
from .interval import share_interval
from .power import SurveySize, size
from .question import Question, asked
from .regress import Coefficient, Regression, regress
from .result import GroupEstimate, SurveyResult, WeightSummary, as_document, cautions, publish, suppress
from .timing import seconds

__all__ = [
    "Association", "Audit", "Change", "Coefficient", "Design", "Difference", "EveryAnswer", "GroupEstimate",
    "Instrument", "Intake", "Question", "Regression", "SurveyResult", "SurveySize", "WaveEstimate", "WeightSummary",
    "as_document", "asked", "association", "cautions", "change", "change_by", "counted", "difference", "estimate",
    "every_answer", "hits", "instruments", "intake", "load_instrument", "publish", "regress", "seconds",
    "share_interval", "size", "suppress",
]  # fmt: skip
