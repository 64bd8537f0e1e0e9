"""Gain share: what does each practice earn of the savings that were confirmed?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, model_validator

from ..errors import InputError
from ..records import Record
from .apportion import to_the_penny

MOST = Decimal(10**12)  # patients or pounds: more than any health service has

GateWord = Literal["open", "waits", "closed"]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Gate(_Strict):
    """Something that must hold before anything is paid, read from a column of the practices' file.

    What the column says opens the gate, makes it wait (a guardrail that is not known yet) or closes it. A blank waits:
    what was not assessed never passes.
    """

    column: str
    question: str
    opens: tuple[str, ...] = Field(min_length=1, default=("pass", "yes", "ok", "live"))
    waits: tuple[str, ...] = ("inconclusive", "not_assessed")
    closes: tuple[str, ...] = ("breach", "no")

    @model_validator(mode="after")
    def _each_word_once(self) -> Gate:
        words = [word.lower() for word in (*self.opens, *self.waits, *self.closes)]
        twice = next((word for word in words if words.count(word) > 1), None)
        if twice:
            raise ValueError(f"{twice!r} stands in two lists; expected each word in one of opens, waits and closes")
        return self

    def says(self, cell: str) -> GateWord | None:
        """What a cell means; None if the gate does not know the word."""
        word = cell.strip().lower()
        if not word or word in {w.lower() for w in self.waits}:
            return "waits"
        if word in {w.lower() for w in self.opens}:
            return "open"
        return "closed" if word in {w.lower() for w in self.closes} else None


class QualityPoints(_Strict):
    """Points that a practice can achieve, read from a column; the share achieved of all scales the payment."""

    column: str
    what: str
    available: Decimal = Field(gt=0)


class GainShareScheme(_Strict):
    """A published rule by which practices share in confirmed savings (METHODS C.5).

    pay = gates x the lesser of cap x list and share x (confirmed - threshold) x quality points achieved / available
    """

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str
    year: str = Field(pattern=r"^\d{4}-\d{2}$")
    published: str = Field(min_length=1)
    spend_on: str = Field(min_length=1)
    share: Decimal = Field(gt=0, le=1)
    cap_pounds_per_patient: Decimal = Field(gt=0)
    threshold_pounds: Decimal = Field(ge=0, default=Decimal(0))
    threshold_pounds_per_patient: Decimal = Field(ge=0, default=Decimal(0))
    pot_pounds: Decimal | None = Field(gt=0, default=None)
    gates: tuple[Gate, ...] = Field(min_length=1)
    quality: tuple[QualityPoints, ...] = ()


@dataclass(frozen=True)
class Claimant:
    """One practice: patients, pounds confirmed on the ledger, what each gate's column says, points achieved."""

    practice: str
    patients: Decimal
    confirmed: Decimal
    gates: tuple[GateWord, ...]
    points: tuple[Decimal, ...] = ()


@dataclass(frozen=True, eq=False)
class Payment(Record):
    """What one practice is paid, in pence. if_open: what it would be with every gate open; gate: the worst of its
    gates; limited_by: cap, pot or '' (the share itself); above_threshold: pounds that the share is taken of."""

    practice: str
    above_threshold: float
    quality: float
    gate: GateWord
    limited_by: str
    if_open_pence: int
    pay_pence: int


def gainshare(scheme: GainShareScheme, practices: Sequence[Claimant]) -> tuple[Payment, ...]:
    """Pay each practice its share of what was confirmed, to the penny, in the order given.

    Holds only for savings that the ledger confirms: an underspend for another reason earns nothing. A payment is
    rounded to the nearest penny but never above the cap. With a pot, all payments shrink alike until they fit it.

    Raises
    ------
    InputError
        If points are below 0 or above what is available, or a list is below 0.

    Source: METHODS C.5.
    """
    found = [_unshared(scheme, one) for one in practices]
    pot = None if scheme.pot_pounds is None else int((scheme.pot_pounds * 100).to_integral_value(ROUND_FLOOR))
    paid = sum(payment.pay_pence for payment in found)
    if pot is None or paid <= pot:
        return tuple(found)
    asked = np.array([payment.pay_pence for payment in found], dtype=np.int64)
    fitted = np.asarray(asked * (pot / paid), dtype=np.float64)
    shrunk = to_the_penny(fitted, pot, [payment.practice for payment in found], most=asked)
    return tuple(
        Payment(p.practice, p.above_threshold, p.quality, p.gate, "pot" if pence < p.pay_pence else p.limited_by,
                p.if_open_pence, pence)
        for p, pence in zip(found, shrunk.tolist(), strict=True)
    )  # fmt: skip


def _unshared(scheme: GainShareScheme, one: Claimant) -> Payment:
    """What one practice earns before the pot is looked at."""
    if not 0 <= one.patients <= MOST:
        raise InputError(f"practice {one.practice!r}: a list of {one.patients} patients; expected 0 or more")
    if abs(one.confirmed) > MOST:
        raise InputError(f"practice {one.practice!r}: £{one.confirmed:.3g} confirmed; expected at most £{MOST:.0e}")
    threshold = scheme.threshold_pounds + scheme.threshold_pounds_per_patient * one.patients
    above = max(Decimal(0), one.confirmed - threshold)
    cap = scheme.cap_pounds_per_patient * one.patients
    shared = scheme.share * above
    quality = _quality(scheme, one)
    least = min(cap, shared) * 100
    highest = int((cap * 100).to_integral_value(ROUND_FLOOR))
    if_open = min(int((least * quality).quantize(Decimal(1), rounding=ROUND_HALF_UP)), highest)
    gate = _worst(one.gates)
    return Payment(one.practice, float(above), float(quality), gate, "cap" if cap < shared else "",
                   if_open, if_open if gate == "open" else 0)  # fmt: skip


def _quality(scheme: GainShareScheme, one: Claimant) -> Decimal:
    for rule, points in zip(scheme.quality, one.points, strict=True):
        if not 0 <= points <= rule.available:
            raise InputError(
                f"practice {one.practice!r}: {points} points for {rule.what!r}; expected 0 to {rule.available}"
            )
    available = sum((rule.available for rule in scheme.quality), Decimal(0))
    return sum(one.points, Decimal(0)) / available if available else Decimal(1)


def _worst(gates: Sequence[GateWord]) -> GateWord:
    return "closed" if "closed" in gates else "waits" if "waits" in gates else "open"


def exactly(column: NDArray[np.float64]) -> tuple[Decimal, ...]:
    """A column of numbers as the decimals that were written there.

    >>> exactly(np.array([0.1, 25.0]))
    (Decimal('0.1'), Decimal('25.0'))
    """
    return tuple(Decimal(repr(value)) for value in column.tolist())
