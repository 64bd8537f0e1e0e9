"""`evenhand account ledger`, `trace`, `progress`: is the ledger whole, what stands behind a pound, how far are we."""

from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np

from .. import account
from ..errors import InputError
from .account_import import REPORTED
from .output import add_output, emit

LEDGER = Path("people") / "ledger.jsonl"
ENVIRONMENT = "EVENHAND_LAKE"  # the lake that the pages read, too


def register(commands: Any) -> None:
    """Add `account ledger`, `trace` and `progress`."""
    for add in (_ledger, _trace, _progress):
        add(commands)


def _ledger(commands: Any) -> None:
    ledger = commands.add_parser("ledger", help="the ledger file").add_subparsers(
        dest="ledger_command", metavar="COMMAND", required=True
    )
    parser = ledger.add_parser("check", help="is the ledger whole? (without --json it ends with 1 if it is not)")
    parser.add_argument("file", metavar="FILE", help="JSON lines, one entry a line; - is standard input")
    parser.add_argument("--head", metavar="HASH", help="the hash of the last entry, as it was kept elsewhere")
    add_output(parser)
    parser.set_defaults(run=_run_check)


def _run_check(options: argparse.Namespace) -> int:
    found = account.check_file(options.file, options.head, processes=2)
    whole = "every invariant holds" if not found.broken else f"{len(found.broken)} broken"
    rows = [broken.as_json() for broken in found.broken] or [{"entries": found.entries, "head": found.head}]
    emit(options, found, rows, title=f"{options.file}: {found.entries} entries, {whole}")
    return 1 if found.broken and not options.json and options.out is None else 0


def _trace(commands: Any) -> None:
    parser = commands.add_parser("trace", help="follow an entry back to rows, votes, signatures and proof")
    parser.add_argument("entry", metavar="ENTRY", help="its number, its hash (8 letters or more), or a saving")
    _where(parser)
    add_output(parser)
    parser.set_defaults(run=_run_trace)


def _run_trace(options: argparse.Namespace) -> None:
    found = account.trace(account.read(_file(options)), options.entry)
    document = found.as_json()
    if options.lake is not None:
        from ..flow import files_behind, rows_behind

        document["rows"] = rows_behind(options.lake, found)
        document["files"] = files_behind(options.lake, found)
    rows = [{"step": s.step, "entry": s.entry, "booked": s.booked, "says": s.says} for s in found.trail]
    pounds = f"£{found.pence / 100:,.2f} {found.state}"
    emit(options, document, rows, title=f"entry {found.entry}, saving {found.saving}: {pounds}")


def _progress(commands: Any) -> None:
    parser = commands.add_parser("progress", help="how far confirmed savings have come towards a target")
    parser.add_argument("--target", type=float, required=True, metavar="POUNDS", help="the target in pounds")
    parser.add_argument("--as-of", metavar="YYYY-MM", help="when persistence is asked for [the latest booking]")
    parser.add_argument("--reported", type=Path, metavar="FILE", help="what `account import --lake` kept; "
                        "default: people/reported.jsonl in the lake, if it is there")  # fmt: skip
    _where(parser)
    add_output(parser)
    parser.set_defaults(run=_run_progress)


def _run_progress(options: argparse.Namespace) -> None:
    if not options.target > 0 or not np.isfinite(options.target):
        raise InputError(f"--target {options.target:g}: expected an amount above 0, in pounds")
    found = account.progress(account.read(_file(options)), round(100 * options.target), as_of=options.as_of)
    rows = [
        {"state": s.state, "savings": s.savings, "pounds": s.pence / 100, "patients": s.patients,
         **{origin: pence / 100 for origin, pence in s.by_origin.items()}}
        for s in found.states
    ]  # fmt: skip
    reported = _reported(options)
    title = f"confirmed £{found.confirmed_pence / 100:,.2f} of £{options.target:,.2f}; only confirmed counts"
    emit(options, found.as_json() | ({"reported": reported} if reported else {}), rows, title=title)


def _reported(options: argparse.Namespace) -> dict[str, Any] | None:
    """What imported trackers report, beside the ledger and never added to it: each scheme as it was imported last."""
    file = options.reported or (options.lake / REPORTED if options.lake is not None else None)
    if file is None or (options.reported is None and not file.is_file()):
        return None
    schemes: dict[tuple[str, str, str], dict[str, Any]] = {}
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{file}: cannot be read ({getattr(error, 'strerror', None) or error})") from None
    for number, line in enumerate(lines, start=1):
        try:
            scheme = json.loads(line)
            schemes[scheme["reference"], scheme["scheme"], scheme["organisation"]] = scheme
        except (ValueError, KeyError, TypeError):
            raise InputError(f"{file}:{number}: not a scheme as `account import` writes it") from None
    flying = [scheme for scheme in schemes.values() if scheme.get("state") == "in_flight"]
    return {
        "schemes": len(schemes), "in_flight": len(flying),
        "reported_pence": sum(scheme.get("reported_pence") or 0 for scheme in flying),
        "planned_pence": sum(scheme.get("planned_pence") or 0 for scheme in schemes.values()), "confirmed_pence": 0,
    }  # fmt: skip


def _where(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--ledger", metavar="FILE", help="JSON lines; default: people/ledger.jsonl in the lake")
    parser.add_argument("--lake", type=Path, metavar="DIR", help="the lake that the figures came from; default, where "
                        f"no ledger is named either: {ENVIRONMENT}, or the folder that one stands in if it is a lake")


def _file(options: argparse.Namespace) -> str:
    """The ledger that is meant; where nothing is named, the lake of the environment or the one that one stands in."""
    if options.ledger is not None:
        return str(options.ledger)
    if options.lake is None and (named := os.environ.get(ENVIRONMENT)):
        options.lake = Path(named)
    if options.lake is None and Path("lake.json").is_file():
        options.lake = Path()
    if options.lake is None:
        raise InputError(f"which ledger? give --ledger FILE, or --lake DIR (or {ENVIRONMENT}) with "
                         "people/ledger.jsonl in it")  # fmt: skip
    return str(options.lake / LEDGER)
