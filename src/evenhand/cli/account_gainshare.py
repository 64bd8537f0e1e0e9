"""`evenhand account gainshare`: what each practice earns of confirmed savings."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from .. import account, definition
from ..account import Claimant, GainShareScheme, Gate, Payment
from ..account.gainshare import GateWord
from ..table import Table, read
from .door import add_columns, filled, naming
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add `account gainshare`."""
    parser = commands.add_parser("gainshare", help="what each practice earns of confirmed savings: gates, cap, quality")
    parser.add_argument("file", metavar="FILE", help="one row a practice, with the scheme's columns")
    parser.add_argument("--scheme", type=Path, required=True, metavar="FILE.yaml")
    add_columns(parser, practice="practice", confirmed="confirmed", budget="budget", outturn="outturn")
    parser.add_argument("--list-size", metavar="COL", default="list_size", help="column of FILE [list_size]")
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    scheme = definition.load(options.scheme, GainShareScheme)
    table = read(options.file, needs=(options.practice, options.list_size, options.confirmed))
    practice = filled(table, options.practice)
    table.unique(options.practice)
    words = [_gate(table, gate) for gate in scheme.gates]
    points = [account.exactly(table.numbers(rule.column, missing=False)) for rule in scheme.quality]
    patients = account.exactly(table.numbers(options.list_size, missing=False))
    confirmed = account.exactly(table.numbers(options.confirmed, missing=False))
    claimants = [
        Claimant(name, patients[row], confirmed[row], tuple(w[row] for w in words), tuple(p[row] for p in points))
        for row, name in enumerate(practice)
    ]  # fmt: skip
    with naming(table):
        found = account.gainshare(scheme, claimants)
    under = _underspend(table, options)
    rows = [_row(scheme, one, payment, spare) for one, payment, spare in zip(claimants, found, under, strict=True)]
    document = {
        "scheme": scheme.id, "title": scheme.title, "year": scheme.year, "spend_on": scheme.spend_on,
        "share": float(scheme.share), "cap_pounds_per_patient": float(scheme.cap_pounds_per_patient),
        "confirmed": sum(float(one.confirmed) for one in claimants),
        "paid": sum(p.pay_pence for p in found) / 100,
        "waiting": sum(p.if_open_pence for p in found if p.gate == "waits") / 100,
        "closed": sum(p.if_open_pence for p in found if p.gate == "closed") / 100,
        "rows": rows,
    }  # fmt: skip
    title = f"{scheme.title}: £{document['paid']:,.2f} earned, to be spent on {scheme.spend_on}"
    emit(options, document, [{k: v for k, v in row.items() if k != "gates"} for row in rows], title=title)


def _gate(table: Table, gate: Gate) -> list[GateWord]:
    """What a gate's column says of each practice; a word that the scheme does not know is refused."""
    out: list[GateWord] = []
    for row, cell in enumerate(table.text(gate.column)):
        word = gate.says(cell)
        if word is None:
            right = ", ".join((*gate.opens, *gate.waits, *gate.closes))
            raise table.refuse(row, gate.column, cell, f"one of {right}, as the scheme says")
        out.append(word)
    return out


def _underspend(table: Table, options: argparse.Namespace) -> list[float | None]:
    """Budget less outturn, where both are there: shown beside what was earned, never paid for itself."""
    if not (table.has(options.budget) and table.has(options.outturn)):
        return [None] * len(table)
    spare = table.numbers(options.budget) - table.numbers(options.outturn)
    return [None if np.isnan(value) else float(value) for value in spare]


def _row(scheme: GainShareScheme, one: Claimant, payment: Payment, spare: float | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "practice": one.practice,
        "list_size": float(one.patients),
        "confirmed": float(one.confirmed),
        "above_threshold": payment.above_threshold,
        "cap": float(scheme.cap_pounds_per_patient * one.patients),
        "quality": payment.quality,
        "gate": payment.gate,
        "gates": {gate.column: word for gate, word in zip(scheme.gates, one.gates, strict=True)},
        "limited_by": payment.limited_by or None,
        "if_gates_open": payment.if_open_pence / 100,
        "pay": payment.pay_pence / 100,
        "pay_pence": payment.pay_pence,
        "why": account.payment_words(scheme, one, payment),
    }
    if spare is not None:
        row["underspend"] = spare
        row["underspend_not_earned"] = max(0.0, spare - max(0.0, float(one.confirmed)))
    return row
