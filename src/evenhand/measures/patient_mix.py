"""Patient mix: what a practice (or a level above it) cannot choose: its patients' age, sex, deprivation and illness."""

from __future__ import annotations

import ibis
import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..lake import Lake
from ..sources import organisations as organisations_source
from . import patients
from .levels import Grid, roll_up
from .panel import latest_month
from .side import Counted

# Name -> whose share of the list it is
SHARES = {
    "share_under_20": Counted(patients=1, age="0 to 19"),
    "share_65_and_over": Counted(patients=1, age="65+"),
    "share_85_and_over": Counted(patients=1, age="85+"),
    "share_female": Counted(patients=1, sex="female"),
}
DEPRIVATION = "deprivation"
# Name -> the QOF register whose share of the list it is. Long illnesses that are on record once they are known, one of
# each area that measures speak of; registers that follow from how hard one looks (depression, hypertension) are not.
REGISTERS = {
    "share_coronary_heart_disease": "CHD", "share_diabetes": "DM", "share_copd": "COPD", "share_cancer": "CAN",
    "share_mental_illness": "MH",
}  # fmt: skip


def patient_mix(lake: Lake, level: str) -> tuple[tuple[str, ...], dict[str, NDArray[np.float64]]]:
    """Codes of a level and their features in the latest month with list sizes, each float64 (N,).

    `log_list_size`, then shares between 0 and 1, `deprivation` (the score of the latest edition of the Index of
    Multiple Deprivation, the mean over patients above practices) and the shares that are on a QOF register (the latest
    year published). What no practice has is not there, and what a single one lacks is NaN.

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
    for name, score in _scores(lake, int(month)).items():
        weighed = np.array([[score.get(code, np.nan)] for code in codes]) * sizes  # a mean over patients
        if not np.isfinite(weighed).any():
            continue
        places, column, _ = _at(lake, Grid(codes, weighed, sizes), level)
        at = dict(zip(places, column.tolist(), strict=True))
        features[name] = np.array([at.get(code, np.nan) for code in found])
    return found, features


def _scores(lake: Lake, month: int) -> dict[str, dict[str, float]]:
    """What is known of practices' patients beside their ages: by feature, then by practice; shares and scores."""
    table = lake.table("deprivation").filter(ibis._.level == "practice")
    edition = table.edition.max().to_pyarrow().as_py()
    found: dict[str, dict[str, float]] = {}
    if edition is not None:
        rows = table.filter(ibis._.edition == edition).select("code", "score").to_pyarrow().to_pylist()
        found[DEPRIVATION] = {row["code"]: float(row["score"]) for row in rows if row["score"] is not None}
    everybody = patients.count(lake, month, Counted(patients=1))
    for name, register in REGISTERS.items():
        ill = patients.count(lake, month, Counted(patients=1, on_register=register))
        shares = {code: n / everybody[code] for code, n in ill.items() if everybody.get(code, 0) > 0}
        if shares:
            found[name] = shares
    return found


def _at(lake: Lake, grid: Grid, level: str) -> tuple[tuple[str, ...], NDArray[np.float64], NDArray[np.float64]]:
    """Codes, share and size at the level."""
    if level != "practice":
        grid = roll_up(grid, level, organisations_source.read(lake), latest_month(lake))
    top, bottom = grid.numerator[:, 0], grid.denominator[:, 0]
    return grid.codes, np.where(bottom > 0, top / np.where(bottom > 0, bottom, 1.0), np.nan), bottom
