"""Trace: from a pound on the ledger back to everything that it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import InputError
from ..records import Record
from .entry import Entry
from .facts import of_document
from .position import Book
from .states import BOOKING


@dataclass(frozen=True, eq=False)
class Step(Record):
    """One link of the trail. entry: where the ledger says so (None if the ledger does not say it yet)."""

    step: str
    says: str
    entry: int | None
    booked: str | None
    proof: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Trace(Record):
    """The trail of one saving: rows, measure, votes, signatures, commitments, allocation, effect, guardrails,
    confirmation, in this order. `whole` says that every entry of the saving stands without a fault. confirmed_by: the
    two who confirmed it, as role and key; cells: what it claims now, a claim for each year it was proved for."""

    entry: int
    hash: str
    saving: str
    state: str
    pence: int
    patients: int
    price_year: str
    whole: bool
    faults: tuple[str, ...]
    trail: tuple[Step, ...]
    states: tuple[dict[str, Any], ...]
    origin: str = ""
    saving_class: str = ""
    recurrent: bool = False
    confirmed_by: tuple[dict[str, str], ...] = ()
    cells: tuple[dict[str, Any], ...] = ()


def trace(entries: Iterable[Entry], entry: str | int) -> Trace:
    """What an entry rests on. `entry` is its number, the first 8 or more letters of its hash, or a saving
    (then its latest entry).

    Raises
    ------
    InputError
        If there is no such entry.
    """
    book, faults, kept = Book(), {}, []
    for each in entries:
        seen = of_document(each.document)
        faults[each.number] = [f"entry {each.number}: {word}: {detail}" for word, detail in book.faults(seen)]
        book.apply(seen)
        kept.append(each)
    found = _find(kept, str(entry))
    mine = [e for e in kept if e.saving == found.saving and e.number <= found.number]
    position = _position(mine)
    wrong = tuple(fault for e in mine for fault in faults[e.number])
    return Trace(
        found.number, found.hash, found.saving, found.state, *position, found["price_year"], not wrong, wrong,
        _trail(mine),
        tuple({"entry": e.number, "booked": e["booked"], "kind": e.kind, "state": e.state,
               "pence": _position(mine[: i + 1])[0], "patients": _position(mine[: i + 1])[1], "basis": e["basis"],
               "reason": e["reason"]} for i, e in enumerate(mine)),
        found["origin"], found["saving_class"], found["recurrent"],
        tuple(dict(s) for s in _confirmation(mine)), _cells(mine),
    )  # fmt: skip


def held(entries: Iterable[Entry]) -> dict[str, tuple[int, int]]:
    """Pence and patients of every saving in the state in which it stands, as `trace` says of one, in one pass."""
    mine: dict[str, list[Entry]] = {}
    for entry in entries:
        mine.setdefault(entry.saving, []).append(entry)
    return {saving: _position(rows) for saving, rows in mine.items()}


def _find(entries: Sequence[Entry], word: str) -> Entry:
    for entry in entries:
        if word == str(entry.number) or (len(word) >= 8 and entry.hash.startswith(word)):
            return entry
    latest = [entry for entry in entries if entry.saving == word]
    if not latest:
        raise InputError(f"ledger: no entry {word!r}; give a number from 1 to {len(entries)}, a hash or a saving")
    return latest[-1]


def _confirmation(mine: Sequence[Entry]) -> Sequence[dict[str, str]]:
    """Who signed the entry that the saving is confirmed on now; nobody if it is not."""
    if mine[-1].state != "confirmed":
        return ()
    booked = next(e for e in reversed(mine) if e.kind != "verdict")
    return [s for s in booked["signatures"] if s["role"] in ("finance_lead", "clinical_lead")]


def _cells(mine: Sequence[Entry]) -> tuple[dict[str, Any], ...]:
    """The claims that stand, a claim for each year; none after a reversal."""
    claims: list[dict[str, Any]] = []
    for entry in mine:
        if entry.kind == "reversal":
            claims = []
        elif entry["cells"] and entry.state == "confirmed":
            if entry.kind != "persistence" and claims:
                claims.pop()
            claims.append(dict(entry["cells"]))
    return tuple(claims)


def _position(mine: Sequence[Entry]) -> tuple[int, int]:
    """Pence and patients in the state of the last entry."""
    state = mine[-1].state
    lines = [line for e in mine for line in e["lines"] if line["account"] == state]
    return sum(line["pence"] for line in lines), sum(line["patients"] for line in lines)


def _trail(mine: Sequence[Entry]) -> tuple[Step, ...]:
    steps = [_rows(mine), _measure(mine), _votes(mine), _signed(mine, "planned", "signatures")]
    steps += [_proof(mine, "commitments"), _proof(mine, "allocation"), _effect(mine), _guardrails(mine)]
    return (*steps, _signed(mine, "confirmed", "confirmation"))


def _rows(mine: Sequence[Entry]) -> Step:
    for entry in mine:
        if sources := entry["proof"].get("sources"):
            return _step("rows", f"computed from {len(sources)} published files", entry, {"sources": sources})
    return _nothing("rows")


def _measure(mine: Sequence[Entry]) -> Step:
    first = mine[0]
    at = f"{first['measure']} in {first['organisation']} ({first['level']})"
    return _step("measure", at, first, {k: first[k] for k in ("measure", "organisation", "level")})


def _votes(mine: Sequence[Entry]) -> Step:
    for entry in mine:
        if votes := entry["proof"].get("votes"):
            many, who = votes.get("votes", "some"), votes.get("participants", "some")
            return _step("votes", f"{many} votes by {who} clinicians", entry, votes)
    return _nothing("votes")


def _proof(mine: Sequence[Entry], key: str) -> Step:
    for entry in mine:
        if proof := entry["proof"].get(key):
            many = proof.get("people") if isinstance(proof, dict) else None
            says = str(proof) if many is None else f"{many} {'person' if many == 1 else 'people'} promised"
            return _step(key, says, entry, proof if isinstance(proof, dict) else {key: proof})
    return _nothing(key)


def _effect(mine: Sequence[Entry]) -> Step:
    for entry in reversed(mine):
        if verdict := entry["proof"].get("verdict"):
            kept = {k: v for k, v in verdict.items() if k not in ("guardrails", "sentence")}
            return _step("effect", verdict["sentence"], entry, kept)
    return _nothing("effect")


def _guardrails(mine: Sequence[Entry]) -> Step:
    for entry in reversed(mine):
        if verdict := entry["proof"].get("verdict"):
            says = "; ".join(f"{g['measure']}: {g['verdict']}" for g in verdict["guardrails"])
            return _step("guardrails", says, entry, {"guardrails": verdict["guardrails"]})
    return _nothing("guardrails")


def _signed(mine: Sequence[Entry], state: str, word: str) -> Step:
    for entry in reversed(mine):
        if entry.state == state and entry.kind in BOOKING:
            says = ", ".join(f"{s['role']} {s['person']} on {s['signed']}" for s in entry["signatures"])
            proof = {k: v for k, v in entry["proof"].items() if k in ("design", "plan")}
            return _step(word, says, entry, {"signatures": entry["signatures"], **proof})
    return _nothing(word)


def _step(step: str, says: str, entry: Entry, proof: dict[str, Any]) -> Step:
    return Step(step, says, entry.number, entry["booked"], proof)


def _nothing(step: str) -> Step:
    return Step(step, "not on the ledger yet", None, None)
