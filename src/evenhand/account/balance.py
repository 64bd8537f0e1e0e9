"""What the accounts of a saving hold after an entry, and whether the entry is double entry."""

from __future__ import annotations

from .facts import Facts, Sides
from .states import SPEND, STATES, Fault

DOUBLE_ENTRY = "not double entry"
REVERSAL = "reversal that does not net to zero"
ACCOUNTS = frozenset((*STATES[:-1], SPEND))


def post(entry: Facts, balances: dict[str, Sides]) -> Sides:
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


def balance(entry: Facts, balances: dict[str, Sides]) -> list[Fault]:
    """Put the lines into the accounts, and say what of them is not double entry."""
    pence, patients = post(entry, balances)
    for account, _, _ in entry.lines:
        if account not in ACCOUNTS:
            return [(DOUBLE_ENTRY, f"no account {account!r}")]
    kind, state, found = entry.kind, entry.state, []
    if pence or patients:
        found.append((DOUBLE_ENTRY, f"its lines sum to {pence} pence and {patients} patients, not to zero"))
    for account in balances:
        if kind == "reversal" or (account != state and account != SPEND):
            pence, patients = balances[account]
            word = REVERSAL if kind == "reversal" else DOUBLE_ENTRY
            found.append((word, f"{pence} pence and {patients} patients are left in {account}"))
            break
    if kind == "verdict" and entry.lines:
        found.append((DOUBLE_ENTRY, "a verdict notes and moves nothing, so it has no lines"))
    return found
