"""What a randomised wave did: every arm against the control, adjusted for the baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Effect, Record
from .regression import Errors, fit

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Arm(Record):
    """One arm as analysed: its units and their plain means."""

    arm: str
    n: int
    baseline_mean: float
    outcome_mean: float


@dataclass(frozen=True, eq=False)
class Trial(Record):
    """What a randomised wave did, and what before/after would have claimed.

    n: units analysed; missing: units left out because baseline, outcome or a covariate is missing;
    clusters: how many, None where units were randomised themselves; naive_change: mean outcome minus mean
    baseline over the treated, shown and never banked; baseline_slope: how much of a unit's distance from
    the mean is still there at the end (1 is all of it), the rest being regression to the mean.
    """

    n: int
    arms: tuple[Arm, ...]
    effects: tuple[Effect, ...]
    naive_change: float
    missing: int
    clusters: int | None
    baseline_slope: float
    level: float


def trial(
    arm: Sequence[str],
    baseline: Floats,
    outcome: Floats,
    *,
    control: str,
    clusters: Sequence[str] | None = None,
    covariates: Mapping[str, Floats] | None = None,
    weights: Floats | None = None,
    errors: Errors = "CR1",
    level: float = 0.95,
) -> Trial:
    """Estimate each arm's effect on the outcome, by intention to treat (ANCOVA).

    outcome = a + b x baseline + sum of arm effects + covariates, by least squares. Each unit counts in the arm it was
    allocated to, whatever it then did. Arms and effects come in the order of first appearance.

    Parameters
    ----------
    arm, baseline, outcome
        One for each unit; baseline and outcome in the measure's own unit, NaN where missing.
    control
        The arm that the others are compared with.
    clusters
        What was randomised if not the unit itself (a PCN, a team).
    covariates
        Name -> values (n,), measured before launch.
    weights
        What each unit stands for (its volume); all equal if not given.
    errors
        With clusters: CR1 with t(G - 1); CR2 or CR3 with Satterthwaite's degrees of freedom, for few or uneven ones.

    Raises
    ------
    InputError
        If there is one arm only, the control is not among the arms, an arm has fewer than two units (or two
        clusters), nothing is left to estimate the error from, or a column says nothing of its own.

    Source: ANCOVA for trials, Vickers and Altman (2001), BMJ 323:1123; CR1 as in statsmodels and fixest.
    """
    rows = _complete(arm, baseline, outcome, covariates or {}, weights)
    names = [arm[i] for i in rows]
    arms = list(dict.fromkeys(names))
    groups = None if clusters is None else [clusters[i] for i in rows]
    _check(arm, names, arms, control, groups)
    treated = [name for name in arms if name != control]
    X, columns = _matrix(names, treated, baseline[rows], {n: v[rows] for n, v in (covariates or {}).items()})
    _estimable(X, columns)
    y = outcome[rows]
    root = np.sqrt(np.ones(len(rows)) if weights is None else weights[rows])
    model = fit(y * root, X * root[:, None], clusters=groups, errors=errors)
    kind = "classical" if groups is None else errors
    effects = []
    for column, name in enumerate(treated, 2):
        low, high = model.interval(column, level)
        effects.append(Effect(
            name, float(model.beta[column]), float(model.se[column]), low, high, model.p(column),
            float(model.df[column]), f"randomised, ANCOVA on baseline, {kind} errors", True, level,
        ))  # fmt: skip
    shown = np.array([name != control for name in names])
    b = baseline[rows]
    return Trial(
        n=len(rows),
        arms=tuple(_arm(name, np.array([n == name for n in names]), b, y) for name in arms),
        effects=tuple(effects),
        naive_change=float(y[shown].mean() - b[shown].mean()),
        missing=len(arm) - len(rows),
        clusters=None if groups is None else len(set(groups)),
        baseline_slope=float(model.beta[1]),
        level=level,
    )


def indicators(name: str, values: Sequence[str]) -> dict[str, Floats]:
    """A covariate of words (region, list size band) as columns of 0 and 1, the first word being the reference; NaN
    where it is blank. Without a second word the one column says nothing, and `trial` refuses it."""
    words = [word for word in dict.fromkeys(values) if word]
    return {
        f"{name}={word}": np.array([float(v == word) if v else np.nan for v in values])
        for word in words[1:] or words or [""]
    }


def _complete(
    arm: Sequence[str], baseline: Floats, outcome: Floats, covariates: Mapping[str, Floats], weights: Floats | None
) -> NDArray[np.int64]:
    known = np.isfinite(baseline) & np.isfinite(outcome)
    for values in covariates.values():
        known &= np.isfinite(values)
    if weights is not None:
        known &= np.isfinite(weights) & (weights > 0)
    return np.flatnonzero(known)


def _matrix(
    names: Sequence[str], treated: Sequence[str], baseline: Floats, covariates: Mapping[str, Floats]
) -> tuple[Floats, list[str]]:
    """The model's columns and what a message calls them: 1, baseline, one for each treated arm, covariates."""
    columns = [np.ones(len(names)), baseline]
    columns += [np.array([float(name == one) for name in names]) for one in treated]
    columns += list(covariates.values())
    words = ["the constant", "the baseline", *(f"arm {one!r}" for one in treated)]
    return np.column_stack(columns), [*words, *(f"covariate {one!r}" for one in covariates)]


def _estimable(X: Floats, columns: Sequence[str]) -> None:
    if X.shape[0] <= X.shape[1]:
        raise InputError(
            f"{X.shape[0]} units with complete values for {X.shape[1]} coefficients; "
            "need more units, or fewer covariates"
        )
    scale = np.linalg.norm(X, axis=0)
    unit = X / np.where(scale > 0, scale, 1.0)
    for j in range(1, X.shape[1]):
        if np.linalg.matrix_rank(unit[:, : j + 1], tol=1e-9) < j + 1:  # 1e-9: beyond rounding of doubles
            raise InputError(
                f"{columns[j]} says nothing that {', '.join(columns[:j])} do not already say "
                "(it is constant or a combination of them); leave it out"
            )


def _check(
    given: Sequence[str], names: Sequence[str], arms: Sequence[str], control: str, groups: Sequence[str] | None
) -> None:
    all_arms = list(dict.fromkeys(given))
    if control not in all_arms:
        raise InputError(f"the control arm {control!r} is not in the file; its arms are: {', '.join(all_arms)}")
    if len(all_arms) < 2:
        raise InputError(f"only one arm, {control!r}; a trial needs a control and at least one other arm")
    for one in all_arms:
        own = [i for i, name in enumerate(names) if name == one]
        if len(own) < 2:
            raise InputError(f"arm {one!r} has {len(own)} units with complete values; need at least 2")
        if groups is not None and len({groups[i] for i in own}) < 2:
            raise InputError(
                f"arm {one!r} lies in one cluster, {groups[own[0]]!r}; need at least 2 clusters in each arm"
            )


def _arm(name: str, own: NDArray[np.bool_], baseline: Floats, outcome: Floats) -> Arm:
    return Arm(name, int(own.sum()), float(baseline[own].mean()), float(outcome[own].mean()))
