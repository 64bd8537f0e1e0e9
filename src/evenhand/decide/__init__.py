"""DECIDE: what do clinicians want to do about it, here?"""

from .blocks import BlockVote, block_votes
from .differences import FieldChange, Line, amendments, lines
from .disclosure import Cell, cells, shown
from .explanations import Weighed, weigh
from .exposure import Exposure, Lottery, exposure, monitor
from .groups import DeclaredException, Groups, Member, groups
from .participants import Participants
from .priorities import Priorities, Priority, priorities
from .register import Register, register
from .representative import Representative
from .routing import Next, Router, next_statement
from .signatures import ROLES, InForce, Missing, Signature, Version, latest, signatures
from .similar import Similar, similar
from .tally import StatementTally, Tally, tally
from .verdict import VERDICTS, Count, Judgement, bound, judge
from .votes import Votes

__all__ = [
    "ROLES", "VERDICTS", "BlockVote", "Cell", "Count", "DeclaredException", "Exposure", "FieldChange", "Groups",
    "InForce", "Judgement", "Line", "Lottery", "Member", "Missing", "Next", "Participants", "Priorities",
    "Priority", "Register", "Representative", "Router", "Signature", "Similar", "StatementTally", "Tally",
    "Version", "Votes", "Weighed", "amendments", "block_votes", "bound", "cells", "exposure", "groups", "judge",
    "latest", "lines", "monitor", "next_statement", "priorities", "register", "shown", "signatures", "similar",
    "tally", "weigh",
]  # fmt: skip
