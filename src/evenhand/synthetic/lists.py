"""List sizes: who is registered where, by sex and age, as published each month."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .organisations import Nation

BANDS = (*(f"{age}_{age + 4}" for age in range(0, 95, 5)), "95+")
SEXES = ("FEMALE", "MALE")
# Share of patients by five-year band and of women in each, per cent: the shape of England's lists, rounded (ours).
_OF_ALL = (5.2, 5.6, 5.9, 5.7, 6.1, 7.0, 7.6, 7.4, 7.0, 6.3, 6.3, 6.6, 6.2, 5.2, 4.5, 3.7, 2.2, 1.0, 0.4, 0.1)
_WOMEN = (49, 49, 49, 49, 49, 49, 49, 49, 49, 49, 50, 50, 50, 51, 52, 53, 55, 59, 65, 72)


def by_age(world: Nation, month: int) -> NDArray[np.int64]:
    """Registered patients (P, sex, band): female first, as `SEXES`; sums to the practice's list exactly."""
    middle = (np.arange(len(BANDS)) * 5 + 2.5 - 40) / 40
    of_all = np.array(_OF_ALL) * np.exp(world.age_tilt[:, None] * middle)
    women = np.array(_WOMEN) / 100
    share = np.stack([of_all * women, of_all * (1 - women)], axis=1).reshape(len(of_all), -1)
    share /= share.sum(axis=1, keepdims=True)
    return _whole(world.patients[:, month], share).reshape(len(of_all), len(SEXES), len(BANDS))


def _whole(total: NDArray[np.int64], share: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole patients that add up: what is left over goes to the largest fractions."""
    exact = total[:, None] * share
    count = np.floor(exact).astype(np.int64)
    rank = np.argsort(np.argsort(count - exact, axis=1, kind="stable"), axis=1, kind="stable")
    return np.asarray(count + (rank < (total - count.sum(axis=1))[:, None]))
