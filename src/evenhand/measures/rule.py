"""Rule: which prescriptions, patients or pathways count, in words that a clinician can read aloud.

Inside one rule every key must hold (and); inside one list any entry will do (or). `any:`, `all:` and
`not:` nest. A rule never means "everything" by accident: empty lists and empty words are refused.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

Sum = Literal["items", "quantity", "cost", "nic"]
SUMS = ("items", "quantity", "cost", "nic")

# A BNF code: chapter 2, section 2, paragraph 2, sub-paragraph 1, chemical 2, product 2, strength and form 2,
# generic equivalent 2 (NHSBSA). Appliances (chapters 20 to 23) have 11 digits.
_PREFIX = re.compile(r"\d{2}[0-9A-Z]{0,13}$")
_ANY_BRAND = re.compile(r"\d{7}[0-9A-Z]{2}_[0-9A-Z]{2}$")
_HTML = re.compile(r"</?[a-zA-Z!][^>]*>")
_COMPARISON = re.compile(r"(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)$")
_AGE = re.compile(r"(\d{1,2})(?:\+| to (\d{1,2}))$")
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
LAST_BAND = 95  # list sizes are published in five-year bands, 0_4 to 90_94 and 95+ (NHS England)
ANY_BRAND_LENGTH = 9  # the chemical substance in front of `_XX`


def _code(text: str) -> str:
    if not (_PREFIX.match(text) or _ANY_BRAND.match(text)):
        raise ValueError(
            f"{text!r} is not a BNF code; expected its first 2 to 15 characters such as 0601023 or 0601023X0AAAAAA, "
            "or CHEM9_XX such as 0601022B0_AS for one strength and form of any brand"
        )
    return text


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; say it in words or leave the key out")
    if found := _HTML.search(text):
        raise ValueError(f"holds HTML ({found[0]}); write Markdown")
    return text.strip()


def _glob(text: str) -> str:
    if not text.strip("* ?"):
        raise ValueError(f"{text!r} would match every name; give some letters of the name")
    return text


def _comparison(text: str) -> str:
    if not _COMPARISON.match(text.strip()):
        raise ValueError(f"{text!r} is not a comparison; expected one such as '> 15' or '<= 0.05'")
    return text.strip()


def _age(text: str) -> str:
    age_bands(text)
    return text


Code = Annotated[str, AfterValidator(_code)]
Words = Annotated[str, AfterValidator(_words)]
Glob = Annotated[str, AfterValidator(_glob)]
Comparison = Annotated[str, AfterValidator(_comparison)]
Age = Annotated[str, AfterValidator(_age)]


class Strict(BaseModel):
    """Frozen, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Strict):
    """Which presentations count. Every key given must hold; within a list any entry will do."""

    everything: bool | None = None
    bnf: tuple[Code, ...] | None = Field(default=None, min_length=1)
    name: tuple[Glob, ...] | None = Field(default=None, min_length=1)
    product: Literal["generic", "branded"] | None = None
    quantity_per_item: Comparison | None = None
    unit_price: Comparison | None = None
    any: tuple[Part, ...] | None = Field(default=None, min_length=1)
    all: tuple[Part, ...] | None = Field(default=None, min_length=1)
    not_: Part | None = Field(default=None, alias="not")

    @property
    def is_empty(self) -> bool:
        """Whether no key is given; such a rule would match everything and is refused."""
        return all_none(self, *Rule.model_fields)

    @property
    def selects(self) -> bool:
        """Whether the rule says what counts, and not only what does not."""
        return (
            bool(self.everything or self.bnf or self.name)
            or (self.any is not None and all(part.selects for part in self.any))
            or (self.all is not None and any(part.selects for part in self.all))
        )

    @property
    def parts(self) -> tuple[Rule, ...]:
        """The rules nested directly inside."""
        return (*(self.any or ()), *(self.all or ()), *((self.not_,) if self.not_ else ()))

    def uses(self, key: str) -> bool:
        """Whether this rule or one inside it has the key."""
        return getattr(self, key) is not None or any(part.uses(key) for part in self.parts)

    def codes(self) -> tuple[str, ...]:
        """Every BNF code that is written anywhere in the rule, in order."""
        return tuple(dict.fromkeys((*(self.bnf or ()), *(c for part in self.parts for c in part.codes()))))

    def names(self) -> tuple[str, ...]:
        """Every name that is written anywhere in the rule, in order."""
        return tuple(dict.fromkeys((*(self.name or ()), *(n for part in self.parts for n in part.names()))))

    @field_validator("everything")
    @classmethod
    def _only_yes(cls, value: bool | None) -> bool | None:
        if value is False:
            raise ValueError("can only be yes; leave it out otherwise")
        return value


