"""Peers: which organisations are most like this one in what none of them can choose?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from ..errors import InputError, did_you_mean
from ..records import PeerGroup


def peers(codes: Sequence[str], features: Mapping[str, ArrayLike], code: str, *, n: int = 10) -> PeerGroup:
    """Find the n organisations nearest to `code`, each feature counted alike.

    Features are standardised (mean 0, standard deviation 1 over all organisations) and compared by Euclidean
    distance; ties keep file order. An organisation with a missing feature is nobody's peer. A feature that is the
    same everywhere tells nothing and is left out.

    Parameters
    ----------
    features
        One float64 (N,) a name, in the order of `codes`: list size, share over 65, deprivation and the like.

    Raises
    ------
    InputError
        If the code is unknown or lacks a feature, a code is given twice, no feature varies, or n is below 1.

    Source: NHS RightCare "similar 10" takes standardised features and Euclidean distance (METHODS B.1); the peers'
    mean, not their best five, is the fair comparison (Dropkin, doi 10.1093/pubmed/fdx136).

    >>> group = peers(["a", "b", "c"], {"list size": [1000, 1100, 9000]}, "a", n=1)
    >>> group.codes
    ('b',)
    """
    if n < 1:
        raise InputError(f"peers: expected 1 or more, found {n}")
    if len(set(codes)) < len(codes):
        twice = next(c for i, c in enumerate(codes) if c in codes[:i])
        raise InputError(f"organisation {twice!r} is given twice; each must be given once")
    if code not in codes:
        raise InputError(f"no organisation {code!r} among the {len(codes)} given{did_you_mean(code, codes)}")
    own = list(codes).index(code)
    table = np.array([np.asarray(column, dtype=np.float64) for column in features.values()]).reshape(len(features), -1)
    if table.shape[1] != len(codes):
        raise InputError(f"features: expected {len(codes)} numbers each, one an organisation, found {table.shape[1]}")
    if not np.isfinite(table[:, own]).all():
        missing = list(features)[int(np.flatnonzero(~np.isfinite(table[:, own]))[0])]
        raise InputError(f"organisation {code!r}: feature {missing!r} is missing, so its peers cannot be found")
    whole = np.isfinite(table).all(axis=0)
    spread = table[:, whole].std(axis=1)
    used = spread > 0
    if not used.any():
        raise InputError("features: every organisation has the same; expected at least one that varies")
    standard = table[used] / spread[used, None]
    distance = np.sqrt(((standard - standard[:, own : own + 1]) ** 2).sum(axis=0))
    near = [int(i) for i in np.argsort(distance, kind="stable") if whole[i] and i != own][:n]
    names = tuple(name for name, keep in zip(features, used, strict=True) if keep)
    return PeerGroup(code, tuple(codes[i] for i in near), distance[near], names)
