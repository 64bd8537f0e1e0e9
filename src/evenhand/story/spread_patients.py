"""What patients explain: what patients like theirs would give, and their share of the variation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake
from ..measures import Measure
from ..measures.patient_mix import DEPRIVATION, REGISTERS, SHARES, patient_mix
from ..records import Opportunity, Panel
from ..see.expected import expected, sampling_variance
from .spread_gains import Floats, noise_of
from .worth import FEWEST_UNITS

UNITS_A_COLUMN = 10  # below, a line through so many columns follows chance (the usual rule of ten; ours)
WORDS = (  # of the columns that are used, for a page: the first whose names are all there
    ("age and sex", frozenset(SHARES)), ("deprivation", frozenset({DEPRIVATION})),
    ("long illness", frozenset(REGISTERS)),
)  # fmt: skip


@dataclass(frozen=True)
class Expected:
    """What patients like theirs would give, float64 (U,), NaN where nothing is known of them; and the names of what
    was known of them."""

    numerator: Floats
    names: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """What of the patients is taken out, in words; '' for nothing."""
        told = [words for words, names in WORDS if names & set(self.names)]
        return ", ".join(told[:-1]) + (", " if len(told) > 2 else " ") + f"and {told[-1]}" if len(told) > 1 \
            else "".join(told)  # fmt: skip


def expected_of(
    lake: Lake, measure: Measure, panel: Panel, window: NDArray[np.bool_], level: str, fair: NDArray[np.bool_],
    top: Floats, bottom: Floats,
) -> Expected:  # fmt: skip
    """What patients like theirs would give: of their age and sex, and, where it is loaded and the units are many
    enough, their deprivation and long illness. A measure of QOF is never held against QOF's own registers."""
    found = np.full(len(panel.organisations), np.nan)
    names, mix = _mix(lake, level)
    there = np.array([code in mix for code in panel.organisations])
    use = fair & there
    if not names or use.sum() < FEWEST_UNITS or not (top[use] > 0).any():
        return Expected(found)
    kept = _kept(names, int(use.sum()), measure)
    rows = np.array([mix[code] for code, yes in zip(panel.organisations, use, strict=True) if yes])
    columns = rows[:, [names.index(name) for name in kept]]
    try:
        found[use] = expected(top[use], bottom[use], columns, standard_error=noise_of(measure, panel, window, use))
    except InputError:
        return Expected(found)  # too few units, or pounds that never vary
    return Expected(found, kept)


def _kept(names: tuple[str, ...], units: int, measure: Measure) -> tuple[str, ...]:
    """Age and sex always; then deprivation; then the registers, all or none of them."""
    kept = [name for name in names if name in SHARES]
    for more in ([DEPRIVATION], [] if measure.kind == "qof" else list(REGISTERS)):
        there = [name for name in more if name in names]
        if len(kept) + len(there) <= units / UNITS_A_COLUMN:
            kept += there
    return tuple(kept)


def _mix(lake: Lake, level: str) -> tuple[tuple[str, ...], dict[str, tuple[float, ...]]]:
    """What each organisation of a level cannot choose about its patients; a list's size is no need of theirs."""

    def find() -> tuple[tuple[str, ...], dict[str, tuple[float, ...]]]:
        try:
            codes, features = patient_mix(lake, level)
        except InputError:
            return (), {}
        names = tuple(name for name in features if name != "log_list_size")
        return names, {code: tuple(float(features[n][i]) for n in names) for i, code in enumerate(codes)}

    return lake.remember(f"sights.mix.{level}", find)


def split_of(
    measure: Measure, panel: Panel, window: NDArray[np.bool_], drawn: Opportunity | None, top: Floats, bottom: Floats,
    told: Expected, fair: NDArray[np.bool_],
) -> dict[str, float] | None:  # fmt: skip
    """Shares of the observed variance between units: chance, patients, and what is left."""
    if fair.sum() < FEWEST_UNITS:
        return None
    value = top[fair] / bottom[fair]
    observed = float(value.var(ddof=1))
    if drawn is not None:
        by_chance = drawn.split.chance
    else:
        try:
            noise = noise_of(measure, panel, window, fair)
        except InputError:
            return None
        by_chance = float(np.mean(sampling_variance(top[fair], bottom[fair], noise)))
    if not observed > 0 or not np.isfinite(by_chance):
        return None
    chance = min(observed, by_chance)
    foreseen = told.numerator
    use = fair & np.isfinite(foreseen)
    patients = 0.0
    if use.any():
        rate = foreseen[use] / bottom[use]
        rest = float(np.var(top[use] / bottom[use] - rate))
        columns = len(told.names)
        patients = max(0.0, float(np.var(rate)) - rest * columns / max(1, int(use.sum()) - columns - 1))
    patients = min(patients, observed - chance)
    return {
        "observed": observed, "chance": chance / observed, "patients": patients / observed,
        "left": (observed - chance - patients) / observed, "known_patients": float(use.any()),
    }  # fmt: skip
