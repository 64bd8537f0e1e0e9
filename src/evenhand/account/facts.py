"""Facts: what the book needs to know of an entry, and what is wrong with the entry by itself.

Plain tuples inside, so that a million of them pass cheaply from the processes that read a file to the one that
keeps the book.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from msgspec import UNSET

from . import line as lines
from .line import Claim, Judged, Line
from .states import Fault, breached, limits, proof_faults

Sides = tuple[int, int]  # pence, patients
Block = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], Sides, Sides, Sides]  # lists; reduction, gross, net
ClaimFacts = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Block, ...]]


class VerdictFacts(NamedTuple):
    """A verdict: which one, on which design and window, what may be booked on it, what it shows, what it breached."""

    digest: str
    registered: str
    first: str
    last: str
    limit: Sides
    shown: int  # the median, in pence
    breach: str | None


class Facts(NamedTuple):
    """An entry for the book. `faults` are those that it has by itself; `whole` says that its seal is right."""

    number: int
    previous: str
    hash: str
    whole: bool
    saving: str
    kind: str
    state: str
    before: str | None
    lines: tuple[tuple[str, int, int], ...]
    window: tuple[str, str] | None
    recurrent: bool
    design: str | None
    verdict: VerdictFacts | None
    claim: ClaimFacts | None
    reverses: int | None
    faults: tuple[Fault, ...]


def look(line: Line, whole: bool) -> Facts:
    """The facts of a line, and whether its seal is right."""
    proof, design = line.proof, line.proof.design
    faults = proof_faults(line)
    return Facts(
        line.entry, line.previous, line.hash, whole, line.saving, line.kind, line.state, line.from_,
        tuple([(p.account, p.pence, p.patients) for p in line.lines]), line.window, line.recurrent,
        None if design is UNSET else design, None if proof.verdict is UNSET else _verdict(proof.verdict),
        None if line.cells is None else _claim(line.cells), line.reverses, tuple(faults),
    )  # fmt: skip


def of_document(document: Mapping[str, Any]) -> Facts:
    """The facts of an entry's document."""
    return look(*lines.sealed(document, where=f"ledger: entry {document.get('entry')}"))


def flat(facts: Facts) -> tuple[Any, ...]:
    """The facts as plain tuples, which can be marshalled."""
    verdict = facts.verdict
    return tuple(facts) if verdict is None else (*facts[:12], tuple(verdict), *facts[13:])


def unflat(values: tuple[Any, ...]) -> Facts:
    """The facts again."""
    verdict = values[12]
    if verdict is not None:
        values = (*values[:12], VerdictFacts._make(verdict), *values[13:])
    return Facts._make(values)


def _verdict(found: Judged) -> VerdictFacts:
    return VerdictFacts(
        found.digest, found.registered, *found.window, limits(found), found.saving_pence, breached(found)
    )


def _claim(found: Claim) -> ClaimFacts:
    shared = () if found.shared is UNSET else tuple(
        (tuple(sorted(set(b.organisations))), tuple(sorted(set(b.months))), tuple(sorted(set(b.codes))),
         (b.reduction.pence, b.reduction.patients), (b.gross.pence, b.gross.patients), (b.net.pence, b.net.patients))
        for b in found.shared
    )  # fmt: skip
    return (
        found.kind, found.level, tuple(found.organisations), tuple(found.months), tuple(found.codes), shared
    )  # fmt: skip
