"""A campaign's ground: who would be written to, what they are told of themselves, what it could see, what it did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .. import see
from ..change import Power
from ..errors import InputError
from ..lake import Lake
from ..measures import Measure
from ..prove import Trial, trial
from ..records import Panel
from .panels import panel as stored_panel
from .planning import panel_power

Floats = NDArray[np.float64]
LEVEL = "practice"
MONTHS = 6  # of baseline, unless a campaign says otherwise (our rule: as schemes have)
CHOOSE = ("all", "benchmark", "limit")
BEST = {"lower": 0.25, "higher": 0.75}  # the best quarter, as see.opportunity's default benchmark


@dataclass(frozen=True, eq=False)
class Ground:
    """One measure over all practices of the lake, in the months before a campaign.

    units (P,) with numerator, denominator and value: float64 (P,), NaN where nothing was published; benchmark: the
    best quarter of those large enough (NaN where no side is better); fair: bool (P,), large enough to be compared.
    """

    measure: Measure
    panel: Panel
    first: str
    last: str
    units: tuple[str, ...]
    numerator: Floats
    denominator: Floats
    value: Floats
    benchmark: float
    middle: float
    fair: NDArray[np.bool_]

    @cached_property
    def outlier(self) -> tuple[str | None, ...]:
        """high, low or None by the 99.8% limits (P,); () where no funnel can be drawn. Drawn when somebody asks."""
        return _outliers(self.measure, self.numerator, self.denominator, self.fair)

    def beyond_benchmark(self, unit: int) -> bool:
        """Whether a unit is on the worse side of the benchmark."""
        worse = self.value[unit] > self.benchmark if self._lower else self.value[unit] < self.benchmark
        return bool(worse)

    def beyond_limit(self, unit: int) -> bool:
        """Whether a unit is beyond the limit of chance on the worse side."""
        return bool(self.outlier) and self.outlier[unit] == ("high" if self._lower else "low")

    @property
    def _lower(self) -> bool:
        return self.measure.direction == "lower"


def ground(lake: Lake, measure: str, *, months: int = MONTHS, last: str | None = None) -> Ground:
    """Read a measure at practice level over the months before a campaign: the latest published, or up to `last`.

    Raises
    ------
    InputError
        If the measure is not known or nothing of it was published for practices.
    """
    panel, found = stored_panel(lake, measure, LEVEL, last=last)
    if not len(panel.months):
        raise InputError(f"measure {measure!r}: nothing was published for practices up to {last or 'now'}")
    panel = panel.between(str(panel.months[max(0, len(panel.months) - months)]), str(panel.months[-1]))
    window = slice(-1, None) if found.is_state else slice(None)
    top, bottom = _total(panel.numerator[:, window]), _total(panel.denominator[:, window])
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(bottom > 0, top / bottom, np.nan)
    fair = np.isfinite(value) & (bottom >= max(found.minimum_denominator, 1))
    best = BEST.get(found.direction)
    known = value[fair]
    return Ground(
        found, panel, str(panel.months[0]), str(panel.months[-1]), panel.organisations, top, bottom, value,
        float(np.quantile(known, best)) if best and len(known) else float("nan"),
        float(np.median(known)) if len(known) else float("nan"), fair,
    )  # fmt: skip


def chosen(here: Ground, units: Sequence[str], choose: str) -> tuple[str, ...]:
    """Those of some practices whom a campaign is for: all, or those whose value lies beyond the benchmark or limit.

    A practice of which nothing was published is in no audience but that of all.

    Raises
    ------
    InputError
        If nobody knows which side is better, or no funnel can be drawn of the measure.
    """
    if choose == "all":
        return tuple(units)
    if choose not in CHOOSE:
        raise InputError(f"the audience: expected one of {', '.join(CHOOSE)}, found {choose!r}")
    if here.measure.direction == "neutral":
        raise InputError(f"{here.measure.title}: no side is better, so nobody is beyond a benchmark; choose all")
    if choose == "limit" and not here.outlier:
        raise InputError(
            f"{here.measure.title}: no limits of chance can be drawn ({here.measure.unit}); choose all, or those "
            "beyond the benchmark"
        )
    row = {unit: i for i, unit in enumerate(here.units)}
    beyond = here.beyond_benchmark if choose == "benchmark" else here.beyond_limit
    return tuple(unit for unit in units if unit in row and beyond(row[unit]))


def sizes(here: Ground, units: Sequence[str], clusters: Sequence[str]) -> dict[str, str]:
    """Each cluster as smaller or larger than the middle one, by what its units are counted over in the baseline."""
    row = {unit: i for i, unit in enumerate(here.units)}
    total: dict[str, float] = {}
    for unit, cluster in zip(units, clusters, strict=True):
        own = here.denominator[row[unit]] if unit in row else 0.0
        total[cluster] = total.get(cluster, 0.0) + (float(own) if np.isfinite(own) else 0.0)
    middle = float(np.median(list(total.values()))) if total else 0.0
    return {cluster: "larger" if size > middle else "smaller" for cluster, size in total.items()}


def campaign_power(
    here: Ground, units: Sequence[str], clusters: Sequence[str], *, effect: float | None, ratio: Sequence[int] = (1, 1)
) -> Power | None:
    """What a campaign over these practices could see; None where the lake cannot say. `ratio`: the hold-out last."""
    return panel_power(here.panel, units, clusters, share=here.measure.is_share, effect=effect, ratio=ratio,
                       state=here.measure.is_state)  # fmt: skip


def outcome(
    lake: Lake, measure: str, units: Sequence[str], arm: Sequence[str], clusters: Sequence[str], *, control: str,
    baseline: tuple[str, str], follow_up: tuple[str, str],
) -> Trial:  # fmt: skip
    """What a randomised campaign did to a measure: each arm against those held out, adjusted for the baseline.

    Units count by their volume in the follow-up; errors are by cluster (CR3, for few and uneven ones), as a scheme's
    verdict has them. Whoever calls it sees to it that nobody looks before the verdict is due.

    Parameters
    ----------
    units, arm, clusters
        The sealed allocation, one for one.
    baseline, follow_up
        First and last month of each window, both included.

    Raises
    ------
    InputError
        If a month of the follow-up is not published, or the trial cannot be analysed.
    """
    panel, _ = stored_panel(lake, measure, LEVEL, first=baseline[0], last=follow_up[1])
    if not len(panel.months) or str(panel.months[-1]) < follow_up[1]:
        there = str(panel.months[-1]) if len(panel.months) else "nothing"
        raise InputError(f"the follow-up ends in {follow_up[1]}; what is published ends in {there}")
    row = {unit: i for i, unit in enumerate(panel.organisations)}
    rows = [row.get(unit, -1) for unit in units]
    absent = np.array([r < 0 for r in rows])
    values, volume = [], np.zeros(len(rows))
    for first, last in (baseline, follow_up):
        part = panel.between(first, last)
        top, volume = (np.where(absent, np.nan, _total(side)[rows]) for side in (part.numerator, part.denominator))
        with np.errstate(divide="ignore", invalid="ignore"):
            values.append(np.where(volume > 0, top / volume, np.nan))
    return trial(arm, values[0], values[1], control=control, clusters=clusters, weights=volume, errors="CR3")


def _total(side: Floats) -> Floats:
    """Sums over months; NaN where a month is not known."""
    return np.asarray(side.sum(axis=1))


def _outliers(measure: Measure, top: Floats, bottom: Floats, fair: NDArray[np.bool_]) -> tuple[str | None, ...]:
    counts = top[fair]
    if fair.sum() < 10 or measure.unit.startswith("£") or np.any(counts != np.round(counts)) or measure.is_state:
        return ()
    rows, kind = np.flatnonzero(fair), "proportion" if measure.is_share else "rate"
    try:
        found = see.funnel([str(r) for r in rows], counts, bottom[fair], kind=kind)
    except InputError:
        return ()
    said: list[str | None] = [None] * len(top)
    for r, outlier in zip(rows, found.outlier, strict=True):
        said[r] = outlier
    return tuple(said)
