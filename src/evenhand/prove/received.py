"""Beside intention to treat: by what was received, and the effect on those whom the draw moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Effect, Record
from .regression import Errors, Fit
from .trial import trial

Floats = NDArray[np.float64]

WEAK = 10.0  # Staiger and Stock (1997), Econometrica 65:557: below it the instrument says too little
AS_TREATED = "as treated: compared by what was received, which nobody drew by lot"
COMPLIERS = "complier average: allocation as instrument for what was received"


@dataclass(frozen=True, eq=False)
class Received(Record):
    """What stands beside intention to treat, and never in its place.

    as_treated: by what was received; no counterfactual, as who took part chose to. compliers: the effect on units that
    take what they are drawn for, if being drawn acts only through it; first_stage_f: how strongly each arm's draw
    moved what was received. taken: arm -> what was received -> units. warning: what must be said, or empty.
    """

    as_treated: tuple[Effect, ...]
    compliers: tuple[Effect, ...]
    first_stage_f: tuple[float, ...]
    taken: dict[str, dict[str, int]]
    warning: str


def received(
    arm: Sequence[str],
    taken: Sequence[str],
    baseline: Floats,
    outcome: Floats,
    *,
    control: str,
    clusters: Sequence[str] | None = None,
    covariates: Mapping[str, Floats] | None = None,
    weights: Floats | None = None,
    errors: Errors = "CR1",
    level: float = 0.95,
) -> Received:
    """Compare by what each unit received (an arm's name), with and without the draw as an instrument.

    Same model as `trial`. The compliers' errors are classical, or CR1 with t(G - 1) where there are clusters.

    Raises
    ------
    InputError
        As `trial`; or if something was received that is no arm, or an arm's draw moved nothing.

    Source: Angrist, Imbens and Rubin (1996), JASA 91:444.
    """
    arms = list(dict.fromkeys(arm))
    for one in dict.fromkeys(taken):
        if one not in arms:
            raise InputError(f"received {one!r}, which is no arm; expected one of {', '.join(arms)}")
    counts = {a: {t: sum(x == a and y == t for x, y in zip(arm, taken, strict=True)) for t in arms} for a in arms}
    treated = [name for name in arms if name != control]
    never = [name for name in treated if name not in taken]
    if never:
        raise InputError(f"nobody received {never[0]!r}; there is nothing to compare by what was received")
    plain = trial(taken, baseline, outcome, control=control, clusters=clusters, covariates=covariates, weights=weights,
                  errors=errors, level=level)  # fmt: skip
    shown = sorted(plain.effects, key=lambda effect: treated.index(effect.arm))
    found, strength = _instrument(arm, taken, baseline, outcome, treated, clusters, covariates or {}, weights)
    effects = []
    for j, name in enumerate(treated):
        low, high = found.interval(j, level)
        effects.append(Effect(name, float(found.beta[j]), float(found.se[j]), low, high, found.p(j),
                              float(found.df[j]), COMPLIERS, True, level))  # fmt: skip
    weak = [name for name, f in zip(treated, strength, strict=True) if f < WEAK]
    warning = (f"the draw hardly moved what {' and '.join(weak)} received (first-stage F below {WEAK:g}): the complier "
               "average is not to be trusted") if weak else ""  # fmt: skip
    return Received(tuple(replace(e, design=AS_TREATED, has_counterfactual=False) for e in shown), tuple(effects),
                    tuple(strength), counts, warning)  # fmt: skip


def holm(p: Sequence[float]) -> tuple[float, ...]:
    """p adjusted for asking several questions at once: the chance that any arm looks so by luck alone stays as said.

    Source: Holm (1979), Scandinavian Journal of Statistics 6:65.

    >>> [round(p, 4) for p in holm([0.01, 0.04, 0.03, 0.005])]
    [0.03, 0.06, 0.06, 0.02]
    """
    out, most = [float("nan")] * len(p), 0.0
    known = sorted((i for i in range(len(p)) if p[i] == p[i]), key=lambda i: p[i])
    for rank, i in enumerate(known):
        most = max(most, min(1.0, (len(known) - rank) * p[i]))
        out[i] = most
    return tuple(out)


def _instrument(
    arm: Sequence[str], taken: Sequence[str], baseline: Floats, outcome: Floats, treated: Sequence[str],
    clusters: Sequence[str] | None, covariates: Mapping[str, Floats], weights: Floats | None,
) -> tuple[Fit, list[float]]:  # fmt: skip
    """Two-stage least squares with as many instruments as arms: the arms' coefficients, and each first stage's F."""
    extra = np.column_stack([np.ones(len(baseline)), baseline, *covariates.values()])
    extra = extra / np.sqrt(np.nanmean(extra**2, axis=0))  # alike in size, so that no digits are lost
    w = np.ones(len(baseline)) if weights is None else weights
    known = np.isfinite(extra).all(axis=1) & np.isfinite(outcome) & np.isfinite(w) & (w > 0)
    root = np.sqrt(w[known])[:, None]
    drawn, got = (np.column_stack([[float(x == name) for x in words] for name in treated])[known]
                  for words in (arm, taken))  # fmt: skip
    z, x = np.column_stack([drawn, extra[known]]) * root, np.column_stack([got, extra[known]]) * root
    y, m = outcome[known] * root[:, 0], len(treated)
    groups = None if clusters is None else np.unique(np.asarray(clusters, dtype=object)[known].astype(str),
                                                     return_inverse=True)[1]  # fmt: skip
    strength = []
    for j, name in enumerate(treated):
        stage = _fit(z, z, x[:, j], groups)
        if not abs(stage.beta[j]) > 1e-9:  # beyond rounding: nobody did other than they would have
            raise InputError(f"being drawn for {name!r} moved nobody to receive it; there are no compliers to speak of")
        strength.append(float((stage.beta[j] / stage.se[j]) ** 2) if stage.se[j] > 0 else float("inf"))
    if np.linalg.matrix_rank(z.T @ x) < x.shape[1]:
        raise InputError("what was received does not follow the draw arm by arm; there are no compliers to speak of")
    whole = _fit(z, x, y, groups)
    return Fit(whole.beta[:m], whole.se[:m], whole.df[:m]), strength


def _fit(z: Floats, x: Floats, y: Floats, groups: NDArray[np.int64] | None) -> Fit:
    n, k = x.shape
    inverse = np.linalg.inv(z.T @ x)
    beta = inverse @ (z.T @ y)
    left = y - x @ beta
    if groups is None:
        df, meat = float(n - k), z.T @ z * (left @ left) / (n - k)
    else:
        count = int(groups.max()) + 1
        scores = np.zeros((count, k))
        np.add.at(scores, groups, z * left[:, None])
        df, meat = float(count - 1), scores.T @ scores * count / (count - 1) * (n - 1) / (n - k)
    return Fit(np.asarray(beta), np.sqrt(np.maximum(np.diag(inverse @ meat @ inverse.T), 0)), np.full(k, df))
