"""Draws: what each scheme may have saved by the date, risks shared, overlaps counted once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr

from ..errors import InputError
from ..stats.bass import adopted
from .outlook import ADOPTION_MEAN, ADOPTION_WEIGHT, SIZE, UNSEEN, Outlook

Floats = NDArray[np.float64]

DELIVERY, SIZE_OF_PLAN, ADOPTION = range(3)  # what each scheme draws for itself
_GRID = np.linspace(-6, 6, 601)  # of a standard normal: the quantiles between are nearly straight
_STEPS = 240  # of the integral of adoption over time: exact to a thousandth


@dataclass
class Chance:
    """The chances that one forecast is drawn from, so that a step better is drawn from the same ones.

    common: (n,) good or bad times for all; programmes: name -> (n,); own: (n, S, 3) delivery, size, adoption;
    verdict: (n, S), the error of each estimate; unseen: (n,) lost to overlaps and slippage nobody saw.
    """

    common: Floats
    programmes: dict[str, Floats]
    own: Floats
    verdict: Floats
    unseen: Floats
    shares: tuple[float, float]

    @classmethod
    def draw(
        cls, schemes: Sequence[Outlook], draws: int, seed: int, shares: tuple[float, float],
        unseen: tuple[float, float, float] = UNSEEN,
    ) -> Chance:  # fmt: skip
        """One chance for each input; shares: of each risk, how much is common to all, and to its programme."""
        rng = np.random.default_rng(seed)
        names = list(dict.fromkeys(one.programme for one in schemes if one.programme))
        lost = np.full(draws, unseen[1]) if unseen[0] == unseen[2] else rng.triangular(*unseen, draws)
        waiting = sum(one.state not in ("confirmed", "reversed") for one in schemes)
        return cls(
            rng.standard_normal(draws), {name: rng.standard_normal(draws) for name in names},
            rng.standard_normal((draws, len(schemes), 3)), rng.standard_normal((draws, len(schemes))),
            lost if waiting > 1 else np.zeros(draws), shares,
        )  # fmt: skip

    def latent(self, column: int, kind: int, one: Outlook) -> Floats:
        """A standard normal: high is good; part of it common to all, part to the programme, the rest its own."""
        for_all, for_some = self.shares
        shared = self.programmes.get(one.programme)
        for_some = for_some if shared is not None else 0.0
        found: Floats = np.sqrt(for_all) * self.common + np.sqrt(1 - for_all - for_some) * self.own[:, column, kind]
        return found if shared is None else found + np.sqrt(for_some) * shared


def rest(one: Outlook, column: int, chance: Chance, by: float) -> Floats:
    """(n,) pounds of one scheme by the date beyond what is confirmed, if and as far as they come."""
    if one.state == "reversed":
        return np.zeros(len(chance.common))
    comes = ndtr(chance.latent(column, DELIVERY, one)) > 1 - one.likely
    if one.told_by_verdict:
        size = one.estimate + one.se * chance.verdict[:, column]
    else:
        size = one.planned * _triangular(ndtr(chance.latent(column, SIZE_OF_PLAN, one)), SIZE)
        size = size * _adoption(one, column, chance)
    left = size * in_time(one, by) - one.confirmed
    return np.asarray(comes * (np.clip(left, 0, None) if one.whole >= 0 else np.clip(left, None, 0)))


def in_time(one: Outlook, by: float) -> float:
    """Of the plan's pounds, the share that falls before the date: 1 where no start is given. by: months since 1970."""
    if one.start is None:
        return 1.0
    until = float(np.clip(by - one.start - one.slip, 0, one.months))
    if not np.isfinite(one.p):
        return until / one.months
    return _built_up(until, one) / _built_up(one.months, one)


def total(rests: Floats, schemes: Sequence[Outlook], unseen: Floats) -> tuple[Floats, Floats]:
    """(n,) all pounds and (n, S) each scheme's, groups counted once and the unseen taken off."""
    net = rests.copy()
    for columns in groups(schemes).values():
        net[:, columns] = once(rests[:, columns], [schemes[c] for c in columns])
    net *= (1 - unseen)[:, None]
    each = net + np.array([one.confirmed for one in schemes])
    return each.sum(axis=1), each


def groups(schemes: Sequence[Outlook]) -> dict[str, list[int]]:
    """Columns of the schemes that would save the same pounds, two or more of a group."""
    found: dict[str, list[int]] = {}
    for column, one in enumerate(schemes):
        if one.group:
            found.setdefault(one.group, []).append(column)
    return {name: c for name, c in found.items() if len(c) > 1 or np.isfinite(schemes[c[0]].pool)}


def once(rests: Floats, members: Sequence[Outlook]) -> Floats:
    """(n, K) what is left of K overlapping savings when no pound is saved twice.

    With a pool: each takes its share of what the others leave, 1 - prod(1 - share). Without: as they save the same
    pounds, together no more than the largest. Either way shared in proportion. Source: METHODS B.7.
    """
    positive = np.clip(rests, 0, None)
    added = positive.sum(axis=1)
    pool = next((one.pool for one in members if np.isfinite(one.pool)), None)
    if pool is None:
        together = positive.max(axis=1)
    else:
        free = max(pool - sum(one.confirmed for one in members), 0.0)
        share = np.clip(positive / free, 0, 1) if free > 0 else np.zeros_like(positive)
        together = free * (1 - np.prod(1 - share, axis=1))
    factor = np.divide(together, added, out=np.zeros_like(added), where=added > 0)
    return np.where(rests > 0, rests * factor[:, None], rests)


def check_groups(schemes: Sequence[Outlook]) -> None:
    """Refuse a group whose schemes name two pools."""
    for name, columns in groups(schemes).items():
        pools = {schemes[c].pool for c in columns if np.isfinite(schemes[c].pool)}
        if len(pools) > 1:
            raise InputError(f"group {name!r}: expected one pool for its schemes, found {sorted(pools)}")


def _adoption(one: Outlook, column: int, chance: Chance) -> Floats | float:
    """How the adoption that comes compares with the plan's; 1 where the file says nothing of adoption."""
    counted = np.isfinite(one.invited)
    if not counted and not np.isfinite(one.adoption):
        return 1.0
    planned = one.adoption if np.isfinite(one.adoption) else ADOPTION_MEAN
    centre = ADOPTION_MEAN if counted else min(planned, 0.999)
    a, b = ADOPTION_WEIGHT * centre, ADOPTION_WEIGHT * (1 - centre)
    if counted:
        a, b = a + one.adopters, b + one.invited - one.adopters
    share = np.interp(chance.latent(column, ADOPTION, one), _GRID, betaincinv(a, b, ndtr(_GRID)))
    return np.asarray(share / planned)


def _triangular(u: Floats, spread: tuple[float, float, float]) -> Floats:
    """The value below which a share u of a triangular distribution lies."""
    least, likely, most = spread
    turn = (likely - least) / (most - least)
    rising = least + np.sqrt(u * (most - least) * (likely - least))
    falling = most - np.sqrt((1 - u) * (most - least) * (most - likely))
    return np.asarray(np.where(u < turn, rising, falling))


def _built_up(months: float, one: Outlook) -> float:
    """Adopter-months up to then, if adoption follows Bass."""
    times = (np.arange(_STEPS) + 0.5) * months / _STEPS
    return float(adopted(times / 12, one.p, one.q).mean() * months)
