"""Side: one side of a measure, in words and as a rule; and how a side is typed on the command line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, model_validator

from .publications import Appointments, Diagnostics, Emergency, Qof, Waits
from .rule import Part, Rule, Words, bnf_code

Sum = Literal["items", "quantity", "cost", "nic", "adq", "ddd", "mg"]
SUMS = ("items", "quantity", "cost", "nic", "adq", "ddd", "mg")
# Sums that are a quantity times what one unit of it holds, by presentation.
PER_UNIT = ("adq", "ddd", "mg")
# Key of a side that reads a publication of its own -> the word for it; `sum` and `patients` are apart.
PUBLISHED = ("waits", "qof", "appointments", "emergency", "diagnostics")
LAST_BAND = 95  # list sizes are published in five-year bands, 0_4 to 90_94 and 95+ (NHS England)
_AGE = re.compile(r"(\d{1,2})(?:\+| to (\d{1,2}))$")


def _age(text: str) -> str:
    age_bands(text)
    return text


Age = Annotated[str, AfterValidator(_age)]


class Times(Rule):
    """A factor for the presentations that the rule means: kilograms of carbon an inhaler, morphine a milligram."""

    factor: float = Field(ge=0)

    @model_validator(mode="after")
    def _says_for_what(self) -> Times:
        if all(getattr(self, name) is None for name in Rule.model_fields):
            raise ValueError("a factor for what? give bnf, ingredient, form_route or `everything: yes`")
        return self


class Counted(Rule):
    """One side of a measure: what is counted, in words and as a rule.

    Prescribing: `sum` and a rule, with `times` where a unit counts more or less. People: `patients` (per how many),
    with `age` and `sex`, weighted by `star_pu` or `astro_pu`, or only those `on_register`. Publications: `waits`,
    `qof`, `appointments`, `emergency`, `diagnostics`. An indicator, and a sum of other measures, has only `words`.
    """

    words: Words = "as the codes say"
    sum: Sum | None = None
    times: tuple[Times, ...] | None = Field(default=None, min_length=1)
    hospital: bool | None = None
    patients: int | None = Field(default=None, gt=0)
    age: Age | None = None
    sex: Literal["male", "female"] | None = None
    star_pu: str | None = None
    astro_pu: Literal["cost", "items"] | None = None
    on_register: str | None = None
    weighted: Literal["prescribing"] | None = None
    waits: Waits | None = None
    qof: Qof | None = None
    appointments: Appointments | None = None
    emergency: Emergency | None = None
    diagnostics: Diagnostics | None = None

    @property
    def source(self) -> str:
        """Where the numbers come from: prescribing, hospital, patients, a publication, or nothing of its own."""
        for name in PUBLISHED:
            if getattr(self, name) is not None:
                return name
        if self.patients is not None:
            return "patients"
        return "" if self.sum is None else "hospital" if self.hospital else "prescribing"

    @property
    def is_weighted(self) -> bool:
        """Whether a unit of prescribing counts for more or less than one."""
        return self.sum in PER_UNIT or self.times is not None

    @property
    def column(self) -> str:
        """What is added up in the rows: items, quantity, cost or nic."""
        return "quantity" if self.sum in PER_UNIT else self.sum or "items"

    @property
    def reads_dmd(self) -> bool:
        """Whether the side needs the dictionary of medicines and devices."""
        return self.sum in PER_UNIT or super().reads_dmd or any(rule.reads_dmd for rule in self.times or ())

    @model_validator(mode="after")
    def _one_source(self) -> Counted:
        given = [k for k in ("sum", "patients", *PUBLISHED) if getattr(self, k) is not None]
        if len(given) > 1:
            raise ValueError(f"counts one thing only; choose one of {' and '.join(given)}")
        if self.sum is not None and not self.selects:
            raise ValueError("nothing says what counts; add bnf or name (or `everything: yes`, if that is meant)")
        if self.sum is None and not self.is_empty:
            raise ValueError("codes without `sum`; add sum: items, quantity, cost or nic")
        if self.patients is None and any(
            (self.age, self.sex, self.star_pu, self.astro_pu, self.on_register, self.weighted)
        ):
            raise ValueError("age, sex, star_pu, astro_pu, on_register and weighted belong to `patients`")
        return self

    @model_validator(mode="after")
    def _sums_fit(self) -> Counted:
        if self.sum is None and (self.times or self.hospital):
            raise ValueError("times and hospital belong to `sum`")
        if self.uses("quantity_per_item") and (self.sum in ("cost", "nic") or self.is_weighted):
            raise ValueError("quantity_per_item reads rows that keep no money; use sum: items or quantity")
        if self.hospital and self.sum not in ("quantity", "cost", None):
            raise ValueError("hospital medicines are published as quantity and indicative cost; no other sum")
        if self.hospital and any(self.uses(key) for key in ("product", "unit_price", "quantity_per_item")):
            raise ValueError("hospital medicines are published by VMP, without product, price or items")
        return self

    @model_validator(mode="after")
    def _one_population(self) -> Counted:
        special = [k for k in ("star_pu", "astro_pu", "on_register", "weighted") if getattr(self, k) is not None]
        if len(special) > 1 or (special and (self.age or self.sex)):
            raise ValueError(f"{' and '.join(special)} stand alone: they say already who counts")
        return self


def age_bands(age: str) -> tuple[str, ...]:
    """The published five-year bands of an age range.

    >>> age_bands("65 to 74"), age_bands("90+")
    (('65_69', '70_74'), ('90_94', '95+'))
    """
    match = _AGE.match(age.strip())
    first = int(match[1]) if match else -1
    last = LAST_BAND + 4 if match and match[2] is None else int(match[2]) if match else -1
    if first < 0 or first % 5 or first > LAST_BAND or last <= first or (last + 1) % 5:
        raise ValueError(
            f"{age!r} is not an age range in five-year bands; expected one such as '65+', '0 to 4' or '40 to 74'"
        )
    starts = range(first, min(last, LAST_BAND) + 1, 5)
    return tuple("95+" if start >= LAST_BAND else f"{start}_{start + 4}" for start in starts)


def read_codes(text: str | Sequence[str], *, sum: Sum = "items") -> Counted:
    """A rule from the command line: codes with commas between, `~` in front of one that is left out.

    >>> read_codes("0601023,~0601023X0").not_.bnf
    ('0601023X0',)
    """
    pieces = text.split(",") if isinstance(text, str) else text
    words = [word.strip() for word in pieces if word.strip()]
    wanted = [word for word in words if not word.startswith("~")]
    unwanted = [word[1:] for word in words if word.startswith("~")]
    if not wanted:
        raise ValueError(f"no code to count in {text!r}; expected BNF codes with commas between, or `all`")
    shown = text if isinstance(text, str) else f"{len(wanted)} codes"
    rule: dict[str, Any] = {"words": shown, "sum": sum}
    if wanted == ["all"]:
        rule["everything"] = True
    else:
        rule["bnf"] = [bnf_code(word) for word in wanted]
    if unwanted:
        rule["not"] = {"bnf": [bnf_code(word) for word in unwanted]}
    return Counted.model_validate(rule)


__all__ = ["PER_UNIT", "PUBLISHED", "SUMS", "Age", "Counted", "Part", "Sum", "Times", "age_bands", "read_codes"]
