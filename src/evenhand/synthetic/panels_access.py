"""What measures of access are counted from in a month without rows: appointments and A&E, as in a lake."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from ..lake import month_number
from ..sources import appointments_words as words
from ..sources.unpack import plain_name
from . import appointments, emergency
from .appointments import KINDS, MODES, PROFESSIONALS, STATUSES, WAITS
from .emergency import TYPES
from .plan import Plan


def access_tables(plan: Plan, t: int) -> dict[str, pa.Table]:
    """Month `t` of appointments and of A&E."""
    return {**appointments_table(plan, t), **emergency_tables(plan, t)}


def appointments_table(plan: Plan, t: int) -> dict[str, pa.Table]:
    """Month `t` of appointments, added up over categories, which nothing counts: half the rows."""
    found = appointments.month(plan.world, plan.when, plan.books, t, plan.seed)
    who = sorted({kind[:2] for kind in KINDS})
    pair = np.array([who.index(kind[:2]) for kind in KINDS])[found.kind]
    shape = (len(plan.world.practices), len(who), len(WAITS))
    cell = np.ravel_multi_index((found.practice, pair, found.wait), shape)
    sums = np.stack([np.bincount(cell, side, np.prod(shape)) for side in found.counts.T], axis=1).astype(np.int64)
    cell, status = np.nonzero(sums)
    practice, pair, wait = np.unravel_index(cell, shape)
    professional, mode = np.array(who)[pair].T
    size, month = len(cell), np.int16(month_number(plan.when.months[t]))
    return {"appointments": pa.table({
        "month": np.full(size, month), "level": pa.repeat("practice", size),
        "code": pa.array(plan.world.practices).take(pa.array(practice)),
        "status": _said(STATUSES, words.STATUS, status),
        "professional": _said(PROFESSIONALS, words.PROFESSIONAL, professional),
        "mode": _said(MODES, words.MODE, mode), "category": pa.nulls(size, pa.string()),
        "wait": _said(WAITS, words.WAIT, wait), "appointments": sums[cell, status],
    })}  # fmt: skip


def emergency_tables(plan: Plan, t: int) -> dict[str, pa.Table]:
    """Month `t` of A&E: a row for each type of a trust, walked in and booked, and its waits for a bed."""
    found = emergency.month(plan.world, plan.when, plan.departments, t, plan.seed)
    trust, kind, booked = (part.ravel() for part in np.indices(found.attendances.shape))
    there = found.offers[trust, kind]
    trust, kind, booked = trust[there], kind[there], booked[there]
    month = np.int16(month_number(plan.when.months[t]))
    names = [(f"booked_{name}" if late else name) for name in TYPES for late in (False, True)]
    codes = pa.array(plan.world.trusts)
    admitted = np.where(booked == 0, found.admitted[trust, kind], 0)
    return {
        "ae": pa.table({
            "month": np.full(len(trust), month), "provider": codes.take(pa.array(trust)),
            "type": pa.array(names).take(pa.array(2 * kind + booked)),
            "attendances": found.attendances[trust, kind, booked],
            "over_4_hours": found.over_4_hours[trust, kind, booked], "admissions": pa.array(admitted, mask=booked == 1),
        }),
        "ae_wait": pa.table({
            "month": np.full(len(codes), month), "provider": codes, "waited_4_to_12_hours": found.waited_4_to_12,
            "waited_12_hours": found.waited_12, "other_admissions": found.other_admissions,
        }),
    }  # fmt: skip


def _said(published: Sequence[str], known: dict[str, str], rows: NDArray[np.int64]) -> pa.Array:
    """The lake's words for published labels, by row number."""
    return pa.array([known[plain_name(label)] for label in published]).take(pa.array(rows))
