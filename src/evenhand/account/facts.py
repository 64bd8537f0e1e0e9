"""Facts: what the book needs to know of an entry, and what is wrong with the entry by itself.

Structs without names or keys when packed, so that a million of them pass cheaply from the processes that read a file to
the one that keeps the book.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from msgspec import UNSET

from . import line as lines
from .line_parts import Claim, Judged, Line
from .states import Fault, breached, limits, proof_faults
from .step import ROUTES, Step, route

Sides = tuple[int, int]  # pence, patients
Block = tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...], Sides, Sides, Sides]  # lists; reduction, gross, net
TERMS = ("measure", "organisation", "level", "origin", "recurrent", "saving_class", "price_year")
ClaimFacts = tuple[str, str, tuple[str, ...], tuple[str, ...], tuple[str, ...], tuple[Block, ...]]


class VerdictFacts(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A verdict: which one, on which design and window, what may be booked on it, what it shows, what it breached."""

    digest: str
    registered: str
    first: str
    last: str
    limit: Sides
    shown: int  # the median, in pence
    breach: str | None


class Facts(msgspec.Struct, frozen=True, gc=False, array_like=True, tag=0):
    """An entry for the book. `faults` are those that it has by itself; `whole` says that its seal is right.

    previous: None where it was seen to be the hash of the entry before it in the file; hash: None where the entry after
    it was seen to follow it. Neither is then sent."""

    number: int
    previous: str | None
    hash: str | None
    whole: bool
    saving: str
    kind: str
    state: str
    before: str | None
    lines: tuple[tuple[str, int, int], ...]
    design: str | None
    verdict: VerdictFacts | None
    claim: ClaimFacts | None
    reverses: int | None
    undone: tuple[str, str] | None  # in a reversal: the months that it says were taken back
    scheme: str | None
    terms: bytes  # what a saving keeps all its life (TERMS), packed
    faults: tuple[Fault, ...]


def look(line: Line, whole: bool) -> Facts:
    """The facts of a line, and whether its seal is right."""
    return _facts(line, whole, line.previous, line.hash, tuple(proof_faults(line)))


def looked_at(found: Sequence[tuple[Line, bool]]) -> list[Facts | Step]:
    """What the book needs to know of lines that follow one another in a file: a step where that says it all."""
    given: list[Facts | Step] = []
    after = False  # whether it is seen to follow the one before
    for place, (line, whole) in enumerate(found, start=1):
        later = found[place][0] if place < len(found) else line
        before = line.hash == later.previous and line.entry + 1 == later.entry
        faults = proof_faults(line)
        hash_ = None if before else line.hash
        if (
            after and whole and not faults and line.kind == "move" and line.cells is None
            and line.proof.verdict is UNSET and (path := route(line)) is not None
        ):  # fmt: skip
            design = line.proof.design
            given.append(Step(
                line.entry, hash_, line.saving, path[0], *path[1], None if design is UNSET else design, line.scheme,
                _terms(line),
            ))  # fmt: skip
        else:
            given.append(_facts(line, whole, None if after else line.previous, hash_, tuple(faults)))
        after = before
    return given


def of_step(step: Step) -> Facts:
    """The same entry in full."""
    before, state, _ = ROUTES[step.route]
    return Facts(
        step.number, None, step.hash, True, step.saving, "move", state, before, step.lines(), step.design,
        None, None, None, None, step.scheme, step.terms, (),
    )  # fmt: skip


def of_document(document: Mapping[str, Any]) -> Facts:
    """The facts of an entry's document."""
    return look(*lines.sealed(document, where=f"ledger: entry {document.get('entry')}"))


def _facts(line: Line, whole: bool, previous: str | None, hash_: str | None, faults: tuple[Fault, ...]) -> Facts:
    proof, claim = line.proof, line.cells
    design, verdict = proof.design, proof.verdict
    return Facts(
        line.entry, previous, hash_, whole, line.saving, line.kind, line.state, line.from_,
        tuple([(p.account, p.pence, p.patients) for p in line.lines]), None if design is UNSET else design,
        None if verdict is UNSET else _verdict(verdict), None if claim is None else _claim(claim), line.reverses,
        line.window if line.kind == "reversal" else None, line.scheme, _terms(line), faults,
    )  # fmt: skip


def packed(facts: Sequence[Facts | Step]) -> bytes:
    """The facts in bytes, for another process; an OverflowError where a number is beyond the 64 bits these hold."""
    return _PACKER.encode(facts)


def unpacked(content: bytes) -> list[Facts | Step]:
    """The facts again."""
    return _UNPACKER.decode(content)


def told_terms(packed_terms: bytes) -> list[Any]:
    """What TERMS are, in their order."""
    return list(msgspec.msgpack.decode(packed_terms))


def _terms(line: Line) -> bytes:
    return _PACKER.encode((
        line.measure, line.organisation, line.level, line.origin, line.recurrent, line.saving_class, line.price_year,
    ))  # fmt: skip


def _verdict(found: Judged) -> VerdictFacts:
    first, last = found.window
    return VerdictFacts(
        found.digest, found.registered, first, last, limits(found), found.saving_pence, breached(found)
    )  # fmt: skip


def _claim(found: Claim) -> ClaimFacts:
    shared = () if found.shared is UNSET else tuple(
        (tuple(sorted(set(b.organisations))), tuple(sorted(set(b.months))), tuple(sorted(set(b.codes))),
         (b.reduction.pence, b.reduction.patients), (b.gross.pence, b.gross.patients), (b.net.pence, b.net.patients))
        for b in found.shared
    )  # fmt: skip
    return found.kind, found.level, found.organisations, found.months, found.codes, shared


_PACKER = msgspec.msgpack.Encoder()
_UNPACKER = msgspec.msgpack.Decoder(list[Facts | Step])
