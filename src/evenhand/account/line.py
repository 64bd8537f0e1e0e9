"""Line: one line of a ledger file, read strictly and quickly, and its seal.

A line whose seal is that of its bytes, as the ledger writes it (canonical JSON), is read in one go; any other is read
slowly, key by key, and sealed again from its content, so that what is wrong can be said.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any

import msgspec
from msgspec import UNSET, UnsetType

from ..errors import InputError, did_you_mean
from ..records import GUARDRAIL_VERDICTS
from .canonical import loads, seal

KINDS = ("move", "verdict", "restatement", "persistence", "reversal")
ORIGINS = ("clinical_decision", "provider_efficiency", "management_cost", "price_and_pay")
CLASSES = ("cash_releasing", "other_efficiency", "scope_reduction")
BASES = ("modelled", "planned", "median", "lower80", "reported", "none")
CELL_KINDS = ("presentation", "panel")
_SEAL = (b',"hash":"', 74)  # what stands before the seal in a canonical line, and how long both are
_PERSON = re.compile(r"(?=.*\d)[A-Za-z0-9._:-]{2,80}$")
_MONTH = re.compile(r"(19|20)\d\d-(0[1-9]|1[0-2])$")


class _Part(msgspec.Struct, gc=False, forbid_unknown_fields=True, kw_only=True):
    pass


class Amount(_Part):
    """Pounds and patients, whole."""

    pence: int
    patients: int


class Posting(Amount):
    """What one account receives."""

    account: str


class Signed(_Part):
    """Who signed, as what, when."""

    person: str
    role: str
    signed: str


class Held(_Part):
    """A guardrail as the verdict carries it."""

    measure: str
    verdict: str
    effect: str
    bound: str
    margin: str
    harm: str
    blocks: bool


class Judged(_Part):
    """A verdict as the ledger keeps it."""

    digest: str
    registered: str
    design: str
    sentence: str
    window: tuple[str, str]
    months: int
    effect: str
    low: str
    high: str
    saving_pence: int
    lower80_pence: int
    investment_pence: int
    patients: int
    patients_lower80: int
    probability_saving: str
    evidenced: bool
    countable: bool
    reasons: list[str]
    guardrails: list[Held]


class Promises(_Part):
    """How many people promised, and the digest of what."""

    people: int
    digest: str


class Proof(_Part):
    """What a state asks for."""

    sources: list[str] | UnsetType = UNSET
    design: str | UnsetType = UNSET
    plan: dict[str, str | int] | UnsetType = UNSET
    votes: dict[str, str | int] | UnsetType = UNSET
    commitments: Promises | UnsetType = UNSET
    allocation: str | UnsetType = UNSET
    verdict: Judged | UnsetType = UNSET


class Shared(_Part):
    """Cells that several savings share: what all of them may count together, and what this one counts."""

    organisations: list[str]
    months: list[str]
    codes: list[str]
    reduction: Amount
    gross: Amount
    overlap: Amount
    net: Amount


class Claim(_Part):
    """What is claimed: every combination of the three lists."""

    kind: str
    level: str
    organisations: list[str]
    months: list[str]
    codes: list[str]
    shared: list[Shared] | UnsetType = UNSET


class Line(_Part, rename={"from_": "from"}):
    """One entry, key by key; docs/reference/ledger.md says what each key holds."""

    entry: int
    previous: str
    hash: str
    booked: str
    kind: str
    saving: str
    scheme: str | None
    measure: str
    organisation: str
    level: str
    state: str
    from_: str | None
    lines: list[Posting]
    basis: str
    price_year: str
    window: tuple[str, str] | None
    origin: str
    recurrent: bool
    saving_class: str
    cells: Claim | None
    proof: Proof
    signatures: list[Signed]
    reverses: int | None
    reason: str


_DECODER = msgspec.json.Decoder(Line)
_KEYS = {field.encode_name: field for field in msgspec.structs.fields(Line)}
_PROOF = {field.name for field in msgspec.structs.fields(Proof)}
_WORDS = {"kind": KINDS, "origin": ORIGINS, "saving_class": CLASSES, "basis": BASES}


def read(raw: bytes, *, where: str) -> tuple[Line, bool]:
    """A line of a file (without its end), and whether its seal is that of its content; `where` names file and line.

    Raises
    ------
    InputError
        If it is no JSON object, lacks a key, has one that is not known or a value of the wrong kind; or if its seal is
        right and a word in it is not one that the ledger knows.
    """
    try:
        line = _DECODER.decode(raw)
        place = raw.index(_SEAL[0])  # in JSON a quotation mark inside a text stands after a backslash
        sealed_text = hashlib.sha256(raw[:place])
        sealed_text.update(raw[place + _SEAL[1] :])
        if sealed_text.hexdigest() == line.hash and wrong_word(line) is None:
            return line, True
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass  # the slow way says why
    return sealed(loads(raw, where=where), where=where)


def sealed(document: Mapping[str, Any], *, where: str) -> tuple[Line, bool]:
    """The same for a document. Where the seal is broken, a word that the ledger does not know is the change that broke
    it: the line is given without what that word makes useless, so that the check goes on."""
    line, whole = of(document, where=where), seal(document) == document["hash"]
    if (found := wrong_word(line)) is not None:
        if whole:
            raise InputError(f"{where}: {found}")
        line.cells, line.window, line.proof = None, None, Proof()
    return line, whole


def of(document: Mapping[str, Any], *, where: str) -> Line:
    """The line that a document makes, refused if a key is missing or unknown or a value of the wrong kind.

    What `proof` and the parts in it hold beyond the known keys is let through: it is sealed, and proves nothing.
    """
    for key in _KEYS:
        if key not in document:
            raise InputError(f"{where}: {key!r} is missing")
    for key in document:
        if key not in _KEYS:
            raise InputError(f"{where}: unknown key {key!r}{did_you_mean(key, _KEYS)}")
    try:
        found: Line = msgspec.convert({**document, "proof": _known(document["proof"])}, Line)
    except msgspec.ValidationError as error:
        raise InputError(f"{where}: {_said(str(error))}") from None
    return found


def wrong_word(line: Line) -> str | None:
    """The first word of a line that the ledger does not know, in a sentence; None if there is none."""
    if (
        line.kind not in KINDS or line.origin not in ORIGINS or line.saving_class not in CLASSES
        or line.basis not in BASES
    ):  # fmt: skip
        key, words = next((key, words) for key, words in _WORDS.items() if getattr(line, key) not in words)
        word = getattr(line, key)
        return f"{key}: no {key} {word!r}{did_you_mean(word, words) or '; expected one of ' + ', '.join(words)}"
    for one in line.signatures:
        if _PERSON.match(one.person) is None:
            return not_a_key(one.person)
    if line.proof.verdict is not UNSET:
        for held in line.proof.verdict.guardrails:
            if held.verdict not in GUARDRAIL_VERDICTS:
                return f"proof.verdict.guardrails: expected {', '.join(GUARDRAIL_VERDICTS)}, found {held.verdict!r}"
        if (found := _no_month(line.proof.verdict.window)) is not None:
            return f"proof.verdict.window: {found}"
    if line.cells is not None:
        if line.cells.kind not in CELL_KINDS:
            return f"cells: kind must be 'presentation' or 'panel', found {line.cells.kind!r}"
        if (found := _no_month(line.cells.months)) is not None:
            return f"cells.months: {found}"
    if line.window is not None and (found := _no_month(line.window)) is not None:
        return f"window: {found}"
    return None


def is_pseudonym(person: str) -> bool:
    """Whether a key of a person could not be a name or an address."""
    return _PERSON.match(person) is not None


def not_a_key(person: Any) -> str:
    """What is said of one that could."""
    return f"{person!r} could be a name; a person in the ledger is an opaque key of letters and digits"


_GOOD_MONTHS: set[str] = set()


def _no_month(months: tuple[str, ...] | list[str]) -> str | None:
    for month in months:
        if month not in _GOOD_MONTHS:
            if not _MONTH.match(month):
                return f"expected YYYY-MM, found {month!r}"
            _GOOD_MONTHS.add(month)
    return None


def _known(proof: Any) -> Any:
    """The proof without what it may hold besides."""
    if not isinstance(proof, dict):
        return proof
    kept = {key: value for key, value in proof.items() if key in _PROOF}
    for key, part in (("verdict", Judged), ("commitments", Promises)):
        if isinstance(kept.get(key), dict):
            names = {field.name for field in msgspec.structs.fields(part)}
            kept[key] = {name: value for name, value in kept[key].items() if name in names}
    for key in ("plan", "votes"):  # told of, never checked
        if isinstance(kept.get(key), dict):
            kept[key] = {name: value for name, value in kept[key].items() if type(value) in (str, int)}
    return kept


def _said(message: str) -> str:
    """A refusal of msgspec in this project's words: the place first."""
    text, _, place = message.partition(" - at `$.")
    text = text[:1].lower() + text[1:].replace("`", "'").replace(", got ", ", found ")
    return f"{place.rstrip('`')}: {text}" if place else text
