"""The pages of DECIDE, one file a page or two."""

from .agreed import agreed
from .comments import comment
from .index import index
from .priorities import priorities
from .reasons import reasons, weigh
from .register import ask, blocker, decision, leads, record, register
from .scheme import scheme, version
from .signatures import sign, withdraw
from .statements import add, moderation
from .vote import mine, my_votes, stand, vote
from .writing import amend, draft

__all__ = [
    "add", "agreed", "amend", "ask", "blocker", "comment", "decision", "draft", "index", "leads", "mine",
    "moderation", "my_votes", "priorities", "reasons", "record", "register", "scheme", "sign", "stand", "version",
    "vote", "weigh", "withdraw",
]  # fmt: skip
