"""`evenhand load`, `sources`, `indicator`: published files into the lake, and what it holds."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .. import sources
from ..fetch import FEEDS
from ..lake import Lake, Snapshot
from ..sources import Loaded, Options
from .output import add_output, emit


def register(steps: Any) -> None:
    """Add the commands."""
    load = steps.add_parser("load", help="take published files into the lake", allow_abbrev=False)
    load.add_argument("paths", nargs="+", metavar="PATH", help="file, folder, zip or - (standard input)")
    load.add_argument("--as", dest="as_", metavar="SOURCE", help="take the files for this source")
    load.add_argument("--month", help="YYYY-MM, for a file that does not say its month")
    load.add_argument("--replace", action="store_true", help="let a smaller release take a month's place")
    _add_indicator(load)
    _add_order(load)
    _add_common(load, _load)
    listed = steps.add_parser("sources", help="what can be loaded and what the lake holds", allow_abbrev=False)
    _add_common(listed, _sources, lake_required=False)
    one = steps.add_parser("indicator", help="take in a numerator/denominator table", allow_abbrev=False)
    one.add_argument("paths", nargs="+", metavar="FILE")
    one.add_argument("--measure", help="the measure's id; without it, the file's name")
    _add_indicator(one)
    for name in ("month", "code", "numerator", "denominator"):
        one.add_argument(f"--{name}", default=name, metavar="COLUMN", help=f"the column that holds it [{name}]")
    _add_order(one)
    _add_common(one, _indicator)


def _add_indicator(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--level", help="level of the codes of an indicator: sicbl, practice, provider, ...")
    parser.add_argument("--version", metavar="LABEL", help="name of this extract of an indicator")
    parser.add_argument("--note", default="", help="what a reader should know about this extract")


def _add_order(parser: argparse.ArgumentParser) -> None:
    order = parser.add_mutually_exclusive_group()
    order.add_argument("--day-first", action="store_const", dest="day_first", const=True, help="03/04/2024 is 3 April")
    order.add_argument("--month-first", action="store_const", dest="day_first", const=False, help="... is 4 March")


def _add_common(parser: argparse.ArgumentParser, run: Any, *, lake_required: bool = True) -> None:
    parser.add_argument("--lake", type=Path, required=lake_required, metavar="DIR")
    add_output(parser)
    parser.set_defaults(run=run)


def _load(options: argparse.Namespace) -> None:
    said = Options(
        level=options.level, version=options.version, note=options.note, month=options.month, replace=options.replace,
        day_first=options.day_first,
    )
    _take(options, options.as_, said)


def _indicator(options: argparse.Namespace) -> None:
    said = Options(
        measure=options.measure, level=options.level, version=options.version, note=options.note,
        month_column=options.month, code_column=options.code, numerator_column=options.numerator,
        denominator_column=options.denominator, day_first=options.day_first,
    )  # fmt: skip
    _take(options, "indicator", said)


def _take(options: argparse.Namespace, as_: str | None, said: Options) -> None:
    there = options.lake.exists()
    lake, new = sources.begin(options.lake)
    try:
        done = sources.load(lake, options.paths, as_, options=said, tell=_tell if sys.stderr.isatty() else None)
    except BaseException:
        if new:
            sources.abandon(options.lake, folder_was_there=there)
        raise
    emit(options, {"lake": options.lake.name, "loaded": done}, [_line(one) for one in done], title="Loaded")


def _tell(what: str) -> None:
    print(what, file=sys.stderr)


def _line(loaded: Loaded) -> dict[str, Any]:
    what = [f"{name} {_number(value)}" for name, value in loaded.totals.items()] + [loaded.note]
    what += [f"revised {key}: {_revised(change)}" for key, change in loaded.revisions.items()]
    return {
        "file": f"{loaded.file}\n{loaded.source} {loaded.state}", "months": _span(loaded.months) or None,
        "rows": f"{loaded.rows:,}", "totals": "\n".join(filter(None, what)) or None,
    }  # fmt: skip


def _revised(change: dict[str, Any]) -> str:
    """What a later release changed, in one line; panels that rest on it are counted anew."""
    rows, totals = change.get("rows", []), change.get("totals", {})
    said = [f"rows {rows[0]:,} to {rows[1]:,}"] if rows else []
    said += [f"{name} {_number(old)} to {_number(new)}" for name, (old, new) in totals.items()]
    said += [
        f"{table}: {found['changed']:,} changed, {found['added']:,} added, {found['removed']:,} removed"
        for table, found in change.get("tables", {}).items()
    ]
    return "; ".join(said)


def _sources(options: argparse.Namespace) -> None:
    fetched = {source: one.name for one in reversed(FEEDS) for source in one.gives}
    known = [{"source": s.name, "title": s.title, "tables": list(s.tables), "fetch": fetched.get(s.name)}
             for s in sources.known().values()]  # fmt: skip
    held = Lake.open(options.lake).snapshots() if options.lake is not None else ()
    rows = _held(held) if options.lake is not None else known
    document = {"sources": known, "lake": [_snapshot(s) for s in held]}
    emit(options, document, rows, title="The lake holds" if options.lake is not None else "What can be loaded")


def _snapshot(held: Snapshot) -> dict[str, Any]:
    return {
        "table": held.table, "key": held.key, "source": held.source, "file": held.file, "sha256": held.sha256,
        "rows": held.rows, "totals": held.totals, "layout": held.fingerprint, "loaded_at": held.loaded_at,
        "note": held.note, "superseded": len(held.superseded),
        "revisions": [{name: value for name, value in former.items() if name != "paths"} for former in held.superseded],
    }  # fmt: skip


def _held(held: Sequence[Snapshot]) -> list[dict[str, Any]]:
    """One line a file: what it gave, and when."""
    files: dict[tuple[str, str, str], list[Snapshot]] = {}
    for snapshot in held:
        files.setdefault((snapshot.table, snapshot.file, snapshot.sha256), []).append(snapshot)
    return [
        {
            "table": table, "what": _span([s.key for s in group]), "rows": f"{sum(s.rows for s in group):,}",
            "file": f"{file}\n{sha256[:12]}", "loaded": group[-1].loaded_at[:16],
            "revisions": "\n".join(_revised(f.get("change", {})) for s in group for f in s.superseded) or None,
        }
        for (table, file, sha256), group in files.items()
    ]  # fmt: skip


def _span(keys: Sequence[str]) -> str:
    return f"{keys[0]} to {keys[-1]}" if len(keys) > 1 else "".join(keys)


def _number(value: Any) -> str:
    return f"{value:,.2f}" if isinstance(value, float) else f"{value:,}" if isinstance(value, int) else str(value)
