"""Who is shown the content, and who is not yet: a stratified, reproducible, sealed allocation."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import InputError, did_you_mean
from ..records import Record
from .rounding import round_table

Stratum = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Allocation(Record):
    """Every unit with its arm and its wave, and the seal that shows later that nothing was moved.

    units, arm, stratum, cluster, wave: N each, in the order given (stratum is () and cluster is the unit itself where
    none was named; wave counts from 1, and is 0 for the arm that is held out until the verdict); arms, ratio: A each;
    waves: how many there are; holdout: that arm, '' if none was named; seal: sha256 of the inputs and the allocation.
    """

    units: tuple[str, ...]
    arm: tuple[str, ...]
    stratum: tuple[Stratum, ...]
    cluster: tuple[str, ...]
    arms: tuple[str, ...]
    ratio: tuple[int, ...]
    seed: int
    seal: str
    wave: tuple[int, ...] = ()
    waves: int = 1
    holdout: str = ""

    def balance(self) -> tuple[tuple[str, str, int, int], ...]:
        """(stratum, arm, clusters, units) for each stratum and arm, in the order of first appearance."""
        units = Counter(zip(self.stratum, self.arm, strict=True))
        pairs = {(c, s, a) for c, s, a in zip(self.cluster, self.stratum, self.arm, strict=True)}
        clusters = Counter((s, a) for _, s, a in pairs)
        return tuple(
            (" / ".join(s) or "all", a, clusters[s, a], units[s, a])
            for s in dict.fromkeys(self.stratum) for a in self.arms
        )  # fmt: skip

    def steps(self) -> tuple[tuple[str, int, int, int], ...]:
        """(arm, wave, clusters, units) for each arm and wave, in the order of the arms."""
        units = Counter(zip(self.arm, self.wave, strict=True))
        pairs = Counter((a, w) for _, a, w in set(zip(self.cluster, self.arm, self.wave, strict=True)))
        return tuple((a, w, pairs[a, w], units[a, w]) for a in self.arms for w in range(self.waves + 1) if units[a, w])


def randomise(
    units: Sequence[str],
    arms: Sequence[str],
    *,
    seed: int,
    strata: Sequence[Stratum] | None = None,
    ratio: Sequence[int] | None = None,
    clusters: Sequence[str] | None = None,
    waves: int = 1,
    holdout: str = "",
) -> Allocation:
    """Allocate units to arms at random, in the ratio asked for, within strata and over them.

    In each stratum, and over all, an arm gets its share rounded up or down, never further away: what is left
    over in one stratum is balanced by what is left over in the others. A unit's chance of an arm is exactly the
    arm's share of the ratio. The result depends on the units, the strata and the seed, not on the order of rows.
    With `clusters` (practices in a PCN, say) whole clusters are allocated, and strata and balance count clusters.
    With `waves` each arm's clusters are then dealt into that many waves by the same rule, so that who is early and
    who is late is chance as well; one arm will do then (a stepped wedge). The arm `holdout` is in wave 0: it begins
    with nobody until the verdict is in. The arms of a seed are the same with waves and without.

    Raises
    ------
    InputError
        If a unit or a stratum is blank, a unit is given twice, a cluster lies in two strata, there are fewer
        than two arms (and one wave) or fewer clusters than arms or than an arm's waves, the ratio does not fit the
        arms, or the hold-out is not one of them.

    Source: stratified randomisation with controlled rounding of the remainders, see `round_table`; waves as in a
    stepped-wedge trial, Hussey and Hughes (2007), Contemporary Clinical Trials 28:182.

    >>> given = randomise(["P1", "P2", "P3", "P4"], ["letter", "control"], seed=1)
    >>> sorted(given.arm), len(given.seal)
    (['control', 'control', 'letter', 'letter'], 64)
    """
    ratio = tuple(ratio) if ratio is not None else (1,) * len(arms)
    _check(units, arms, ratio, waves, holdout)
    clusters = list(units) if clusters is None else list(clusters)
    strata = [()] * len(units) if strata is None else list(strata)
    home = _homes(units, clusters, strata)
    if len(home) < len(arms):
        raise InputError(f"{len(home)} to allocate and {len(arms)} arms; need at least one for each arm")
    rng = np.random.default_rng(seed)
    arm_of = _deal(home, arms, ratio, rng)
    wave_of = _steps(home, arm_of, arms, waves, holdout, rng)
    arm, wave = [arm_of[cluster] for cluster in clusters], [wave_of[cluster] for cluster in clusters]
    stepped = wave if waves > 1 or holdout else None
    return Allocation(
        tuple(units), tuple(arm), tuple(strata), tuple(clusters), tuple(arms), ratio, seed,
        seal(units, arm, strata, clusters, arms, ratio, seed, stepped), tuple(wave), waves, holdout,
    )  # fmt: skip


def seal(
    units: Sequence[str],
    arm: Sequence[str],
    strata: Sequence[Stratum],
    clusters: Sequence[str],
    arms: Sequence[str],
    ratio: Sequence[int],
    seed: int,
    wave: Sequence[int] | None = None,
) -> str:
    """The sha256 of the inputs and the allocation, rows sorted by unit: published before launch, checked after.

    `wave` is part of it where there are several waves or an arm is held out; None where there is one for all.
    """
    rows = sorted([u, c, list(s), a] for u, c, s, a in zip(units, clusters, strata, arm, strict=True))
    document: dict[str, object] = {"arms": list(arms), "ratio": list(ratio), "seed": seed, "allocation": rows}
    if wave is not None:
        document["wave"] = [w for _, w in sorted(zip(units, wave, strict=True))]
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def _deal(
    home: dict[str, Stratum], arms: Sequence[str], ratio: Sequence[int], rng: np.random.Generator
) -> dict[str, str]:
    """The arm of every cluster. Strata and clusters are taken in sorted order, so rows may come in any."""
    members: dict[Stratum, list[str]] = {}
    for cluster in sorted(home):
        members.setdefault(home[cluster], []).append(cluster)
    names = sorted(members)
    shares = np.outer([len(members[s]) for s in names], ratio).astype(np.int64)
    counts = round_table(shares, sum(ratio), rng)
    arm_of: dict[str, str] = {}
    for name, row in zip(names, counts, strict=True):
        order = rng.permutation(len(members[name]))
        hand = [arm for arm, n in zip(arms, row, strict=True) for _ in range(int(n))]
        arm_of |= {members[name][place]: arm for place, arm in zip(order, hand, strict=True)}
    return arm_of


def _steps(
    home: dict[str, Stratum], arm_of: dict[str, str], arms: Sequence[str], waves: int, holdout: str,
    rng: np.random.Generator,
) -> dict[str, int]:  # fmt: skip
    """The wave of every cluster: 0 for the hold-out, else dealt evenly within the arm's strata and over them."""
    wave_of = {cluster: int(arm != holdout) for cluster, arm in arm_of.items()}
    numbers = [str(number) for number in range(1, waves + 1)]
    for arm in arms if waves > 1 else ():
        own = {cluster: stratum for cluster, stratum in home.items() if arm_of[cluster] == arm}
        if arm == holdout:
            continue
        if len(own) < waves:
            raise InputError(f"arm {arm!r}: {len(own)} to allocate and {waves} waves; need at least one for each wave")
        wave_of |= {cluster: int(n) for cluster, n in _deal(own, numbers, (1,) * waves, rng).items()}
    return wave_of


