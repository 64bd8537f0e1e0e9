"""Power: how many answers, and how many invitations, a survey needs."""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy.special import ndtri

from ..errors import InputError
from ..records import Record


@dataclass(frozen=True, eq=False)
class SurveySize(Record):
    """How many must answer, and be asked, for a share to be known within a margin.

    achievable_margin: the margin if everyone is asked and the response rate holds; NaN without a population.
    """

    share: float
    margin: float
    answers: int
    invitations: int
    deff: float
    response_rate: float
    population: float
    achievable_margin: float
    enough_people: bool
    level: float = 0.95


def size(
    share: float,
    margin: float,
    *,
    population: float = math.nan,
    response_rate: float = 1.0,
    deff: float = 1.0,
    level: float = 0.95,
) -> SurveySize:
    """How many answers make a share known to within plus or minus `margin`?

    Parameters
    ----------
    share, margin
        The share expected (0.5 if nobody knows) and half the width of its interval, both between 0 and 1.
    population
        People in all: fewer are needed where they are few.
    response_rate
        The share of those invited who will answer.
    deff
        How much larger clusters and weights make the variance than in a simple random sample.

    Raises
    ------
    InputError
        If a number is out of range.

    Source: Cochran (1977), Sampling Techniques, section 4.4: n0 = z^2 p (1 - p) / d^2, n = n0 / (1 + (n0 - 1) / N).

    >>> size(0.42, 0.03).answers
    1040
    """
    for name, value in (("share", share), ("margin", margin)):
        if not 0 < value < 1:
            raise InputError(f"need a {name} between 0 and 1; got {value:g}")
    if not 0 < response_rate <= 1:
        raise InputError(f"need a response rate above 0 and at most 1; got {response_rate:g}")
    if not deff > 0:
        raise InputError(f"need a design effect above 0; got {deff:g}")
    if not math.isnan(population) and population < 1:
        raise InputError(f"need a population of 1 or more; got {population:g}")
    z = float(ndtri((1 + level) / 2))
    simple = z * z * share * (1 - share) / margin**2 * deff
    needed = simple if math.isnan(population) else simple / (1 + (simple - 1) / population)
    answers = max(1, math.ceil(needed - 1e-9))  # 1e-9: a whole number stays itself
    invitations = math.ceil(answers / response_rate - 1e-9)
    best = math.nan
    if not math.isnan(population):
        everyone = population * response_rate
        left = (population - everyone) / (population - 1) if population > 1 else 0.0
        best = z * math.sqrt(share * (1 - share) / everyone * deff * left)
    enough = math.isnan(population) or invitations <= population
    return SurveySize(share, margin, answers, invitations, deff, response_rate, population, best, enough, level)
