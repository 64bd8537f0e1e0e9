"""CHANGE: who has seen it, promised, done it?"""

from .funnel import EXITS, STAGES, funnel
from .power import Power, power
from .randomise import Allocation, randomise, seal

__all__ = ["EXITS", "STAGES", "Allocation", "Power", "funnel", "power", "randomise", "seal"]
