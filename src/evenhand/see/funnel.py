"""The funnel plot: which units lie further from the rest than chance, and shared variation, would take them?"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..errors import InputError, did_you_mean
from ..records import Funnel
from .funnel_limits import Z, draw
from .overdispersion import between_variance, truncated, winsorised
from .units import check_counts, ratio, summed

KINDS = ("proportion", "rate", "ratio")
METHODS = ("shmi", "cqc", "phe")
CURVE = 80  # points along the funnel's curve: smooth at page width

Floats = NDArray[np.float64]


def funnel(
    units: Sequence[str],
    numerator: ArrayLike,
    denominator: ArrayLike,
    *,
    kind: str,
    method: str = "shmi",
    overdispersion: bool = True,
    trim: float = 0.1,
    limit: float = 99.8,
    multiplier: float = 1.0,
    rounding: bool = True,
) -> Funnel:
    """Ask which units lie outside what chance and the variation that all share would give.

    Rows of a unit are summed first. A unit without a denominator, or with a missing number, is shown as missing
    and is never an outlier.

    Parameters
    ----------
    kind
        proportion: hits of those counted; rate: one count over another; ratio: observed over expected.
    method
        For a ratio: shmi (log scale, z-scores truncated) or cqc (square root, winsorised). For any kind: phe, the
        plain funnel of public health profiles (a share's limits invert Wilson's interval, a count's are exact
        Poisson; no over-dispersion).
    overdispersion
        Widen the limits by the between-unit variance tau2 where phi > 1; otherwise draw plain limits
        (exact Poisson for a ratio). phi is reported either way; tau2 is 0 unless asked for.
    trim
        Share of z-scores trimmed at each end before phi is taken.
    limit
        95 or 99.8: which limits name an outlier; a unit on a limit is inside.
    rounding
        For shmi: round the summed expected to 2 decimals.

    Raises
    ------
    InputError
        If fewer than two units can be compared, a count is negative, a share exceeds 1, or an option is unknown.

    Source: Spiegelhalter (2005) Statist. Med. 24:1185; Spiegelhalter et al. (2012) JRSS A 175:1 (winsorising, tau2);
    NHS Digital, SHMI methodology (log scale, truncation). docs/decisions/0040 says where we differ from a peer.

    >>> funnel(["a", "b", "c"], [10, 12, 30], [100, 100, 100], kind="proportion", overdispersion=False).outlier
    (None, None, None)
    """
    _check(kind, method, trim, limit, multiplier)
    overdispersion = overdispersion and method != "phe"
    names, (hits, base) = summed(units, numerator, denominator)
    check_counts(names, hits, base, share=kind == "proportion")
    if kind == "ratio" and method == "shmi" and rounding:
        base = _two_decimals(_exactly_summed(names, units, denominator))
    there = np.flatnonzero(np.isfinite(hits) & np.isfinite(base) & (base > 0))
    if len(there) < 2:
        raise InputError(f"a funnel compares units: expected 2 or more with a denominator, found {len(there)}")
    n, d = hits[there], base[there]
    target = 1.0 if kind == "ratio" else float(n.sum() / d.sum())
    if kind == "rate" and target == 0:
        raise InputError("a rate needs at least one event: every numerator is 0")
    y, centre, s = _transformed(n, d, target, kind, method)
    z = (y - centre) / s
    kept, trimmed = truncated(z, trim) if (kind, method) == ("ratio", "shmi") else winsorised(z, trim)
    phi = float(np.mean(trimmed**2))
    tau2 = between_variance(phi, s[kept]) if overdispersion else 0.0
    adjusted = overdispersion and phi > 1
    drawn = draw(d, s, target, kind, method, tau2 if adjusted else None, multiplier, len(names), there)
    with np.errstate(invalid="ignore"):
        z_adjusted = (y - centre) / np.sqrt(s**2 + tau2)
    value = multiplier * ratio(hits, base)
    low, high = (drawn.lower_95, drawn.upper_95) if limit == 95 else (drawn.lower_998, drawn.upper_998)
    outlier = tuple("high" if v > h else "low" if v < lo else None for v, lo, h in zip(value, low, high, strict=True))
    at = np.geomspace(max(d.min(), 1e-9), d.max(), CURVE)
    s_at = _transformed(target * at, at, target, kind, method)[2]
    curve = draw(at, s_at, target, kind, method, tau2 if adjusted else None, multiplier)
    return Funnel(
        names, hits, base, value, _spread(z, there, names), _spread(z_adjusted, there, names), drawn, outlier,
        target, phi, tau2, adjusted, kind, method, float(limit), float(multiplier), at, curve,
    )  # fmt: skip


def _transformed(n: Floats, d: Floats, target: float, kind: str, method: str) -> tuple[Floats, float, Floats]:
    """The values and the target on the scale where noise has a known standard deviation, and that deviation."""
    if method == "phe":
        return n / d, target, np.sqrt(target * (1 - target if kind == "proportion" else 1.0) / d)
    if kind == "proportion":
        return np.arcsin(np.sqrt(n / d)), float(np.arcsin(np.sqrt(target))), 1 / (2 * np.sqrt(d))
    if kind == "rate":
        s = np.sqrt(n / (n + 0.5) ** 2 + d / (d + 0.5) ** 2)
        return np.log((n + 0.5) / (d + 0.5)), float(np.log(target)), s
    if method == "shmi":
        with np.errstate(divide="ignore"):
            return np.log(n / d), 0.0, 1 / np.sqrt(d)
    return np.sqrt(n / d), 1.0, 1 / (2 * np.sqrt(d))


def _exactly_summed(names: tuple[str, ...], units: Sequence[str], values: ArrayLike) -> Floats:
    """Each unit's sum rounded once: a half that is rounded next must not depend on the order of rows."""
    rows: dict[str, list[float]] = {name: [] for name in names}
    for unit, value in zip(units, np.asarray(values, dtype=np.float64).tolist(), strict=True):
        rows[unit].append(value)
    return np.array([math.fsum(own) for own in rows.values()])


