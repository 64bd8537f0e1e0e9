"""The library of guardrails: what is watched where a scheme does not name it, with the margin of each."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, model_validator

from ..definition import load
from ..records.scheme import Break
from .library import DEFINITIONS
from .model import Identity
from .rule import Strict, Words


class LibraryGuardrail(Strict):
    """A measure that no scheme should make worse by more than a margin, whether or not the scheme names it.

    margin: in the measure's own unit; margin_share: of its level before the scheme began. percent: it is no measure of
    the library but the wait that so many in a hundred do not exceed, and then has a title and unit of its own.
    """

    measure: Identity
    harm: Literal["up", "down"]
    margin: Annotated[float, Field(gt=0)] | None = None
    margin_share: Annotated[float, Field(gt=0, lt=1)] | None = None
    title: Words | None = None
    unit: Words | None = None
    percent: Annotated[int, Field(gt=0, lt=100)] | None = None
    breaks: tuple[Break, ...] = ()

    @model_validator(mode="after")
    def _one_margin(self) -> LibraryGuardrail:
        if (self.margin is None) == (self.margin_share is None):
            raise ValueError(f"{self.measure}: expected either margin or margin_share")
        if self.percent is not None and (self.title is None or self.unit is None):
            raise ValueError(f"{self.measure}: a wait in weeks needs a title and a unit of its own")
        return self


class _Library(Strict):
    guardrails: tuple[LibraryGuardrail, ...] = Field(min_length=1)


@lru_cache(maxsize=1)
def library() -> tuple[LibraryGuardrail, ...]:
    """Every guardrail of the library, in its order: waits, appointments, emergency care, prescribing that may harm."""
    return load(DEFINITIONS / "guardrails.yaml", _Library).guardrails


def wait_of(measure: str) -> int | None:
    """The percentile of waits that a guardrail of this name is; None if it is a measure."""
    found = in_weeks().get(measure)
    return found.percent if found else None


@lru_cache(maxsize=1)
def in_weeks() -> dict[str, LibraryGuardrail]:
    """The guardrails that are no measure but a wait in weeks, by the name that a scheme gives them.

    >>> {name: (one.title, one.unit) for name, one in in_weeks().items()}["wait_median_weeks"]
    ('Median wait for treatment', 'weeks')
    """
    return {one.measure: one for one in library() if one.percent is not None}
