"""Entry: one line of the ledger, its JSON, and the seal that ties it to the line before.

An entry is a JSON document whose keys are described in docs/reference/ledger.md. Its seal is the sha256 of
its canonical JSON (keys sorted, no spaces, UTF-8) without the key `hash`. No number in it has a decimal
point: pence and patients are whole, and a share or an effect is written as text, so that every language
writes the same bytes. A person is an opaque key, never a name.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError, did_you_mean
from ..records import Record
from .proof import check as check_verdict

GENESIS = "0" * 64  # what the first entry follows
KINDS = ("move", "verdict", "restatement", "reversal")
ORIGINS = ("clinical_decision", "provider_efficiency", "management_cost", "price_and_pay")
CLASSES = ("cash_releasing", "other_efficiency", "scope_reduction")
BASES = ("modelled", "planned", "median", "lower80", "reported", "none")

_TEXT, _WHOLE, _LIST, _MAP = (str,), (int,), (list,), (dict,)
KEYS: dict[str, tuple[type, ...]] = {
    "entry": _WHOLE, "previous": _TEXT, "hash": _TEXT, "booked": _TEXT, "kind": _TEXT,
    "saving": _TEXT, "scheme": (str, type(None)), "measure": _TEXT, "organisation": _TEXT, "level": _TEXT,
    "state": _TEXT, "from": (str, type(None)), "lines": _LIST, "basis": _TEXT, "price_year": _TEXT,
    "window": (list, type(None)), "origin": _TEXT, "recurrent": (bool,), "saving_class": _TEXT,
    "cells": (dict, type(None)), "proof": _MAP, "signatures": _LIST, "reverses": (int, type(None)),
    "reason": _TEXT,
}  # fmt: skip
_ALLOWED = {"kind": KINDS, "origin": ORIGINS, "saving_class": CLASSES, "basis": BASES}
_NAMES = {str: "text", int: "a whole number", list: "a list", dict: "an object", bool: "true or false"}
_SEAL = re.compile(r'"hash":"[0-9a-f]{64}",')
_PERSON = re.compile(r"(?=.*\d)[A-Za-z0-9._:-]{2,80}$")


@dataclass(frozen=True, eq=False)
class Entry(Record):
    """One entry of the ledger. `document` is its JSON; `text` is the line it was read from, if it was."""

    document: Mapping[str, Any]
    text: str = ""

    def __post_init__(self) -> None:
        """No array to guard: a million entries are read in a row."""

    @property
    def number(self) -> int:
        """1 for the first entry, then one more for each."""
        return int(self.document["entry"])

    @property
    def hash(self) -> str:
        """The entry's seal."""
        return str(self.document["hash"])

    @property
    def saving(self) -> str:
        """The saving that this entry moves."""
        return str(self.document["saving"])

    @property
    def state(self) -> str:
        """The state of the saving after this entry."""
        return str(self.document["state"])

    @property
    def kind(self) -> str:
        """move, verdict, restatement or reversal."""
        return str(self.document["kind"])

    def __getitem__(self, key: str) -> Any:
        return self.document[key]

    def as_json(self) -> dict[str, Any]:
        """The document itself."""
        return dict(self.document)

    def line(self) -> str:
        """The entry as it stands in the file, without the line end."""
        return canonical(self.document)

    def intact(self) -> bool:
        """Whether the seal is that of the content."""
        bare, places = _SEAL.subn("", self.text)  # a line as we write it needs no second writing: twice as fast
        if places == 1 and hashlib.sha256(bare.encode()).hexdigest() == self.hash:
            return True
        return seal(self.document) == self.hash


def _no_decimals(text: str) -> float:
    raise ValueError(f"found the decimal number {text}; whole numbers only, and text for a share or an effect")


_DECODER = json.JSONDecoder(parse_float=_no_decimals)


def canonical(document: Any) -> str:
    """JSON with sorted keys, no spaces and UTF-8 as it is: the same text for the same content.

    >>> canonical({"b": 1, "a": "£"})
    '{"a":"£","b":1}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(document: Any) -> str:
    """sha256 of the canonical JSON of anything."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def seal(document: Mapping[str, Any]) -> str:
    """The hash that an entry must carry."""
    return digest({key: value for key, value in document.items() if key != "hash"})


def parse(text: str, *, where: str) -> Entry:
    """One line of a ledger file as an entry; `where` names file and line in a refusal.

    Raises
    ------
    InputError
        If the line is no JSON object, lacks a key, has one that is not known, or a value of the wrong kind.
    """
    try:
        document = _DECODER.decode(text)
    except ValueError as error:
        raise InputError(f"{where}: not an entry in JSON ({error})") from None
    if not isinstance(document, dict):
        raise InputError(f"{where}: expected one JSON object a line, found {type(document).__name__}")
    return Entry(valid(document, where=where), text)


def valid(document: dict[str, Any], *, where: str) -> dict[str, Any]:
    """The document, if it has every key, none besides, each of the right kind."""
    if document.keys() != KEYS.keys():
        for key in KEYS:
            if key not in document:
                raise InputError(f"{where}: {key!r} is missing")
        for key in document:
            if key not in KEYS:
                raise InputError(f"{where}: unknown key {key!r}{did_you_mean(key, KEYS)}")
    for key, kinds in KEYS.items():
        if type(document[key]) not in kinds:  # type, not isinstance: True is no whole number
            right = " or ".join(_NAMES.get(kind, "null") for kind in kinds)
            raise InputError(f"{where}: {key}: expected {right}, found {document[key]!r}")
    for key, words in _ALLOWED.items():
        if document[key] not in words:
            hint = did_you_mean(document[key], words) or f"; expected one of {', '.join(words)}"
            raise InputError(f"{where}: {key}: no {key} {document[key]!r}{hint}")
    for part in document["lines"]:
        if type(part) is not dict or part.keys() != {"account", "pence", "patients"} or not (
            type(part["account"]) is str and type(part["pence"]) is int and type(part["patients"]) is int
        ):
            raise InputError(f"{where}: lines: expected account, pence and patients in whole numbers, found {part!r}")
    if "verdict" in document["proof"]:
        check_verdict(document["proof"]["verdict"], where=where)
    for part in document["signatures"]:
        if type(part) is not dict or part.keys() != {"person", "role", "signed"}:
            raise InputError(f"{where}: signatures: expected person, role and signed, found {part!r}")
        pseudonym(part["person"], where=where)
    return document


def pseudonym(person: Any, *, where: str = "signature") -> str:
    """The key of a person, refused if it could be a name or an address: the chain holds no identity.

    >>> pseudonym("p7f3a")
    'p7f3a'
    """
    if not isinstance(person, str) or not _PERSON.match(person):
        raise InputError(
            f"{where}: {person!r} could be a name; a person in the ledger is an opaque key of letters and digits"
        )
    return person
