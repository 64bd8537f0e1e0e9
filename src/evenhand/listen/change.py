"""Change: did the answer move between two waves of a survey?"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtr, stdtrit

from ..errors import InputError, did_you_mean
from ..records import Record
from .design import Design
from .interval import share_interval
from .svy_adapter import Surveyed


@dataclass(frozen=True, eq=False)
class WaveEstimate(Record):
    """One wave's share or mean."""

    wave: str
    n: int
    estimate: float
    se: float


@dataclass(frozen=True, eq=False)
class Change(Record):
    """The last wave minus the first, with its interval; every wave beside. df: clusters minus strata minus one."""

    waves: tuple[WaveEstimate, ...]
    first: str
    last: str
    change: float
    se: float
    low: float
    high: float
    p: float
    df: float
    level: float = 0.95


def change(
    y: NDArray[np.float64],
    design: Design,
    wave: Sequence[str],
    *,
    person: Sequence[str] | None = None,
    among: NDArray[np.bool_] | None = None,
    first: str | None = None,
    last: str | None = None,
    level: float = 0.95,
) -> Change:
    """How far did the answer move from the first wave to the last, and could that be chance?

    People who answered twice make a change surer: with `person` each is one cluster over both waves. Without, the
    waves are separate samples, each with its own strata (and its own raking).

    Parameters
    ----------
    y, design, among
        As in `estimate`.
    wave
        A label (rows,) for each row.
    person
        Who each row is; a cluster of the design, where there is one, takes its place.
    first, last
        Which waves to compare; else the first and last by number, date or order of appearance.

    Raises
    ------
    InputError
        If there are not two waves, a person is in one wave twice, or is not named.

    Source: R `survey::svyttest` (t with degrees of freedom one fewer than the design's); case two_wave_weighted.

    >>> y = np.array([1.0, 0, 0, 1] * 20 + [1.0, 1, 0, 1] * 20)
    >>> result = change(y, Design(160), ["2025"] * 80 + ["2026"] * 80)
    >>> f"{result.change:.2f} (p = {result.p:.3f})"
    '0.25 (p = 0.001)'
    """
    labels = [str(label).strip() for label in wave]
    waves = _ordered(labels)
    if len(waves) < 2:
        raise InputError(f"need two waves to speak of a change; the file has {len(waves)}")
    start, end = _chosen(first, waves, waves[0]), _chosen(last, waves, waves[-1])
    if start == end:
        raise InputError(f"a change needs two different waves; both are {start!r}")
    units = _units(design, labels, person)
    people = Surveyed(_together(design, labels, units), y, groups=labels)
    answers = np.isfinite(y[people.rows])
    inside = np.ones(len(people.rows), dtype=bool) if among is None else np.asarray(among, dtype=bool)[people.rows]
    rows = np.array(labels, dtype=object)[people.rows]
    found = []
    for label in waves:
        mask = inside & (rows == label)
        if not (mask & answers).any():
            raise InputError(f"wave {label!r} has no answer to compare")
        figure = people.mean(mask)
        found.append(WaveEstimate(label, int((mask & answers).sum()), figure.estimate, figure.se))
    moved = people.difference(start, end, inside)
    df = moved.df - 1
    t = moved.estimate / moved.se if moved.se > 0 else math.nan
    known = df > 0 and math.isfinite(t)
    half = float(stdtrit(df, (1 + level) / 2)) * moved.se if known else math.nan
    p = float(2 * stdtr(df, -abs(t))) if known else math.nan
    return Change(
        tuple(found), start, end, moved.estimate, moved.se, moved.estimate - half, moved.estimate + half, p, df, level
    )


def change_by(
    groups: Sequence[str], *, among: NDArray[np.bool_] | None = None, **given: Any
) -> dict[str, Change]:
    """The change within each group, as a domain of the whole design, in order of first appearance.

    Parameters
    ----------
    groups
        A label (rows,) for each row, '' for none; the rest as in `change`. A group that a wave has no answer of is
        left out.
    """
    labels = np.array([str(group) for group in groups], dtype=object)
    waves, y = np.array([str(w).strip() for w in given["wave"]], dtype=object), given["y"]
    inside = given["design"].answered & np.isfinite(y) & (True if among is None else among)
    found = {}
    for group in (label for label in dict.fromkeys(labels) if label):
        mask = labels == group
        if set(waves[inside & mask]) == set(waves):
            found[group] = change(**given, among=mask if among is None else mask & among)
    return found


