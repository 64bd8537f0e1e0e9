"""Patient mix: what a practice (or a level above it) cannot choose, from list sizes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake
from ..sources import organisations as organisations_source
from . import patients
from .levels import Grid, roll_up
from .panel import latest_month
from .side import Counted

# Name -> whose share of the list it is. Deprivation and rurality are not in a list size.
SHARES = {
    "share_under_20": Counted(patients=1, age="0 to 19"),
    "share_65_and_over": Counted(patients=1, age="65+"),
    "share_85_and_over": Counted(patients=1, age="85+"),
    "share_female": Counted(patients=1, sex="female"),
}


def patient_mix(lake: Lake, level: str) -> tuple[tuple[str, ...], dict[str, NDArray[np.float64]]]:
    """Codes of a level and their features in the latest month with list sizes, each float64 (N,).

    `log_list_size`, then shares between 0 and 1; a share that no practice's list was published finely enough for
    is not there, and one that a single practice lacks is NaN.

    Raises
    ------
    InputError
        If the lake holds no list sizes, or no organisation of the level.
    """
    month = lake.table("list_size").month.max().to_pyarrow().as_py()
    if month is None:
        raise InputError(f"{lake.path}: holds no list sizes; load them first")
    lists = patients.read(lake, int(month))
    everybody = patients.count(lake, int(month), Counted(patients=1), lists)
    codes = tuple(everybody)
    sizes = np.array([[everybody[code]] for code in codes])
    features: dict[str, NDArray[np.float64]] = {}
    found = codes
    for name, asked in SHARES.items():
        part = patients.count(lake, int(month), asked, lists)
        grid = Grid(codes, np.array([[part.get(code, np.nan)] for code in codes]), sizes)
        found, share, size = _at(lake, grid, level)
        if not features:
            _, _, size = _at(lake, Grid(codes, sizes, sizes), level)
            features["log_list_size"] = np.log(np.where(size > 0, size, np.nan))
        if np.isfinite(share).any():
            features[name] = share
    return found, features


def _at(lake: Lake, grid: Grid, level: str) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Codes, share and size at the level."""
    if level != "practice":
        grid = roll_up(grid, level, organisations_source.read(lake), latest_month(lake))
    top, bottom = grid.numerator[:, 0], grid.denominator[:, 0]
    return grid.codes, np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan), bottom
