"""Entry: one line of the ledger, its JSON, and the seal that ties it to the line before.

An entry is a JSON document whose keys are described in docs/reference/ledger.md. Its seal is the sha256 of
its canonical JSON (keys sorted, no spaces, UTF-8) without the key `hash`. No number in it has a decimal
point: pence and patients are whole, and a share or an effect is written as text, so that every language
writes the same bytes. A person is an opaque key, never a name.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import InputError
from ..records import Record
from .canonical import canonical, loads, seal
from .line import of
from .line_words import is_pseudonym, not_a_key, wrong_word

GENESIS = "0" * 64  # what the first entry follows


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
        """move, verdict, restatement, persistence or reversal."""
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
        return seal(self.document) == self.hash


def parse(text: str | bytes, *, where: str) -> Entry:
    """One line of a ledger file as an entry; `where` names file and line in a refusal.

    Raises
    ------
    InputError
        If the line is no JSON object, lacks a key, has one that is not known, or a value of the wrong kind.
    """
    document = loads(text, where=where)
    of(document, where=where)
    return Entry(document, text if isinstance(text, str) else text.decode())


def valid(document: dict[str, Any], *, where: str) -> dict[str, Any]:
    """The document, if it has every key, none besides, each of the right kind, and every word is known."""
    if (found := wrong_word(of(document, where=where))) is not None:
        raise InputError(f"{where}: {found}")
    return document


def pseudonym(person: Any, *, where: str = "signature") -> str:
    """The key of a person, refused if it could be a name or an address: the chain holds no identity.

    >>> pseudonym("p7f3a")
    'p7f3a'
    """
    if not isinstance(person, str) or not is_pseudonym(person):
        raise InputError(f"{where}: {not_a_key(person)}")
    return person
