"""Which mixture of others is most like this one? Least squares with weights that are not negative and sum to 1."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls

Floats = NDArray[np.float64]


def mixture(target: Floats, others: Floats) -> Floats:
    """Weights (J,), each 0 or more, summing to 1, whose mixture of `others` lies nearest to `target`.

    Exact, with no penalty to tune. The nearest mixture is the point of the columns' hull, moved by -target, that lies
    nearest to 0; and for u >= 0, |A u|^2 + (1'u - 1)^2 is least at a multiple of that point's weights.

    Parameters
    ----------
    target, others
        (T,) and (T, J), without gaps.

    Source: weights as in Abadie, Diamond and Hainmueller (2010), JASA 105:493, with every month before as a predictor;
    the reduction is ours, and follows from minimising over u's length first.

    >>> mixture(np.array([1.0, 2.0]), np.array([[0.0, 2.0, 9.0], [2.0, 2.0, 9.0]])).round(6).tolist()
    [0.5, 0.5, 0.0]
    """
    apart = others - target[:, None]
    scale = float(np.sqrt(np.mean(apart**2)))
    if not scale > 0:
        return np.full(others.shape[1], 1 / others.shape[1])
    weights, _ = nnls(np.vstack([apart / scale, np.ones(others.shape[1])]),
                      np.concatenate([np.zeros(len(target)), [1.0]]))  # fmt: skip
    return np.asarray(weights / weights.sum())
