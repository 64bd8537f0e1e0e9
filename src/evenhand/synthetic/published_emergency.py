"""A&E attendances and emergency admissions by provider, a CSV a month: 22 columns, and a row TOTAL (METHODS D.3)."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .calendar import Calendar
from .emergency import BOOKED, WALKED_IN, Emergency
from .organisations import Nation
from .published import csv, write

COLUMNS = (
    "A&E attendances Type 1", "A&E attendances Type 2", "A&E attendances Other A&E Department",
    "A&E attendances Booked Appointments Type 1", "A&E attendances Booked Appointments Type 2",
    "A&E attendances Booked Appointments Other Department",
    "Attendances over 4hrs Type 1", "Attendances over 4hrs Type 2", "Attendances over 4hrs Other Department",
    "Attendances over 4hrs Booked Appointments Type 1", "Attendances over 4hrs Booked Appointments Type 2",
    "Attendances over 4hrs Booked Appointments Other Department",
    "Patients who have waited 4-12 hs from DTA to admission", "Patients who have waited 12+ hrs from DTA to admission",
    "Emergency admissions via A&E - Type 1", "Emergency admissions via A&E - Type 2",
    "Emergency admissions via A&E - Other A&E department", "Other emergency admissions",
)  # fmt: skip
NOTHING = "-"  # where a provider has no such department


def emergency_file(folder: Path, world: Nation, when: Calendar, found: Emergency, t: int) -> Path:
    """Write what month `t` brought to each trust, and to all."""
    month = when.months[t].astype("datetime64[D]").astype(object)
    sides = [found.attendances[:, :, WALKED_IN], found.attendances[:, :, BOOKED],
             found.over_4_hours[:, :, WALKED_IN], found.over_4_hours[:, :, BOOKED]]  # fmt: skip
    waits = np.stack([found.waited_4_to_12, found.waited_12], axis=1)
    whole = np.concatenate([*sides, waits, found.admitted, found.other_admissions[:, None]], axis=1)
    all_here = np.ones((len(world.trusts), 1), dtype=bool)
    there = np.concatenate([*[found.offers] * 4, all_here, all_here, found.offers, all_here], axis=1)
    cells = np.where(there, whole.astype(str), NOTHING)
    home = world.icb_of_trust
    heads = {
        "Period": [f"MSitAE-{format(month, '%B').upper()}-{month.year}"] * len(home), "Org Code": world.trusts,
        "Parent Org": [world.icb_names[i] for i in home], "Org name": world.trust_names,
    }  # fmt: skip
    columns = {name: [*words, "TOTAL"] for name, words in heads.items()}
    columns |= {name: [*cells[:, i].tolist(), str(whole[:, i].sum())] for i, name in enumerate(COLUMNS)}
    return write(folder / f"Monthly-AE-{month:%B-%Y}.csv", csv(columns))
