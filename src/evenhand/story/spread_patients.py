"""What patients explain: what patients like theirs would give, and their share of the variation."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake
from ..measures import Measure
from ..measures.patient_mix import patient_mix
from ..records import Opportunity, Panel
from ..see.expected import expected, sampling_variance
from .spread_gains import Floats, noise_of
from .worth import FEWEST_UNITS


def expected_of(
    lake: Lake, measure: Measure, panel: Panel, window: NDArray[np.bool_], level: str, fair: NDArray[np.bool_],
    top: Floats, bottom: Floats,
) -> Floats:  # fmt: skip
    """What patients like theirs would give (U,); NaN where nothing is known of the patients."""
    found = np.full(len(panel.organisations), np.nan)
    mix = _mix(lake, level)
    rows = np.array([mix.get(code, ()) for code in panel.organisations], dtype=object)
    use = fair & np.array([len(row) > 0 for row in rows])
    if use.sum() < FEWEST_UNITS or not (top[use] > 0).any():
        return found
    try:
        columns = np.array([list(row) for row in rows[use]], dtype=np.float64)
        found[use] = expected(top[use], bottom[use], columns, standard_error=noise_of(measure, panel, window, use))
    except InputError:
        pass  # too few units, or pounds that never vary
    return found


def _mix(lake: Lake, level: str) -> dict[str, tuple[float, ...]]:
    """What each organisation of a level cannot choose about its patients; a list's size is no need of theirs."""

    def find() -> dict[str, tuple[float, ...]]:
        try:
            codes, features = patient_mix(lake, level)
        except InputError:
            return {}
        columns = [column for name, column in features.items() if name != "log_list_size"]
        return {code: tuple(float(c[i]) for c in columns) for i, code in enumerate(codes)} if columns else {}

    return lake.remember(f"sights.mix.{level}", find)


def split_of(
    measure: Measure, panel: Panel, window: NDArray[np.bool_], drawn: Opportunity | None, top: Floats, bottom: Floats,
    foreseen: Floats, fair: NDArray[np.bool_],
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
    use = fair & np.isfinite(foreseen)
    patients = 0.0
    if use.any():
        rate = foreseen[use] / bottom[use]
        rest = float(np.var(top[use] / bottom[use] - rate))
        columns = 4  # at most: shares by age and sex (patient_mix)
        patients = max(0.0, float(np.var(rate)) - rest * columns / max(1, int(use.sum()) - columns - 1))
    patients = min(patients, observed - chance)
    return {
        "observed": observed, "chance": chance / observed, "patients": patients / observed,
        "left": (observed - chance - patients) / observed, "known_patients": float(use.any()),
    }  # fmt: skip
