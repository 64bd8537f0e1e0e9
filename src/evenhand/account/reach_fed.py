"""Reach, fed: the planning model with measured opportunities, live adoption and our own verdicts in place of guesses.

The same sum as `reach`, measure by measure: what clinicians decide is reached as far as decisions change, and never
beyond the opportunity that was measured, or what a verdict has shown. Where a verdict says how much changed, the
effect is drawn from it; all verdicts together say what to expect where there is none yet.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..records import Record
from .outlook import ADOPTION_MEAN, ADOPTION_WEIGHT
from .reach import Arm, Parameters, Worth

Floats = NDArray[np.float64]

# What adopters' effects are before any verdict: mean and spread of METHODS G's triangular 0.14, 0.25, 0.37; campaigns
# differ from one another by about 10 points (our rule: the studies behind METHODS G lie 14% to 37% apart).
EFFECT_MEAN, EFFECT_SPREAD, BETWEEN = 0.253, 0.047, 0.10
RUNGS = tuple(round(0.1 * k, 1) for k in range(11))
NEXT = 100  # adopters: METHODS G, product version
_Z90 = 1.6448536269514722
_MU, _TAU = np.linspace(0.0, 0.6, 61), np.linspace(0.005, 0.5, 60)

REAL = ("counts", "blocked", "not known")


@dataclass(frozen=True, eq=False)
class Field(Record):
    """One measure where it is to change. Pounds a year.

    targeted: what is spent on the side that should shrink (at the price difference); opportunity: median and 90%
    interval, which caps what no verdict has shown (NaN where none could be measured, and then it caps nothing).
    adopters of invited, by the live funnel (invited 0: nobody was asked yet). fall: by how much of `targeted` a
    verdict saw those invited change, with its se, NaN without a verdict. real: 'counts' (evidenced, guardrails held),
    'blocked' (a breach) or 'not known'.
    """

    measure: str
    scheme: str
    targeted: float
    opportunity: float
    opportunity_low: float
    opportunity_high: float
    adopters: int = 0
    invited: int = 0
    fall: float = float("nan")
    fall_se: float = float("nan")
    real: str = "not known"


@dataclass(frozen=True, eq=False)
class Rung(Record):
    """What is reached if this share adopts."""

    adoption: float
    median: float
    low_90: float
    high_90: float
    probability: float


@dataclass(frozen=True, eq=False)
class FieldReach(Record):
    """What one measure adds with engagement, and what was drawn for it."""

    measure: str
    scheme: str
    with_engagement: float
    low_90: float
    high_90: float
    without_engagement: float
    adoption: float
    effect_of_adopters: float
    real: str


@dataclass(frozen=True, eq=False)
class FedReach(Record):
    """Pounds a year; as `Reach`. probability: of reaching `target` with engagement (NaN without a target);
    tipping_adoption: the least adoption at which that is as likely as not, None if none is enough. ladder: the same
    at fixed adoptions. next_adopters: how many more are meant, next_pounds: what they would add."""

    without_engagement: Arm
    with_engagement: Arm
    worth: Worth
    adoption: float
    by_measure: tuple[FieldReach, ...]
    ladder: tuple[Rung, ...]
    target: float
    probability: float
    tipping_adoption: float | None
    next_adopters: int
    next_pounds: Worth
    draws: int
    seed: int


def reach_fed(
    fields: Sequence[Field], *, adoption: float | None = None, parameters: Parameters | None = None,
    target: float = float("nan"), draws: int = 20_000, seed: int = 1,
) -> FedReach:  # fmt: skip
    """Ask how much these measures save in a year with and without clinicians, from what was measured.

    Parameters
    ----------
    adoption
        The share that adopts, in place of the funnel's (a slider).
    parameters
        Those of `reach` that nothing here measures: top_down, kept_top_down, kept_engaged, overlap,
        real_share_of_reported.

    Raises
    ------
    InputError
        If there is no field, or adoption is no share.

    Source: METHODS G, product version.

    >>> one = Field("m", "s", 100e3, 30e3, 25e3, 35e3, adopters=30, invited=50, fall=0.12, fall_se=0.01, real="counts")
    >>> found = reach_fed([one])
    >>> bool(9e3 < found.with_engagement.median < 13e3 and found.without_engagement.median < 5e3)
    True
    """
    if not fields:
        raise InputError("expected at least one measure with something to gain, found none")
    if adoption is not None and not 0 <= adoption <= 1:
        raise InputError(f"adoption: expected a share from 0 to 1, found {adoption:g}")
    drawn = _Drawn(fields, parameters or Parameters(), draws, seed)
    chosen = drawn.adoption if adoption is None else np.full_like(drawn.adoption, adoption)
    without, engaged = drawn.reached(np.zeros_like(chosen)), drawn.reached(chosen)
    ladder = tuple(_rung(drawn, share, target) for share in RUNGS)
    more, number = _further(fields, chosen)
    arms = [Arm(*_three(x.sum(axis=1)), float(np.median((x * drawn.real).sum(axis=1)))) for x in (without, engaged)]
    total = engaged.sum(axis=1)
    weights = np.array([one.invited or 1 for one in fields], dtype=float)
    return FedReach(
        arms[0], arms[1], Worth(*_three(total - without.sum(axis=1))),
        float(np.average(np.median(chosen, axis=0), weights=weights)),
        tuple(
            FieldReach(one.measure, one.scheme, *_three(engaged[:, k]), float(np.median(without[:, k])),
                       float(np.median(chosen[:, k])), float(np.median(drawn.effect[:, k])), one.real)
            for k, one in enumerate(fields)
        ),
        ladder, target, float((total >= target).mean()) if np.isfinite(target) else float("nan"),
        _tipping(drawn, target), number, Worth(*_three(drawn.reached(more).sum(axis=1) - total)), draws, seed,
    )  # fmt: skip


class _Drawn:
    """One draw of everything, so that two adoptions are compared on the same chances."""

    def __init__(self, fields: Sequence[Field], known: Parameters, draws: int, seed: int) -> None:
        rng = np.random.default_rng(seed)
        count = len(fields)
        a = np.array([ADOPTION_WEIGHT * ADOPTION_MEAN + one.adopters for one in fields])
        b = np.array([ADOPTION_WEIGHT * (1 - ADOPTION_MEAN) + one.invited - one.adopters for one in fields])
        self.adoption = rng.beta(a, b, (draws, count))
        self.effect = _effects(fields, self.adoption, rng)
        which = rng.integers(0, len(known.top_down), draws)
        studies = np.array([[study.effect, study.se] for study in known.top_down])[which]
        letters = np.clip(rng.normal(studies[:, 0], studies[:, 1]), 0, None)
        self.top_down = letters * known.kept_top_down.draw(rng, draws)
        self.kept = known.kept_engaged.draw(rng, draws)
        self.overlap = known.overlap.draw(rng, draws)
        likely = known.real_share_of_reported.draw(rng, draws)
        self.real = np.column_stack([
            np.ones(draws) if one.real == "counts" else np.zeros(draws) if one.real == "blocked" else likely
            for one in fields
        ])  # fmt: skip
        self.targeted = np.array([one.targeted for one in fields])
        self.most = np.column_stack([_cap(one, rng, draws) for one in fields])
        for k, one in enumerate(fields):  # what a verdict has shown may lie beyond the best quarter: it was measured
            if np.isfinite(one.fall):
                self.most[:, k] = np.maximum(self.most[:, k], self.adoption[:, k] * self.effect[:, k] * one.targeted)

    def reached(self, adoption: Floats) -> Floats:
        """(n, K) pounds a year of each measure, if these shares adopt."""
        engaged = adoption * self.effect * self.kept[:, None]
        fall = engaged + (1 - adoption) * self.top_down[:, None]
        found: Floats = (1 - self.overlap)[:, None] * np.minimum(fall * self.targeted, self.most)
        return found


def _effects(fields: Sequence[Field], adoption: Floats, rng: np.random.Generator) -> Floats:
    """(n, K) the effect among adopters: from each measure's own verdict, drawn towards what all verdicts say."""
    draws = len(adoption)
    told = [k for k, one in enumerate(fields) if np.isfinite(one.fall) and one.fall_se > 0]
    mu, tau = _common(fields, told, adoption.mean(axis=0), rng, draws)
    found = mu[:, None] + tau[:, None] * rng.standard_normal((draws, len(fields)))
    found = np.clip(found, 0, None)
    for k in told:
        one, share = fields[k], adoption[:, k]
        precision = share**2 / one.fall_se**2 + 1 / tau**2
        centre = (share * one.fall / one.fall_se**2 + mu / tau**2) / precision
        found[:, k] = centre + rng.standard_normal(draws) / np.sqrt(precision)
    return found