def _homes(units: Sequence[str], clusters: Sequence[str], strata: Sequence[Stratum]) -> dict[str, Stratum]:
    """The stratum of every cluster."""
    home: dict[str, Stratum] = {}
    for unit, cluster, stratum in zip(units, clusters, strata, strict=True):
        if not cluster or not all(stratum):
            raise InputError(f"unit {unit!r}: its {'cluster' if not cluster else 'stratum'} is blank; give one")
        if home.setdefault(cluster, stratum) != stratum:
            raise InputError(
                f"cluster {cluster!r}: lies in strata {' / '.join(home[cluster])!r} and {' / '.join(stratum)!r}; "
                "a cluster is allocated as one, so it must lie in one stratum"
            )
    return home


def _check(units: Sequence[str], arms: Sequence[str], ratio: Sequence[int], waves: int, holdout: str) -> None:
    if waves < 1:
        raise InputError(f"need one wave or more; got {waves}")
    if len(arms) < (2 if waves == 1 else 1) or len(set(arms)) < len(arms) or not all(arms):
        raise InputError(f"need two or more arms with different names; got {', '.join(arms) or 'none'}")
    if holdout and (holdout not in arms or len(arms) < 2):
        raise InputError(f"the hold-out {holdout!r} is none of the arms{did_you_mean(holdout, arms)}; "
                         f"there are: {', '.join(arms)}")  # fmt: skip
    if len(ratio) != len(arms) or any(part < 1 for part in ratio):
        raise InputError(
            f"need one whole number above 0 for each of {len(arms)} arms; got ratio {':'.join(map(str, ratio))}"
        )
    seen: set[str] = set()
    for place, unit in enumerate(units, 1):
        if not unit:
            raise InputError(f"unit number {place} is blank; every unit needs its code")
        if unit in seen:
            raise InputError(f"unit {unit!r} is given twice; each must be given once")
        seen.add(unit)