def wave_interval(wave: WaveEstimate, of: Change, *, share: bool) -> tuple[float, float]:
    """The interval of one wave by itself, as (low, high): logit for a share, t for a mean."""
    df = of.df + 1
    if share:
        return share_interval(wave.estimate, wave.se, wave.n, df, level=of.level)
    half = float(stdtrit(df, (1 + of.level) / 2)) * wave.se if df > 0 else math.nan
    return wave.estimate - half, wave.estimate + half


def _chosen(asked: str | None, waves: Sequence[str], default: str) -> str:
    if asked is not None and asked not in waves:
        raise InputError(f"no wave {asked!r}{did_you_mean(asked, waves)}; there are: {', '.join(waves)}")
    return asked or default


def _ordered(labels: Sequence[str]) -> list[str]:
    """Waves by their numbers (years, dates as YYYY-MM-DD, wave 2 before wave 10), else by first appearance."""
    blank = next((row for row, label in enumerate(labels) if not label), None)
    if blank is not None:
        raise InputError(f"row {blank + 2}: expected a wave, found a blank")
    waves = list(dict.fromkeys(labels))
    shapes = {tuple(re.split(r"\d+", label)) for label in waves}
    if len(shapes) == 1 and len(next(iter(shapes))) > 1:
        return sorted(waves, key=lambda label: tuple(map(int, re.findall(r"\d+", label))))
    return waves


def _units(design: Design, waves: Sequence[str], person: Sequence[str] | None) -> Sequence[str] | None:
    """What is drawn as one: clusters if the design has them, else people over the waves, else rows (None)."""
    if person is not None:
        seen: dict[tuple[str, str], int] = {}
        for row, (label, who) in enumerate(zip(waves, person, strict=True)):
            if not who:
                raise InputError(f"row {row + 2}: expected a person, found a blank")
            if (label, who) in seen:
                raise InputError(
                    f"row {row + 2}: person {who!r} is in wave {label!r} already, in row {seen[label, who] + 2}; "
                    "each person may answer once a wave"
                )
            seen[label, who] = row
    return design.clusters if design.clusters is not None else person


def _together(design: Design, waves: list[str], units: Sequence[str] | None) -> Design:
    """The design of all waves together, kept with the design: it is raked once for all its questions."""
    kept: dict[str, Any] = vars(design)  # as functools.cached_property keeps what it found
    who = None if units is None else list(units)
    if "_together" not in kept or kept["_together"][:2] != (waves, who):
        kept["_together"] = (waves, who, _by_wave(design, waves, units))
    made: Design = kept["_together"][2]
    return made


def _by_wave(design: Design, waves: Sequence[str], units: Sequence[str] | None) -> Design:
    """The design of all waves together: strata are split by wave unless a cluster is in two of them."""
    strata = ["" if design.strata is None else str(design.strata[row]) for row in range(design.rows)]
    met: dict[str, str] = {}
    if units is not None and any(met.setdefault(str(u), w) != w for u, w in zip(units, waves, strict=True)):
        home: dict[str, str] = {}  # a cluster that changed its stratum stays where it was first seen
        strata = [home.setdefault(str(unit), s) for unit, s in zip(units, strata, strict=True)]
    else:
        strata = [f"{label} {stratum}" for label, stratum in zip(waves, strata, strict=True)]
    rake = {column: [f"{w}: {v}" if v else "" for w, v in zip(waves, labels, strict=True)]
            for column, labels in design.rake.items()}  # fmt: skip
    totals = design.totals and {
        column: {f"{wave}: {v}": n for wave in dict.fromkeys(waves) for v, n in given.items()}
        for column, given in design.totals.items()
    }
    if design.calibrate:
        raise InputError("a change between waves is raked (--rake), wave by wave; it cannot be calibrated")
    return replace(design, strata=strata if len(set(strata)) > 1 else None, clusters=units, rake=rake, totals=totals)
