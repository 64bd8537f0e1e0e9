"""DECIDE: what do clinicians want to do about it, here?"""

from .groups import DeclaredException, Groups, Member, groups
from .participants import Participants
from .representative import Representative
from .signatures import ROLES, InForce, Missing, Signature, Version, latest, signatures
from .similar import Similar, similar
from .tally import StatementTally, Tally, tally
from .verdict import VERDICTS, Count, Judgement, bound, judge
from .votes import Votes

__all__ = [
    "ROLES", "VERDICTS", "Count", "DeclaredException", "Groups", "InForce", "Judgement", "Member", "Missing",
    "Participants", "Representative", "Signature", "Similar", "StatementTally", "Tally", "Version", "Votes", "bound",
    "groups", "judge", "latest", "signatures", "similar", "tally",
]  # fmt: skip
