"""Design: who was asked, who answered, and how each row came into the file."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, did_you_mean
from ..records import Record
from .known import Column, Totals, margin

FEWEST_IN_A_CELL = 10  # ENGAGEMENT.md C3: propensity cells are collapsed below 10


@dataclass(frozen=True, eq=False)
class Design(Record):
    """How `rows` rows of a survey file stand for a population.

    weights: float64 (rows,), 0 or more; strata, clusters: a label for each row; population_size: float64 (rows,),
    how many clusters (people, where there are no clusters) the row's stratum has; responded: bool (rows,), who
    answered at all; rake: column -> a label for each row, margins to be met; propensity: the same, cells within
    which those who answered stand for those who did not; calibrate: column -> a label or a number for each row, whose
    counts or sums are to be met all at once, by `distance` (linear, raking, or logit within `bounds`); totals: what
    rake and calibrate must meet, else the counts and sums of all rows. None and {} mean: not part of this design.
    """

    rows: int
    weights: NDArray[np.float64] | None = None
    strata: Sequence[str] | None = None
    clusters: Sequence[str] | None = None
    population_size: NDArray[np.float64] | None = None
    responded: NDArray[np.bool_] | None = None
    rake: Mapping[str, Sequence[str]] = field(default_factory=dict)
    propensity: Mapping[str, Sequence[str]] = field(default_factory=dict)
    calibrate: Mapping[str, Column] = field(default_factory=dict)
    totals: Totals | None = None
    distance: str = "raking"
    bounds: tuple[float, float] = (0.0, math.inf)

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Who is in the sample: those who responded, or every row where nobody says."""
        return np.ones(self.rows, dtype=bool) if self.responded is None else np.asarray(self.responded, dtype=bool)

    @property
    def has_frame(self) -> bool:
        """Whether anything says whom the answers stand for; if not, they are those who answered, and no more."""
        known = (self.responded, self.weights, self.population_size, self.totals)
        return any(part is not None for part in known)

    @property
    def adjusted(self) -> bool:
        """Whether the weights are moved to meet the frame, so that they no longer are inverse chances of selection."""
        return bool(self.rake) or bool(self.propensity) or bool(self.calibrate)


def base_weights(design: Design) -> NDArray[np.float64]:
    """The weight of each row before any adjustment: as given, else population over sample by stratum, else 1.

    As in R's `svydesign`, a population size without weights says how many each respondent's cluster stands for; with
    raking or propensity cells the base is 1.

    Raises
    ------
    InputError
        If a weight is negative or missing, all are 0, or a population size differs within a stratum or is
        smaller than the sample.
    """
    answered = design.answered
    if design.population_size is not None:
        _check_population(design)
    if design.weights is not None:
        weights = np.asarray(design.weights, dtype=np.float64)
        bad = np.flatnonzero(~(weights >= 0) | ~np.isfinite(weights))
        if len(bad):
            raise InputError(f"row {bad[0] + 2}: expected a weight of 0 or more, found {weights[bad[0]]:g}")
        if not (weights[answered] > 0).any():
            raise InputError("every weight is 0; expected some above 0")
        return weights
    if design.population_size is None or design.adjusted:
        return np.ones(design.rows)
    found = _sampled(design)
    sampled = np.array([found[stratum] for stratum in _strata(design)])
    return np.where(answered, np.asarray(design.population_size) / sampled, 0.0)


def margins(design: Design) -> dict[str, dict[str, float]]:
    """How many people have each label of each raking column: what the weights must meet.

    Counted over the rows of the whole file, or as `totals` give them.

    Raises
    ------
    InputError
        If nobody says who responded and no totals are given, a label is blank, or a label has rows and no respondent.
    """
    needs_frame(design, "raking", "--rake")
    counts: dict[str, dict[str, float]] = {}
    for column, labels in design.rake.items():
        given = None if design.totals is None else design.totals.get(column)
        if design.totals is not None and given is None:
            raise InputError(f"no total is given for {column!r}{did_you_mean(column, design.totals)}")
        needed = [True] * design.rows if given is None else design.answered.tolist()
        if "" in labels:
            for row, (label, asked) in enumerate(zip(labels, needed, strict=True)):
                if asked and not label:
                    raise InputError(f"row {row + 2}, column {column!r}: expected a value to rake by, found a blank")
        counts[column] = margin(column, labels, design.answered, given)
    return counts


def needs_frame(design: Design, what: str, option: str) -> None:
    """Refuse to meet totals that nobody knows."""
    if design.responded is None and design.totals is None:
        raise InputError(f"{what} needs to know who responded; name the column with --responded "
                         f"(or give the totals of {option} with --totals)")  # fmt: skip


def propensity_weights(design: Design, weights: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weights in which the respondents of each cell stand for all of it; cells under 10 respondents are joined."""
    if design.responded is None:
        raise InputError("propensity cells need to know who responded; name the column with --responded")
    answered = design.answered
    keys = [tuple(str(label) for label in row) for row in zip(*design.propensity.values(), strict=True)]
    cells: dict[tuple[str, ...], list[int]] = {}
    for row, key in enumerate(keys):
        cells.setdefault(key, []).append(row)
    adjusted = weights.copy()
    for rows in _joined([np.array(rows) for rows in cells.values()], answered):
        yes = rows[answered[rows]]
        if len(yes):
            adjusted[yes] *= weights[rows].sum() / weights[yes].sum()
    return adjusted


def _joined(cells: list[NDArray[np.int64]], answered: NDArray[np.bool_]) -> list[NDArray[np.int64]]:
    """Cells by rising respondents, the smallest joined with the next until each has ten."""
    ranked = sorted(cells, key=lambda rows: int(answered[rows].sum()))
    done: list[NDArray[np.int64]] = []
    for i, rows in enumerate(ranked):
        if answered[rows].sum() < FEWEST_IN_A_CELL and i + 1 < len(ranked):
            ranked[i + 1] = np.concatenate([rows, ranked[i + 1]])
        elif answered[rows].sum() < FEWEST_IN_A_CELL and done:
            done[-1] = np.concatenate([done[-1], rows])
        else:
            done.append(rows)
    return done


def _strata(design: Design) -> list[str]:
    return [""] * design.rows if design.strata is None else [str(s) for s in design.strata]


def _sampled(design: Design) -> dict[str, int]:
    """Clusters, or people where there are none, in the sample of each stratum."""
    units = range(design.rows) if design.clusters is None else design.clusters
    found: dict[str, set[object]] = {stratum: set() for stratum in _strata(design)}
    for stratum, unit, yes in zip(_strata(design), units, design.answered, strict=True):
        if yes:
            found[stratum].add(unit)
    return {stratum: max(len(members), 1) for stratum, members in found.items()}


def _check_population(design: Design) -> None:
    size = np.asarray(design.population_size, dtype=np.float64)
    sampled = _sampled(design)
    known: dict[str, float] = {}
    for row, (stratum, n) in enumerate(zip(_strata(design), size, strict=True)):
        if not design.answered[row]:
            continue
        where = f"row {row + 2}: population size" + (f" of stratum {stratum!r}" if stratum else "")
        if not n >= sampled[stratum]:
            raise InputError(f"{where}: expected at least the {sampled[stratum]} sampled, found {n:g}")
        if known.setdefault(stratum, n) != n:
            raise InputError(f"{where}: expected {known[stratum]:g} as in the rows above, found {n:g}")
