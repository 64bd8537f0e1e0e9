"""The states of a saving, in order, and the proof that each asks for.

idea -> opportunity -> planned -> committed -> in_flight -> evidenced -> confirmed -> reversed. Only
`confirmed` counts towards a target. Source: METHODS F.6 and F.7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

STATES = ("idea", "opportunity", "planned", "committed", "in_flight", "evidenced", "confirmed", "reversed")
FIRST = ("idea", "opportunity")
MATURE_MONTHS = 12  # METHODS F.6: the lower bound is booked until twelve months are seen, then the median

NO_PROOF = "no proof"
MISSING_SIGNATURES = "missing signatures"
SCOPE_REDUCTION = "scope reduction booked"
REPORTED = "reported booked as money"
Fault = tuple[str, str]


def follows(state: str, before: str | None, kind: str) -> bool:
    """Whether a saving in the state `before` (None: not yet on the ledger) may come to `state` by an entry of `kind`.

    >>> follows("opportunity", None, "move"), follows("confirmed", "in_flight", "move")
    (True, False)
    """
    if kind == "move":
        if before is None:
            return state in FIRST
        return before != "confirmed" and state in STATES and before in STATES[:-1] and _next(before) == state
    if kind == "restatement":
        return before == state == "confirmed"
    if kind == "verdict":
        return before == state and before in STATES[4:7]
    return kind == "reversal" and before in STATES[:7] and state == "reversed"


def proof_faults(document: Mapping[str, Any]) -> list[Fault]:
    """What an entry lacks by itself: its proof, its signatures, its class. Nothing for a good entry."""
    found: list[Fault] = []
    kind, state = document["kind"], document["state"]
    if document["saving_class"] == "scope_reduction" and kind != "reversal":
        found.append((SCOPE_REDUCTION, "a cut in service is no saving (NAO class 3) and cannot be on the ledger"))
    if document["basis"] == "reported" and any(line["pence"] for line in document["lines"]):
        found.append((REPORTED, "self-report is never money: an amount on the basis 'reported' cannot be booked"))
    if kind in ("move", "restatement") and state in _NEEDS:
        found += _NEEDS[state](document)
    if kind == "verdict" and not _verdict(document):
        found.append((NO_PROOF, "an entry of kind verdict holds no verdict"))
    if kind == "reversal" and not document["reason"]:
        found.append((NO_PROOF, "a reversal says why"))
    return found


def limit_pence(verdict: Mapping[str, Any]) -> int:
    """The most that may be booked as confirmed, in pence: the median from twelve months on, the bound before."""
    return int(verdict["saving_pence"] if verdict["months"] >= MATURE_MONTHS else verdict["lower80_pence"])


def breached(verdict: Mapping[str, Any]) -> str | None:
    """The first guardrail that is breached and blocks, or None."""
    return next((g["measure"] for g in verdict["guardrails"] if g["verdict"] == "breach" and g["blocks"]), None)


def _opportunity(document: Mapping[str, Any]) -> list[Fault]:
    if document["proof"].get("sources"):
        return []
    return [(NO_PROOF, "an opportunity needs proof.sources: the published files that it was computed from")]


def _planned(document: Mapping[str, Any]) -> list[Fault]:
    found: list[Fault] = []
    if not document["proof"].get("design") or not document["scheme"]:
        found.append((NO_PROOF, "a planned saving needs a scheme and proof.design: the hash of its registered design"))
    return found + _signed(document, "clinical_lead", "manager")


def _committed(document: Mapping[str, Any]) -> list[Fault]:
    commitments = document["proof"].get("commitments") or {}
    if commitments.get("people", 0) >= 1 and commitments.get("digest"):
        return []
    return [(NO_PROOF, "a committed saving needs proof.commitments: how many people promised, and the digest")]


def _in_flight(document: Mapping[str, Any]) -> list[Fault]:
    if document["proof"].get("allocation"):
        return []
    return [(NO_PROOF, "a saving in flight needs proof.allocation: the seal of the list of who gets it when")]


def _evidenced(document: Mapping[str, Any]) -> list[Fault]:
    verdict = _verdict(document)
    if not verdict:
        return [(NO_PROOF, "an evidenced saving needs proof.verdict")]
    if verdict["evidenced"] is not True:
        return [(NO_PROOF, f"the verdict is not evidenced: {'; '.join(verdict['reasons']) or 'no reason given'}")]
    if measure := breached(verdict):
        return [(NO_PROOF, f"guardrail {measure} is breached, which blocks the saving")]
    return []


def _confirmed(document: Mapping[str, Any]) -> list[Fault]:
    found = _evidenced(document)
    verdict = _verdict(document)
    if verdict and not found:
        held = [g for g in verdict["guardrails"] if g["blocks"]]
        for guardrail in held:
            if guardrail["verdict"] != "pass":
                found.append((NO_PROOF, f"guardrail {guardrail['measure']} is {guardrail['verdict']}, not pass"))
        if not held:
            found.append((NO_PROOF, "no guardrail was looked at"))
        if not found and verdict["countable"] is not True:
            found.append((NO_PROOF, f"the verdict is not countable: {'; '.join(verdict['reasons'])}"))
    if not document["cells"] or not all(document["cells"].get(k) for k in ("organisations", "months", "codes")):
        found.append((NO_PROOF, "a confirmed saving names the cells that it claims"))
    return found + _signed(document, "finance_lead", "clinical_lead")


_NEEDS: dict[str, Callable[[Mapping[str, Any]], list[Fault]]] = {
    "opportunity": _opportunity, "planned": _planned, "committed": _committed, "in_flight": _in_flight,
    "evidenced": _evidenced, "confirmed": _confirmed,
}  # fmt: skip


def _signed(document: Mapping[str, Any], *roles: str) -> list[Fault]:
    people = {role: {s["person"] for s in document["signatures"] if s["role"] == role} for role in roles}
    missing = [role for role in roles if not people[role]]
    if missing:
        return [(MISSING_SIGNATURES, f"{document['state']} needs the signature of a {' and a '.join(missing)}")]
    if len(set.union(*people.values())) < len(roles):
        return [(MISSING_SIGNATURES, f"{' and '.join(roles)} must be two different people")]
    return []


def _verdict(document: Mapping[str, Any]) -> Mapping[str, Any]:
    verdict = document["proof"].get("verdict") or {}
    return verdict if isinstance(verdict, dict) else {}


def _next(state: str) -> str:
    return STATES[STATES.index(state) + 1]
