"""Publications: what a side may ask of published data other than prescribing: waits, QOF, appointments, A&E, tests."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from .rule import Strict

Mode = Literal["face_to_face", "telephone", "video_online", "home_visit", "unknown"]
Wait = Literal["same_day", "1_day", "2_to_7_days", "8_to_14_days", "15_to_21_days", "22_to_28_days",
               "more_than_28_days", "unknown"]  # fmt: skip
Text = Annotated[str, Field(min_length=1)]


class Waits(Strict):
    """Which incomplete pathways count: within or over so many weeks (or all), in which treatment functions."""

    within_weeks: int | None = Field(default=None, gt=0)
    over_weeks: int | None = Field(default=None, gt=0)
    functions: tuple[Text, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_side(self) -> Waits:
        if self.within_weeks is not None and self.over_weeks is not None:
            raise ValueError("give within_weeks or over_weeks, not both")
        if "C_999" in (self.functions or ()):
            raise ValueError("C_999 is the total of the other functions; leave `functions` out to count them all")
        return self


class Qof(Strict):
    """Patients of the Quality and Outcomes Framework.

    For `indicators`: `achieved` (had the care), `assessed` (the published denominator) or `eligible` (the denominator
    and those left out as exceptions). For a `group` such as DM: `register` (on it) or `list` (registered patients of
    the register's age range).
    """

    indicators: tuple[Text, ...] | None = Field(default=None, min_length=1)
    group: Text | None = None
    count: Literal["achieved", "assessed", "eligible", "register", "list"]

    @model_validator(mode="after")
    def _fits(self) -> Qof:
        of_group = self.count in ("register", "list")
        if of_group and (self.group is None or self.indicators is not None):
            raise ValueError(f"{self.count} is of a group; give `group:`, such as DM, and no indicators")
        if not of_group and (self.indicators is None or self.group is not None):
            raise ValueError(f"{self.count} is of indicators; give `indicators:`, such as [DM006], and no group")
        return self


class Appointments(Strict):
    """Appointments in general practice; every key given must hold, within a list any entry will do."""

    status: tuple[Literal["attended", "dna", "unknown"], ...] | None = Field(default=None, min_length=1)
    professional: tuple[Literal["gp", "other_practice_staff", "unknown"], ...] | None = Field(
        default=None, min_length=1
    )
    mode: tuple[Mode, ...] | None = Field(default=None, min_length=1)
    wait: tuple[Wait, ...] | None = Field(default=None, min_length=1)


class Emergency(Strict):
    """A&E: attendances, those over or within 4 hours, admissions, waits of over 12 hours for a bed; of which types."""

    count: Literal["attendances", "within_4_hours", "over_4_hours", "admissions", "over_12_hours"]
    types: tuple[Literal["1", "2", "other"], ...] | None = Field(default=None, min_length=1)


class Diagnostics(Strict):
    """Waiting for a diagnostic test: all, or those of over 6 or 13 weeks; of which tests. `activity`: tests done."""

    over_weeks: Literal["6", "13"] | None = None
    activity: bool | None = None
    tests: tuple[Text, ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_side(self) -> Diagnostics:
        if self.activity and self.over_weeks:
            raise ValueError("give over_weeks or activity, not both")
        return self
