"""Measure: the only place where a measure's fields are written. A clinician reads one aloud from its YAML."""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Literal

from pydantic import Field, model_validator

from .rule import Rule, Strict, Words
from .side import Counted

Kind = Literal[
    "prescribing", "hospital", "waits", "qof", "appointments", "emergency", "diagnostics", "indicator"
]  # fmt: skip
# kind -> what its denominator may be counted from; the numerator is always counted from the kind itself
OVER = {
    "prescribing": ("prescribing", "patients"), "hospital": ("hospital", "emergency"), "waits": ("waits",),
    "qof": ("qof", "patients"), "appointments": ("appointments", "patients"), "emergency": ("emergency",),
    "diagnostics": ("diagnostics",),
}  # fmt: skip
Identity = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
UNCHECKED = "not yet checked by a clinician"
UNTESTED = "not tested in a clinical system"


class Guidance(Strict):
    """A published guideline or policy that the measure rests on."""

    title: Words
    link: Annotated[str, Field(pattern=r"^https://\S+$")] | None = None


class Search(Strict):
    """How a practice finds the patients: in words, with codes where there are any."""

    words: Words
    codes: tuple[str, ...] = ()
    tested: Words = UNTESTED


class Replacement(Rule):
    """What a unit of the numerator is switched to (or chosen instead of), so that money is net of it.

    Its price is not typed here: it is the national cost per item or per unit of quantity of these codes in
    the same month. `none: yes` says that nothing replaces it.
    """

    words: Words
    none: bool | None = None

    @model_validator(mode="after")
    def _codes_or_none(self) -> Replacement:
        if bool(self.none) == self.selects:
            raise ValueError("give the codes it is switched to, or `none: yes` where nothing replaces it")
        return self


class Example(Strict):
    """A worked example, drawn as tables with `|` between cells; the suite computes it on both engines."""

    prescribing: str | None = None
    list_size: str | None = None
    register_size: str | None = None
    dmd: str | None = None
    adq: str | None = None
    waits: str | None = None
    qof: str | None = None
    appointments: str | None = None
    emergency: str | None = None
    diagnostics: str | None = None
    hospital: str | None = None
    indicator: str | None = None
    expected: str


class Measure(Strict):
    """One measure: what is counted over what, why it matters, which way is better, who wrote and checked it."""

    id: Identity
    title: Words
    pathway: Identity
    kind: Kind
    why_it_matters: Words
    numerator: Counted
    denominator: Counted
    unit: Words
    is_share: bool
    direction: Literal["lower", "higher", "neutral"]
    sum_of: tuple[Identity, ...] | None = Field(default=None, min_length=2)
    indicator: tuple[Identity, ...] | None = Field(default=None, min_length=1)
    guidance: tuple[Guidance, ...] = ()
    cautions: Words
    how_to_change: Words
    find_patients: Search
    minimum_denominator: float = Field(ge=0)
    replacement: Replacement | None = None
    guardrails: tuple[Identity, ...] = ()
    tags: tuple[str, ...] = ()
    authored_by: Words = "Evenhand project"
    checked_by: Words = UNCHECKED
    review_due: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$")]
    example: Example

    @property
    def is_state(self) -> bool:
        """Whether a month's numbers are a state (who waits, who is on a register): they are not added over months."""
        return self.kind in ("waits", "diagnostics", "qof")

    @property
    def per(self) -> int:
        """Patients in one unit of the denominator (1,000 for a rate per 1,000), else 1."""
        return self.denominator.patients or 1

    @model_validator(mode="after")
    def _sides_fit_the_kind(self) -> Measure:
        top, bottom = self.numerator.source, self.denominator.source
        if self.sum_of is not None or self.kind == "indicator":
            if top or bottom:
                raise ValueError("its numbers come from elsewhere, so numerator and denominator have only `words`")
            if self.kind == "indicator" and self.indicator is None:
                raise ValueError("an indicator needs `indicator:`, the names its table may be loaded under")
            if self.sum_of is not None and self.kind != "prescribing":
                raise ValueError("`sum_of` adds measures of prescribing")
        elif self.kind == "prescribing":
            if top != "prescribing" or bottom not in OVER["prescribing"]:
                raise ValueError("prescribing needs numerator `sum:` and denominator `sum:` or `patients:`")
        elif top != self.kind or bottom not in OVER[self.kind]:
            key = "sum: with hospital: yes" if self.kind == "hospital" else f"{self.kind}:"
            also = "".join(f" or `{name}:`" for name in OVER[self.kind] if name != self.kind)
            raise ValueError(f"{self.kind} need `{key}` in numerator and denominator{also and f' (there{also})'}")
        return self

    @model_validator(mode="after")
    def _fields_fit_each_other(self) -> Measure:
        top, bottom = self.numerator, self.denominator
        if self.indicator is not None and self.kind != "indicator":
            raise ValueError("`indicator:` belongs to kind: indicator")
        if top.waits and bottom.waits:
            if top.waits.functions != bottom.waits.functions:
                raise ValueError("numerator and denominator must name the same treatment functions")
            if bottom.waits.within_weeks or bottom.waits.over_weeks:
                raise ValueError("the denominator of waits is every incomplete pathway; leave out the weeks")
        if self.is_share and bottom.patients and self.kind != "qof":
            raise ValueError("a rate over patients is not a share; is_share: no")
        if self.is_share and top.sum and bottom.sum and top.sum != bottom.sum:
            raise ValueError(f"a share sums one thing on both sides; got {top.sum} over {bottom.sum}")
        if self.replacement is not None and not self.replacement.none and top.sum is None:
            raise ValueError("only a measure that sums prescribing has a replacement with a price")
        return self

    def definition(self, parts: dict[str, Measure] | None = None) -> str:
        """A hash of what decides the numbers: rules, not words, so that better wording rebuilds nothing."""
        sides = [
            side.model_dump(mode="json", by_alias=True, exclude={"words"}, exclude_none=True)
            for side in (self.numerator, self.denominator)
        ]
        inner = [parts[p].definition(parts) for p in self.sum_of] if self.sum_of and parts else []
        text = json.dumps([self.kind, sides, inner, list(self.indicator or ())], sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()
