"""ACCOUNT: what is it worth, and will we reach the target? The ledger, and the money around it."""

from .apportion import pence, to_the_penny
from .budget import Budgets, Rule, budgets, reweighted
from .budget_words import budget_sheet
from .canonical import canonical, digest, seal
from .cells import PANEL, PRESENTATION, Cells, Shared
from .check import Broken, Check, check, check_file, read
from .credibility import Credibility, credibility, trust
from .entry import GENESIS, Entry, parse, pseudonym
from .ledger import Ledger, append, commitments, sealed, signature
from .outturn import Outturn, outturn
from .profiles import PUBLISHED, from_table, published
from .progress import Progress, StateTotal, progress
from .proof import of as verdict_proof
from .reach import Parameters, Reach, reach
from .saving import Saving, claim, price_year, saving
from .states import STATES, limit_pence
from .trace import Step, Trace, trace

__all__ = [
    "Budgets", "Credibility", "Rule", "budget_sheet", "budgets", "credibility", "pence", "reweighted", "to_the_penny",
    "trust",
    "GENESIS", "PANEL", "PRESENTATION", "PUBLISHED", "STATES", "Broken", "Cells", "Check", "Entry", "Ledger",
    "Outturn", "Parameters", "Progress", "Reach", "Saving", "Shared", "StateTotal", "Step", "Trace", "append",
    "canonical", "check", "check_file", "claim", "commitments", "digest", "from_table", "limit_pence", "outturn",
    "parse", "price_year", "progress", "pseudonym", "published", "reach", "read", "saving", "seal", "sealed",
    "signature", "trace", "verdict_proof",
]  # fmt: skip
