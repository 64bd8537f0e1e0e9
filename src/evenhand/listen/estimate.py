"""Estimate: what a population of clinicians knows, believes and wants, from those who answered."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

from ..errors import InputError, did_you_mean
from ..stats.wilson import wilson
from .design import Design
from .interval import KINDS, share_interval
from .result import EVERYONE, GroupEstimate, SurveyResult, WeightSummary
from .svy_adapter import Surveyed


def estimate(
    y: NDArray[np.float64],
    design: Design,
    *,
    share: bool = False,
    among: NDArray[np.bool_] | None = None,
    by: Sequence[str] | None = None,
    total: bool = False,
    over: NDArray[np.float64] | None = None,
    interval: str = "logit",
    level: float = 0.95,
) -> SurveyResult:
    """What does the population answer, and how sure are we?

    Groups and `among` are domains of the whole design, never a filtered file: a filter would forget that the size
    of the group is itself uncertain.

    Parameters
    ----------
    y
        Answers (rows,): a number each, or 1 and 0 with `share`; NaN where there is none.
    design
        How the rows stand for a population.
    share
        y is 1 for the answer asked about: intervals are those of a share.
    among
        Mask (rows,): only these people, as a domain.
    by
        A label (rows,) for each row: one estimate for each label, in order of first appearance, '' for none.
    total
        How many, or how much, rather than the share or mean.
    over
        The answers' denominators (rows,), NaN where there is none: total over total rather than a mean.
    interval, level
        logit, wilson, beta, likelihood, asin or mean for shares; coverage. Means and totals have t intervals.

    Raises
    ------
    InputError
        If nobody is left to estimate from, or the design cannot be what it says.

    Source: R `survey` 4.4 by way of svy (svy_adapter.py); Kish (1965), Survey Sampling, section 11.7.

    >>> doctors = np.array([1.0] * 252 + [0.0] * 348)
    >>> result = estimate(doctors, Design(600), share=True, interval="wilson")
    >>> print(f"{result.group().estimate:.2f} {result.group().low:.4f} {result.group().high:.4f}")
    0.42 0.3811 0.4599
    """
    if interval not in KINDS:
        raise InputError(f"no interval {interval!r}{did_you_mean(interval, KINDS)}; there are: {', '.join(KINDS)}")
    if over is not None and (total or share):
        raise InputError("a ratio is of two numbers: give neither --value nor --total with --ratio")
    people = Surveyed(design, y, over=over)
    if over is not None:
        y = np.where(np.isfinite(over), y, np.nan)
    answers = y[people.rows]
    inside = np.ones(len(people.rows), dtype=bool) if among is None else np.asarray(among, dtype=bool)[people.rows]
    if not (inside & np.isfinite(answers)).any():
        raise InputError("nobody among those asked about answered this question")
    domains = _domains(by, people.rows, inside)
    ask = people.total if total else people.ratio if over is not None else people.mean
    found, plain_figures = [], []
    for label, mask in domains:
        n = int((mask & np.isfinite(answers)).sum())
        figure = ask(mask)
        low, high = (
            share_interval(figure.estimate, figure.se, n, figure.df, kind=interval, level=level)
            if share and not total
            else _t_interval(figure.estimate, figure.se, figure.df, level)
        )
        found.append(GroupEstimate(label, n, figure.estimate, figure.se, low, high, figure.df, figure.deff))
        below = None if over is None else over[people.rows][mask & np.isfinite(answers)]
        plain_figures.append(_unweighted(label, answers[mask & np.isfinite(answers)], share, level, below))
    weights = people.weights
    return SurveyResult(
        n=len(people.rows),
        population=people.frame_population,
        response_rate=math.nan if design.responded is None else float(design.answered.mean()),
        kish_ess=float(weights.sum() ** 2 / (weights**2).sum()),
        weights=WeightSummary(float(weights.min()), float(weights.max()), float(weights.sum())),
        estimates=tuple(found),
        unweighted=tuple(plain_figures),
        statistic=("total" if total else "share" if share else "mean" if over is None else "ratio"),
        interval=interval if share and not total else "t",
        has_frame=design.has_frame,
        level=level,
    )


def _domains(
    by: Sequence[str] | None, rows: NDArray[np.int64], inside: NDArray[np.bool_]
) -> list[tuple[str, NDArray[np.bool_]]]:
    if by is None:
        return [(EVERYONE, inside)]
    labels = np.array([str(label) for label in by], dtype=object)
    order = [label for label in dict.fromkeys(labels) if label]
    if not order:
        raise InputError("every row is blank in the column to group by")
    return [(label, inside & (labels[rows] == label)) for label in order]


def _t_interval(value: float, se: float, df: float, level: float) -> tuple[float, float]:
    if not df > 0 or not math.isfinite(se):
        return math.nan, math.nan
    half = float(stdtrit(df, (1 + level) / 2)) * se
    return value - half, value + half


def _unweighted(
    label: str, answers: NDArray[np.float64], share: bool, level: float, over: NDArray[np.float64] | None = None
) -> GroupEstimate:
    """Every answer alike, as if drawn at random: to be shown beside, not instead."""
    n = len(answers)
    if n == 0:
        return GroupEstimate(label, 0, math.nan, math.nan, math.nan, math.nan, 0.0, math.nan)
    if share:
        found = wilson(float(answers.sum()), n, level=level)
        return GroupEstimate(label, n, found.value, found.se, found.low, found.high, float(n - 1), math.nan)
    below = 1.0 if over is None else float(over.mean())
    value = float(answers.mean()) / below if below else math.nan
    away = answers - (value if over is None else value * over)
    se = float(np.sqrt((away**2).sum() / (n - 1) / n)) / abs(below) if n > 1 and below else math.nan
    low, high = _t_interval(value, se, n - 1, level)
    return GroupEstimate(label, n, value, se, low, high, float(n - 1), math.nan)