def _two_decimals(values: Floats) -> Floats:
    """Rounded to 2 decimals as R does since its version 4: the nearer by the difference of doubles, else the even one.

    Source: Maechler, "Rounding to decimal digits in binary", CRAN package round.

    >>> _two_decimals(np.array([23.445, 22.755, 0.125])).tolist()        # Python: 23.45, 22.75, 0.12
    [23.44, 22.75, 0.12]
    """
    below = np.floor(100 * values)
    low, high = below / 100, np.ceil(100 * values) / 100
    up, down = high - values, values - low
    rounded = np.where((up < down) | ((up == down) & (below % 2 == 1)), high, low)
    return np.asarray(np.where(np.abs(values) < 1e12, rounded, values))  # beyond, a double has no such digits


def _spread(values: Floats, there: NDArray[np.int64], names: tuple[str, ...]) -> Floats:
    """Values of the units that are there, among NaN for those that are not."""
    out = np.full(len(names), np.nan)
    out[there] = values
    return out


def _check(kind: str, method: str, trim: float, limit: float, multiplier: float) -> None:
    if kind not in KINDS:
        raise InputError(f"kind: expected {', '.join(KINDS)}, found {kind!r}{did_you_mean(kind, KINDS)}")
    if method not in METHODS:
        raise InputError(f"method: expected {', '.join(METHODS)}, found {method!r}{did_you_mean(method, METHODS)}")
    if not 0 <= trim < 0.5:
        raise InputError(f"trim: expected a share from 0 to below 0.5, found {trim:g}")
    if float(limit) not in Z:
        raise InputError(f"limit: expected 95 or 99.8, found {limit:g}")
    if not 0 < multiplier < np.inf:
        raise InputError(f"multiplier: expected a number above 0, found {multiplier:g}")
