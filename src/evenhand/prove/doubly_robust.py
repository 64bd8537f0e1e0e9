"""One difference in differences of two groups over two periods, adjusted for covariates in two ways at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

STEPS = 50  # Newton's method for a logistic regression settles in fewer than ten unless the groups do not overlap
LIKELIEST = 0.995  # a control that is surer than this to be treated stands for 200: left out (our rule)


def doubly_robust(change: Floats, treated: Bools, covariates: Floats) -> tuple[float, Floats]:
    """The effect on the treated, and each unit's influence on it (n,).

    The mean change of the treated, less that of the controls, who are weighted to look like the treated and whose
    change is also foretold by least squares: right if either is. Without covariates both are plain means.

    Parameters
    ----------
    change
        Of each unit from the first period to the second (n,).
    treated
        Which units are treated (n,).
    covariates
        (n, K), without a constant; K may be 0.

    Raises
    ------
    InputError
        If a covariate says nothing of its own among the controls, or tells the groups apart altogether.

    Source: Sant'Anna and Zhao (2020), Journal of Econometrics 219:101, equation 2.6 and its influence function.
    """
    d, x = treated.astype(np.float64), np.column_stack([np.ones(len(change)), covariates])
    if covariates.shape[1] and np.linalg.matrix_rank(x[~treated]) < x.shape[1]:
        raise InputError("the covariates repeat one another, or are constant, among the controls of some period; "
                         "leave one out, or take more controls")  # fmt: skip
    chance, hessian = _propensity(d, x)
    usable = treated | (chance < LIKELIEST)
    n = len(change)
    outcome = np.linalg.inv((x * (1 - d)[:, None]).T @ x / n)
    foretold = x @ (outcome @ ((x * (1 - d)[:, None]).T @ change / n))
    left = change - foretold
    by_outcome = (x * ((1 - d) * left)[:, None]) @ outcome
    by_chance = (x * (d - chance)[:, None]) @ hessian
    w1, w0 = d, usable * chance * (1 - d) / (1 - np.minimum(chance, LIKELIEST))
    mean1, mean0 = float((w1 * left).mean() / w1.mean()), float((w0 * left).mean() / w0.mean())
    ours = (w1 * (left - mean1) - by_outcome @ (w1[:, None] * x).mean(axis=0)) / w1.mean()
    theirs = (
        w0 * (left - mean0) + by_chance @ ((w0 * (left - mean0))[:, None] * x).mean(axis=0)
        - by_outcome @ (w0[:, None] * x).mean(axis=0)
    ) / w0.mean()  # fmt: skip
    return mean1 - mean0, np.asarray(ours - theirs)


def _propensity(d: Floats, x: Floats) -> tuple[Floats, Floats]:
    """The chance of being treated (n,), by logistic regression, and n times its covariance."""
    beta = np.zeros(x.shape[1])
    beta[0] = np.log(d.mean() / (1 - d.mean()))
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        information = (x * (chance * (1 - chance))[:, None]).T @ x
        if np.linalg.cond(information) > 1e14:  # beyond doubles: the groups do not overlap
            break
        step = np.linalg.solve(information, x.T @ (d - chance))
        beta = beta + step
        if np.abs(step).max() < 1e-12 * (1 + np.abs(beta).max()):
            chance = 1 / (1 + np.exp(-(x @ beta)))
            information = (x * (chance * (1 - chance))[:, None]).T @ x
            return chance, np.asarray(np.linalg.inv(information) * len(d))
    raise InputError("the covariates tell the treated from the controls altogether, so that no control is like them; "
                     "leave one out")  # fmt: skip
