"""Where every saving stands after the entries so far, and what is wrong with the next one.

The ledger asks before it appends, and `check` asks about a file: both hold the same invariants, here.
Each entry is looked at once, so that time grows with the number of entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .balance import balance, post
from .claims import Claims
from .entry import GENESIS
from .facts import TERMS, ClaimFacts, Facts, Sides, VerdictFacts, of_step, told_terms
from .states import BOOKING, FIRST, NO_PROOF, OVER, SPEND, STEPS, Fault, follows
from .step import ROUTES, Step

CHAIN = "broken chain"
ORDER = "state order"
TWICE = "cell claimed twice"
BREACH = "breach not reversed"
TERMS_CHANGED = "another saving"
COUNTS = ("evidenced", "confirmed")
_NOTHING: Sides = (0, 0)


@dataclass(slots=True)
class Position:
    """One saving: its state, what each account holds for it (pence, patients), what it claims."""

    state: str
    number: int
    scheme: str | None  # this and the terms as its latest entry tells them
    terms: bytes
    balances: dict[str, Sides] = field(default_factory=dict)
    claims: tuple[ClaimFacts, ...] = ()  # one a window: the first, then each year it lasted
    designs: dict[str, str] = field(default_factory=dict)  # registered design -> the month it judges after
    window: tuple[str, str] | None = None  # the months that it is confirmed for, the last ones
    verdict: str = ""  # digest of the latest verdict, and the entry that holds it
    verdict_entry: int = 0
    booked: tuple[str, Sides] | None = None  # the verdict it is confirmed on, and what it adds to that verdict
    breach: int | None = None  # the entry that noted a breach which no reversal has followed yet

    def held(self, state: str) -> Sides:
        """Pence and patients in an account."""
        return self.balances.get(state, _NOTHING)


class Book:
    """Positions, claims and the head of the chain."""

    def __init__(self) -> None:
        self.head = GENESIS
        self.count = 0
        self.savings: dict[str, Position] = {}
        self.claims = Claims()
        self._booked: dict[str, Sides] = {}  # verdict digest -> confirmed on it, over all savings
        self._after: tuple[Facts, dict[str, Sides]] | None = None

    def take(self, entry: Facts | Step) -> list[Fault]:
        """Every invariant that this entry breaks as the next one; it is taken as it stands, good or bad."""
        if isinstance(entry, Step):
            if self._step(entry):
                return []
            entry = of_step(entry)
        found = self.faults(entry)
        self.apply(entry)
        return found

    def faults(self, entry: Facts) -> list[Fault]:
        """Every invariant that this entry breaks as the next one."""
        position, verdict, state, kind = self.savings.get(entry.saving), entry.verdict, entry.state, entry.kind
        found: list[Fault] = []
        if (
            entry.number != self.count + 1 or not entry.whole
            or (entry.previous is not None and entry.previous != self.head)
        ):  # fmt: skip
            found += self._chain(entry)
        if (
            position is None or position.breach is not None or kind != "move" or entry.before != position.state
            or (entry.before, state) not in STEPS
        ):  # fmt: skip  # nearly every entry moves a saving one state on
            found += self._order(entry, position)
        if entry.faults:
            found += entry.faults
        if verdict is not None and position is not None:
            found += self._verdict(entry, verdict, position)
        after = position.balances.copy() if position else {}
        found += balance(entry, after)
        self._after = (entry, after)
        if state == "confirmed" and kind in BOOKING:
            found += self._claim(entry, position, after.get("confirmed", _NOTHING))
        elif state == "evidenced" and kind == "move" and verdict is not None:
            held = after.get("evidenced", _NOTHING)[0]
            if held > verdict.shown:
                found.append((OVER, f"{held} pence are evidenced on a verdict that shows {verdict.shown}"))
        if not found and position is not None and (
            entry.terms != position.terms or (entry.scheme != position.scheme and position.state not in FIRST)
        ):  # fmt: skip  # where something else is wrong, that tells more
            return _changed(entry, position)
        return found

    def apply(self, entry: Facts) -> None:
        """Take the entry as it stands, good or bad."""
        state, number, kind, verdict = entry.state, entry.number, entry.kind, entry.verdict
        position = self.savings.get(entry.saving)
        if position is None:
            position = self.savings[entry.saving] = Position(state, number, entry.scheme, entry.terms)
        kept = self._after
        if kept is not None and kept[0] is entry:
            position.balances = kept[1]
        else:
            post(entry, position.balances)
        if state in ("confirmed", "reversed") and kind != "verdict":
            self._rebook(entry, position)
        if entry.design and kind in BOOKING and state in ("planned", "confirmed"):
            position.designs.setdefault(entry.design, position.window[1] if position.window else "")
        if verdict is not None:
            # a breach on what counted stays until it is reversed
            counted = position.state in COUNTS and position.number != number
            position.breach = number if verdict.breach else position.breach if counted else None
            position.verdict, position.verdict_entry = verdict.digest, number
        if kind == "reversal":
            position.breach = None
        position.state, position.number = state, number
        position.scheme, position.terms = entry.scheme, entry.terms
        self.count += 1
        if entry.hash is not None:
            self.head = entry.hash

    def open_breaches(self) -> list[tuple[int, str, str]]:
        """(entry, saving, state) of every breach on a saving that still counts."""
        return [
            (p.breach, saving, p.state) for saving, p in self.savings.items()
            if p.breach is not None and p.state in COUNTS
        ]  # fmt: skip

    def _step(self, step: Step) -> bool:
        """Take a step as `faults` and `apply` would, where it breaks nothing and the whole amount leaves one account
        for the next. False, and nothing is done, where it is not as plain as that."""
        number, put, position = step.number, (step.pence, step.patients), self.savings.get(step.saving)
        before, state, accounts = ROUTES[step.route]
        if number != self.count + 1 or put == _NOTHING:
            return False
        if position is None:
            if before is not None:
                return False
            both = {state: put, SPEND: (-step.pence, -step.patients)}
            balances = {account: both[account] for account in accounts}  # in the order of its lines
            self.savings[step.saving] = Position(state, number, step.scheme, step.terms, balances)
        else:
            if (
                position.state != before or position.breach is not None or step.terms != position.terms
                or (step.scheme != position.scheme and before not in FIRST)
            ):  # fmt: skip
                return False
            balances, out = position.balances, (step.pence_out, step.patients_out)
            spent = balances.get(SPEND, _NOTHING)
            after = (spent[0] + out[0] - put[0], spent[1] + out[1] - put[1])
            if balances.get(before) != out or after == _NOTHING or spent == _NOTHING or len(balances) != 2:
                return False
            del balances[before]
            balances[SPEND], balances[state] = after, put
            if step.design and state == "planned":
                position.designs.setdefault(step.design, position.window[1] if position.window else "")
            position.state, position.number = state, number
            position.scheme, position.terms = step.scheme, step.terms
        self.count = number
        if step.hash is not None:
            self.head = step.hash
        return True

    def _chain(self, entry: Facts) -> list[Fault]:
        found = []
        if entry.number != self.count + 1:
            found.append((CHAIN, f"this is entry {self.count + 1} in the file, but it says {entry.number}"))
        if entry.previous is not None and entry.previous != self.head:
            found.append((CHAIN, f"follows {_short(entry.previous)}, but the entry before is {_short(self.head)}"))
        if not entry.whole:
            found.append((CHAIN, "its hash is not that of its content: it was changed after it was written"))
        return found

    def _order(self, entry: Facts, position: Position | None) -> list[Fault]:
        before = position.state if position else None
        if position and position.breach is not None and before in COUNTS and entry.kind != "reversal":
            return [(BREACH, f"entry {position.breach} noted a breach; a reversal must follow, not a {entry.kind}")]
        if entry.before != before:
            return [(ORDER, f"says it comes from {entry.before}, but the saving is {before or 'not on the ledger'}")]
        if not follows(entry.state, before, entry.kind):
            return [(ORDER, f"a {entry.kind} cannot bring a saving from {before or 'nothing'} to {entry.state}")]
        if entry.kind == "reversal" and position and entry.reverses != position.number:
            return [(ORDER, f"reverses entry {entry.reverses}, but the saving stands at entry {position.number}")]
        if entry.undone and position and position.window and entry.undone != position.window:
            return [(ORDER, f"takes back {_span(entry.undone)}, but the saving stands for {_span(position.window)}")]
        return []

    def _verdict(self, entry: Facts, verdict: VerdictFacts, position: Position) -> list[Fault]:
        """Whether the verdict is one that this saving may rest on: registered, the latest, on the right months."""
        found = []
        if position.designs:
            after = position.designs.get(verdict.registered)
            if after is None:
                word = "the design" if len(position.designs) == 1 else "a design"
                found.append((NO_PROOF, f"the verdict is on another design than {word} registered before"))
            elif verdict.first <= after:
                found.append((NO_PROOF, f"its design was registered for the months after {after}"))
        if entry.state == "confirmed" and entry.kind in BOOKING:
            if position.verdict and verdict.digest != position.verdict:
                found.append((NO_PROOF, "the verdict is not the latest one on the ledger"))
            if (window := position.window) is not None:
                if entry.kind == "restatement" and verdict.first != window[0]:
                    found.append((NO_PROOF, f"a restatement is on the months from {window[0]}, as it was booked"))
                if entry.kind == "persistence" and verdict.first <= window[1]:
                    found.append((NO_PROOF, f"a later year begins after {window[1]}, where the last one ended"))
        return found

    def _claim(self, entry: Facts, position: Position | None, held: Sides) -> list[Fault]:
        found: list[Fault] = []
        overlap = _NOTHING
        if (claim := entry.claim) is not None:
            if position and position.claims and entry.kind != "persistence" and not _same(claim, position.claims[-1]):
                found.append((TWICE, "a restatement claims other cells than the saving holds"))
            if clash := self.claims.clash(entry.saving, claim):
                found.append((TWICE, clash))
            if claim[5]:
                if (wrong := self.claims.outside(claim)) or (wrong := self.claims.over(entry.saving, claim)):
                    found.append((OVER, wrong))
                overlap = (sum(b[4][0] - b[5][0] for b in claim[5]), sum(b[4][1] - b[5][1] for b in claim[5]))
        if (verdict := entry.verdict) is not None:
            pence, patients = self._booked.get(verdict.digest, _NOTHING)
            if position and position.booked and position.booked[0] == verdict.digest:
                pence, patients = pence - position.booked[1][0], patients - position.booked[1][1]
            pence, patients = pence + held[0], patients + held[1]
            allowed = (verdict.limit[0] - overlap[0], verdict.limit[1] - overlap[1])
            less = " less what others count in shared cells" if any(overlap) else ""
            if pence > allowed[0]:
                found.append((OVER, f"{pence} pence are confirmed on a verdict that allows {allowed[0]}{less}"))
            if patients > max(allowed[1], 0):
                found.append((OVER, f"{patients} patients are confirmed on a verdict that allows {allowed[1]}{less}"))
        return found

    def _rebook(self, entry: Facts, position: Position) -> None:
        """Keep cells and pounds per verdict in step with a confirmation, a restatement, a later year or a reversal."""
        if position.booked is not None:
            old, (pence, patients) = position.booked
            total = self._booked[old]
            self._booked[old] = (total[0] - pence, total[1] - patients)
            position.booked = None
        if entry.state == "reversed":
            self.claims.free(entry.saving, position.claims)
            position.claims = ()
            return
        if entry.verdict is not None:
            held, digest = position.held("confirmed"), entry.verdict.digest
            total = self._booked.get(digest, _NOTHING)
            position.booked = (digest, held)
            self._booked[digest] = (total[0] + held[0], total[1] + held[1])
            position.window = (entry.verdict.first, entry.verdict.last)
        if (claim := entry.claim) is not None:
            if not position.claims or entry.kind == "persistence":
                position.claims = (*position.claims, claim)
                self.claims.take(entry.saving, claim)
            elif _same(claim, position.claims[-1]):
                position.claims = (*position.claims[:-1], claim)
                self.claims.share(entry.saving, claim)


def _changed(entry: Facts, position: Position) -> list[Fault]:
    """What an entry says otherwise than the saving's entry before it, though a saving keeps it: another measure or
    another place is another saving. A scheme may be named, or named anew, until the saving is planned; a restatement
    and a later year may be at later prices."""
    told = zip(TERMS, told_terms(entry.terms), told_terms(position.terms), strict=True)
    kept = [part for part in told if part[0] != "price_year" or entry.kind not in ("restatement", "persistence")]
    if position.state not in FIRST:
        kept.append(("scheme", entry.scheme, position.scheme))
    return [
        (TERMS_CHANGED, f"{key} is {now!r}, and was {then!r} in entry {position.number}")
        for key, now, then in kept if now != then
    ]  # fmt: skip


def _same(one: ClaimFacts, two: ClaimFacts) -> bool:
    """Whether two claims are on the same cells, however these are shared."""
    return one[:5] == two[:5] or (
        one[:2] == two[:2] and all(set(a) == set(b) for a, b in zip(one[2:5], two[2:5], strict=True))
    )


def _span(window: tuple[str, str]) -> str:
    return " to ".join(window)


def _short(value: str) -> str:
    return value[:12]
