"""`evenhand account import`: an existing savings tracker, as it is. Nothing in it becomes confirmed."""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import json
import re
import sys
import zlib
from pathlib import Path
from typing import Any

from .. import account, sheet
from ..errors import InputError
from ..records import plain
from .output import add_output, emit, write_bytes

REPORTED = Path("people") / "reported.jsonl"
ROLES = (
    "scheme", "reference", "workstream", "organisation", "status", "recurrent", "month", "plan", "actual", "forecast",
    "kpi", "kpi_baseline", "kpi_plan", "kpi_actual",
)  # fmt: skip


def register(commands: Any) -> None:
    """Add `account import`."""
    parser = commands.add_parser("import", help="read a savings tracker (XLSX or CSV): what it calls delivered is "
                                 "in flight (reported), and nothing is confirmed")  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="a workbook or CSV, also gzipped; - is standard input")
    parser.add_argument("--sheet", metavar="NAME", help="which sheet; needed if several hold a tracker")
    parser.add_argument("--header-row", type=int, metavar="N", help="the row of the headings, if it is not found")
    for role in ROLES:
        parser.add_argument(f"--{role.replace('_', '-')}", metavar="HEADING",
                            help=f"the heading of the {role.replace('_', ' ')}, if it is not a usual one")  # fmt: skip
    parser.add_argument("--unit", choices=tuple(account.TRACKER_UNITS), default="pounds",
                        help="of amounts whose heading names none [pounds]")  # fmt: skip
    parser.add_argument("--year", metavar="2025-26", help="the financial year of months that are written without one")
    parser.add_argument("--months", choices=("plan", "actual", "forecast"),
                        help="what columns of months are of, if no heading says")  # fmt: skip
    parser.add_argument("--ignore-totals", action="store_true", help="leave totals out without checking them")
    parser.add_argument("--lake", type=Path, metavar="DIR", help="keep it beside a lake, in people/reported.jsonl")
    add_output(parser)
    parser.set_defaults(run=_run)


def _run(options: argparse.Namespace) -> None:
    year = account.financial_year(options.year) if options.year else None
    if options.year and year is None:
        raise InputError(f"--year {options.year}: expected a financial year, such as 2025-26")
    asked = account.Asked(
        roles={role: value for role in ROLES if (value := getattr(options, role))}, unit=options.unit, year=year,
        header_row=options.header_row, months=options.months, ignore_totals=options.ignore_totals,
    )  # fmt: skip
    file, chosen = _place(options.file, options.sheet)
    name = "standard input" if file == "-" else file
    raw = _bytes(file, name)
    found = _tracker(raw, name, chosen, asked)
    digest = hashlib.sha256(raw).hexdigest()
    if options.lake is not None:
        _keep(options.lake, found, Path(name).name, digest)
    rows = [_row(scheme) for scheme in found.schemes]
    title = (f"{len(found.schemes)} schemes; £{found.reported_pence / 100:,.2f} reported of "
             f"£{found.planned_pence / 100:,.2f} planned; nothing of it is confirmed")  # fmt: skip
    emit(options, found.as_json() | {"sha256": digest, "confirmed_pence": 0}, rows, title=title)


def _row(scheme: account.TrackedScheme) -> dict[str, Any]:
    """A scheme on one line: its plan against what it reports, and its indicator, beside what the tracker says."""
    flat = {key: value for key, value in plain(scheme).items() if key not in ("months", "to_date", "kpi")}
    return flat | {
        "share_to_date": scheme.to_date.share, "financial": scheme.to_date.financial,
        "kpi": scheme.kpi.measure if scheme.kpi else None, "kpi_status": scheme.kpi.status if scheme.kpi else None,
    }  # fmt: skip


def _place(file: str, sheet_name: str | None) -> tuple[str, str | None]:
    """The file and the sheet in it: `book.xlsx[Sheet 2]` names both."""
    named = re.fullmatch(r"(.+\.xlsx)\[([^\]]+)\]", file, re.IGNORECASE | re.DOTALL)
    return (named[1], named[2]) if named and not Path(file).exists() else (file, sheet_name)


def _tracker(raw: bytes, name: str, chosen: str | None, asked: account.Asked) -> account.Tracker:
    """The tracker of a CSV or of a workbook: of the sheet that was named, or of the only one that holds one."""
    if raw[:4] != sheet.MAGIC:
        if chosen is not None:
            raise InputError(f"{name}: is no Excel workbook (.xlsx), so it has no sheets to name")
        return account.tracker(_csv(raw, name), name, asked=asked)
    if chosen is not None:
        return account.tracker(sheet.read_grid(raw, name, chosen), name, sheet=chosen, asked=asked)
    titles = sheet.sheets(raw, name)
    found, refused = [], []
    for title in titles:
        try:
            found.append(account.tracker(sheet.read_grid(raw, name, title), name, sheet=title, asked=asked))
        except InputError as error:
            refused.append(error)
    if len(found) == 1 and all("no header found" in str(error) for error in refused):
        return found[0]
    if len(found) > 1:
        held = ", ".join(repr(one.sheet) for one in found)
        raise InputError(f"{name}: sheets {held} each hold a tracker; choose one with --sheet")
    telling = [error for error in refused if "no header found" not in str(error)]
    raise (telling or refused or [InputError(f"{name}: the workbook has no sheet that can be seen")])[0]


def _csv(raw: bytes, name: str) -> list[list[str]]:
    if not raw.strip():
        raise InputError(f"{name}: the file is empty; expected a tracker")
    if b"\x00" in raw[:4096] or raw[:4] in (b"\xd0\xcf\x11\xe0", b"PAR1"):
        raise InputError(f"{name}: not a table of text; expected CSV or Excel (.xlsx)")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("latin-1")
    marks = {mark: text.count(mark) for mark in ("\t", ";", ",")}
    delimiter = max(marks, key=lambda mark: (marks[mark], mark == ","))
    try:
        grid = [[cell.strip() for cell in row] for row in csv.reader(io.StringIO(text), delimiter=delimiter)]
    except csv.Error as error:
        raise InputError(f"{name}: not readable as CSV ({error})") from None
    width = max(len(row) for row in grid)
    return [row + [""] * (width - len(row)) for row in grid]


def _bytes(path: str, name: str) -> bytes:
    try:
        raw = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
        return gzip.decompress(raw) if raw[:2] == b"\x1f\x8b" else raw
    except (OSError, EOFError, zlib.error) as error:
        raise InputError(f"{name}: cannot be read ({getattr(error, 'strerror', None) or error})") from None


def _keep(lake: Path, found: account.Tracker, name: str, digest: str) -> None:
    """Add the schemes to what is reported beside a lake; the same file is not added twice."""
    if not lake.is_dir():
        raise InputError(f"{lake}: is no lake; expected a folder that `evenhand load` made")
    file = lake / REPORTED
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    if digest in before:
        raise InputError(f"{name}: was imported before (sha256 {digest[:12]}); each file is imported once")
    lines = [
        json.dumps({**plain(scheme), "file": name, "sheet": found.sheet, "sha256": digest}, ensure_ascii=False)
        for scheme in found.schemes
    ]  # fmt: skip
    file.parent.mkdir(exist_ok=True)
    write_bytes(file, (before + "".join(line + "\n" for line in lines)).encode())
