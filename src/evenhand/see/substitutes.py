"""Substitutes: which presentations do the same, so that a prescriber can choose the cheaper one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_DRUG = 15  # characters of a drug's BNF code; an appliance has 11 and no generic


def generic_of(code: str) -> str | None:
    """The generic equivalent of a presentation by its BNF code alone; None for an appliance or where it has none.

    Characters 1 to 9 are the chemical, AA the generic product, and the last two, twice, strength and form.

    >>> generic_of("0703021Q0BBAAAA"), generic_of("21010900601")
    ('0703021Q0AAAAAA', None)
    """
    if len(code) != _DRUG or code[13:] == "A0":  # A0: no generic equivalent (NHSBSA)
        return None
    return f"{code[:9]}AA{code[13:]}{code[13:]}"


def substitution_sets(codes: Sequence[str], swaps: Iterable[tuple[str, str]] = ()) -> NDArray[np.int64]:
    """Which set each code belongs to (N,): a generic with its brands, and what `swaps` says is equivalent to them.

    A set has the position of its first code as its number; a code without a generic equivalent is a set of its own.

    Source: OpenPrescribing's price-per-unit method (the string rule and formulation swaps, merged as classes).

    >>> substitution_sets(["0703021Q0AAAAAA", "0703021Q0BBAAAA", "21010900601"]).tolist()
    [0, 0, 2]
    """
    leader: dict[str, str] = {}

    def root(name: str) -> str:
        while leader.setdefault(name, name) != name:
            leader[name] = leader[leader[name]]
            name = leader[name]
        return name

    for left, right in swaps:
        leader[root(left)] = root(right)
    first: dict[str, int] = {}
    roots = (root(generic_of(code) or code) for code in codes)
    return np.array([first.setdefault(name, i) for i, name in enumerate(roots)], dtype=np.int64)
