"""ACCOUNT: what is it worth, and will we reach the target? The ledger, and the money around it."""

from .apportion import pence, to_the_penny
from .budget import Budgets, Rule, budgets, reweighted
from .budget_words import budget_sheet
from .canonical import canonical, digest, seal
from .cells import PANEL, PRESENTATION, Cells, Shared
from .check import Broken, Check, check, check_file, read
from .credibility import Credibility, credibility, trust
from .dispensing import bank_holidays, dispensing_days
from .entry import GENESIS, Entry, parse, pseudonym
from .forecast import Forecast, SchemeForecast, forecast
from .gainshare import Claimant, GainShareScheme, Gate, Payment, QualityPoints, exactly, gainshare
from .gainshare_words import payment_words
from .kpi import KpiLine
from .ledger import Ledger, append, claimed, commitments, sealed, signature
from .outlook import Outlook
from .outturn import Outturn, outturn
from .overlap import divide, waterfall
from .own_profile import OwnProfile, Tested, own_profile
from .plan import PlanAgainstActual, Rag, against
from .profiles import MONTHS, PUBLISHED, from_table, published
from .progress import Progress, StateTotal, progress
from .proof import of as verdict_proof
from .reach import Parameters, Reach, judged, reach
from .reach_fed import FedReach, Field, reach_fed
from .saving import Saving, claim, price_year, saving
from .scoring import Guess, Scores, score
from .sharing import Portion, Sharing, share, sharing
from .states import STATES, limit_patients, limit_pence
from .trace import Step, Trace, held, trace
from .tracker import ToDate, TrackedMonth, TrackedScheme, Tracker, tracker
from .tracker_header import Asked
from .tracker_words import UNITS as TRACKER_UNITS
from .tracker_words import financial_year
from .variance import Lines, covered, split

__all__ = [
    "GENESIS", "MONTHS", "PANEL", "PRESENTATION", "PUBLISHED", "STATES", "TRACKER_UNITS", "Asked", "Broken", "Budgets",
    "Cells", "Check", "Claimant", "Credibility", "Entry", "FedReach", "Field", "Forecast", "GainShareScheme", "Gate",
    "Guess", "KpiLine", "Ledger", "Lines", "Outlook", "Outturn", "OwnProfile", "Parameters", "Payment",
    "PlanAgainstActual", "Portion", "Progress", "QualityPoints", "Rag", "Reach", "Rule", "Saving", "SchemeForecast",
    "Scores", "Shared", "Sharing", "StateTotal", "Step", "Tested", "ToDate", "Trace", "TrackedMonth", "TrackedScheme",
    "Tracker", "against", "append", "bank_holidays", "budget_sheet", "budgets", "canonical", "check", "check_file",
    "claim", "claimed", "commitments", "covered", "credibility", "digest", "dispensing_days", "divide", "exactly",
    "financial_year", "forecast", "from_table", "gainshare", "held", "judged", "limit_patients", "limit_pence",
    "outturn", "own_profile", "parse", "payment_words", "pence", "price_year", "progress", "pseudonym", "published",
    "reach", "reach_fed", "read", "reweighted", "saving", "score", "seal", "sealed", "share", "sharing", "signature",
    "split", "to_the_penny", "trace", "tracker", "trust", "verdict_proof", "waterfall",
]  # fmt: skip
