"""What CHANGE keeps: campaigns and who came how far, promises, PDSA cycles, bulletins, reflections."""

from .bulletins import Bulletin, BulletinChoice
from .campaigns import AllocationRow, Campaign, EngagementEvent, SpreadKept
from .cycles import Cycle, CycleResult
from .promises import Commitment, CommitmentReport
from .reflections import Reflection

__all__ = [
    "AllocationRow", "Bulletin", "BulletinChoice", "Campaign", "Commitment", "CommitmentReport", "Cycle",
    "CycleResult", "EngagementEvent", "Reflection", "SpreadKept",
]  # fmt: skip
