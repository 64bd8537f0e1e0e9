"""What a programme office keeps of a scheme: people, finance plan, risk, quality impact, delivery.

Every part is optional in a scheme's file; what is there must be whole. Source: METHODS A.2 to A.5.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .improvement import rating

Stage = Literal["idea", "long_list", "pid", "approved", "live", "closed", "stopped"]
AREAS = (
    "duty_of_quality", "patient_safety", "clinical_effectiveness", "patient_experience", "prevention",
    "productivity_innovation",
)  # fmt: skip
STAGE_2_ABOVE, BLOCKS_FROM = 8, 15  # METHODS A.4: above 8 a detailed assessment; 15 to 25 is red, and blocks
_DAY, _MONTH, _YEAR = r"^\d{4}-\d{2}-\d{2}$", r"^\d{4}-(0[1-9]|1[0-2])$", r"^\d{4}-\d{2}$"


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SchemePeople(_Strict):
    """Who answers for what, by key or post. A clinician and a manager sign it together, so they are two people."""

    sro: str = ""
    clinical_lead: str = Field(min_length=1)
    manager: str = Field(min_length=1)
    finance_lead: str = ""
    pmo_owner: str = ""
    patient_representative: str = ""

    @model_validator(mode="after")
    def _two_people(self) -> SchemePeople:
        for role in ("manager", "finance_lead"):
            if getattr(self, role) == self.clinical_lead:
                raise ValueError(f"clinical_lead and {role} are both {self.clinical_lead!r}; expected two people")
        return self


class FinancePlan(_Strict):
    """What a scheme should save in one financial year, month by month from April to March, in pounds.

    pye_pounds: the part of it that falls in `year` (part-year effect), which the twelve phasing values sum to;
    fye_pounds: in a full year (full-year effect). Both are net of the investment.
    """

    year: str = Field(pattern=_YEAR)
    gross_pounds: float
    investment_setup_pounds: float = Field(default=0.0, ge=0)
    investment_running_pounds: float = Field(default=0.0, ge=0)
    recurrent_pounds: float = 0.0
    fye_pounds: float
    pye_pounds: float
    phasing: tuple[float, ...] = Field(min_length=12, max_length=12)
    budget_line: str = ""
    price_basis: str = ""

    @property
    def investment_pounds(self) -> float:
        """Set-up and running cost."""
        return self.investment_setup_pounds + self.investment_running_pounds

    @property
    def net_pounds(self) -> float:
        """Gross less investment."""
        return self.gross_pounds - self.investment_pounds

    @property
    def months(self) -> tuple[str, ...]:
        """April to March, YYYY-MM."""
        first = int(self.year[:4])
        return tuple(f"{first + (month > 12)}-{(month - 1) % 12 + 1:02d}" for month in range(4, 16))

    @model_validator(mode="after")
    def _adds_up(self) -> FinancePlan:
        if int(self.year[5:]) != (int(self.year[:4]) + 1) % 100:
            raise ValueError(f"year {self.year!r} is no financial year; expected one such as 2025-26")
        total = sum(round(100 * value) for value in self.phasing)
        if total != round(100 * self.pye_pounds):
            raise ValueError(f"phasing sums to {total / 100:.2f}; expected pye_pounds, {self.pye_pounds:.2f}")
        return self


class Risk(_Strict):
    """How likely the scheme is to deliver, and what threatens it. likelihood, impact: 1 to 5."""

    probability: float = Field(ge=0, le=1)
    likelihood: int = Field(ge=1, le=5)
    impact: int = Field(ge=1, le=5)
    mitigations: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    confidence: Literal["fully_developed", "in_progress", "opportunity", "unidentified"] = "in_progress"

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return self.likelihood * self.impact

    @property
    def band(self) -> str:
        """low, moderate, high or extreme."""
        return rating(self.score)


class AreaImpact(_Strict):
    """How a scheme may harm one area of quality. detail: the detailed assessment (stage 2), needed above 8."""

    likelihood: int = Field(ge=1, le=5)
    impact: int = Field(ge=1, le=5)
    detail: str = ""

    @property
    def score(self) -> int:
        """Likelihood times impact, 1 to 25."""
        return self.likelihood * self.impact


class QualityScreen(_Strict):
    """A scored quality impact assessment (QIA) over six areas, with its two signatures (YYYY-MM-DD).

    Source: METHODS A.4: bands 1-3 low, 4-6 moderate, 8-12 high, 15-25 extreme; above 8 stage 2.
    """

    duty_of_quality: AreaImpact
    patient_safety: AreaImpact
    clinical_effectiveness: AreaImpact
    patient_experience: AreaImpact
    prevention: AreaImpact
    productivity_innovation: AreaImpact
    medical_director_signed: str = Field(default="", pattern=_DAY + "|^$")
    nursing_director_signed: str = Field(default="", pattern=_DAY + "|^$")
    equality_impact: str = ""
    information_governance: str = ""
    stop_rule: str = ""

    @property
    def scores(self) -> dict[str, int]:
        """Each area's score."""
        return {area: getattr(self, area).score for area in AREAS}

    @property
    def band(self) -> str:
        """low, moderate, high or extreme: the worst area."""
        return rating(max(self.scores.values()))

    @property
    def blocks(self) -> bool:
        """Whether the scheme may not go on: an area is red."""
        return max(self.scores.values()) >= BLOCKS_FROM

    @property
    def signed(self) -> bool:
        """Whether both directors have signed."""
        return bool(self.medical_director_signed and self.nursing_director_signed)

    @model_validator(mode="after")
    def _second_stage(self) -> QualityScreen:
        for area in AREAS:
            found: AreaImpact = getattr(self, area)
            if found.score > STAGE_2_ABOVE and not found.detail.strip():
                raise ValueError(f"{area} scores {found.score}; above {STAGE_2_ABOVE} it needs `detail` (stage 2)")
        return self


class Milestone(_Strict):
    """A step on the way, and when: as planned, as now expected, as it happened (YYYY-MM-DD)."""

    name: str = Field(min_length=1)
    owner: str = ""
    baseline: str = Field(pattern=_DAY)
    forecast: str = Field(default="", pattern=_DAY + "|^$")
    actual: str = Field(default="", pattern=_DAY + "|^$")


class Trajectory(_Strict):
    """What a key performance indicator (KPI) should be by when."""

    month: str = Field(pattern=_MONTH)
    value: float


class Kpi(_Strict):
    """A measure that shows delivery: activity, workforce or outcome."""

    measure: str = Field(min_length=1)
    kind: Literal["quality", "activity", "workforce", "finance"] = "activity"
    baseline: float
    trajectory: tuple[Trajectory, ...] = Field(min_length=1)


class Delivery(_Strict):
    """How far it should be, when."""

    milestones: tuple[Milestone, ...] = ()
    kpis: tuple[Kpi, ...] = ()
