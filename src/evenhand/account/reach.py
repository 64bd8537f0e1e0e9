"""Reach: how much of a savings target can be reached without clinicians, and with them?

A planning model (METHODS G): the part of each layer of savings that depends on clinical decisions is reached
as far as decisions change; the rest is delivered at a rate of its own. Two inputs are judgement and not
evidence: `clinician_share` and `rest_delivered`. Whoever disagrees can change them in a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, FiniteFloat, model_validator

from ..errors import InputError
from ..records import Record

Floats = NDArray[np.float64]

MOST_BN = 1e6  # pounds, bn: a thousand times what the service spends


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Spread(_Strict):
    """What is known of a number: least, most likely, most (a triangular distribution)."""

    least: FiniteFloat
    likely: FiniteFloat
    most: FiniteFloat

    @model_validator(mode="after")
    def _in_order(self) -> Spread:
        if not self.least <= self.likely <= self.most:
            raise ValueError(f"expected least <= likely <= most, found {self.least}, {self.likely}, {self.most}")
        return self

    def moved(self, likely: float) -> Spread:
        """As wide on both sides of another most likely share, within 0 and 1."""
        down, up = self.likely - self.least, self.most - self.likely
        return Spread(least=max(0.0, likely - down), likely=likely, most=min(1.0, likely + up))

    def draw(self, rng: np.random.Generator, n: int) -> Floats:
        """n draws."""
        if self.least == self.most:
            return np.full(n, self.least)
        return rng.triangular(self.least, self.likely, self.most, n)


def _shares(spread: Spread) -> Spread:
    if spread.least < 0 or spread.most > 1:
        raise ValueError(f"expected shares from 0 to 1, found {spread.least:g} to {spread.most:g}")
    return spread


def _above_zero(spread: Spread) -> Spread:
    if spread.least <= 0:
        raise ValueError(f"expected shares above 0, found {spread.least:g} to {spread.most:g}")
    return _shares(spread)


Shares = Annotated[Spread, AfterValidator(_shares)]
Positive = Annotated[Spread, AfterValidator(_above_zero)]


class Study(_Strict):
    """An effect with its standard error, as a study gave it; a draw below zero counts as none."""

    effect: FiniteFloat = Field(le=1)
    se: FiniteFloat = Field(ge=0)


class Layer(_Strict):
    """One layer of the target: pounds (bn) and the share of it that clinical decisions decide."""

    pounds_bn: float = Field(ge=0, le=MOST_BN)
    clinician_share: Shares


def _spread(least: float, likely: float, most: float) -> Spread:
    return Spread(least=least, likely=likely, most=most)


class Parameters(_Strict):
    """Everything that the model is made of; each default with its basis (METHODS G)."""

    layers: dict[str, Layer] = Field(min_length=1, default={
        # 40/40/20 of £20bn: Health Committee, HC 651 (2013); clinician_share: assumption
        "national": Layer(pounds_bn=8, clinician_share=_spread(0, 0, 0)),
        "provider": Layer(pounds_bn=8, clinician_share=_spread(0.3, 0.5, 0.7)),
        "transformation": Layer(pounds_bn=4, clinician_share=_spread(0.8, 0.95, 1)),
    })  # fmt: skip
    rest_delivered: Shares = _spread(0.75, 0.95, 1)  # assumption
    fall_to_benchmark: Positive = _spread(0.128, 0.15, 0.192)  # NAO 2007: quartile and decile of four drug groups
    top_down: tuple[Study, ...] = Field(min_length=1, default=(
        Study(effect=0.044, se=0.018),  # OTC guidance, interrupted time series: BJGP 71:e201
        Study(effect=0.012, se=0.031),  # low-priority prescribing, randomised visits to 40 teams
        Study(effect=0.033, se=0.005),  # Chief Medical Officer's letter to high prescribers, randomised
    ))  # fmt: skip
    adopters: Shares = _spread(0.14, 0.25, 0.37)  # EFIPPS feedback 14%; DQIP 37%: BJGP 67:e352, BMJ Open 8:e017133
    adoption: Shares = _spread(0.17, 0.35, 0.51)  # 8,400 of 49,867 doctors; 102 of 442; 33 of 65 practices
    kept_top_down: Shares = _spread(0.6, 0.8, 0.95)  # assumption: national roll-outs waned
    kept_engaged: Shares = _spread(0.85, 0.95, 1)  # DQIP sustained for 48 weeks
    overlap: Shares = _spread(0.03, 0.06, 0.15)  # NAO 2011: 17.4 identified against 16.4 needed
    real_share_of_reported: Shares = _spread(0.5, 0.586, 0.8)  # NAO 2012: 3.4 substantiated of 5.8 reported


def judged(
    parameters: Parameters, *, clinician_share: Mapping[str, float], rest_delivered: float, adoption: float
) -> Parameters:  # fmt: skip
    """The same assumptions with other most likely shares: of each layer that clinicians decide, of the rest that is
    delivered, of clinicians who adopt. The first two are judgement, so whoever reads the answer may have their own.

    Raises
    ------
    InputError
        If a share does not lie between 0 and 1, or a layer is not known.

    >>> mine = judged(Parameters(), clinician_share={"provider": 0.6}, rest_delivered=0.9, adoption=0.35)
    >>> round(mine.layers["provider"].clinician_share.least, 6), mine.rest_delivered.likely
    (0.4, 0.9)
    """
    for name, share in {**clinician_share, "rest_delivered": rest_delivered, "adoption": adoption}.items():
        if not 0 <= share <= 1:
            raise InputError(f"{name}: expected a share from 0 to 1, found {share:g}")
    if unknown := set(clinician_share) - set(parameters.layers):
        raise InputError(f"no layer {min(unknown)!r}; expected one of {', '.join(parameters.layers)}")
    layers = {
        name: layer.model_copy(update={"clinician_share": layer.clinician_share.moved(clinician_share[name])})
        if name in clinician_share else layer
        for name, layer in parameters.layers.items()
    }  # fmt: skip
    return parameters.model_copy(update={
        "layers": layers, "rest_delivered": parameters.rest_delivered.moved(rest_delivered),
        "adoption": parameters.adoption.moved(adoption),
    })  # fmt: skip


@dataclass(frozen=True, eq=False)
class Arm(Record):
    """£bn reached, as it would be reported, with its 90% interval; verified_median is what auditors would find."""

    median: float
    low_90: float
    high_90: float
    verified_median: float


@dataclass(frozen=True, eq=False)
class Worth(Record):
    """£bn that engagement adds."""

    median: float
    low_90: float
    high_90: float


@dataclass(frozen=True, eq=False)
class Reach(Record):
    """The same draws, once with no clinician engaged and once with `adoption` of them."""

    without_engagement: Arm
    with_engagement: Arm
    worth: Worth
    seed: int


def reach(parameters: Parameters | None = None, *, draws: int = 200_000, seed: int = 1) -> Reach:
    """What can be saved with and without clinicians, £bn.

    reached = (1 - overlap) x sum over layers of pounds x [(1 - c) x rest delivered + c x k], where c is the
    clinician's share and k = min(1, fall achieved / fall to benchmark). The fall achieved is adopters' effect
    kept, times adoption, plus the top-down effect kept for the others.

    Holds as a planning model only: it says how far known effects reach, not what will happen. Reported and
    verified are two views; they are never multiplied further.

    Source: METHODS G, medians 11.4 and 14.6 of 20.
    """
    known = parameters or Parameters()
    rng = np.random.default_rng(seed)
    drawn = {name: getattr(known, name).draw(rng, draws) for name in (
        "rest_delivered", "fall_to_benchmark", "adopters", "adoption", "kept_top_down", "kept_engaged", "overlap",
        "real_share_of_reported",
    )}  # fmt: skip
    shares = {name: layer.clinician_share.draw(rng, draws) for name, layer in known.layers.items()}
    which = rng.integers(0, len(known.top_down), draws)
    effects = np.array([[study.effect, study.se] for study in known.top_down])[which]
    top_down = np.clip(rng.normal(effects[:, 0], effects[:, 1]), 0, None) * drawn["kept_top_down"]
    engaged = drawn["adopters"] * drawn["kept_engaged"]

    def total(adoption: Floats) -> Floats:
        fall = adoption * engaged + (1 - adoption) * top_down
        closed = np.clip(fall / drawn["fall_to_benchmark"], 0, 1)
        layers = (
            layer.pounds_bn * ((1 - shares[name]) * drawn["rest_delivered"] + shares[name] * closed)
            for name, layer in known.layers.items()
        )
        reached: Floats = (1 - drawn["overlap"]) * np.sum(list(layers), axis=0)
        return reached

    without, engaged_total = total(np.zeros(draws)), total(drawn["adoption"])
    real = drawn["real_share_of_reported"]
    return Reach(_arm(without, real), _arm(engaged_total, real), Worth(*_three(engaged_total - without)), seed)


def _arm(reached: Floats, real: Floats) -> Arm:
    return Arm(*_three(reached), float(np.median(reached * real)))


def _three(values: Floats) -> tuple[float, float, float]:
    median, low, high = np.quantile(values, [0.5, 0.05, 0.95])
    return float(median), float(low), float(high)
