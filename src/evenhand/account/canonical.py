"""The JSON of the ledger: read strictly, written in one way only, and sealed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from ..errors import InputError


def seal(document: Mapping[str, Any]) -> str:
    """The hash that an entry must carry."""
    return digest({key: value for key, value in document.items() if key != "hash"})


def canonical(document: Any) -> str:
    """JSON with sorted keys, no spaces and UTF-8 as it is: the same text for the same content.

    >>> canonical({"b": 1, "a": "£"})
    '{"a":"£","b":1}'
    """
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def digest(document: Any) -> str:
    """sha256 of the canonical JSON of anything."""
    return hashlib.sha256(canonical(document).encode()).hexdigest()


def loads(raw: bytes | str, *, where: str) -> dict[str, Any]:
    """A JSON object, strictly: no decimal number, no key twice, nothing that UTF-8 cannot write.

    Raises
    ------
    InputError
        If it is anything else.
    """
    try:
        text = raw if isinstance(raw, str) else raw.decode("utf-8")
        document = _STRICT.decode(text)
        json.dumps(document, ensure_ascii=False).encode()  # a lone surrogate cannot be written
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: not UTF-8 text ({error.reason})") from None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{where}: not an entry in JSON ({error})") from None
    if not isinstance(document, dict):
        raise InputError(f"{where}: expected one JSON object a line, found {type(document).__name__}")
    return document


def _no_decimals(text: str) -> float:
    raise ValueError(f"found the decimal number {text}; whole numbers only, and text for a share or an effect")


def _no_constant(text: str) -> float:
    raise ValueError(f"found {text}; JSON has no such number")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the key {twice!r} is given twice")
    return found


_STRICT = json.JSONDecoder(parse_float=_no_decimals, parse_constant=_no_constant, object_pairs_hook=_once)
