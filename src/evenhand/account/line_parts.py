"""What a line of a ledger file holds, key by key."""

from __future__ import annotations

import msgspec
from msgspec import UNSET, UnsetType


class _Part(msgspec.Struct, gc=False, forbid_unknown_fields=True, kw_only=True):
    """The fields of every part stand in the order of their keys, as a canonical line writes them: msgspec looks for the
    next key at the next field, and takes half the time where it finds it there."""


class Amount(_Part):
    """Pounds and patients, whole."""

    patients: int
    pence: int


class Posting(_Part):
    """What one account receives."""

    account: str
    patients: int
    pence: int


class Signed(_Part):
    """Who signed, as what, when."""

    person: str
    role: str
    signed: str


class Held(_Part):
    """A guardrail as the verdict carries it."""

    blocks: bool
    bound: str
    effect: str
    harm: str
    margin: str
    measure: str
    verdict: str


class Judged(_Part):
    """A verdict as the ledger keeps it."""

    countable: bool
    design: str
    digest: str
    effect: str
    evidenced: bool
    guardrails: list[Held]
    high: str
    investment_pence: int
    low: str
    lower80_pence: int
    months: int
    patients: int
    patients_lower80: int
    probability_saving: str
    reasons: list[str]
    registered: str
    saving_pence: int
    sentence: str
    window: tuple[str, str]


class Promises(_Part):
    """How many people promised, and the digest of what."""

    digest: str
    people: int


class Proof(_Part):
    """What a state asks for."""

    allocation: str | UnsetType = UNSET
    commitments: Promises | UnsetType = UNSET
    design: str | UnsetType = UNSET
    plan: dict[str, str | int] | UnsetType = UNSET
    sources: list[str] | UnsetType = UNSET
    verdict: Judged | UnsetType = UNSET
    votes: dict[str, str | int] | UnsetType = UNSET


class Shared(_Part):
    """Cells that several savings share: what all of them may count together, and what this one counts."""

    codes: list[str]
    gross: Amount
    months: list[str]
    net: Amount
    organisations: list[str]
    overlap: Amount
    reduction: Amount


class Claim(_Part):
    """What is claimed: every combination of the three lists."""

    codes: tuple[str, ...]
    kind: str
    level: str
    months: tuple[str, ...]
    organisations: tuple[str, ...]
    shared: list[Shared] | UnsetType = UNSET


class Line(_Part, rename={"from_": "from"}):
    """One entry, key by key; docs/reference/ledger.md says what each key holds."""

    basis: str
    booked: str
    cells: Claim | None
    entry: int
    from_: str | None
    hash: str
    kind: str
    level: str
    lines: list[Posting]
    measure: str
    organisation: str
    origin: str
    previous: str
    price_year: str
    proof: Proof
    reason: str
    recurrent: bool
    reverses: int | None
    saving: str
    saving_class: str
    scheme: str | None
    signatures: list[Signed]
    state: str
    window: tuple[str, str] | None
