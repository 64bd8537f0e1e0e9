"""Where every saving stands after the entries so far, and what is wrong with the next one.

The ledger asks before it appends, and `check` asks about a file: both hold the same invariants, here.
Each entry is looked at once, so that time grows with the number of entries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .cells import Cells, Claims, from_json
from .entry import GENESIS, Entry
from .states import NO_PROOF, STATES, Fault, breached, follows, limit_pence, proof_faults

CHAIN = "broken chain"
ORDER = "state order"
DOUBLE_ENTRY = "not double entry"
TWICE = "cell claimed twice"
OVER = "claim over reduction"
BREACH = "breach not reversed"
REVERSAL = "reversal that does not net to zero"
SPEND = "spend"
COUNTS = ("evidenced", "confirmed")
ACCOUNTS = frozenset((*STATES[:-1], SPEND))


@dataclass
class Position:
    """One saving: its state, what each account holds for it (pence, patients), what it claims."""

    state: str
    number: int
    balances: dict[str, tuple[int, int]] = field(default_factory=dict)
    cells: Cells | None = None
    design: str | None = None
    verdict: str = ""  # digest of the latest verdict, and the entry that holds it
    verdict_entry: int = 0
    booked: tuple[str, int] = ("", 0)  # the verdict it is confirmed on, and pence
    breach: int | None = None  # the entry that noted a breach which no reversal has followed yet

    def held(self, state: str) -> tuple[int, int]:
        """Pence and patients in an account."""
        return self.balances.get(state, (0, 0))


class Book:
    """Positions, claims and the head of the chain."""

    def __init__(self) -> None:
        self.head = GENESIS
        self.count = 0
        self.savings: dict[str, Position] = {}
        self.claims = Claims()
        self._booked: dict[str, int] = {}  # verdict digest -> pence confirmed on it, over all savings

    def faults(self, entry: Entry) -> list[Fault]:
        """Every invariant that this entry breaks as the next one."""
        document = entry.document
        position = self.savings.get(entry.saving)
        return [
            *self._chain(entry), *self._order(entry, position), *proof_faults(document),
            *self._design(document, position), *self._balance(entry, position), *self._claim(entry, position),
        ]  # fmt: skip

    def apply(self, entry: Entry) -> None:
        """Take the entry as it stands, good or bad."""
        document = entry.document
        before = self.savings.get(entry.saving)
        position = before or Position(entry.state, entry.number)
        position.balances = _after(document, position.balances)
        self._rebook(entry, position)
        position.state, position.number = entry.state, entry.number
        position.design = document["proof"].get("design") or position.design
        verdict = document["proof"].get("verdict")
        if verdict is not None:
            position.verdict, position.verdict_entry = verdict["digest"], entry.number
            counts = position.state in COUNTS  # a breach on what counts stays until it is reversed
            position.breach = entry.number if breached(verdict) else position.breach if counts else None
        if entry.kind == "reversal":
            position.breach = None
        self.savings[entry.saving] = position
        self.head, self.count = entry.hash, self.count + 1

    def open_breaches(self) -> list[tuple[int, str, str]]:
        """(entry, saving, state) of every breach on a saving that still counts."""
        return [
            (p.breach, saving, p.state) for saving, p in self.savings.items()
            if p.breach is not None and p.state in COUNTS
        ]  # fmt: skip

    def _chain(self, entry: Entry) -> list[Fault]:
        found = []
        if entry.number != self.count + 1:
            found.append((CHAIN, f"this is entry {self.count + 1} in the file, but it says {entry.number}"))
        if entry["previous"] != self.head:
            found.append((CHAIN, f"follows {_short(entry['previous'])}, but the entry before is {_short(self.head)}"))
        if not entry.intact():
            found.append((CHAIN, "its hash is not that of its content: it was changed after it was written"))
        return found

    def _order(self, entry: Entry, position: Position | None) -> list[Fault]:
        before = position.state if position else None
        if position and position.breach is not None and before in COUNTS and entry.kind != "reversal":
            return [(BREACH, f"entry {position.breach} noted a breach; a reversal must follow, not a {entry.kind}")]
        if entry["from"] != before:
            return [(ORDER, f"says it comes from {entry['from']}, but the saving is {before or 'not on the ledger'}")]
        if not follows(entry.state, before, entry.kind):
            return [(ORDER, f"a {entry.kind} cannot bring a saving from {before or 'nothing'} to {entry.state}")]
        if entry.kind == "reversal" and position and entry["reverses"] != position.number:
            return [(ORDER, f"reverses entry {entry['reverses']}, but the saving stands at entry {position.number}")]
        return []

    def _design(self, document: Any, position: Position | None) -> list[Fault]:
        verdict = document["proof"].get("verdict")
        if not verdict or not position:
            return []
        if position.design and verdict["registered"] != position.design:
            return [(NO_PROOF, "the verdict is on another design than the one registered when it was planned")]
        confirming = document["state"] == "confirmed" and document["kind"] != "verdict"
        if confirming and position.verdict and verdict["digest"] != position.verdict:
            return [(NO_PROOF, "the verdict is not the latest one on the ledger")]
        return []

    def _balance(self, entry: Entry, position: Position | None) -> list[Fault]:
        lines = entry["lines"]
        if unknown := [line["account"] for line in lines if line["account"] not in ACCOUNTS]:
            return [(DOUBLE_ENTRY, f"no account {unknown[0]!r}")]
        found = []
        pence, patients = (sum(line[kind] for line in lines) for kind in ("pence", "patients"))
        if pence or patients:
            found.append((DOUBLE_ENTRY, f"its lines sum to {pence} pence and {patients} patients, not to zero"))
        after = _after(entry.document, position.balances if position else {})
        keep = () if entry.kind == "reversal" else (entry.state, SPEND)
        left = {account: held for account, held in after.items() if account not in keep and held != (0, 0)}
        if left:
            account, (pence, patients) = next(iter(left.items()))
            word = REVERSAL if entry.kind == "reversal" else DOUBLE_ENTRY
            found.append((word, f"{pence} pence and {patients} patients are left in {account}"))
        if entry.kind == "verdict" and lines:
            found.append((DOUBLE_ENTRY, "a verdict notes and moves nothing, so it has no lines"))
        return found

    def _claim(self, entry: Entry, position: Position | None) -> list[Fault]:
        if entry.state != "confirmed" or entry.kind == "verdict":
            return []
        found: list[Fault] = []
        if entry["cells"]:
            cells = from_json(entry["cells"], where=f"entry {entry.number}")
            if position and position.cells is not None and cells.as_json() != position.cells.as_json():
                found.append((TWICE, "a restatement claims other cells than the saving holds"))
            if clash := self.claims.clash(entry.saving, cells):
                found.append((TWICE, clash))
        if verdict := entry["proof"].get("verdict"):
            pence, patients = _after(entry.document, position.balances if position else {}).get("confirmed", (0, 0))
            others = self._booked.get(verdict["digest"], 0)
            if position and position.booked[0] == verdict["digest"]:
                others -= position.booked[1]
            limit = limit_pence(verdict)
            if others + pence > limit:
                found.append((OVER, f"{others + pence} pence are confirmed on a verdict that allows {limit}"))
            if patients > max(verdict["patients"], 0):
                found.append((OVER, f"{patients} patients are confirmed, the verdict shows {verdict['patients']}"))
        return found

    def _rebook(self, entry: Entry, position: Position) -> None:
        """Keep cells and pounds per verdict in step with a confirmation, a restatement or a reversal."""
        if entry.kind == "verdict" or entry.state not in ("confirmed", "reversed"):
            return
        old, pence = position.booked
        if pence:
            self._booked[old] -= pence
        position.booked = ("", 0)
        if position.cells is not None and entry.state == "reversed":
            self.claims.free(entry.saving, position.cells)
            position.cells = None
        verdict = entry["proof"].get("verdict")
        if entry.state == "confirmed" and verdict:
            position.booked = (verdict["digest"], position.held("confirmed")[0])
            self._booked[verdict["digest"]] = self._booked.get(verdict["digest"], 0) + position.booked[1]
        if entry.state == "confirmed" and entry["cells"] and position.cells is None:
            position.cells = from_json(entry["cells"], where=f"entry {entry.number}")
            self.claims.take(entry.saving, position.cells)


def _after(document: Mapping[str, Any], balances: Mapping[str, tuple[int, int]]) -> dict[str, tuple[int, int]]:
    """What each account holds after the lines of an entry; an empty account is left out."""
    after = dict(balances)
    for line in document["lines"]:
        pence, patients = after.get(line["account"], (0, 0))
        after[line["account"]] = (pence + line["pence"], patients + line["patients"])
    return {account: held for account, held in after.items() if held != (0, 0)}


def _short(value: str) -> str:
    return value[:12]
