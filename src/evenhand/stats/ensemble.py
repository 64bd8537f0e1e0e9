"""Ensemble: draws from a posterior of a few parameters, by walkers that stretch towards one another."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STRETCH = 2.0  # the usual scale of a stretch: Goodman and Weare (2010)


def ensemble(
    log_density: Callable[[Floats], Floats], start: Floats, rng: np.random.Generator, *,
    burn: int = 250, keep: int = 400, thin: int = 8,
) -> Floats:  # fmt: skip
    """Draws (S, D) from a density known up to a factor; needs no derivative and no step size.

    Holds for a handful of parameters and a density in one piece; a long banana is followed, two islands are not.

    Parameters
    ----------
    log_density
        (W, D) -> (W,), the log of the density at W points; -inf where there is none.
    start
        (W, D), W even and more than 2 D: points with some density, not all alike.

    Source: Goodman and Weare (2010), Communications in Applied Mathematics and Computational Science 5:65.

    >>> rng = np.random.default_rng(1)
    >>> draws = ensemble(lambda x: -0.5 * (x**2).sum(axis=1), rng.normal(size=(40, 2)), rng)
    >>> bool(np.all(np.abs(draws.mean(axis=0)) < 0.15) and np.all(np.abs(draws.std(axis=0) - 1) < 0.15))
    True
    """
    walkers = start.copy()
    count, size = walkers.shape
    height = log_density(walkers)
    height = np.where(np.isfinite(height), height, -1e300)  # who begins where nothing can be leaves at once
    halves = np.arange(count) < count // 2
    kept = []
    for step in range(burn + keep):
        for mine in (halves, ~halves):
            others = walkers[~mine]
            n = int(mine.sum())
            stretch = ((STRETCH - 1) * rng.random(n) + 1) ** 2 / STRETCH
            partner = others[rng.integers(0, len(others), n)]
            proposed = partner + stretch[:, None] * (walkers[mine] - partner)
            found = log_density(proposed)
            take = np.log(rng.random(n)) < (size - 1) * np.log(stretch) + found - height[mine]
            walkers[mine] = np.where(take[:, None], proposed, walkers[mine])
            height[mine] = np.where(take, found, height[mine])
        if step >= burn and (step - burn) % thin == thin - 1:
            kept.append(walkers.copy())
    return np.concatenate(kept)
