"""Random histories of a ledger: any order, duplicates, reversals, overlaps, revisions of the data; and a slow check."""

from __future__ import annotations

import hashlib
import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from evenhand import account
from evenhand.account import Cells, Ledger, divide
from evenhand.errors import InputError

LISTS = ("organisations", "months", "codes")
ORGANISATIONS, CODES = ("A1", "B2", "C3"), ("0601023AEAAAAAA", "0601060D0AAAAAA")
MONTHS = {1: ("2025-10", "2025-11", "2025-12"), 2: ("2026-10", "2026-11", "2026-12")}
SIGNED = [account.signature("p-fin-1", "finance_lead", "2026-06-01"),
          account.signature("p-gp-2", "clinical_lead", "2026-06-01"),
          account.signature("p-man-3", "manager", "2026-06-01")]  # fmt: skip
DESIGN = {1: "d" * 64, 2: "e" * 64}


@dataclass
class History:
    """A ledger in the making, and the truth behind it: what was reduced in each cell, in pence and in patients."""

    rng: np.random.Generator
    ledger: Ledger = field(default_factory=Ledger)
    names: tuple[str, ...] = ("ada", "bea", "cyd", "dot")
    revised: bool = False
    refused: int = 0

    def __post_init__(self) -> None:
        cells = itertools.product(ORGANISATIONS, MONTHS[1] + MONTHS[2], CODES)
        cost = int(self.rng.integers(0, 40)) if self.rng.random() < 0.3 else 0  # some better choices cost more
        self.truth = {cell: (int(self.rng.integers(0, 100)) - cost, int(self.rng.integers(0, 5))) for cell in cells}
        self.wants = {name: (self._some(ORGANISATIONS), self._some(CODES)) for name in self.names}
        self.numbers = itertools.count()

    def _some(self, of: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(w for w in of if self.rng.random() < 0.6) or of[:1]

    def cells(self, name: str, year: int = 1) -> Cells:
        """What a saving claims."""
        organisations, codes = self.wants[name]
        return Cells("presentation", "practice", organisations, MONTHS[year], codes)

    def reduced(self, cells: Cells) -> tuple[int, int]:
        """What was reduced in some cells, as the data says now."""
        product = itertools.product(cells.organisations, cells.months, cells.codes)
        held = [self.truth[cell] for cell in product]
        return sum(h[0] for h in held), sum(h[1] for h in held)

    def verdict(self, name: str, year: int = 1, *, breach: bool = False) -> dict[str, Any]:
        """The verdict on a saving: it finds what is true."""
        pence, patients = self.reduced(self.cells(name, year))
        guardrail = {
            "measure": "waits", "verdict": "breach" if breach else "pass", "effect": "0.0", "bound": "0.0",
            "margin": "0.01", "harm": "down", "blocks": True,
        }  # fmt: skip
        return {
            "digest": f"{name}-{year}-{next(self.numbers)}", "registered": DESIGN[year], "design": "randomised",
            "sentence": "s", "window": [MONTHS[year][0], MONTHS[year][-1]], "months": 3, "effect": "-0.1",
            "low": "-0.2", "high": "0.0", "saving_pence": pence + 10, "lower80_pence": pence, "investment_pence": 0,
            "patients": patients + 1, "patients_lower80": patients, "probability_saving": "0.99", "evidenced": True,
            "countable": not breach, "reasons": [], "guardrails": [guardrail],
        }  # fmt: skip

    def play(self, steps: int = 40) -> History:
        """Bring each saving some way, then try things in any order; what is refused must change nothing."""
        acts: list[Callable[[str], Any]] = [
            self._open, self._on, self._on, self._on, self._on, self._evidence, self._confirm, self._confirm,
            self._divide, self._divide, self._divide, self._record, self._record, self._revise,
            self._restate, self._persist, self._persist,
            self._reverse,
            self._again, self._twin, self._cut,
        ]  # fmt: skip
        for name in self.names:
            for _ in range(self.rng.integers(0, 6)):
                self._on(name)
        for _ in range(steps):
            name = self.names[self.rng.integers(len(self.names))]
            act = acts[self.rng.integers(len(acts))]
            before, many = self.ledger.head, len(self.ledger.entries)
            try:
                act(name)
            except InputError:
                self.refused += 1
                if act != self._divide:
                    assert (self.ledger.head, len(self.ledger.entries)) == (before, many), act
        return self

    def _open(self, name: str) -> None:
        self.ledger.open(
            name, booked="2025-07-01", pence=900, patients=9, measure="m", organisation="ICB1", level="icb",
            price_year="2025-26", origin="clinical_decision", recurrent=bool(self.rng.random() < 0.8),
            saving_class="cash_releasing", sources=["prescribing:2025-06"],
        )  # fmt: skip

    def _on(self, name: str) -> None:
        state = self.ledger.state(name)
        if state is None:
            self._open(name)
        elif state == "opportunity":
            day = f"2025-08-{self.rng.integers(10, 28)}"
            self.ledger.move(name, "planned", booked=day, scheme=name, proof={"design": DESIGN[1]}, signatures=SIGNED)
        elif state == "planned":
            self.ledger.move(name, "committed", booked="2025-09-01", proof=account.commitments([{"person": "p-1"}]))
        elif state == "committed":
            self.ledger.move(name, "in_flight", booked="2025-10-01", proof={"allocation": "a" * 64})
        else:
            self._evidence(name)

    def _evidence(self, name: str) -> None:
        self.ledger.evidence(name, self.verdict(name), booked="2026-05-01")

    def _confirm(self, name: str) -> None:
        self.ledger.confirm(name, booked="2026-06-01", cells=self.cells(name), signatures=SIGNED,
                            next_design=DESIGN[2] if self.rng.random() < 0.7 else None)  # fmt: skip

    def _divide(self, name: str) -> None:
        other = self.names[self.rng.integers(len(self.names))]
        mine, theirs = self.cells(name), self.cells(other)
        part = Cells("presentation", "practice", tuple(o for o in mine.organisations if o in theirs.organisations),
                     MONTHS[1], tuple(c for c in mine.codes if c in theirs.codes))  # fmt: skip
        reduction = self.reduced(part)
        divide(self.ledger, name, mine, part, reduction=reduction, gross={name: reduction, other: reduction},
               booked="2026-06-01", signatures=SIGNED)  # fmt: skip

    def _record(self, name: str) -> None:
        year = 2 if self.rng.random() < 0.5 else 1
        self.ledger.record(name, self.verdict(name, year, breach=bool(self.rng.random() < 0.1)), booked="2026-09-01")

    def _revise(self, name: str) -> None:
        if self.rng.random() < 0.5:
            return
        self.revised = True
        for cell, (pence, patients) in self.truth.items():
            self.truth[cell] = (pence - int(self.rng.integers(0, 30)), max(patients - 1, 0))
        self.ledger.record(name, self.verdict(name), booked="2026-09-01")

    def _restate(self, name: str) -> None:
        self.ledger.restate(name, booked="2026-09-02", signatures=SIGNED)

    def _persist(self, name: str) -> None:
        self.ledger.persist(name, booked="2027-06-01", cells=self.cells(name, 2), signatures=SIGNED)

    def _reverse(self, name: str) -> None:
        if self.rng.random() < 0.15:
            self.ledger.reverse(name, booked="2026-09-03", reason="a coding change")

    def _again(self, name: str) -> None:
        entries = self.ledger.entries
        if entries:
            same = entries[self.rng.integers(len(entries))].as_json()
            account.append(entries, {k: v for k, v in same.items() if k not in ("entry", "previous", "hash")})

    def _twin(self, name: str) -> None:
        """Another saving tries to be confirmed on this one's verdict."""
        proofs = [e["proof"]["verdict"] for e in self.ledger.entries if e.saving == name and e.state == "confirmed"
                  and "verdict" in e["proof"]]  # fmt: skip
        if proofs:
            self.ledger.evidence(self.names[self.rng.integers(len(self.names))], proofs[-1], booked="2026-05-01")

    def _cut(self, name: str) -> None:
        self.ledger.open(f"cut-{next(self.numbers)}", booked="2025-07-01", pence=5, measure="m", organisation="ICB1",
                         level="icb", price_year="2025-26", origin="clinical_decision", recurrent=True,
                         saving_class="scope_reduction", sources=["s"])  # fmt: skip


def slow_check(history: History) -> None:
    """Every invariant again, from the entries' JSON alone and cell by cell, without the ledger's own code."""
    entries = [json.loads(entry.line()) for entry in history.ledger.entries]
    previous, held, claims, last = "0" * 64, {}, {}, {}
    for number, entry in enumerate(entries, start=1):
        assert (entry["entry"], entry["previous"]) == (number, previous)
        bare = json.dumps({k: v for k, v in entry.items() if k != "hash"}, sort_keys=True, separators=(",", ":"),
                          ensure_ascii=False)  # fmt: skip
        assert hashlib.sha256(bare.encode()).hexdigest() == entry["hash"]
        previous, name = entry["hash"], entry["saving"]
        assert entry["saving_class"] != "scope_reduction"
        for line in entry["lines"]:
            pence, patients = held.setdefault(name, {}).get(line["account"], (0, 0))
            held[name][line["account"]] = (pence + line["pence"], patients + line["patients"])
        for side in ("pence", "patients"):
            assert sum(line[side] for line in entry["lines"]) == 0
        if entry["state"] == "reversed":
            assert set(held[name].values()) <= {(0, 0)}
            claims.pop(name, None)
        elif entry["cells"] and entry["kind"] == "persistence":
            claims[name].append(entry["cells"])
        elif entry["cells"]:
            claims[name] = [*claims.get(name, [])[:-1], entry["cells"]]
        if verdict := entry["proof"].get("verdict"):
            last[name] = verdict
        _once_a_cell(claims)
    for name, claimed in claims.items():
        state = history.ledger.state(name)
        assert state == "confirmed"
        assert not any(g["verdict"] == "breach" for g in last[name]["guardrails"])
        assert {a for a, h in held[name].items() if h != (0, 0)} <= {"confirmed", "spend"}, claimed
    if not history.revised:
        _true(history, held, claims)


def _once_a_cell(claims: dict[str, list[dict[str, Any]]]) -> None:
    """No cell is claimed by two but where both share it; and no shared part is counted beyond its reduction."""
    holders: dict[tuple[str, str, str], list[tuple[str, str | None]]] = {}
    blocks: dict[str, list[dict[str, Any]]] = {}
    for name, parts in claims.items():
        for part in parts:
            of = {}
            for block in part.get("shared", []):
                key = json.dumps([block["organisations"], block["months"], block["codes"]])
                blocks.setdefault(key, []).append(block)
                of |= dict.fromkeys(itertools.product(*json.loads(key)), key)
            for cell in itertools.product(part["organisations"], part["months"], part["codes"]):
                holders.setdefault(cell, []).append((name, of.get(cell)))
    for cell, found in holders.items():
        assert len(found) == 1 or (len({key for _, key in found}) == 1 and found[0][1] is not None), (cell, found)
    for shared in blocks.values():
        for side in ("pence", "patients"):
            counted = sum(block["net"][side] for block in shared)
            assert counted <= max(0, min(block["reduction"][side] for block in shared))


def _true(history: History, held: dict[str, Any], claims: dict[str, list[dict[str, Any]]]) -> None:
    """What is confirmed in all is no more than what was reduced in all the cells claimed, by cells of each year."""
    for side in (0, 1):
        cells = {cell for parts in claims.values()
                 for cell in itertools.product(*(parts[-1][k] for k in LISTS))}  # fmt: skip
        if all(amount[side] >= 0 for amount in history.truth.values()):
            confirmed = sum(held[name].get("confirmed", (0, 0))[side] for name in claims)
            assert confirmed <= sum(history.truth[cell][side] for cell in cells)
