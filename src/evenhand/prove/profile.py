"""What a series says at each kind of noise that it may have: the parts over which an interval is averaged."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST, MOST = -2.6, 3.8  # atanh of phi: -0.989 to 0.999, beyond which a series is a saw or a random walk
FAR = 18.0  # log likelihoods this far below the peak weigh less than 1e-7 of it


@dataclass(frozen=True)
class Profile:
    """At each of G kinds of noise: phi, restricted log likelihood, prior, each (G,); beta (G, k), cov (G, k, k)."""

    phi: Floats
    loglik: Floats
    beta: Floats
    cov: Floats
    prior: Floats

    def __add__(self, other: Profile) -> Profile:
        both = ("phi", "loglik", "beta", "cov", "prior")
        return Profile(*(np.concatenate([getattr(self, name), getattr(other, name)]) for name in both))

    def shifted(self, beta: Floats) -> Profile:
        """The same with beta (k,) added to every part."""
        return replace(self, beta=self.beta + beta)


def tall(theta: Floats, heights: Floats) -> tuple[float, float]:
    """Between which theta (G,) the weight lies."""
    weighty = np.flatnonzero(heights > heights.max() - FAR)
    return float(theta[max(int(weighty[0]) - 1, 0)]), float(theta[min(int(weighty[-1]) + 1, len(theta) - 1)])
