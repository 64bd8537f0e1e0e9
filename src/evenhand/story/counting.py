"""The money, in sentences, a table and the bar by state."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from .. import charts
from ..account import Check, Entry, Progress
from ..account.states import breach_in
from ..charts.words import pounds
from .chapter import Figure

ORIGINS = {
    "clinical_decision": "clinical decisions", "provider_efficiency": "provider efficiency",
    "management_cost": "management costs", "price_and_pay": "prices and pay",
}  # fmt: skip
SHOWN = ("idea", "opportunity", "planned", "committed", "in_flight", "evidenced", "confirmed")


def says(found: Progress, whole: Check) -> tuple[str, ...]:
    """What is confirmed of the target, what stands beside it, and whether the ledger is whole."""
    lines = []
    if found.target_pence:
        lines.append(
            f"{pounds(found.confirmed_pence / 100)} is confirmed of a target of {pounds(found.target_pence / 100)} "
            f"({found.share:.0%}), with {found.patients_confirmed:,} patients; only what is confirmed counts."
        )
    else:
        lines.append(f"{pounds(found.confirmed_pence / 100)} is confirmed, with {found.patients_confirmed:,} patients.")
    others = [s for s in found.states if s.savings and s.state not in ("confirmed", "reversed")]
    if others:
        parts = "; ".join(f"{s.savings} {s.state.replace('_', ' ')} ({pounds(s.pence / 100)})" for s in others)
        lines.append(f"Beside it, never added to it: {parts}.")
    lines += _lasting(found)
    state = "every invariant holds" if not whole.broken else f"{len(whole.broken)} invariants are broken"
    lines.append(f"The ledger has {whole.entries} entries, and {state}.")
    return tuple(lines)


def _lasting(found: Progress) -> list[str]:
    """What of the confirmed pounds comes again, what releases cash, and what must be shown anew."""
    if not found.confirmed_pence:
        return []
    cash = found.by_class.get("cash_releasing", 0)
    lines = [f"Of it, {pounds(found.recurrent_pence / 100)} comes again year after year and "
             f"{pounds(found.non_recurrent_pence / 100)} came once; {pounds(cash / 100)} releases cash, "
             f"{pounds((found.confirmed_pence - cash) / 100)} is saved in other ways."]  # fmt: skip
    if found.persistence_due:
        lines.append(f"{pounds(found.persistence_due_pence / 100)} was proved more than a year ago and not since: "
                     "a later year counts once its effect is shown again.")  # fmt: skip
    return lines


def next_step(found: Progress) -> str:
    """What would bring the target nearer, honestly."""
    if found.gap_pence <= 0:
        return "The target is reached; test again every quarter whether the savings persist."
    if found.persistence_due:
        return (f"Show again that {pounds(found.persistence_due_pence / 100)} lasts; "
                f"{pounds(found.gap_pence / 100)} is still to be found, proved and confirmed.")  # fmt: skip
    return f"{pounds(found.gap_pence / 100)} is still to be found, proved and confirmed."


def figures(
    found: Progress, ledger: Sequence[Entry], titles: Mapping[str, str] | None = None
) -> tuple[Figure, ...]:  # fmt: skip
    """The bar by state, and where each saving of these entries stands, by its title where one is known."""
    named = titles or {}
    stand = [s for s in found.states if s.state in SHOWN]
    parts = origins(found)
    rows = tuple(
        (s.state.replace("_", " "), s.savings, s.pence / 100, s.patients, *(each[row] for each in parts.values()))
        for row, s in enumerate(stand)
    )

    def draw(width: int) -> object:
        return charts.waterfall(
            [str(row[0]) for row in rows], [s.pence / 100 for s in stand], target=found.target_pence / 100,
            parts=parts, title="Where the money stands, state by state", width=width,
        )  # fmt: skip

    kinds = ("text", "count", "pounds", "count", *(("pounds",) * len(parts)))
    bar = Figure("states", "Each saving stands in one state; amounts of different states are never added. The strip "
                 "under a bar, and the last columns, say where its pounds come from.",
                 ("state", "savings", "£", "patients", *parts), rows, kinds, in_print=True,
                 short=("state", "savings", "£", "patients"), draw=draw)  # fmt: skip
    last: dict[str, Entry] = {}
    for entry in ledger:
        last[entry.saving] = entry
    trail = tuple(
        (named.get(e.saving, e.saving.replace("_", " ")), e.state.replace("_", " "), _kind(e), e.number, e["booked"],
         _why(e)) for e in last.values()
    )  # fmt: skip
    says = "Where each saving stands; `evidence account trace ENTRY` follows it back to rows, votes and signatures."
    return bar, Figure("savings", says.replace("evidence account", "evenhand account"),
                       ("saving", "state", "kind", "entry", "booked", "why not further"), trail,
                       ("text", "text", "text", "count", "text", "text"), in_print=True)  # fmt: skip


def origins(found: Progress) -> dict[str, list[float]]:
    """Where the pounds of each shown state come from: a word to one amount a state, in the order of `SHOWN`."""
    stand = [s for s in found.states if s.state in SHOWN]
    return {words: [s.by_origin.get(origin, 0) / 100 for s in stand] for origin, words in ORIGINS.items()}


def _kind(entry: Entry) -> str:
    """Whether it comes again, and whether cash is released."""
    word = "cash" if entry["saving_class"] == "cash_releasing" else "not cash"
    return f"{'every year' if entry['recurrent'] else 'once'}, {word}"


def _why(entry: Entry) -> str:
    """Why a saving is not further, in its first reason."""
    if entry["reason"] or entry.state == "confirmed":
        return str(entry["reason"])
    verdict = entry["proof"].get("verdict")
    if verdict and (measure := breach_in(verdict)):
        return f"guardrail {measure.replace('_', ' ')} is at risk"
    reasons = verdict["reasons"] if verdict else []
    more = f" (and {len(reasons) - 1} more)" if len(reasons) > 1 else ""
    return f"{reasons[0].partition(' (')[0]}{more}" if reasons else "its next proof is not there yet"
