"""The European Standard Population of 2013: how many of 100,000 imagined people are of each age."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError

# Eurostat (2013), Revision of the European Standard Population: first age of a band -> people, of 100,000.
ESP2013 = {
    0: 1000, 1: 4000, 5: 5500, 10: 5500, 15: 5500, 20: 6000, 25: 6000, 30: 6500, 35: 7000, 40: 7000, 45: 7000,
    50: 7000, 55: 6500, 60: 6000, 65: 5500, 70: 5000, 75: 4000, 80: 2500, 85: 1500, 90: 800, 95: 200,
}  # fmt: skip
OPEN = 200  # an age that nobody reaches: where the last band ends
_BAND = re.compile(r"(\d+)(?:-|_|to)(\d+)$")
_OPEN = re.compile(r"(\d+)(?:\+|plus|andover|orover|andolder|-|_)$|(?:over|>=)(\d+)$")
_UNDER = re.compile(r"(?:<|under)(\d+)$")
_NOISE = re.compile(r"years?|yrs?|aged?|[\s.]|\(|\)|,")


def european_population(bands: Sequence[str]) -> NDArray[np.float64]:
    """How many people of the standard each age band holds, float64 (N,), in the order given.

    Bands are read as 0-4, 0_4, "5 to 14 years", 85+, "under 1", 0; wider bands are added up.

    Raises
    ------
    InputError
        If a band cannot be read, cuts a band of the standard, or overlaps another of those given.

    Source: Eurostat (2013), Revision of the European Standard Population, ISBN 978-92-79-31094-2.

    >>> european_population(["0-4", "5-14", "90+"]).tolist()
    [5000.0, 11000.0, 1000.0]
    """
    starts = (*ESP2013, OPEN)
    people = {}
    spans: dict[str, tuple[int, int]] = {}
    for band in dict.fromkeys(bands):
        first, end = ages(band)
        if first not in starts or end not in starts:
            raise InputError(f"age band {band!r}: the European Standard Population cannot be cut there; "
                             "expected bands such as 0-4, 5-9 ... 90+, or several of them together")  # fmt: skip
        for other, (low, high) in spans.items():
            if first < high and low < end:
                raise InputError(f"age bands {other!r} and {band!r} overlap; expected each age once")
        spans[band] = (first, end)
        people[band] = sum(count for start, count in ESP2013.items() if first <= start < end)
    return np.array([people[band] for band in bands], dtype=np.float64)


def ages(band: str) -> tuple[int, int]:
    """First age of a band, and the first age above it; InputError if it cannot be read."""
    word = _NOISE.sub("", band.lower().replace("\N{EN DASH}", "-"))
    if match := _BAND.match(word):
        first, last = int(match[1]), int(match[2])
        if first <= last:
            return first, last + 1
    elif match := _OPEN.match(word):
        return int(match[1] or match[2]), OPEN
    elif match := _UNDER.match(word):
        return 0, int(match[1])
    elif word == "0":
        return 0, 1
    raise InputError(f"age band {band!r}: expected ages such as 0-4, 5-9 or 90+")
