"""A synthetic NHS in the published formats, with the truth that was planted written beside it."""

from .demonstration import MONTHS, PRACTICES, SEED, Demonstration, make
from .filling import Filled, fill

__all__ = ["MONTHS", "PRACTICES", "SEED", "Demonstration", "Filled", "fill", "make"]
