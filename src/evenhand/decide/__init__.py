"""DECIDE: what do clinicians want to do about it, here?"""

from .participants import Participants
from .signatures import ROLES, InForce, Missing, Signature, Version, latest, signatures
from .tally import StatementTally, Tally, tally
from .verdict import VERDICTS, Count, Judgement, bound, judge
from .votes import Votes

__all__ = [
    "ROLES", "VERDICTS", "Count", "InForce", "Judgement", "Missing", "Participants", "Signature", "StatementTally",
    "Tally", "Version", "Votes", "bound", "judge", "latest", "signatures", "tally",
]  # fmt: skip
