"""CHANGE: who has seen it, promised, done it?"""

from .randomise import Allocation, randomise, seal

__all__ = ["Allocation", "randomise", "seal"]
