"""The only file that knows `svy`: a design and its answers in, plain numbers out.

Pinned to 0.35: its list form `mean([...])` forgets a calibration and is not used; its default raking tolerance is
too loose; its Wilson interval corrects twice for few clusters and its intervals stop at 0 and 1, so intervals are
ours (interval.py); it calibrates by linear distance only, so that weights met to sums of numbers, and figures that
must be known together, go through linear.py, as do figures of raked weights: svy rakes, once for all questions.
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
from ..stats.calibration import calibrate
from .design import Design, base_weights, margins, needs_frame, propensity_weights
from .known import known
from .linear import codes, covariance, degrees, unexplained

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
    """The respondents of a design, weighted and raked, with one answer each (NaN: none).

    `over`: what the answers are divided by, in `ratio`, for each row of the file (NaN: none).
    """

    def __init__(
        self,
        design: Design,
        y: NDArray[np.float64],
        *,
        groups: Sequence[str] | None = None,
        over: NDArray[np.float64] | None = None,
    ) -> None:
        kept = vars(design)  # as functools.cached_property keeps what it found: with the design, and as long
        if "_moved" not in kept:
            kept["_moved"] = _Moved(design)
        moved: _Moved = kept["_moved"]
        self._moved = moved
        self.rows, self.weights = moved.rows, moved.weights
        self.frame_population = moved.frame_population
        self._y = np.asarray(y, dtype=np.float64)[self.rows]
        self._over = None if over is None else over[self.rows]
        self._groups = None if groups is None else [str(groups[row]) for row in self.rows.tolist()]
        # After raking the sum of weights is no count of a population, so the reference is sampling with replacement.
        self._reference = "wor" if not design.adjusted and self.weights.sum() > len(self.weights) else "wr"

    def mean(self, inside: NDArray[np.bool_]) -> Figure:
        """The mean answer of a domain, a mask over `rows`; the whole design gives its standard error."""
        return self._estimate("mean", inside)

    def total(self, inside: NDArray[np.bool_]) -> Figure:
        """The total of the answers of a domain."""
        return self._estimate("total", inside)

    def ratio(self, inside: NDArray[np.bool_]) -> Figure:
        """The answers of a domain over what they are divided by, total over total."""
        y, over = self._y, self._over
        assert over is not None, "ratio() needs `over`"
        both = inside & np.isfinite(y) & np.isfinite(over)
        below = float((self.weights * np.where(both, over, 0.0)).sum())
        if not both.any() or below == 0:
            return NOTHING
        value = float((self.weights * np.where(both, y, 0.0)).sum()) / below
        return self._linear(value, np.where(both, y - value * over, 0.0) / below, both)

    def difference(self, first: str, last: str, inside: NDArray[np.bool_]) -> Figure:
        """The mean of group `last` minus that of group `first`, with the covariance that shared clusters bring."""
        if self._moved.known is not None:
            return self._linear_difference(first, last, inside)
        sample = self._moved.sample(y=pl.Series(self._y).fill_nan(None), groups=self._groups, inside=inside)
        try:
            means = sample.estimation.mean("y", by="groups", where=svy.col("inside"), drop_nulls=True)
            row = means.contrast(svy.estd(last) - svy.estd(first)).to_polars().row(0, named=True)
        except SingletonError as error:
            raise _lonely(error) from error
        return Figure(float(row["est"]), float(row["se"]), float(row["df"]), np.nan)

    def together(self, adds: NDArray[np.float64]) -> NDArray[np.float64]:
        """The covariance (K, K) of figures to which each respondent adds `adds` (respondents, K), before weighting."""
        moved = self._moved
        if moved.known is not None:
            adds = unexplained(adds, moved.known, moved.explains)
        return covariance(
            adds * self.weights[:, None], strata=moved.in_stratum, clusters=moved.in_cluster,
            population=moved.population,
        )  # fmt: skip

    def df(self, inside: NDArray[np.bool_]) -> float:
        """Degrees of freedom of a domain."""
        return degrees(self._moved.in_stratum, self._moved.in_cluster, inside)

    def _estimate(self, kind: str, inside: NDArray[np.bool_]) -> Figure:
        answers = np.isfinite(self._y) & inside
        if not answers.any():
            return NOTHING
        if self._moved.known is not None:
            return self._linear_figure(kind, answers)
        sample = self._moved.sample(y=pl.Series(self._y).fill_nan(None), inside=inside)
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

    def _linear_figure(self, kind: str, answers: NDArray[np.bool_]) -> Figure:
        """A mean or a total by linear.py, with its design effect against sampling with replacement."""
        y = np.where(answers, np.nan_to_num(self._y), 0.0)
        w, n = np.where(answers, self.weights, 0.0), int(answers.sum())
        total, people = float((w * y).sum()), float(w.sum())
        if kind == "total":
            return self._linear(total, y, answers)
        mean = total / people
        found = self._linear(mean, np.where(answers, y - mean, 0.0) / people, answers)
        simple = float((w * (y - mean) ** 2).sum()) / people / (n - 1) if n > 1 else 0.0
        return Figure(mean, found.se, found.df, found.se**2 / simple if simple > 0 else np.nan)

    def _linear_difference(self, first: str, last: str, inside: NDArray[np.bool_]) -> Figure:
        y, groups = self._y, np.array(self._groups, dtype=object)
        adds, value = np.zeros(len(y)), 0.0
        for label, sign in ((last, 1.0), (first, -1.0)):
            mask = inside & np.isfinite(y) & (groups == label)
            people = float(self.weights[mask].sum())
            mean = float((self.weights[mask] * y[mask]).sum()) / people
            value += sign * mean
            adds += np.where(mask, sign * (np.nan_to_num(y) - mean) / people, 0.0)
        return self._linear(value, adds, inside & np.isfinite(y))

    def _linear(self, value: float, adds: NDArray[np.float64], answers: NDArray[np.bool_]) -> Figure:
        return Figure(value, float(np.sqrt(self.together(adds[:, None])[0, 0])), self.df(answers), np.nan)


class _Moved:
    """A design's respondents with the weights that its adjustment leaves them, worked out once for all its questions.

    known: float64 (respondents, K), what the weights were moved to meet, None if nothing; explains: the weights with
    which that is taken out of an answer's spread.
    """

    def __init__(self, design: Design) -> None:
        if design.rake and design.calibrate:
            raise InputError("--rake and --calibrate both say how weights meet the frame; give one of them")
        base = base_weights(design)
        start = propensity_weights(design, base) if design.propensity else base
        inside = design.answered & (base > 0)
        if not inside.any():
            raise InputError("nobody responded; expected at least one row to estimate from")
        self.rows = np.flatnonzero(inside)
        self.frame_population = float(base.sum())
        self.strata, self.clusters = (self._labels(labels) for labels in (design.strata, design.clusters))
        self.in_stratum = None if self.strata is None else codes(self.strata)
        self.in_cluster = None if self.clusters is None else codes(self.clusters)
        size = design.population_size
        self.population = None if size is None else np.asarray(size, dtype=np.float64)[inside]
        self.known: NDArray[np.float64] | None = None
        self.weights = self.explains = start[inside]
        if design.calibrate:
            self._calibrate(design)
        if design.rake:
            self._rake(design)

    def sample(self, **columns: object) -> svy.Sample:
        """The respondents as svy knows them, with these columns."""
        given: dict[str, object] = {"weight": self.weights}
        for name, values in (("strata", self.strata), ("clusters", self.clusters), ("population", self.population)):
            if values is not None:
                given[name] = values
        there = {name: name for name in given}
        plan = svy.Design(
            wgt="weight", stratum=there.get("strata"), psu=there.get("clusters"), pop_size=there.get("population")
        )
        return svy.Sample(pl.DataFrame(given | columns), plan)

    def _labels(self, labels: Sequence[str] | None) -> list[str] | None:
        return None if labels is None else [str(labels[row]) for row in self.rows.tolist()]

    def _calibrate(self, design: Design) -> None:
        needs_frame(design, "calibrating", "--calibrate")
        goal = known(design.calibrate, design.answered, design.totals)
        self.known = goal.columns[self.rows]
        self.frame_population = float(goal.totals[0])
        self.weights = calibrate(
            self.weights, self.known, goal.totals, distance=design.distance, bounds=design.bounds
        )
        negative = np.flatnonzero(self.weights < 0)
        if len(negative):
            raise InputError(
                f"row {self.rows[negative[0]] + 2}: linear distance gives a weight of "
                f"{self.weights[negative[0]]:g}; expected none below 0: use --distance raking"
            )

    def _rake(self, design: Design) -> None:
        goal = margins(design)
        columns = {column: self._labels(labels) for column, labels in design.rake.items()}
        self.frame_population = float(sum(next(iter(goal.values())).values()))
        sample = self.sample(**{f"margin {column}": labels for column, labels in columns.items()})
        try:
            raked = sample.weighting.rake(
                controls={f"margin {column}": counts for column, counts in goal.items()}, wgt_name="raked",
                tol=TOLERANCE, max_iter=MOST_ROUNDS,
            )  # fmt: skip
        except WeightingError as error:
            raise InputError(
                f"raking to {', '.join(goal)} did not converge in {MOST_ROUNDS} rounds; "
                "leave a column out or join small groups"
            ) from error
        self.weights = raked.data["raked"].to_numpy().astype(np.float64)
        # as svy, and R's rake(), have it: what the margins explain is found without weights
        self.known, self.explains = _dummies(list(columns.values())), np.ones(len(self.rows))


def _dummies(margins: Sequence[Sequence[str] | None]) -> NDArray[np.float64]:
    columns = []
    for cells in margins:
        codes = np.unique(np.array(cells, dtype=str), return_inverse=True)[1].reshape(-1)
        columns += [(codes == code).astype(float) for code in range(int(codes.max()) + 1)]
    return np.column_stack(columns)


def _number(value: float | None) -> float:
    return np.nan if value is None else float(value)


def _lonely(error: SingletonError) -> InputError:
    return InputError(
        "a stratum has answers from one cluster (or person) only, so its spread cannot be known; "
        "join it with a neighbouring stratum"
    )
