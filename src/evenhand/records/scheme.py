"""Scheme: a co-signed local plan, as its YAML file states it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from .improvement import DriverDiagram, QualityImpact
from .scheme_plan import Delivery, FinancePlan, QualityScreen, Risk, SchemePeople, Stage

Month = str  # 'YYYY-MM'


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(_Strict):
    """First and last month, both included."""

    first: Month = Field(alias="from", pattern=r"^\d{4}-\d{2}$")
    last: Month = Field(alias="to", pattern=r"^\d{4}-\d{2}$")


class Break(_Strict):
    """From `month` on a measure is not what it was: a code, a definition or who is counted changed. why: in words."""

    month: Month = Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")
    why: str = Field(min_length=1)


class GuardrailRule(_Strict):
    """A measure that must not get worse by more than `margin` (its own unit), and where it is looked at.

    breaks: when the measure itself changed; no comparison crosses one.
    """

    measure: str
    level: str
    margin: float = Field(gt=0)
    harm: Literal["up", "down"]
    treated: tuple[str, ...] = Field(min_length=1)
    controls: tuple[str, ...] = Field(min_length=2)
    blocks: bool = True
    breaks: tuple[Break, ...] = ()

    @model_validator(mode="after")
    def _each_break_once(self) -> GuardrailRule:
        months = [one.month for one in self.breaks]
        if twice := next((month for month in months if months.count(month) > 1), None):
            raise ValueError(f"breaks of {self.measure} name {twice} twice; expected each month once, with all of why")
        return self


class Money(_Strict):
    """How a change in the measure becomes pounds.

    `pounds_per_unit` is the current national price difference of one unit of the numerator
    (expensive minus replacement); a negative one says that the better choice costs more.
    """

    pounds_per_unit: float
    price_month: Month
    price_source: str
    investment_pounds: float = 0.0
    origin: Literal["clinical_decision", "provider_efficiency", "management_cost", "price_and_pay"]
    recurrent: bool
    saving_class: Literal["cash_releasing", "other_efficiency", "scope_reduction"]
    patients_per_unit: float = 0.0


class FourLetters(_Strict):
    """Quality, Innovation, Productivity, Prevention: one sentence each."""

    quality: str
    innovation: str
    productivity: str
    prevention: str


class Scheme(_Strict):
    """What will be done, by whom, how much, for whom, by when, and how it will be judged.

    adoption: the share of those invited that `planned_saving_pounds` counts on; the forecast holds who has promised
    against it, and where it is not given METHODS G's.
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    pathway: str
    aim: str
    measure: str
    level: str
    area: str
    start: Month = Field(pattern=r"^\d{4}-\d{2}$")
    baseline: Window
    follow_up: Window
    allocation: str
    treated_arms: tuple[str, ...] = ("intervention",)
    control_arm: str = "control"
    cluster: str = "unit"
    planned_effect: float
    planned_saving_pounds: float
    adoption: float | None = Field(default=None, gt=0, le=1)
    why_not_randomised: str = ""
    money: Money
    guardrails: tuple[GuardrailRule, ...] = Field(min_length=1)
    letters: FourLetters
    driver_diagram: DriverDiagram | None = None
    quality_impact: QualityImpact | None = None
    stage: Stage | None = None
    programme: str = ""
    organisations: tuple[str, ...] = ()
    end: Month | None = Field(default=None, pattern=r"^\d{4}-\d{2}$")
    opportunities: tuple[str, ...] = ()
    overlap_group: str = ""
    people: SchemePeople | None = None
    finance: FinancePlan | None = None
    risk: Risk | None = None
    quality: QualityScreen | None = None
    delivery: Delivery | None = None
    narrative: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Scheme:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"end {self.end} is before start {self.start}")
        if self.finance is not None:
            for month, pounds in zip(self.finance.months, self.finance.phasing, strict=True):
                if month < self.start and pounds > 0:
                    raise ValueError(f"finance.phasing saves {pounds:.2f} in {month}, before the start in {self.start}")
        if self.stage == "live":
            if self.quality is not None and self.quality.blocks:
                raise ValueError("a scheme whose quality impact is red cannot be live; expected every area below 15")
            if self.quality is None or not self.quality.signed:
                raise ValueError("a live scheme needs its quality impact signed by the medical and nursing directors")
        return self
