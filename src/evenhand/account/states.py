"""The states of a saving, in order, and the proof that each asks for.

idea -> opportunity -> planned -> committed -> in_flight -> evidenced -> confirmed -> reversed. Only
`confirmed` counts towards a target. Source: METHODS F.6 and F.7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import pairwise
from typing import Any

from msgspec import UNSET

from .line_parts import Judged, Line, Shared

STATES = ("idea", "opportunity", "planned", "committed", "in_flight", "evidenced", "confirmed", "reversed")
FIRST = ("idea", "opportunity")
STEPS = frozenset(pairwise(STATES[:7]))  # each state and the next one
SPEND = "spend"  # the account of what the service would have spent anyway
MATURE_MONTHS = 12  # METHODS F.6: the lower bound is booked until twelve months are seen, then the median

NO_PROOF = "no proof"
MISSING_SIGNATURES = "missing signatures"
SCOPE_REDUCTION = "scope reduction booked"
REPORTED = "reported booked as money"
OVER = "claim over reduction"
BOOKING = ("move", "restatement", "persistence")  # what brings or keeps a saving in a state by proof
Fault = tuple[str, str]


def follows(state: str, before: str | None, kind: str) -> bool:
    """Whether a saving in the state `before` (None: not yet on the ledger) may come to `state` by an entry of `kind`.

    >>> follows("opportunity", None, "move"), follows("confirmed", "in_flight", "move")
    (True, False)
    """
    if kind == "move":
        return state in FIRST if before is None else (before, state) in STEPS
    if kind in ("restatement", "persistence"):
        return before == state == "confirmed"
    if kind == "verdict":
        return before == state and before in STATES[4:7]
    return kind == "reversal" and before in STATES[:7] and state == "reversed"


def proof_faults(line: Line) -> list[Fault]:
    """What an entry lacks by itself: its proof, its signatures, its class. Nothing for a good entry."""
    kind, state, verdict = line.kind, line.state, line.proof.verdict
    if (
        kind == "move" and verdict is UNSET and line.saving_class != "scope_reduction" and line.basis != "reported"
        and (needs := _EARLY.get(state)) is not None
    ):  # fmt: skip  # as every second one does
        return needs(line)
    found: list[Fault] = []
    if line.saving_class == "scope_reduction" and kind != "reversal":
        found.append((SCOPE_REDUCTION, "a cut in service is no saving (NAO class 3) and cannot be on the ledger"))
    if line.basis == "reported" and any(part.pence or part.patients for part in line.lines):
        found.append((REPORTED, "self-report is never money: an amount on the basis 'reported' cannot be booked"))
    if kind in BOOKING and (needs := _NEEDS.get(state)) is not None:
        found += needs(line)
    if kind in BOOKING and state == "confirmed" and line.window is None:
        found.append((NO_PROOF, "a confirmed saving names the months that it was shown for"))
    if kind == "persistence" and not line.recurrent:
        found.append((NO_PROOF, "a saving that does not recur ends with its window and has no later year"))
    if verdict is not UNSET:
        if line.window is not None and verdict.window != line.window:
            found.append((NO_PROOF, f"the verdict is on {_span(verdict.window)}, the entry on {_span(line.window)}"))
        if verdict.months > (held := months_between(*verdict.window)):
            found.append((NO_PROOF, f"the verdict says {verdict.months} months, and its window holds {held}"))
    elif kind == "verdict":
        found.append((NO_PROOF, "an entry of kind verdict holds no verdict"))
    if kind == "reversal" and not line.reason.strip():
        found.append((NO_PROOF, "a reversal says why"))
    return found


def limits(verdict: Judged) -> tuple[int, int]:
    """The most that may be booked as confirmed, in pence and in patients: the median from twelve months on, the
    one-sided lower 80% bound before."""
    if verdict.months >= MATURE_MONTHS:
        return verdict.saving_pence, verdict.patients
    return verdict.lower80_pence, verdict.patients_lower80


def limit_pence(verdict: Mapping[str, Any]) -> int:
    """The same in pence, for a verdict as JSON."""
    return int(verdict["saving_pence"] if verdict["months"] >= MATURE_MONTHS else verdict["lower80_pence"])


def limit_patients(verdict: Mapping[str, Any]) -> int:
    """The same in patients, for a verdict as JSON."""
    return int(verdict["patients"] if verdict["months"] >= MATURE_MONTHS else verdict["patients_lower80"])


def breached(verdict: Judged) -> str | None:
    """The first guardrail that is breached and blocks, or None."""
    for guardrail in verdict.guardrails:
        if guardrail.verdict == "breach" and guardrail.blocks:
            return guardrail.measure
    return None


def breach_in(verdict: Mapping[str, Any]) -> str | None:
    """The same, for a verdict as JSON."""
    return next((str(g["measure"]) for g in verdict["guardrails"] if g["verdict"] == "breach" and g["blocks"]), None)


@lru_cache(maxsize=4096)
def months_between(first: str, last: str) -> int:
    """Months from YYYY-MM to YYYY-MM, both counted.

    >>> months_between("2025-10", "2026-03")
    6
    """
    return 12 * (int(last[:4]) - int(first[:4])) + int(last[5:7]) - int(first[5:7]) + 1


def _opportunity(line: Line) -> list[Fault]:
    if line.proof.sources is not UNSET and line.proof.sources:
        return []
    return [(NO_PROOF, "an opportunity needs proof.sources: the published files that it was computed from")]


def _planned(line: Line) -> list[Fault]:
    found: list[Fault] = []
    if line.proof.design is UNSET or not line.proof.design or not line.scheme:
        found.append((NO_PROOF, "a planned saving needs a scheme and proof.design: the hash of its registered design"))
    return found + _signed(line, "clinical_lead", "manager")


def _committed(line: Line) -> list[Fault]:
    promises = line.proof.commitments
    if promises is not UNSET and promises.people >= 1 and promises.digest:
        return []
    return [(NO_PROOF, "a committed saving needs proof.commitments: how many people promised, and the digest")]


def _in_flight(line: Line) -> list[Fault]:
    if line.proof.allocation is not UNSET and line.proof.allocation:
        return []
    return [(NO_PROOF, "a saving in flight needs proof.allocation: the seal of the list of who gets it when")]


def _evidenced(line: Line) -> list[Fault]:
    verdict = line.proof.verdict
    if verdict is UNSET:
        return [(NO_PROOF, f"{_a(line.state)} saving needs proof.verdict")]
    if not verdict.evidenced:
        return [(NO_PROOF, f"the verdict is not evidenced: {'; '.join(verdict.reasons) or 'no reason given'}")]
    if measure := breached(verdict):
        return [(NO_PROOF, f"guardrail {measure} is breached, which blocks the saving")]
    return []


def _confirmed(line: Line) -> list[Fault]:
    found = _evidenced(line)
    verdict, cells = line.proof.verdict, line.cells
    if verdict is not UNSET and not found:
        looked_at = False
        for guardrail in verdict.guardrails:
            if guardrail.blocks:
                looked_at = True
                if guardrail.verdict != "pass":
                    found.append((NO_PROOF, f"guardrail {guardrail.measure} is {guardrail.verdict}, not pass"))
        if not looked_at:
            found.append((NO_PROOF, "no guardrail was looked at"))
        if not found and not verdict.countable:
            found.append((NO_PROOF, f"the verdict is not countable: {'; '.join(verdict.reasons)}"))
        if not found and max(limits(verdict)) <= 0:
            found.append((NO_PROOF, "the verdict shows neither pounds nor patients gained"))
    if cells is None or not (cells.organisations and cells.months and cells.codes):
        found.append((NO_PROOF, "a confirmed saving names the cells that it claims"))
    elif cells.shared is not UNSET:
        for block in cells.shared:
            found += _sums(block)
    return found + _signed(line, "finance_lead", "clinical_lead")


_NEEDS: dict[str, Callable[[Line], list[Fault]]] = {
    "opportunity": _opportunity, "planned": _planned, "committed": _committed, "in_flight": _in_flight,
    "evidenced": _evidenced, "confirmed": _confirmed,
}  # fmt: skip
_EARLY = {state: needs for state, needs in _NEEDS.items() if state not in STATES[5:]}  # before there is a verdict


def _signed(line: Line, *roles: str) -> list[Fault]:
    given = line.signatures
    if len(given) == 2:  # as nearly always
        one, two = given
        if one.role in roles and two.role in roles and one.role != two.role and one.person != two.person:
            return []
    missing = [role for role in roles if not any(s.role == role for s in given)]
    if missing:
        return [(MISSING_SIGNATURES, f"{line.state} needs the signature of a {' and a '.join(missing)}")]
    if len({s.person for s in given if s.role in roles}) < len(roles):
        return [(MISSING_SIGNATURES, f"{' and '.join(roles)} must be two different people")]
    return []


def _sums(block: Shared) -> list[Fault]:
    """Whether a shared part adds up: gross = overlap + net, and net is no more than gross."""
    for side in ("pence", "patients"):
        gross, overlap, net = (getattr(part, side) for part in (block.gross, block.overlap, block.net))
        if gross != overlap + net or overlap < 0:
            return [(OVER, f"shared cells: gross {gross} {side} is not overlap {overlap} (0 or more) plus net {net}")]
    return []


def _span(window: tuple[str, str]) -> str:
    return f"{window[0]} to {window[1]}"


def _a(state: str) -> str:
    return f"an {state}" if state[:1] in "aeiou" else f"a {state}"
