"""Ledger: append-only, double entry, hash-chained; refuses a move that lacks its proof.

Every entry takes the amount out of one account and puts it into another, so that its lines sum to zero, in
pence and in patients. The accounts are the states, and `spend`: what the service would have spent anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..errors import InputError
from .canonical import digest, seal
from .cells import Cells, from_json
from .entry import Entry, pseudonym, valid
from .facts import of_document
from .position import Book
from .states import MATURE_MONTHS, SPEND, STATES, breach_in, limit_patients, limit_pence

CARRIED = (
    "saving", "scheme", "measure", "organisation", "level", "price_year", "origin", "recurrent",
    "saving_class", "window",
)  # fmt: skip


class Ledger:
    """The entries so far, and the only door by which another one comes in.

    Raises
    ------
    InputError
        By every method that appends, if the entry would break an invariant: nothing is appended then.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self._entries: list[Entry] = []
        self._book = Book()
        for entry in entries:
            self._take(entry)

    @property
    def book(self) -> Book:
        """Where every saving stands; to be read only."""
        return self._book

    @property
    def entries(self) -> tuple[Entry, ...]:
        """Every entry in order."""
        return tuple(self._entries)

    @property
    def head(self) -> str:
        """The hash of the last entry: who keeps it can prove that nothing was changed or cut off."""
        return self._book.head

    def state(self, saving: str) -> str | None:
        """The state of a saving, None if it is not on the ledger."""
        last = self.last(saving)
        return last.state if last else None

    def last(self, saving: str) -> Entry | None:
        """The latest entry of a saving."""
        position = self._book.savings.get(saving)
        return self._entries[position.number - 1] if position else None

    def open(
        self, saving: str, *, booked: str, pence: int, patients: int = 0, state: str = "opportunity",
        measure: str, organisation: str, level: str, price_year: str, origin: str, recurrent: bool,
        saving_class: str, sources: Sequence[str] = (), scheme: str | None = None, reason: str = "",
    ) -> Entry:  # fmt: skip
        """Put an idea or an opportunity on the ledger, with the published files (`sources`) it was computed from."""
        facts = {
            "saving": saving, "scheme": scheme, "measure": measure, "organisation": organisation, "level": level,
            "price_year": price_year, "origin": origin, "recurrent": recurrent, "saving_class": saving_class,
            "window": None,
        }  # fmt: skip
        proof = {"sources": list(sources)} if sources else {}
        return self._append(facts, "move", state, booked, pence, patients, "modelled", proof, reason=reason)

    def move(
        self, saving: str, to: str, *, booked: str, pence: int | None = None, patients: int | None = None,
        proof: Mapping[str, Any] | None = None, signatures: Sequence[Mapping[str, str]] = (),
        scheme: str | None = None, reason: str = "",
    ) -> Entry:  # fmt: skip
        """Move a saving one state on, up to in_flight; without amounts it keeps those of the state before.

        proof: planned needs {"design": hash}, with a clinical lead and a manager in `signatures`;
        committed needs {"commitments": {"people": n, "digest": hash}}; in_flight {"allocation": seal}.
        Evidenced and confirmed have methods of their own, which take the amount from the verdict.
        """
        last = self._known(saving)
        if to in STATES[5:]:
            word = {"evidenced": "evidence", "confirmed": "confirm", "reversed": "reverse"}[to]
            raise InputError(f"ledger: {saving}: a saving comes to {to!r} by {word}(), which takes what was proved")
        facts = {key: last[key] for key in CARRIED}
        if scheme is not None:
            facts["scheme"] = scheme
        held = self._book.savings[saving].held(last.state)
        return self._append(
            facts, "move", to, booked, held[0] if pence is None else pence,
            held[1] if patients is None else patients, "planned", dict(proof or {}), signatures, reason=reason,
        )  # fmt: skip

    def evidence(self, saving: str, verdict: Mapping[str, Any], *, booked: str) -> Entry:
        """Move a saving to evidenced. `verdict` is `proof.of(verdict, scheme)`; the amount is its median, net."""
        facts = {key: self._known(saving)[key] for key in CARRIED} | {"window": list(verdict["window"])}
        return self._append(
            facts, "move", "evidenced", booked, verdict["saving_pence"], verdict["patients"], "median",
            {"verdict": dict(verdict)},
        )  # fmt: skip

    def confirm(
        self, saving: str, *, booked: str, cells: Cells, signatures: Sequence[Mapping[str, str]],
        next_design: str | None = None,
    ) -> Entry:  # fmt: skip
        """Confirm an evidenced saving: a finance lead and a clinical lead sign, and the cells are claimed.

        Booked is the one-sided lower 80% bound until the verdict saw twelve months; then the median; in cells that are
        shared with other savings, no more than the part that is this one's. next_design: the hash of the design by
        which the year after will be judged, registered before anybody can have seen it.
        """
        return self._confirmed(saving, "move", booked, cells, signatures, next_design)

    def record(self, saving: str, verdict: Mapping[str, Any], *, booked: str) -> tuple[Entry, ...]:
        """Note a verdict that moves nothing forward (not evidenced, or a re-test), and act on it.

        A confirmed or evidenced saving whose guardrail is breached, or which is worth nothing any more, is
        reversed at once. One that was booked for its patients, at a cost, is worth something while patients gain.
        """
        last = self._known(saving)
        facts = {key: last[key] for key in CARRIED} | {"window": None}
        held = self._book.savings[saving].held(last.state)
        noted = self._append(
            facts, "verdict", last.state, booked, held[0], held[1], "none", {"verdict": dict(verdict)}
        )
        if last.state not in ("evidenced", "confirmed"):
            return (noted,)
        if measure := breach_in(verdict):
            return noted, self.reverse(saving, booked=booked, reason=f"guardrail {measure} is breached")
        if limit_pence(verdict) <= 0 and (held[0] > 0 or limit_patients(verdict) <= 0):
            return noted, self.reverse(saving, booked=booked, reason="the re-test shows no saving any more")
        return (noted,)

    def restate(
        self, saving: str, *, booked: str, signatures: Sequence[Mapping[str, str]], cells: Cells | None = None,
        next_design: str | None = None,
    ) -> Entry:  # fmt: skip
        """Book a confirmed saving anew at what its latest verdict allows; with `cells`, the same claim shared anew."""
        self._known(saving)
        cells = claimed(self._entries, saving) if cells is None else cells
        return self._confirmed(saving, "restatement", booked, cells, signatures, next_design)

    def persist(
        self, saving: str, *, booked: str, cells: Cells, signatures: Sequence[Mapping[str, str]],
        next_design: str | None = None,
    ) -> Entry:  # fmt: skip
        """Keep a recurrent saving in a later year, at what that year's own verdict (the latest recorded) allows.

        Only the difference to the year before is booked (METHODS F.6), and the later year's cells are claimed too.
        """
        return self._confirmed(saving, "persistence", booked, cells, signatures, next_design)

    def reverse(self, saving: str, *, booked: str, reason: str) -> Entry:
        """Take a saving off the ledger: everything booked for it nets to zero and its cells are free again."""
        last = self._known(saving)
        facts = {key: last[key] for key in CARRIED}
        return self._append(facts, "reversal", "reversed", booked, 0, 0, "none", {}, reason=reason, reverses=last)

    def _confirmed(
        self, saving: str, kind: str, booked: str, cells: Cells | None, signatures: Sequence[Mapping[str, str]],
        next_design: str | None,
    ) -> Entry:  # fmt: skip
        verdict = self._verdict(saving)
        facts = {key: self._known(saving)[key] for key in CARRIED} | {"window": list(verdict["window"])}
        shared = cells.shared if cells else ()
        pence, patients = (sum(block.gross[side] - block.net[side] for block in shared) for side in (0, 1))
        proof = {"verdict": verdict} | ({"design": next_design} if next_design else {})
        return self._append(
            facts, kind, "confirmed", booked, limit_pence(verdict) - pence, limit_patients(verdict) - patients,
            "median" if verdict["months"] >= MATURE_MONTHS else "lower80", proof, signatures,
            cells=cells.as_json() if cells else None,
        )  # fmt: skip

    def _append(
        self, facts: Mapping[str, Any], kind: str, state: str, booked: str, pence: int, patients: int,
        basis: str, proof: dict[str, Any], signatures: Sequence[Mapping[str, str]] = (), *,
        cells: Mapping[str, Any] | None = None, reason: str = "", reverses: Entry | None = None,
    ) -> Entry:  # fmt: skip
        saving = str(facts["saving"])
        for signature in signatures:
            pseudonym(signature.get("person"), where=f"ledger: {saving}")
        position = self._book.savings.get(saving)
        return self._take(sealed({
            **facts, "entry": len(self._entries) + 1, "previous": self.head, "booked": booked, "kind": kind,
            "state": state, "from": position.state if position else None, "basis": basis,
            "lines": _lines(position.balances if position else {}, state, pence, patients, kind),
            "proof": proof, "signatures": [dict(s) for s in signatures], "cells": dict(cells) if cells else None,
            "reason": reason, "reverses": reverses.number if reverses else None,
        }))  # fmt: skip

    def _take(self, entry: Entry) -> Entry:
        facts = of_document(entry.document)
        if faults := self._book.faults(facts):
            raise InputError(f"ledger: entry {entry.number} ({entry.saving}): {faults[0][0]}: {faults[0][1]}")
        self._book.apply(facts)
        self._entries.append(entry)
        return entry

    def _known(self, saving: str) -> Entry:
        last = self.last(saving)
        if last is None:
            raise InputError(f"ledger: no saving {saving!r}; open() puts it on the ledger")
        return last

    def _verdict(self, saving: str) -> dict[str, Any]:
        self._known(saving)
        number = self._book.savings[saving].verdict_entry
        if not number:
            raise InputError(f"ledger: {saving}: no verdict is on the ledger yet, so nothing can be confirmed")
        return dict(self._entries[number - 1]["proof"]["verdict"])


