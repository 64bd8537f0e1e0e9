"""Line: one line of a ledger file, read strictly and quickly, and its seal.

A line whose seal is that of its bytes, as the ledger writes it (canonical JSON), is read in one go; any other is read
slowly, key by key, and sealed again from its content, so that what is wrong can be said.
"""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import msgspec

from ..errors import InputError, did_you_mean
from .canonical import loads, seal
from .line_parts import Judged, Line, Promises, Proof
from .line_strict import Line as Strict
from .line_words import all_known, wrong_word

_BEFORE_SEAL = b',"hash":"'  # in a canonical line
_SEAL_LENGTH = len(_BEFORE_SEAL) + 64 + 1  # with its quotation mark
_ENCODER = msgspec.json.Encoder()
_DECODER = msgspec.json.Decoder(Strict)
_KEYS = (
    "entry", "previous", "hash", "booked", "kind", "saving", "scheme", "measure", "organisation", "level", "state",
    "from", "lines", "basis", "price_year", "window", "origin", "recurrent", "saving_class", "cells", "proof",
    "signatures", "reverses", "reason",
)  # fmt: skip  # in the order in which the reference tells them and the first that is missing is named
_PROOF = {field.name for field in msgspec.structs.fields(Proof)}


def read(raw: bytes, *, name: str, number: int) -> tuple[Line, bool]:
    """A line of a file (without its end), and whether its seal is that of its content; a refusal says file and line.

    Raises
    ------
    InputError
        If it is no JSON object, lacks a key, has one that is not known or a value of the wrong kind; or if its seal is
        right and a word in it is not one that the ledger knows.
    """
    try:
        line = _DECODER.decode(raw)
        if _ENCODER.encode(line) != raw:  # a key twice, or not as the ledger writes it: two readers might differ on it
            raise ValueError
        if _holds(line, raw, 0, len(raw)):
            return line, True
    except (msgspec.MsgspecError, ValueError, RecursionError):
        pass  # the slow way says why
    return _slowly(raw, name=name, number=number)


def read_all(content: bytes, *, name: str, number: int) -> tuple[list[tuple[Line, bool]], int]:
    """The same for whole lines, of which the first is the `number`th of the file, and how many end there; a line of
    nothing is passed over.

    Raises
    ------
    InputError
        As by `read`, for the first line that is to be refused.
    """
    found = _canonical(content)
    if found is None:
        raws = [raw.rstrip(b"\r") for raw in content.split(b"\n")]
        whole = enumerate(raws, start=number)
        kept = [read(raw, name=name, number=place) for place, raw in whole if raw and not raw.isspace()]
        return kept, len(raws) - 1
    start, kept = 0, []
    for line in found:  # not split: nothing is copied but what is sealed
        end = content.find(b"\n", start)
        if _holds(line, content, start, end):
            kept.append((line, True))
        else:
            kept.append(_slowly(content[start:end], name=name, number=number + len(kept)))
        start = end + 1
    return kept, len(found)


def sealed(document: Mapping[str, Any], *, where: str) -> tuple[Line, bool]:
    """The same for a document. Where the seal is broken, a word that the ledger does not know is the change that broke
    it: the line is given without what that word makes useless, so that the check goes on."""
    line, whole = of(document, where=where), seal(document) == document["hash"]
    if (found := wrong_word(line)) is not None:
        if whole:
            raise InputError(f"{where}: {found}")
        line.cells, line.window, line.proof = None, None, Proof()
    return line, whole


def _canonical(content: bytes) -> list[Line] | None:
    """The lines, if all are as the ledger writes them: read, written and compared at once."""
    try:
        found = _DECODER.decode_lines(content)
        return found if _ENCODER.encode_lines(found) == content else None
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return None


def _holds(line: Line, content: bytes, start: int, end: int) -> bool:
    """Whether the seal of a canonical line, which stands there, is right and every word in it known."""
    place = content.find(_BEFORE_SEAL, start)  # in JSON a quotation mark inside a text stands after a backslash
    bare = content[start:place] + content[place + _SEAL_LENGTH : end]
    return sha256(bare).hexdigest() == line.hash and all_known(line)


def _slowly(raw: bytes, *, name: str, number: int) -> tuple[Line, bool]:
    where = f"{name}:{number}"
    return sealed(loads(raw, where=where), where=where)


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
