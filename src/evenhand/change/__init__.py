"""CHANGE: who has seen it, promised, done it?"""

from .content import Block, Content, Facts, Question
from .content import load as load_content
from .content import load_all as load_all_content
from .funnel import EXITS, STAGES, funnel
from .power import Power, power
from .randomise import Allocation, randomise, seal
from .spread import Spread, spread

__all__ = [
    "EXITS", "STAGES", "Allocation", "Block", "Content", "Facts", "Power", "Question", "Spread", "funnel",
    "load_all_content", "load_content", "power", "randomise", "seal", "spread",
]  # fmt: skip
