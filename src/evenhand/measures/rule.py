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

# A BNF code: chapter 2, section 2, paragraph 2, sub-paragraph 1, chemical 2, product 2, strength and form 2,
# generic equivalent 2 (NHSBSA). Appliances (chapters 20 to 23) have 11 digits.
_PREFIX = re.compile(r"\d{2}[0-9A-Z]{0,13}$")
_ANY_BRAND = re.compile(r"\d{7}[0-9A-Z]{2}_[0-9A-Z]{2}$")
_HTML = re.compile(r"</?[a-zA-Z!][^>]*>")
_COMPARISON = re.compile(r"(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)$")
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq,
}  # fmt: skip
_STRENGTH = re.compile(r"(<=|>=|<|>|=)\s*(\d+(?:\.\d+)?)\s*([a-z]+(?:/[a-z]+)?)$")
_SNOMED = re.compile(r"\d{6,18}$")  # SNOMED CT identifiers have 6 to 18 digits
_ATC = re.compile(r"[A-Z](\d{2}([A-Z]([A-Z](\d{2})?)?)?)?$")  # WHO Collaborating Centre: levels 1 to 5
ANY_BRAND_LENGTH = 9  # the chemical substance in front of `_XX`


def bnf_code(text: str) -> str:
    """The text, if it is a BNF code as a rule may write one; ValueError otherwise."""
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


def _strength(text: str) -> str:
    if not _STRENGTH.match(text.strip()):
        raise ValueError(f"{text!r} is not a strength; expected one such as '>= 50 mg' or '= 0.4 mg/ml'")
    return text.strip()


def _snomed(text: str) -> str:
    if not _SNOMED.match(text):
        raise ValueError(f"{text!r} is not a dm+d identifier; expected 6 to 18 digits")
    return text


def _atc(text: str) -> str:
    if not _ATC.match(text):
        raise ValueError(f"{text!r} is not an ATC code; expected one such as A10 or A10BK01")
    return text


# Licensing authorities of dm+d (its look-up LICENSING_AUTHORITY).
LICENCES = {"none": "0", "medicine": "1", "device": "2", "unknown": "3", "traditional_herbal": "4"}
Licence = Literal["none", "medicine", "device", "unknown", "traditional_herbal"]
Code = Annotated[str, AfterValidator(bnf_code)]
Words = Annotated[str, AfterValidator(_words)]
Glob = Annotated[str, AfterValidator(_glob)]
Comparison = Annotated[str, AfterValidator(_comparison)]
Strength = Annotated[str, AfterValidator(_strength)]
Snomed = Annotated[str, AfterValidator(_snomed)]
Atc = Annotated[str, AfterValidator(_atc)]
# Keys that read the dictionary of medicines and devices; a measure with one of them needs it loaded.
DMD_KEYS = ("form_route", "ingredient", "ingredients", "strength", "vtm", "vmp", "licence", "atc")


class Strict(BaseModel):
    """Frozen, and an unknown key is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Rule(Strict):
    """Which presentations count. Every key given must hold; within a list any entry will do."""

    everything: bool | None = None
    bnf: tuple[Code, ...] | None = Field(default=None, min_length=1)
    name: tuple[Glob, ...] | None = Field(default=None, min_length=1)
    product: Literal["generic", "branded"] | None = None
    form_route: tuple[Glob, ...] | None = Field(default=None, min_length=1)
    ingredient: tuple[Snomed, ...] | None = Field(default=None, min_length=1)
    base: bool | None = None
    ingredients: Comparison | None = None
    strength: Strength | None = None
    vtm: tuple[Snomed, ...] | None = Field(default=None, min_length=1)
    vmp: tuple[Snomed, ...] | None = Field(default=None, min_length=1)
    licence: tuple[Licence, ...] | None = Field(default=None, min_length=1)
    atc: tuple[Atc, ...] | None = Field(default=None, min_length=1)
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
            bool(self.everything or self.bnf or self.name or self.ingredient)
            or bool(self.vtm or self.vmp or self.licence or self.atc)
            or (self.any is not None and all(part.selects for part in self.any))
            or (self.all is not None and any(part.selects for part in self.all))
        )

    @property
    def parts(self) -> tuple[Rule, ...]:
        """The rules nested directly inside."""
        return (*(self.any or ()), *(self.all or ()), *((self.not_,) if self.not_ else ()))

    @property
    def reads_dmd(self) -> bool:
        """Whether the rule reads the dictionary of medicines and devices."""
        return any(self.uses(key) for key in DMD_KEYS)

    def uses(self, key: str) -> bool:
        """Whether this rule or one inside it has the key."""
        return getattr(self, key) is not None or any(part.uses(key) for part in self.parts)

    def codes(self) -> tuple[str, ...]:
        """Every BNF code that is written anywhere in the rule, in order."""
        return tuple(dict.fromkeys((*(self.bnf or ()), *(c for part in self.parts for c in part.codes()))))

    def names(self) -> tuple[str, ...]:
        """Every name that is written anywhere in the rule, in order."""
        return tuple(dict.fromkeys((*(self.name or ()), *(n for part in self.parts for n in part.names()))))

    @field_validator("everything", "base")
    @classmethod
    def _only_yes(cls, value: bool | None) -> bool | None:
        if value is False:
            raise ValueError("can only be yes; leave it out otherwise")
        return value

    @model_validator(mode="after")
    def _base_of_something(self) -> Rule:
        if self.base and self.ingredient is None:
            raise ValueError("base belongs to `ingredient`")
        return self


def _not_empty(rule: Rule) -> Rule:
    if rule.is_empty:
        raise ValueError("a nested rule is empty and would match everything; give it bnf, name or product")
    return rule


Part = Annotated[Rule, AfterValidator(_not_empty)]
Rule.model_rebuild()


def all_none(model: BaseModel, *names: str) -> bool:
    """Whether none of these fields is given."""
    return all(getattr(model, name) is None for name in names)


def compare(left: Any, comparison: str) -> Any:
    """Whether `left` (a number, an array or a column) meets a comparison such as '> 15'."""
    match = _COMPARISON.match(comparison)
    assert match is not None
    return _OPERATORS[match[1]](left, float(match[2]))


def strength_of(strength: str) -> tuple[str, str]:
    """A strength as a comparison and its unit.

    >>> strength_of(">= 50 mg")
    ('>= 50', 'mg')
    """
    match = _STRENGTH.match(strength)
    assert match is not None
    return f"{match[1]} {match[2]}", match[3]
