"""Referral-to-treatment waiting times, the full extract, a zip a month: 121 columns (METHODS D.2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from .calendar import Calendar
from .organisations import Nation
from .published import Column, csv, pick, write
from .waits import BANDS, FUNCTIONS, PARTS, TOTAL, Waits

DESCRIPTIONS = (
    "Completed Pathways For Admitted Patients", "Completed Pathways For Non-Admitted Patients",
    "Incomplete Pathways", "Incomplete Pathways with DTA", "New RTT Periods - All Patients",
)  # fmt: skip
COMPLETED, NEW = (0, 1), 4  # row numbers of PARTS
BAND_NAMES = (*(f"Gt {week:02d} To {week + 1:02d} Weeks SUM 1" for week in range(BANDS - 1)), "Gt 104 Weeks SUM 1")


def waits_file(folder: Path, world: Nation, when: Calendar, waits: Waits, t: int) -> Path:
    """Write the waits of month `t`: a row for each trust, commissioner, part and function, and their totals."""
    part, cell = np.nonzero(waits.total)
    bands, unknown, total = waits.bands[part, cell], waits.unknown[part, cell], waits.total[part, cell]
    key = np.stack([waits.trust[cell], waits.sicbl[cell], part], axis=1)
    groups, member = np.unique(key, axis=0, return_inverse=True)
    member = member.ravel()
    key = np.concatenate([key, groups])
    function = np.concatenate([waits.function[cell], np.full(len(groups), len(FUNCTIONS))])
    bands = np.concatenate([bands, _by(member, bands, len(groups))])
    unknown = np.concatenate([unknown, _by(member, unknown, len(groups))])
    total = np.concatenate([total, _by(member, total, len(groups))])
    order = np.lexsort((function, key[:, 2], key[:, 1], key[:, 0]))
    month = when.months[t].astype("datetime64[D]").astype(object)
    last = str((when.months[t] + 1).astype("datetime64[D]") - 1).replace("-", "")
    columns = _columns(world, key[order], function[order], f"RTT-{month:%B-%Y}")
    columns |= _numbers(key[order, 2], bands[order], unknown[order], total[order])
    return write(folder / f"{last}-RTT-{month:%B-%Y}-full-extract.zip", csv(columns))


def _by(member: NDArray[np.int64], values: NDArray[np.int64], groups: int) -> NDArray[np.int64]:
    out = np.zeros((groups, *values.shape[1:]), dtype=np.int64)
    np.add.at(out, member, values)
    return out


def _columns(
    world: Nation, key: NDArray[np.int64], function: NDArray[np.int64], period: str
) -> dict[str, Column]:
    trust, sicbl, part = key.T
    icb, home = world.icb_of_trust[trust], world.icb_of_sicbl[np.maximum(sicbl, 0)]
    english = sicbl >= 0

    def named(words: Sequence[str], rows: NDArray[np.int64]) -> pa.Array:
        return pick(["", *words], np.where(english, rows + 1, 0))

    functions = [*((code, name) for code, name, _, _ in FUNCTIONS), TOTAL]
    return {
        "Period": pick([period], np.zeros(len(key), np.int64)),
        "Provider Parent Org Code": pick(world.icbs, icb), "Provider Parent Name": pick(world.icb_names, icb),
        "Provider Org Code": pick(world.trusts, trust), "Provider Org Name": pick(world.trust_names, trust),
        "Commissioner Parent Org Code": named(world.icbs, home),
        "Commissioner Parent Name": named(world.icb_names, home),
        "Commissioner Org Code": pick(["NONC", *world.sicbls], sicbl + 1),
        "Commissioner Org Name": named(world.sicbl_names, sicbl),
        "RTT Part Type": pick(PARTS, part), "RTT Part Description": pick(DESCRIPTIONS, part),
        "Treatment Function Code": pick([f[0] for f in functions], function),
        "Treatment Function Name": pick([f[1] for f in functions], function),
    }  # fmt: skip


def _numbers(
    part: NDArray[np.int64], bands: NDArray[np.int64], unknown: NDArray[np.int64], total: NDArray[np.int64]
) -> dict[str, Column]:
    """Blank as published: no bands for new periods, no Total and no unknown starts but for completed pathways."""
    new, completed = part == NEW, np.isin(part, COMPLETED)
    columns: dict[str, Column] = {
        name: pa.array(bands[:, week], mask=new) for week, name in enumerate(BAND_NAMES)
    }
    columns["Total"] = pa.array(bands.sum(axis=1), mask=~completed)
    columns["Patients with unknown clock start date"] = pa.array(unknown, mask=~completed)
    columns["Total All"] = pa.array(total)
    return columns
