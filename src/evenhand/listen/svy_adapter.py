"""The only file that knows `svy`: a design and its answers in, plain numbers out.

Pinned to 0.35: its list form `mean([...])` forgets a calibration and is not used; its default raking tolerance is
too loose; its Wilson interval corrects twice for few clusters and its intervals stop at 0 and 1, so intervals are
ours (interval.py).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
import svy
from numpy.typing import NDArray
from svy.errors.method_errors import MethodError
from svy.errors.singleton_errors import SingletonError
from svy.errors.weighting_errors import WeightingError

from ..errors import InputError
from ..records import Record
from .design import Design, base_weights, margins, propensity_weights

TOLERANCE, MOST_ROUNDS = 1e-12, 1000  # ENGAGEMENT.md C: svy's default tolerance is too loose


@dataclass(frozen=True, eq=False)
class Figure(Record):
    """One estimated mean or total, as the design says it; NaN where it cannot be known."""

    estimate: float
    se: float
    df: float
    deff: float


NOTHING = Figure(np.nan, np.nan, 0.0, np.nan)


class Surveyed:
    """The respondents of a design, weighted and raked, with one answer each (NaN: none)."""

    def __init__(self, design: Design, y: NDArray[np.float64], *, groups: Sequence[str] | None = None) -> None:
        base = base_weights(design)
        start = propensity_weights(design, base) if design.propensity else base
        inside = design.answered & (base > 0)
        if not inside.any():
            raise InputError("nobody responded; expected at least one row to estimate from")
        self.rows = np.flatnonzero(inside)
        self.frame_population = float(design.rows if design.rake else base.sum())
        columns: dict[str, object] = {"y": y[inside], "start": start[inside]}
        for name, labels in (("strata", design.strata), ("clusters", design.clusters), ("groups", groups)):
            if labels is not None:
                columns[name] = [str(labels[row]) for row in self.rows.tolist()]
        if design.population_size is not None:
            columns["population"] = np.asarray(design.population_size)[inside]
        margin = {f"margin {column}": labels for column, labels in design.rake.items()}
        for name, every in margin.items():
            columns[name] = [str(every[row]) for row in self.rows.tolist()]
        self._frame = pl.DataFrame(columns).with_columns(pl.col("y").fill_nan(None))
        self._plan = svy.Design(
            wgt="start",
            stratum="strata" if design.strata is not None else None,
            psu="clusters" if design.clusters is not None else None,
            pop_size="population" if design.population_size is not None else None,
        )
        self._targets = {f"margin {column}": counts for column, counts in margins(design).items()} if margin else {}
        self.weights = self._sample(self._frame).data[self._weight].to_numpy().astype(np.float64)
        # After raking the sum of weights is no count of a population, so the reference is sampling with replacement.
        self._reference = "wor" if not design.adjusted and self.weights.sum() > len(self.weights) else "wr"

    def mean(self, inside: NDArray[np.bool_]) -> Figure:
        """The mean answer of a domain, a mask over `rows`; the whole design gives its standard error."""
        return self._estimate("mean", inside)

    def total(self, inside: NDArray[np.bool_]) -> Figure:
        """The total of the answers of a domain."""
        return self._estimate("total", inside)

    def difference(self, first: str, last: str, inside: NDArray[np.bool_]) -> Figure:
        """The mean of group `last` minus that of group `first`, with the covariance that shared clusters bring."""
        sample = self._sample(self._frame.with_columns(pl.Series("inside", inside)))
        try:
            means = sample.estimation.mean("y", by="groups", where=svy.col("inside"), drop_nulls=True)
            row = means.contrast(svy.estd(last) - svy.estd(first)).to_polars().row(0, named=True)
        except SingletonError as error:
            raise _lonely(error) from error
        return Figure(float(row["est"]), float(row["se"]), float(row["df"]), np.nan)

    @property
    def _weight(self) -> str:
        return "raked" if self._targets else "start"

    def _sample(self, frame: pl.DataFrame) -> svy.Sample:
        sample = svy.Sample(frame, self._plan)
        if not self._targets:
            return sample
        try:
            return sample.weighting.rake(
                controls=self._targets, wgt_name="raked", tol=TOLERANCE, max_iter=MOST_ROUNDS
            )
        except WeightingError as error:
            raise InputError(
                f"raking to {', '.join(name.removeprefix('margin ') for name in self._targets)} did not converge in "
                f"{MOST_ROUNDS} rounds; leave a column out or join small groups"
            ) from error

    def _estimate(self, kind: str, inside: NDArray[np.bool_]) -> Figure:
        answers = self._frame["y"].is_not_null().to_numpy() & inside
        if not answers.any():
            return NOTHING
        sample = self._sample(self._frame.with_columns(pl.Series("inside", inside)))
        ask = getattr(sample.estimation, kind)
        where = {} if inside.all() else {"where": svy.col("inside")}
        try:
            try:
                found = ask("y", drop_nulls=True, deff=self._reference, **where)
            except MethodError as error:
                if error.code != "DEFF_NOT_COMPUTABLE":
                    raise
                found = ask("y", drop_nulls=True, **where)
        except SingletonError as error:
            raise _lonely(error) from error
        row = found.to_polars().row(0, named=True)
        return Figure(float(row["est"]), _number(row["se"]), float(row["df"]), _number(row.get("deff")))


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _lonely(error: SingletonError) -> InputError:
    return InputError(
        "a stratum has answers from one cluster (or person) only, so its spread cannot be known; "
        "join it with a neighbouring stratum"
    )
