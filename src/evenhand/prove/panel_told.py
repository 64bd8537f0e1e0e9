"""From averages to the record: intervals, what is few, and what must be said beside the number."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .inference import jackknife, student
from .panel_effect import AtPeriod, Average, GroupTime, PanelEffect
from .panel_table import Table
from .two_stage import Averages

Floats = NDArray[np.float64]

FEW = 20  # clusters in all: the fewest that benchmarks/panel_truth.py has tried at full size
FEW_TREATED = 6  # treated clusters: with 4 of 20 a 90% interval held the truth in 85 to 88% (same place)
PRETREND = 0.1  # our rule (METHODS F.6): at or below it the treated already moved otherwise before the start
ROUNDING = 1e-13  # of the largest value: an error below it is that of doubles, and says nothing
JACKKNIFE = "jackknife by cluster within waves, t(G - waves)"
INFLUENCE = "influence x G/(G - 1), t(G - 1)"

DESIGNS = {
    "did2s": "two-stage difference in differences",
    "event": "Callaway and Sant'Anna difference in differences",
    "twfe": "two-way fixed effects, for comparison",
    "sunab": "Sun and Abraham's regression, for comparison",
}
TWFE = ("plain two-way fixed effects: where units start at different times and effects grow or differ, those already "
        "treated serve as controls and the number can be far off, even in sign; for comparison only, never for a "
        "saving")  # fmt: skip


def average(found: Averages, table: Table, level: float) -> Average:
    """The first of some averages: the method's own error beside, the interval by what covers as it says."""
    estimate, df, said = float(found.estimate[0]), float(table.clusters - 1), INFLUENCE
    se = size(found.influence[:, 0]) * float(np.sqrt(table.clusters / df))
    if not table.covariates.shape[2]:
        covariance, df = jackknife(found.estimate, found.left_out, table.waves)
        se, said = float(np.sqrt(covariance[0, 0])), JACKKNIFE
    if se <= ROUNDING * float(np.nanmax(np.abs(table.y))):
        se = 0.0
    low, high, p = student(estimate, se, df, level)
    return Average(estimate, size(found.influence[:, 0]), low, high, p, df, se, said)


def at_periods(since: list[int], found: Averages, first: int, table: Table, level: float) -> tuple[AtPeriod, ...]:
    """Each of some averages, from column `first` on, as the effect so many periods since the start."""
    rows = []
    for j, e in enumerate(since, first):
        one = average(Averages(found.estimate[j:j + 1], found.influence[:, j:j + 1], found.left_out[:, j:j + 1]),
                       table, level)  # fmt: skip
        rows.append(AtPeriod(e, one.estimate, one.se, one.low, one.high))
    return tuple(rows)


def covariance_of(found: Averages, columns: list[int]) -> Floats:
    """Their covariance by the jackknife; by influence where covariates leave no jackknife."""
    if np.isnan(found.left_out).all() and len(found.left_out) > 1:  # with covariates: no jackknife
        part = found.influence[:, columns]
        return np.asarray(part.T @ part * len(part) / (len(part) - 1))
    return jackknife(found.estimate[columns], found.left_out[:, columns])[0]


def size(influence: Floats) -> float:
    """The standard error that influences (G,) add up to."""
    return float(np.sqrt(np.sum(influence**2)))


def told(
    method: str, whole: Table, table: Table, att: Average, event: tuple[AtPeriod, ...],
    test: tuple[float, float, float, float], controls: str, left_out: str, level: float,
    others: dict[str, Average] | None = None, groups: tuple[GroupTime, ...] = (),
) -> PanelEffect:  # fmt: skip
    """The record, and what must be said beside its number."""
    ever = np.isfinite(table.start)
    treated = len(np.unique(table.cluster[ever]))
    words = [TWFE] if method == "twfe" else []
    few = table.clusters < FEW or treated < FEW_TREATED
    if few:
        words.append(f"{table.clusters} clusters, {treated} of them treated: indicative only (below {FEW} in all or "
                     f"{FEW_TREATED} treated the interval need not hold what it promises)")  # fmt: skip
    indicative = bool(few or np.isnan(att.low))
    if test[1] <= PRETREND:
        words.append(f"before the start the treated already moved otherwise (p = {test[1]:.2g}): "
                     "no saving may rest on it")  # fmt: skip
    if np.isnan(att.low):
        words.append("no interval: without one of the clusters there is nothing to compare")
    if left_out:
        words.append(f"left out, as there is nothing to compare them with: {left_out}")
    return PanelEffect(
        method=method, att=att, event=event, pretrend_p=test[1], pretrend_f=test[0], pretrend_df=(test[2], test[3]),
        controls=controls, n=int(table.seen.sum()), units=len(table.units), treated_units=int(ever.sum()),
        never_treated_units=int((~ever).sum()), periods=table.y.shape[1], clusters=table.clusters,
        treated_clusters=treated, balanced=bool(whole.seen.all()), missing=whole.missing, left_out=left_out,
        indicative=indicative, warning="; ".join(words), design=DESIGNS[method],
        has_counterfactual=method in ("did2s", "event") and not indicative and test[1] > PRETREND,
        overall=others or {}, groups=groups, level=level,
    )  # fmt: skip