def claimed(entries: Sequence[Entry], saving: str) -> Cells | None:
    """The cells that a saving claimed last (a later year's, if it lasted), None if it never claimed any."""
    last = next((e["cells"] for e in reversed(entries) if e.saving == saving and e["cells"]), None)
    return from_json(last, where=f"ledger: {saving}") if last else None


def append(entries: Sequence[Entry], document: Mapping[str, Any]) -> Entry:
    """The entry that `document` (every key but entry, previous, hash) makes after `entries`, or a refusal."""
    ledger = Ledger(entries)
    return ledger._take(sealed({**document, "entry": len(entries) + 1, "previous": ledger.head}))


def sealed(document: dict[str, Any]) -> Entry:
    """The document with its seal, checked for its keys."""
    entry = Entry(valid({**document, "hash": seal(document)}, where=f"ledger: entry {document.get('entry')}"))
    return Entry(entry.document, entry.line())


def signature(person: str, role: str, signed: str) -> dict[str, str]:
    """A signature: an opaque key, a role (clinical_lead, manager, finance_lead), and when (YYYY-MM-DD)."""
    return {"person": pseudonym(person), "role": role, "signed": signed}


def commitments(promises: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Promises as proof: how many people, and the digest of what was promised."""
    return {"commitments": {"people": len({p.get("person") for p in promises}), "digest": digest(list(promises))}}


def _lines(
    balances: Mapping[str, tuple[int, int]], state: str, pence: int, patients: int, kind: str
) -> list[dict[str, Any]]:
    if kind == "verdict":
        return []
    wanted = {} if kind == "reversal" else {state: (pence, patients), SPEND: (-pence, -patients)}
    changes = {
        account: tuple(wanted.get(account, (0, 0))[i] - balances.get(account, (0, 0))[i] for i in (0, 1))
        for account in dict.fromkeys([*balances, *wanted])
    }
    return [{"account": a, "pence": c[0], "patients": c[1]} for a, c in changes.items() if c != (0, 0)]
