"""Scheme: a co-signed local plan, as its YAML file states it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from .improvement import DriverDiagram, QualityImpact

Month = str  # 'YYYY-MM'


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Window(_Strict):
    """First and last month, both included."""

    first: Month = Field(alias="from", pattern=r"^\d{4}-\d{2}$")
    last: Month = Field(alias="to", pattern=r"^\d{4}-\d{2}$")


class GuardrailRule(_Strict):
    """A measure that must not get worse by more than `margin` (its own unit), and where it is looked at."""

    measure: str
    level: str
    margin: float = Field(gt=0)
    harm: Literal["up", "down"]
    treated: tuple[str, ...] = Field(min_length=1)
    controls: tuple[str, ...] = Field(min_length=2)
    blocks: bool = True


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
    """What will be done, by whom, how much, for whom, by when, and how it will be judged."""

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
    why_not_randomised: str = ""
    money: Money
    guardrails: tuple[GuardrailRule, ...] = Field(min_length=1)
    letters: FourLetters
    driver_diagram: DriverDiagram | None = None
    quality_impact: QualityImpact | None = None
