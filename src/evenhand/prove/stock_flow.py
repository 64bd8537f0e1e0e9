"""How a waiting list will grow or shrink: stocks by months waited, and what flows in, is treated, and leaves untreated.

Source: the stock and flow model of RTT waits; checked against NHSRtt 0.4.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record

Floats = NDArray[np.float64]
Surplus = Literal["evenly", "longest"]


@dataclass(frozen=True, eq=False)
class Flows(Record):
    """The share of those who reach a month of waiting (M + 1,) that is treated in it (capacity) or leaves (renege)."""

    capacity: Floats
    renege: Floats


@dataclass(frozen=True, eq=False)
class Projection(Record):
    """P periods by M + 1 months waited: treated, reneges and incompletes (P, M + 1); unused: capacity for which nobody
    was left (P,)."""

    treated: Floats
    reneges: Floats
    incompletes: Floats
    unused: Floats


def calibrate(
    referrals: Floats,
    treated: Floats,
    incompletes: Floats,
    *,
    negative: bool = False,
    mend_first_month: bool = True,
) -> Flows:
    """Learn the shares treated and leaving from past months: the mean over periods of each over its inflow.

    Who still waits at the end of a period with m months was in the stock with m - 1 at the end of the one before; the
    last month absorbs; the first is fed by referrals. Whoever was neither treated nor still waits has left.

    Parameters
    ----------
    referrals, treated, incompletes
        (P,), (P, M + 1) and (P, M + 1), P at least 2; period 0 is only a start. Columns are months waited.
    negative
        Keep the shares below 0 that arise where more wait than could (lists merged, referrals counted late).
    mend_first_month
        Where more of a period's new referrals were treated or wait than were referred, take them for the referrals.

    Raises
    ------
    InputError
        If the shapes differ, there are fewer than two periods, or a number is below 0 or missing.
    """
    if treated.shape != incompletes.shape or treated.ndim != 2 or len(referrals) != len(treated):
        raise InputError(f"referrals, treated and waiting differ in shape: {referrals.shape}, {treated.shape}, "
                         f"{incompletes.shape}; expected as many periods and months waited in each")  # fmt: skip
    if len(referrals) < 2 or treated.shape[1] < 2:
        raise InputError(f"{len(referrals)} periods, {treated.shape[1]} months waited; need 2 of each, or more")
    _counts(referrals, treated, incompletes)
    inflow = np.array([_inflow(*row) for row in zip(referrals[1:], incompletes[:-1], strict=True)])
    seen, mended = treated[1:] + incompletes[1:], inflow.copy()
    if mend_first_month:
        mended[:, 0] = np.maximum(inflow[:, 0], seen[:, 0])
    elsewhere = np.maximum(inflow, seen) if not negative else mended
    return Flows(_mean_share(treated[1:], mended), _mean_share(elsewhere - seen, elsewhere))


def project(
    incompletes: Floats, referrals: Floats, capacity: Floats, flows: Flows, *, surplus: Surplus = "evenly"
) -> Projection:
    """Run a list forward, period by period, under referrals and capacity to come.

    Each period's capacity is spread over months waited as in `flows`, scaled to its total. Nobody is treated who does
    not wait: where a month has fewer people than its share of capacity, the rest goes to the other months, in
    proportion ("evenly") or to the longest waiting first ("longest"); what nobody can use is `unused`.

    Parameters
    ----------
    incompletes
        (M + 1,) waiting now, by months waited.
    referrals, capacity
        (P,) each, to come; treatments a period in `capacity`.

    Raises
    ------
    InputError
        If shapes do not fit, a number is below 0 or missing, or `flows` treats nobody.
    """
    if len(referrals) != len(capacity) or len(incompletes) != len(flows.capacity):
        raise InputError(f"{len(referrals)} periods of referrals and {len(capacity)} of capacity, {len(incompletes)} "
                         f"months waited and {len(flows.capacity)} shares; expected as many of each")  # fmt: skip
    _counts(incompletes, referrals, capacity)
    stock, rows = incompletes, []
    for new, can in zip(referrals, capacity, strict=True):
        inflow = _inflow(new, stock)
        gone = np.clip(flows.renege, None, 1.0) * inflow
        treated = _spread(float(can), np.maximum(flows.capacity, 0) * inflow, np.maximum(inflow - gone, 0), surplus)
        stock = inflow - gone - treated
        rows.append((treated, gone, stock, float(can) - treated.sum()))
    parts = [np.array(part) for part in zip(*rows, strict=True)]
    return Projection(parts[0], parts[1], parts[2], np.maximum(parts[3], 0))


def _spread(total: float, weight: Floats, room: Floats, surplus: Surplus) -> Floats:
    """A total shared in proportion to `weight`, never more than `room` in any month."""
    if not weight.sum() > 0:
        raise InputError("no month waited has people and a share of capacity; expected at least one")
    out = np.minimum(total * weight / weight.sum(), room)
    while (left := min(total, room.sum()) - out.sum()) > 1e-9 * max(total, 1.0):
        spare = room - out
        if surplus == "longest":
            taken = np.minimum(spare[::-1], np.maximum(left - (np.cumsum(spare[::-1]) - spare[::-1]), 0))[::-1]
        else:
            share = np.where(spare > 0, weight, 0.0)
            share = share if share.sum() > 0 else spare
            taken = np.minimum(left * share / share.sum(), spare)
        out = out + taken
    return np.asarray(out)


def _inflow(new: float, stock: Floats) -> Floats:
    moved = np.concatenate([[new], stock[:-1]])
    moved[-1] += stock[-1]
    return np.asarray(moved, dtype=np.float64)


def _mean_share(part: Floats, whole: Floats) -> Floats:
    """The mean over periods of part / whole, over the periods with anybody; 0 where there never was."""
    share = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
    seen = np.maximum((whole > 0).sum(axis=0), 1)
    return np.asarray(share.sum(axis=0) / seen)


def _counts(*arrays: Floats) -> None:
    for values in arrays:
        if not np.isfinite(values).all() or (values < 0).any():
            raise InputError("a count of people is missing or below 0; expected 0 or more in every period")
