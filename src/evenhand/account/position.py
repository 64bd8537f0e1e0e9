"""Where every saving stands after the entries so far, and what is wrong with the next one.

The ledger asks before it appends, and `check` asks about a file: both hold the same invariants, here.
Each entry is looked at once, so that time grows with the number of entries.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from .claims import Claims
from .entry import GENESIS
from .facts import ClaimFacts, Facts, Sides, VerdictFacts
from .states import BOOKING, NO_PROOF, OVER, STATES, Fault, follows

CHAIN = "broken chain"
ORDER = "state order"
DOUBLE_ENTRY = "not double entry"
TWICE = "cell claimed twice"
BREACH = "breach not reversed"
REVERSAL = "reversal that does not net to zero"
SPEND = "spend"
COUNTS = ("evidenced", "confirmed")
ACCOUNTS = frozenset((*STATES[:-1], SPEND))
_NOTHING: Sides = (0, 0)


@dataclass(slots=True)
class Position:
    """One saving: its state, what each account holds for it (pence, patients), what it claims."""

    state: str
    number: int
    balances: dict[str, Sides] = field(default_factory=dict)
    claims: list[ClaimFacts] = field(default_factory=list)  # one a window: the first, then each year it lasted
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

    def faults(self, entry: Facts) -> list[Fault]:
        """Every invariant that this entry breaks as the next one."""
        position = self.savings.get(entry.saving)
        found: list[Fault] = []
        if entry.number != self.count + 1 or entry.previous != self.head or not entry.whole:
            found += self._chain(entry)
        found += self._order(entry, position)
        if entry.faults:
            found += entry.faults
        if entry.verdict is not None and position is not None:
            found += self._verdict(entry, entry.verdict, position)
        after = dict(position.balances) if position else {}
        if wrong := _balance(entry, after):
            found += wrong
        self._after = (entry, after)
        if entry.state == "confirmed" and entry.kind in BOOKING:
            found += self._claim(entry, position, after.get("confirmed", _NOTHING))
        elif entry.state == "evidenced" and entry.kind == "move" and entry.verdict:
            held = after.get("evidenced", _NOTHING)[0]
            if held > entry.verdict.shown:
                found.append((OVER, f"{held} pence are evidenced on a verdict that shows {entry.verdict.shown}"))
        return found

    def apply(self, entry: Facts) -> None:
        """Take the entry as it stands, good or bad."""
        position = self.savings.get(entry.saving)
        if position is None:
            position = self.savings[entry.saving] = Position(entry.state, entry.number)
        kept = self._after
        if kept is not None and kept[0] is entry:
            position.balances = kept[1]
        else:
            _post(entry, position.balances)
        if entry.kind != "verdict" and entry.state in ("confirmed", "reversed"):
            self._rebook(entry, position)
        counted = position.state in COUNTS and position.number != entry.number
        position.state, position.number = entry.state, entry.number
        if entry.design and entry.kind in BOOKING and entry.state in ("planned", "confirmed"):
            position.designs.setdefault(entry.design, position.window[1] if position.window else "")
        if entry.verdict is not None:
            position.verdict, position.verdict_entry = entry.verdict.digest, entry.number
            # a breach on what counted stays until it is reversed
            position.breach = entry.number if entry.verdict.breach else position.breach if counted else None
        if entry.kind == "reversal":
            position.breach = None
        self.head, self.count = entry.hash, self.count + 1

    def open_breaches(self) -> list[tuple[int, str, str]]:
        """(entry, saving, state) of every breach on a saving that still counts."""
        return [
            (p.breach, saving, p.state) for saving, p in self.savings.items()
            if p.breach is not None and p.state in COUNTS
        ]  # fmt: skip

    def _chain(self, entry: Facts) -> list[Fault]:
        found = []
        if entry.number != self.count + 1:
            found.append((CHAIN, f"this is entry {self.count + 1} in the file, but it says {entry.number}"))
        if entry.previous != self.head:
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
            position.claims = []
            return
        if entry.verdict is not None:
            held, digest = position.held("confirmed"), entry.verdict.digest
            total = self._booked.get(digest, _NOTHING)
            position.booked = (digest, held)
            self._booked[digest] = (total[0] + held[0], total[1] + held[1])
            position.window = (entry.verdict.first, entry.verdict.last)
        if (claim := entry.claim) is not None:
            if not position.claims or entry.kind == "persistence":
                position.claims.append(claim)
                self.claims.take(entry.saving, claim)
            elif _same(claim, position.claims[-1]):
                position.claims[-1] = claim
                self.claims.share(entry.saving, claim)


def _same(one: ClaimFacts, two: ClaimFacts) -> bool:
    """Whether two claims are on the same cells, however these are shared."""
    return one[:5] == two[:5] or (
        one[:2] == two[:2] and all(set(a) == set(b) for a, b in zip(one[2:5], two[2:5], strict=True))
    )


def _post(entry: Facts, balances: dict[str, Sides]) -> Sides:
    """Put the lines of an entry into the accounts (an empty one is left out); what the lines sum to."""
    pence = patients = 0
    for account, one, two in entry.lines:
        pence, patients = pence + one, patients + two
        held = balances.get(account)
        if held is not None:
            one, two = one + held[0], two + held[1]
        if one or two:
            balances[account] = (one, two)
        elif held is not None:
            del balances[account]
    return pence, patients


def _balance(entry: Facts, balances: dict[str, Sides]) -> list[Fault]:
    """Put the lines into the accounts, and say what of them is not double entry."""
    pence, patients = _post(entry, balances)
    reversal, found = entry.kind == "reversal", []
    for account, _, _ in entry.lines:
        if account not in ACCOUNTS:
            return [(DOUBLE_ENTRY, f"no account {account!r}")]
    if pence or patients:
        found.append((DOUBLE_ENTRY, f"its lines sum to {pence} pence and {patients} patients, not to zero"))
    for account in balances:
        if reversal or (account != entry.state and account != SPEND):
            pence, patients = balances[account]
            word = REVERSAL if reversal else DOUBLE_ENTRY
            found.append((word, f"{pence} pence and {patients} patients are left in {account}"))
            break
    if entry.kind == "verdict" and entry.lines:
        found.append((DOUBLE_ENTRY, "a verdict notes and moves nothing, so it has no lines"))
    return found


def _short(value: str) -> str:
    return value[:12]
