"""Access, as the lake shows it: how long those wait who wait now, in one place."""

from __future__ import annotations

import numpy as np

from ..errors import InputError
from ..lake import Lake, month_number
from ..measures import for_lake
from ..measures.rows import members
from ..measures.waits import COLUMN, chosen
from ..prove.waits import Waits, waits
from .place import Place

MEASURE = "wait_within_18_weeks"


def access(lake: Lake, place: Place) -> tuple[str, Waits] | None:
    """The latest month of waits and how long they are; None if the lake holds none for this place."""
    measure = for_lake(lake).get(MEASURE)
    months = [s.key[:7] for s in lake.snapshots("rtt")]
    if measure is None or measure.numerator.waits is None or not months:
        return None
    rows = chosen(lake.table("rtt"), month_number(max(months)), measure.numerator.waits)
    if place.code is not None:
        column = COLUMN["provider" if place.level == "provider" else "sicbl"]
        codes = rows.select(column).distinct().to_pyarrow()[column].to_pylist()
        rows = rows.filter(rows[column].isin(members(lake, place.code, _level(place), codes)))
    bands = rows.group_by("weeks_from", "open").aggregate(pathways=rows.pathways.sum()).to_pyarrow().to_pylist()
    if not bands:
        return None
    last = max(int(band["weeks_from"]) for band in bands)
    weeks = np.arange(max(last, 52) + 1)
    counts = np.zeros((1, len(weeks)), dtype=np.int64)
    for band in bands:
        counts[0, int(band["weeks_from"])] += int(band["pathways"])
    endless = any(band["open"] and band["weeks_from"] == last for band in bands)
    try:
        (found,) = waits([place.name], counts, weeks, open_band=endless)
    except InputError:
        return None
    return max(months), found


def _level(place: Place) -> str:
    return "provider" if place.level == "provider" else "sicbl"


def says(lake: Lake, place: Place) -> tuple[str, ...]:
    """One sentence on access, or none."""
    found = access(lake, place)
    if found is None:
        return ()
    month, now = found
    p92 = f"{now.p92_weeks:.1f} weeks" if not now.p92_open else "beyond the last band"
    return (
        f"Access in {month}: {now.share_within_18_weeks:.1%} of {now.pathways:,} waits are within 18 weeks (the "
        f"standard is 92%); half wait less than {now.median_weeks:.1f} weeks, the 92nd percentile is {p92}.",
    )  # fmt: skip
