"""DECIDE: what do clinicians want to do about it, here?"""

from .participants import Participants
from .signatures import ROLES, InForce, Missing, Signature, Version, latest, signatures
from .similar import Similar, similar
from .tally import StatementTally, Tally, tally
from .verdict import VERDICTS, Count, Judgement, bound, judge
from .votes import Votes

__all__ = [
    "ROLES", "VERDICTS", "Count", "InForce", "Judgement", "Missing", "Participants", "Signature", "Similar",
    "StatementTally", "Tally", "Version", "Votes", "bound", "judge", "latest", "signatures", "similar", "tally",
]  # fmt: skip