def _common(
    fields: Sequence[Field], told: Sequence[int], adoption: Floats, rng: np.random.Generator, draws: int
) -> tuple[Floats, Floats]:
    """(n,) mean and spread of adopters' effects over campaigns, given the verdicts so far; one scheme counts once."""
    mu, tau = (x.ravel() for x in np.meshgrid(_MU, _TAU, indexing="ij"))
    height = -0.5 * ((mu - EFFECT_MEAN) / EFFECT_SPREAD) ** 2 - 0.5 * (tau / BETWEEN) ** 2
    seen: set[str] = set()
    for k in told:
        if fields[k].scheme in seen:
            continue
        seen.add(fields[k].scheme)
        variance = (fields[k].fall_se / adoption[k]) ** 2 + tau**2
        height = height - 0.5 * (fields[k].fall / adoption[k] - mu) ** 2 / variance - 0.5 * np.log(variance)
    weight = np.exp(height - height.max())
    rows = rng.choice(len(mu), draws, p=weight / weight.sum())
    return mu[rows], tau[rows]


def _cap(one: Field, rng: np.random.Generator, draws: int) -> Floats:
    """(n,) the opportunity, which nothing goes beyond: a normal on either side of its median."""
    if not np.isfinite(one.opportunity):
        return np.full(draws, np.inf)
    z = rng.standard_normal(draws)
    up, down = (one.opportunity_high - one.opportunity) / _Z90, (one.opportunity - one.opportunity_low) / _Z90
    return np.asarray(np.clip(one.opportunity + z * np.where(z > 0, up, down), 0, None))


