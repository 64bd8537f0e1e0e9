"""What a scheme says of itself beside its numbers: the driver diagram and the quality impact assessment."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

MEASURE_KINDS = ("outcome", "process", "balancing")
QUALITY_DOMAINS = ("safety", "effectiveness", "experience", "equality")


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Driver(_Strict):
    """What the aim depends on, and what may be tried to move it; a driver may have drivers of its own."""

    name: str = Field(min_length=1)
    change_ideas: tuple[str, ...] = ()
    drivers: tuple[Driver, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Driver:
        if not self.change_ideas and not self.drivers:
            raise ValueError(f"driver {self.name!r} has neither change ideas nor drivers of its own; expected some")
        return self


class DiagramMeasure(_Strict):
    """How it will be seen: a measure's id or words, and what kind it is."""

    measure: str = Field(min_length=1)
    kind: Literal["outcome", "process", "balancing"]


class DriverDiagram(_Strict):
    """Aim, drivers, change ideas, and measures of all three kinds.

    Source: the driver diagram of the Institute for Healthcare Improvement; outcome, process and balancing measures.
    """

    aim: str = Field(min_length=1)
    drivers: tuple[Driver, ...] = Field(min_length=1)
    measures: tuple[DiagramMeasure, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _every_kind(self) -> DriverDiagram:
        kinds = {row.kind for row in self.measures}
        lacking = [kind for kind in MEASURE_KINDS if kind not in kinds]
        if lacking:
            raise ValueError(f"no {lacking[0]} measure; expected an outcome, a process and a balancing measure")
        names = [idea for driver in self.drivers for idea in ideas(driver)]
        if len(set(names)) < len(names):
            twice = next(name for name in names if names.count(name) > 1)
            raise ValueError(f"the change idea {twice!r} is given twice; each must be given once")
        return self


class QualityRisk(_Strict):
    """One way in which quality may suffer. likelihood, consequence: 1 (rare, negligible) to 5 (almost certain,
    catastrophic), before and after what is done about it."""

    domain: Literal["safety", "effectiveness", "experience", "equality"]
    risk: str = Field(min_length=1)
    likelihood: int = Field(ge=1, le=5)
    consequence: int = Field(ge=1, le=5)
    mitigation: str = ""
    likelihood_after: int = Field(ge=1, le=5)
    consequence_after: int = Field(ge=1, le=5)

    @property
    def score(self) -> int:
        """Likelihood times consequence, 1 to 25, before mitigation."""
        return self.likelihood * self.consequence

    @property
    def score_after(self) -> int:
        """The same with what is done about it."""
        return self.likelihood_after * self.consequence_after

    @model_validator(mode="after")
    def _mitigated(self) -> QualityRisk:
        if self.score_after > self.score:
            raise ValueError(f"risk {self.risk!r} scores {self.score_after} after mitigation and {self.score} before")
        if self.score_after < self.score and not self.mitigation.strip():
            raise ValueError(f"risk {self.risk!r} falls from {self.score} to {self.score_after}; expected mitigation")
        return self


class QualityImpact(_Strict):
    """A quality impact assessment (QIA): every domain is looked at, by a risk or by saying that there is none."""

    risks: tuple[QualityRisk, ...] = ()
    no_risk: tuple[Literal["safety", "effectiveness", "experience", "equality"], ...] = ()

    @property
    def rating(self) -> str:
        """low, moderate, high or extreme: the worst risk that is left."""
        return rating(max((risk.score_after for risk in self.risks), default=1))

    @model_validator(mode="after")
    def _every_domain(self) -> QualityImpact:
        found = {risk.domain for risk in self.risks}
        for domain in QUALITY_DOMAINS:
            if (domain in found) == (domain in self.no_risk):
                right = "a risk, or its name under no_risk, and not both"
                raise ValueError(f"domain {domain!r}: expected {right}")
        return self


def ideas(driver: Driver) -> tuple[str, ...]:
    """The change ideas of a driver and of its drivers."""
    return driver.change_ideas + tuple(idea for inner in driver.drivers for idea in ideas(inner))


def rating(score: int) -> str:
    """What a score of 1 to 25 is called.

    Source: National Patient Safety Agency (2008), A risk matrix for risk managers: 1-3, 4-6, 8-12, 15-25.

    >>> [rating(score) for score in (3, 4, 8, 15)]
    ['low', 'moderate', 'high', 'extreme']
    """
    return "low" if score <= 3 else "moderate" if score <= 6 else "high" if score <= 12 else "extreme"