def _not_empty(rule: Rule) -> Rule:
    if rule.is_empty:
        raise ValueError("a nested rule is empty and would match everything; give it bnf, name or product")
    return rule


Part = Annotated[Rule, AfterValidator(_not_empty)]
Rule.model_rebuild()


class Waits(Strict):
    """Which incomplete pathways count: within or over so many weeks (or all), in which treatment functions."""

    within_weeks: int | None = Field(default=None, gt=0)
    over_weeks: int | None = Field(default=None, gt=0)
    functions: tuple[Annotated[str, Field(min_length=1)], ...] | None = Field(default=None, min_length=1)

    @model_validator(mode="after")
    def _one_side(self) -> Waits:
        if self.within_weeks is not None and self.over_weeks is not None:
            raise ValueError("give within_weeks or over_weeks, not both")
        if "C_999" in (self.functions or ()):
            raise ValueError("C_999 is the total of the other functions; leave `functions` out to count them all")
        return self


class Counted(Rule):
    """One side of a measure: what is counted, in words and as a rule.

    Prescribing: `sum` and a rule. People: `patients` (per how many), with `age` and `sex`. Pathways: `waits`.
    An indicator, and a sum of other measures, has only `words`: its numbers come from elsewhere.
    """

    words: Words = "as the codes say"
    sum: Sum | None = None
    patients: int | None = Field(default=None, gt=0)
    age: Age | None = None
    sex: Literal["male", "female"] | None = None
    waits: Waits | None = None

    @property
    def source(self) -> str:
        """Where the numbers come from: prescribing, patients, waits or nothing of its own."""
        if self.waits is not None:
            return "waits"
        if self.patients is not None:
            return "patients"
        return "prescribing" if self.sum is not None else ""

    @model_validator(mode="after")
    def _one_source(self) -> Counted:
        given = [k for k in ("sum", "patients", "waits") if getattr(self, k) is not None]
        if len(given) > 1:
            raise ValueError(f"counts one thing only; choose one of {' and '.join(given)}")
        if self.sum is not None and not self.selects:
            raise ValueError("nothing says what counts; add bnf or name (or `everything: yes`, if that is meant)")
        if self.sum is None and not self.is_empty:
            raise ValueError("codes without `sum`; add sum: items, quantity, cost or nic")
        if self.sum in ("cost", "nic") and self.uses("quantity_per_item"):
            raise ValueError("quantity_per_item reads rows that keep no money; use sum: items or quantity")
        if self.patients is None and (self.age or self.sex):
            raise ValueError("age and sex belong to `patients`")
        return self


def all_none(model: BaseModel, *names: str) -> bool:
    """Whether none of these fields is given."""
    return all(getattr(model, name) is None for name in names)


def compare(left: Any, comparison: str) -> Any:
    """Whether `left` (a number, an array or a column) meets a comparison such as '> 15'."""
    match = _COMPARISON.match(comparison)
    assert match is not None
    return _OPERATORS[match[1]](left, float(match[2]))


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


def read_codes(text: str, *, sum: Sum = "items") -> Counted:
    """A rule from the command line: codes with commas between, `~` in front of one that is left out.

    >>> read_codes("0601023,~0601023X0").not_.bnf
    ('0601023X0',)
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    wanted = [word for word in words if not word.startswith("~")]
    unwanted = [word[1:] for word in words if word.startswith("~")]
    if not wanted:
        raise ValueError(f"no code to count in {text!r}; expected BNF codes with commas between, or `all`")
    rule: dict[str, Any] = {"words": text, "sum": sum}
    if wanted == ["all"]:
        rule["everything"] = True
    else:
        rule["bnf"] = [_code(word) for word in wanted]
    if unwanted:
        rule["not"] = {"bnf": [_code(word) for word in unwanted]}
    return Counted.model_validate(rule)
