"""What a reader of an interrupted series must be told: the design in words, why it is indicative, what to look at."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from .robust import least_squares
from .segmented import Season
from .series_fit import Errors, Family, Fit
from .series_window import MEAN_MONTH, Window, days_in_month

Floats = NDArray[np.float64]

ENOUGH = 60  # points: our promise is judged there, see benchmarks/series_truth.py; shorter series are indicative
MOST_PHI = 0.8  # beyond it intervals held the truth too seldom at 60 months, see benchmarks/series_truth.py
SURE = 2.58  # of a normal: 1 in 100, for the warning about days
PER_DAY = (0.3, 3.0)  # of one part in 30.4: by how much a value may rise a day and the days be its likely cause

ERRORS = {
    "ar1": "AR(1) errors by restricted likelihood, intervals averaged over what the noise may be",
    "newey-west": "Newey-West errors, {lags} lags", "hc1": "heteroscedasticity-consistent errors (HC1)",
    "model": "errors of independent months",
}  # fmt: skip
SEASONS = {"none": "", "month": ", a level for each month of the year", "harmonic": ", {waves} pairs of waves a year"}
FAMILIES = {"gaussian": "", "poisson": "Poisson counts, ", "quasipoisson": "quasi-Poisson counts, ",
            "negbin": "negative binomial counts, "}  # fmt: skip


def design_in_words(
    seen: Window, season: Season, harmonics: int, errors: Errors, family: Family, lags: int | None
) -> str:
    """The design as a verdict names it."""
    what = "comparative interrupted series" if seen.controlled else "interrupted series"
    return (f"{what}: {FAMILIES[family]}level and slope{SEASONS[season].format(waves=harmonics)}, "
            f"{ERRORS[errors].format(lags=lags)}")  # fmt: skip


def reasons_for_care(seen: Window, found: Fit, *, errors: Errors, family: Family) -> list[str]:
    """Why a series can only be indicative, and can move no saving; none where it is judged in full."""
    n, said = len(seen.y), []
    if n < ENOUGH:
        said.append(f"{n} {seen.steps.word}s are fewer than the {ENOUGH} from which a series is judged")
    if errors != "ar1":
        said.append(f"{ERRORS[errors].format(lags=found.lags)}: intervals that are too short when months lean on one "
                    "another; for comparison only")  # fmt: skip
    if found.phi > MOST_PHI or found.at_edge:
        said.append(f"each {seen.steps.word} leans on the one before by {found.phi:.2f}; above {MOST_PHI:g} the "
                    "interval holds the truth too seldom")  # fmt: skip
    if found.exact:
        said.append("the values lie on the lines exactly, so that nothing says how much chance there is")
    return said


def notes_on(
    seen: Window, X: Floats, *, season: Season, per_day: bool, breaks: Mapping[np.datetime64, str]
) -> list[str]:
    """What a reader must know beside the numbers: months that are missing or left out, days that make a saw."""
    said = []
    if seen.missing.size:
        shown = ", ".join(str(day) for day in seen.missing[:3]) + (" ..." if seen.missing.size > 3 else "")
        said.append(f"{seen.missing.size} {seen.steps.word}s have no value ({shown}); each keeps its place in time")
    said += [f"the measure changed in {when} ({why}): its level may step there, which is no effect of the start"
             for when, why in sorted(breaks.items())]  # fmt: skip
    if seen.left_out is not None:
        said.append(f"the {seen.steps.word} of {seen.left_out} holds the start and belongs to neither side; left out")
    if seen.steps.unit == "month" and seen.steps.size == 1 and season != "month" and not per_day:
        said += _saw(seen, X)
    return said


def _saw(seen: Window, X: Floats) -> list[str]:
    """Whether values rise with the days of the month, as counts and costs do."""
    days = days_in_month(seen.days) - MEAN_MONTH
    Z = np.column_stack([X, days])
    if len(seen.y) - Z.shape[1] < 3 or np.linalg.matrix_rank(Z / np.linalg.norm(Z, axis=0)) < Z.shape[1]:
        return []
    found = least_squares(seen.y, Z, seen.at, lags=None)
    level, slope, se = float(np.mean(seen.y)), float(found.beta[-1]), float(np.sqrt(found.cov[-1, -1]))
    share = slope / level * MEAN_MONTH if level else 0.0
    if seen.controlled or not (slope > SURE * se > 0 and PER_DAY[0] <= share <= PER_DAY[1]):
        return []
    return [f"values rise by {slope / level:.1%} with each day of the month; divide by days with --per-day, or by "
            "dispensing days with --denominator"]  # fmt: skip
