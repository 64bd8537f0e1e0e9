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
from .gainshare import Claimant, GainShareScheme, Gate, Payment, QualityPoints, exactly, gainshare
from .gainshare_words import payment_words
from .ledger import Ledger, append, commitments, sealed, signature
from .outturn import Outturn, outturn
from .overlap import divide, waterfall
from .own_profile import OwnProfile, Tested, own_profile
from .plan import PlanAgainstActual, Rag, against
from .profiles import PUBLISHED, from_table, published
from .progress import Progress, StateTotal, progress
from .proof import of as verdict_proof
from .reach import Parameters, Reach, reach
from .saving import Saving, claim, price_year, saving
from .states import STATES, limit_pence
from .trace import Step, Trace, trace
from .tracker import TrackedMonth, TrackedScheme, Tracker, tracker
from .tracker_header import Asked
from .tracker_words import UNITS as TRACKER_UNITS
from .tracker_words import financial_year
from .variance import Lines, covered, split

__all__ = [
    "Budgets", "Credibility", "Rule", "budget_sheet", "budgets", "credibility", "pence", "reweighted", "to_the_penny",
    "trust", "Claimant", "GainShareScheme", "Gate", "Payment", "QualityPoints", "exactly", "gainshare",
    "payment_words", "Lines", "OwnProfile", "Tested", "bank_holidays", "covered", "dispensing_days", "own_profile",
    "split",
    "GENESIS", "PANEL", "PRESENTATION", "PUBLISHED", "STATES", "Broken", "Cells", "Check", "Entry", "Ledger",
    "Outturn", "Parameters", "Progress", "Reach", "Saving", "Shared", "StateTotal", "Step", "Trace", "append",
    "canonical", "check", "check_file", "claim", "commitments", "digest", "from_table", "limit_pence", "outturn",
    "parse", "price_year", "progress", "pseudonym", "published", "reach", "read", "saving", "seal", "sealed",
    "signature", "trace", "verdict_proof", "divide", "waterfall", "PlanAgainstActual", "Rag", "against",
    "TRACKER_UNITS", "Asked", "TrackedMonth", "TrackedScheme", "Tracker", "financial_year", "tracker",
]  # fmt: skip
