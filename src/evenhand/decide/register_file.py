"""The register's file: key decisions, blockers raised upward, clinical leads; strict YAML or JSON."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from ..definition import loads
from ..errors import InputError, did_you_mean
from ..when import parse_date


def _date(given: Any) -> Any:
    """A date, or its text as YYYY-MM-DD; blank is none."""
    if isinstance(given, date):
        return given
    return parse_date(given) if isinstance(given, str) and given.strip() else None


Day = Annotated[date, BeforeValidator(_date)]
MaybeDay = Annotated[date | None, BeforeValidator(_date)]
Word = Annotated[str, Field(min_length=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TookPart(_Strict):
    """How many of one profession took part, out of how many who could."""

    profession: Word
    people: int = Field(ge=0)
    out_of: int = Field(gt=0)

    @model_validator(mode="after")
    def _within(self) -> TookPart:
        if self.people > self.out_of:
            raise ValueError(f"{self.people} of {self.out_of} took part; expected no more than there are")
        return self


class Decision(_Strict):
    """One key decision: it commits money or a pathway. Dates are None while they are to come.

    advised: the option that the votes advised, '' if none; decided: the option chosen, '' while open.
    """

    id: Word
    question: Word
    options: tuple[Word, ...] = Field(min_length=2)
    by: Day
    level: Word
    organisation: Word
    pathway: str = ""
    pounds: float = Field(ge=0)
    patients: float = Field(ge=0)
    took_part: tuple[TookPart, ...] = ()
    advised: str = ""
    advice_from: str = ""
    decided: str = ""
    decided_by: str = ""
    decided_on: MaybeDay = None
    reason: str = ""
    scheme: str = ""
    signal: MaybeDay = None
    co_signed: MaybeDay = None
    verified: MaybeDay = None

    @model_validator(mode="after")
    def _whole(self) -> Decision:
        for name in ("advised", "decided"):
            if (option := getattr(self, name)) and option not in self.options:
                raise ValueError(f"{name} names no option ({option!r}); expected one of: {', '.join(self.options)}")
        if bool(self.decided) != bool(self.decided_on) or bool(self.decided) != bool(self.decided_by):
            raise ValueError("decided, decided_by and decided_on go together; expected all three or none")
        if self.decided and self.advised and self.decided != self.advised and not self.reason.strip():
            raise ValueError("it departs from what was advised; expected the reason")
        names = [row.profession for row in self.took_part]
        if len(set(names)) < len(names):
            raise ValueError("a profession is given twice in took_part; expected each once")
        steps = [day for day in (self.signal, self.co_signed, self.verified) if day is not None]
        if steps != sorted(steps):
            raise ValueError("signal, co_signed and verified are out of order")
        return self


class Blocker(_Strict):
    """Something that a level cannot mend, raised to the next; it gets a dated answer."""

    id: Word
    question: Word
    level: Word
    organisation: Word
    raised_to: Word
    raised: Day
    due: Day
    answered: MaybeDay = None
    answer: str = ""
    decision: str = ""

    @model_validator(mode="after")
    def _whole(self) -> Blocker:
        if self.due < self.raised or (self.answered is not None and self.answered < self.raised):
            raise ValueError("due and answered come before raised")
        if (self.answered is None) == bool(self.answer.strip()):
            raise ValueError("answered and answer go together; expected both or none")
        return self


class Lead(_Strict):
    """The named clinical lead of a pathway in an organisation, by pseudonym; '' is a vacancy."""

    pathway: Word
    organisation: Word
    level: Word
    person: str = ""
    since: MaybeDay = None


class RegisterFile(_Strict):
    """All of it, as it stood on `as_of`; clinicians: the professions that count as clinicians."""

    as_of: Day
    clinicians: tuple[Word, ...] = Field(min_length=1)
    decisions: tuple[Decision, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    leads: tuple[Lead, ...] = ()


def read(path: Path) -> RegisterFile:
    """The register of a file.

    Raises
    ------
    InputError
        If it cannot be read, does not say what a register must, gives an id twice, names a decision that is not there,
        or a date of what has happened lies after `as_of`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({getattr(error, 'strerror', None) or 'not UTF-8 text'})") from None
    if not text.strip():
        raise InputError(f"{path}: the file is empty; expected as_of, clinicians and decisions")
    register = loads(text, RegisterFile, where=str(path))
    _check(register, str(path))
    return register


def _check(register: RegisterFile, where: str) -> None:
    for kind, rows in (("decision", register.decisions), ("blocker", register.blockers)):
        ids = [row.id for row in rows]
        twice = next((i for i in ids if ids.count(i) > 1), None)
        if twice is not None:
            raise InputError(f"{where}: {kind} {twice!r} is given twice; each must be given once")
    known = {decision.id for decision in register.decisions}
    for blocker in register.blockers:
        if blocker.decision and blocker.decision not in known:
            hint = did_you_mean(blocker.decision, known)
            raise InputError(
                f"{where}: blocker {blocker.id!r} names the decision {blocker.decision!r}, which is not there{hint}"
            )
    pairs = [(lead.pathway, lead.organisation) for lead in register.leads]
    if len(set(pairs)) < len(pairs):
        pathway, place = next(pair for pair in pairs if pairs.count(pair) > 1)
        raise InputError(f"{where}: the lead of {pathway!r} at {place!r} is given twice; each must be given once")
    for decision in register.decisions:
        for name in ("decided_on", "signal", "co_signed", "verified"):
            if (day := getattr(decision, name)) is not None and day > register.as_of:
                raise InputError(f"{where}: decision {decision.id!r}: {name} {day} lies after as_of {register.as_of}")
    for blocker in register.blockers:
        if max(blocker.raised, blocker.answered or blocker.raised) > register.as_of:
            raise InputError(f"{where}: blocker {blocker.id!r} was raised or answered after as_of {register.as_of}")
