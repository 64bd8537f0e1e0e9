"""What was planted in access beyond waits: nothing changes it, and each place's own level is written down."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from . import appointments, emergency
from .appointments import Books
from .calendar import Calendar
from .organisations import Nation
from .published import csv, pick, write


def access_files(folder: Path, world: Nation, when: Calendar, seed: int) -> list[Path]:
    """Write the true share within two weeks of each practice, and within four hours (type 1) of each trust by month."""
    books, share = appointments.books(world, when, seed), emergency.true_share(world, when, seed)
    major = np.flatnonzero(emergency.departments(world)[:, 0])
    trust, month = (part.ravel() for part in np.indices((len(major), len(when.months))))
    return [
        write(folder / "appointments.csv", csv({
            "practice": pick(world.practices, np.arange(len(world.practices))),
            "within_two_weeks_before": books.share[:, when.baseline].mean(axis=1).round(6),
            "within_two_weeks_after": books.share[:, when.follow_up].mean(axis=1).round(6),
            "months_not_included": _not_included(world, books).sum(axis=1),
            "no_category_mapped": pick(["no", "yes"], books.unmapped.astype(np.int64)),
        })),
        write(folder / "emergency.csv", csv({
            "trust": pick(world.trusts, major[trust]), "month": pick([str(m) for m in when.months], month),
            "type_1_within_four_hours": share[major].ravel().round(6),
        })),
    ]  # fmt: skip


def access_told(world: Nation, when: Calendar, seed: int) -> dict[str, Any]:
    """What truth.json says of them."""
    books = appointments.books(world, when, seed)
    return {
        "gp_appointments_two_weeks": {
            "planted_effect": 0, "mean": appointments.NATIONAL, "sd_between_practices": appointments.SD_LEVEL,
            "sd_of_a_practice_month": appointments.SD_MONTH,
            "practice_months_not_included": int(_not_included(world, books).sum()),
            "practices_without_mapped_categories": int(books.unmapped.sum()),
        },
        "ae_within_four_hours": {
            "planted_effect": 0, "mean_type_1": emergency.NATIONAL, "sd_between_trusts": emergency.SD_LEVEL,
            "sd_of_a_trust_month": emergency.SD_MONTH,
        },
    }  # fmt: skip


def _not_included(world: Nation, books: Books) -> np.ndarray:
    return (world.patients > 0) & ~books.included