def _rung(drawn: _Drawn, share: float, target: float) -> Rung:
    total = drawn.reached(np.full_like(drawn.adoption, share)).sum(axis=1)
    return Rung(share, *_three(total), float((total >= target).mean()) if np.isfinite(target) else float("nan"))


def _tipping(drawn: _Drawn, target: float) -> float | None:
    """The least adoption, in hundredths, at which the target is as likely as not."""
    if not np.isfinite(target):
        return None

    def likely(share: float) -> bool:
        return bool(np.median(drawn.reached(np.full_like(drawn.adoption, share)).sum(axis=1)) >= target)

    low, high = 0, 100
    if not likely(1.0):
        return None
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if likely(middle / 100) else (middle + 1, high)
    return low / 100


def _further(fields: Sequence[Field], adoption: Floats) -> tuple[Floats, int]:
    """Adoption with the next hundred adopters (or all who are left), spread evenly over those who are left."""
    invited = np.array([one.invited for one in fields], dtype=float)
    left = np.array([one.invited - one.adopters for one in fields], dtype=float)
    number = int(min(NEXT, left.sum()))
    if number <= 0:
        return adoption, 0
    part = np.divide(number * left / left.sum(), invited, out=np.zeros_like(invited), where=invited > 0)
    return np.clip(adoption + part, 0, 1), number


def _three(values: Floats) -> tuple[float, float, float]:
    median, low, high = np.quantile(values, [0.5, 0.05, 0.95])
    return float(median), float(low), float(high)
