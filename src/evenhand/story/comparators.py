"""Comparators: with whom an organisation is compared when it chooses for itself, and the picture among those alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from .. import see
from ..errors import InputError, did_you_mean
from ..lake import Lake
from ..measures import Measure
from ..measures.levels import parent_of
from ..measures.panel import latest_month
from ..measures.patient_mix import DEPRIVATION, patient_mix
from ..records.spread import Spread
from ..sources import organisations as organisations_source
from ..stats.ranks import quantile_groups
from .spreads import redrawn

FEWEST = 10  # others: fewer tell no spread, as for a picture of a funnel, and would show who is who
NEAREST = 20  # in patients' mix (NHS RightCare takes ten of 209; practices are many)
TENTH = 10  # "like size" is the tenth of all that is nearest in size, and at least `NEAREST`
FIFTHS = 5  # of deprivation, as public health profiles cut it
ABOVE = {"practice": "pcn", "pcn": "sicbl", "sicbl": "icb", "icb": "region"}
WAYS = {
    "size": "of like size", "network": "of the same place above", "deprivation": "in the same fifth of deprivation",
    "similar": "with the patients most like ours", "own": "of a list of codes",
}  # fmt: skip


@dataclass(frozen=True)
class Comparators:
    """The others, in the order of `by`; words: who they are, as after "those"."""

    by: str
    codes: tuple[str, ...]
    words: str


def comparators(lake: Lake, level: str, code: str, by: str, own: Sequence[str] = ()) -> Comparators:
    """Ask with whom an organisation is to be compared: by size, network, deprivation, similar patients, or its own
    list of codes. Itself is never among them.

    Raises
    ------
    InputError
        If `by` is none of those, what it rests on is not loaded or not known of this organisation, a code of its own
        list is not known, or fewer than ten are left.
    """
    if by not in WAYS:
        raise InputError(f"compare by: expected {', '.join(WAYS)}, found {by!r}{did_you_mean(by, tuple(WAYS))}")
    words = WAYS[by]
    if by == "own":
        found = _listed(lake, level, own)
    elif by == "network":
        found, words = _network(lake, level, code)
    else:
        found = _alike(lake, level, code, by)
    others = tuple(other for other in dict.fromkeys(found) if other != code)
    if len(others) < FEWEST:
        raise InputError(f"compare by {by}: {len(others)} others are found, and {FEWEST} or more are needed")
    return Comparators(by, others, words)


def among(spread: Spread, measure: Measure, codes: Sequence[str], own: str) -> Spread:
    """The same measure among some organisations and one's own: its middle, tenths, deciles and funnels are of those
    alone. What patients like theirs would give, and what there is to gain, stay as they are found among all.

    spread: read with its course.

    Raises
    ------
    InputError
        If fewer than ten of the others have the measure.
    """
    wanted = {*codes, own}
    rows = [row for row, unit in enumerate(spread.codes) if unit in wanted]
    others = sum(bool(spread.fair[row]) and spread.codes[row] != own for row in rows)
    if others < FEWEST:
        raise InputError(f"{others} of those chosen are large enough on this measure, and {FEWEST} or more are needed")
    chosen: dict[str, Any] = {name: getattr(spread, name)[rows] for name in _COLUMNS}
    chosen |= {name: tuple(getattr(spread, name)[row] for row in rows) for name in _WORDS}
    return redrawn(replace(spread, **chosen), measure)


_COLUMNS = ("numerator", "denominator", "fair", "expected", "z", "z_unlike", "worse", "units", "pounds", "low", "high",
            "top", "bottom")  # fmt: skip
_WORDS = ("codes", "outlier", "unlike", "icon")


def _listed(lake: Lake, level: str, own: Sequence[str]) -> list[str]:
    known = organisations_source.read(lake)
    for code in own:
        if known.level(code) != level:
            there = known.at(level)
            raise InputError(f"compare by own: no {level} has the code {code!r}{did_you_mean(code, there)}")
    return list(own)


def _network(lake: Lake, level: str, code: str) -> tuple[list[str], str]:
    """Those of the same place above; of the next above that where they are too few."""
    known, as_of = organisations_source.read(lake), latest_month(lake)
    above = ABOVE.get(level)
    while above is not None:
        parent = parent_of(code, above, known, as_of)
        found = list(known.descendants(parent, level, as_of)) if parent is not None else []
        if len(set(found) - {code}) >= FEWEST or above not in ABOVE:
            return found, f"of {known.name(parent)}" if parent is not None else WAYS["network"]
        above = ABOVE[above]
    return [], WAYS["network"]


def _alike(lake: Lake, level: str, code: str, by: str) -> list[str]:
    codes, features = lake.remember(f"comparators.{level}", lambda: patient_mix(lake, level))
    if code not in codes:
        raise InputError(f"compare by {by}: nothing is loaded of the patients of {code}")
    own = codes.index(code)
    if by == "similar":
        return list(see.peers(codes, features, code, n=NEAREST).codes)
    if by == "size":
        size = features["log_list_size"]
        there = np.flatnonzero(np.isfinite(size))
        if not np.isfinite(size[own]):
            raise InputError(f"compare by size: no list size is loaded of {code}")
        near = there[np.argsort(np.abs(size[there] - size[own]), kind="stable")]
        return [codes[i] for i in near[: 1 + max(NEAREST, len(there) // TENTH)]]
    score = features.get(DEPRIVATION)
    if score is None or not np.isfinite(score[own]):
        raise InputError(f"compare by deprivation: no deprivation is loaded of {code}; load the Index of Multiple "
                         "Deprivation by practice")  # fmt: skip
    fifth = quantile_groups(score, FIFTHS)
    return [codes[i] for i in np.flatnonzero(fifth == fifth[own])]
