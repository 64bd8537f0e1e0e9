"""The pages of DECIDE, one file a page or two."""

from .agreed import agreed
from .comments import comment
from .index import index
from .opening import new_round
from .priorities import priorities
from .reasons import reasons, weigh
from .register import ask, blocker, decision, leads, record, register
from .scheme import scheme, version
from .signatures import sign, withdraw
from .statements import add, moderation
from .vote import mine, my_votes, stand, vote
from .writing import amend, draft
from .writing_plain import amend_plain, draft_plain

__all__ = [
    "add", "agreed", "amend", "amend_plain", "ask", "blocker", "comment", "decision", "draft", "draft_plain", "index",
    "leads", "mine", "moderation", "my_votes", "new_round", "priorities", "reasons", "record", "register", "scheme",
    "sign", "stand", "version", "vote", "weigh", "withdraw",
]  # fmt: skip
