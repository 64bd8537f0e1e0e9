"""DECIDE: what do clinicians want to do about it, here?"""

from .exposure import Exposure, Lottery, exposure, monitor
from .groups import DeclaredException, Groups, Member, groups
from .participants import Participants
from .representative import Representative
from .routing import Next, Router, next_statement
from .signatures import ROLES, InForce, Missing, Signature, Version, latest, signatures
from .similar import Similar, similar
from .tally import StatementTally, Tally, tally
from .verdict import VERDICTS, Count, Judgement, bound, judge
from .votes import Votes

__all__ = [
    "ROLES", "VERDICTS", "Count", "DeclaredException", "Exposure", "Groups", "InForce", "Judgement", "Lottery",
    "Member", "Missing", "Next", "Participants", "Representative", "Router", "Signature", "Similar", "StatementTally",
    "Tally", "Version", "Votes", "bound", "exposure", "groups", "judge", "latest", "monitor", "next_statement",
    "signatures", "similar", "tally",
]  # fmt: skip
