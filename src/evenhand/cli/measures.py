"""`evenhand measures` and `evenhand panel`: what is measured, and its numbers at any level."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from ..errors import InputError
from ..lake import Lake
from .output import add_output, emit


def register(steps: Any) -> None:
    """Add the commands."""
    parser = steps.add_parser("measures", help="list, show, check and build measures", allow_abbrev=False)
    _add_common(parser)
    parser.set_defaults(run=_list)
    actions = parser.add_subparsers(dest="action", metavar="list|show|check|build")
    for name, run, text in (
        ("list", _list, "every measure, one line each"),
        ("show", _show, "one measure, read aloud, with its worked example"),
        ("check", _check, "read measure files strictly and count their worked examples"),
        ("build", _build, "count measures and store their panels in the lake"),
    ):
        action = actions.add_parser(name, help=text, allow_abbrev=False)
        _add_common(action, inner=True)
        action.set_defaults(run=run)
        if name == "show":
            action.add_argument("measure", metavar="ID")
        if name == "check":
            action.add_argument("paths", nargs="*", metavar="PATH", help="YAML files or folders; all measures if none")
        if name == "build":
            action.add_argument("ids", nargs="*", metavar="ID", help="all measures if none")
            action.add_argument("--months", nargs="+", metavar="YYYY-MM", help="months, or FIRST..LAST [all]")
    _register_panel(steps)


def _register_panel(steps: Any) -> None:
    panel = steps.add_parser("panel", help="a measure's numbers at any level", allow_abbrev=False)
    panel.add_argument("measure", nargs="?", metavar="MEASURE|FILE.yaml", help="a measure's id, or a measure file")
    panel.add_argument("--numerator", metavar="CODES|FILE", help="BNF codes with commas, ~CODE leaves out; a file")
    panel.add_argument("--denominator", metavar="CODES|patients|FILE", help="as above; patients, age:65+, register:DM")
    panel.add_argument("--sum", default="items", choices=("items", "quantity", "cost", "nic", "adq", "ddd", "mg"),
                       help="[items]; adq, ddd and mg need dm+d")
    panel.add_argument("--per", type=int, default=1000, metavar="N", help="patients in the denominator [1000]")
    panel.add_argument("--level", required=True, help="practice, pcn, sicbl, icb, region, nation, or a group's level")
    panel.add_argument("--organisations", type=Path, metavar="FILE", help="your own groups, on top of the lake's")
    panel.add_argument("--organisation", action="append", metavar="CODE", help="only this one (can be repeated)")
    panel.add_argument("--from", dest="first", metavar="YYYY-MM")
    panel.add_argument("--to", dest="last", metavar="YYYY-MM")
    panel.add_argument("--version", metavar="LABEL", help="of an indicator; the one that reaches furthest if not given")
    _add_common(panel, required=True)
    panel.set_defaults(run=_panel)


def _add_common(parser: argparse.ArgumentParser, *, inner: bool = False, required: bool = False) -> None:
    """`--lake`, `--json` and `--out`; inside a group they must not undo what was said before the action."""
    parser.add_argument("--lake", type=Path, metavar="DIR", required=required, default=None)
    add_output(parser)
    if inner:
        for action in parser._actions:
            if action.dest in ("lake", "json", "out"):
                action.default = argparse.SUPPRESS


def _list(options: argparse.Namespace) -> None:
    measures = _known(options)
    rows = [
        {
            "measure": m.id, "title": m.title, "pathway": m.pathway, "kind": m.kind, "direction": m.direction,
            "unit": m.unit, "checked_by": m.checked_by, "review_due": m.review_due,
        }
        for m in measures.values()
    ]  # fmt: skip
    emit(options, {"measures": rows}, rows, title="Measures")


def _show(options: argparse.Namespace) -> None:
    from .. import measures as library
    from .measure_page import document, read_aloud

    every = _known(options)
    lake = Lake.open(options.lake) if options.lake is not None else None
    measure = library.look_up(lake, options.measure, every) if lake else library.find(every, options.measure)
    shown = document(measure, every, lake)
    if options.json or options.out is not None:
        emit(options, shown, [{"key": key, "value": value} for key, value in shown.items()])
    else:
        print(read_aloud(measure, shown))


def _check(options: argparse.Namespace) -> None:
    from .. import measures as library
    from ..measures.example import check

    every = library.load_all(options.paths)
    chosen = library.read_files(options.paths) if options.paths else every
    if not chosen:
        raise InputError(f"{options.paths[0]}: no measure here; expected files ending in .yaml")
    rows: list[dict[str, Any]] = []
    for measure in chosen.values():
        check(measure, every)
        row: dict[str, Any] = {"measure": measure.id, "example": "agrees on both engines"}
        if options.lake is not None:
            row |= library.matched(Lake.open(options.lake), measure, every)
        rows.append(row)
    emit(options, {"measures": rows}, rows, title="Checked")


def _build(options: argparse.Namespace) -> None:
    from .. import measures as library

    lake = _lake(options)
    busy = sys.stderr.isatty()
    built = library.build(
        lake, options.ids or None, _months(lake, options.months),
        progress=(lambda line: print(line, file=sys.stderr)) if busy else None,
    )  # fmt: skip
    rows = [{"month": m, "state": "built"} for m in built.months]
    rows += [{"month": m, "state": "unchanged"} for m in built.unchanged]
    rows += [{"measure": name, "state": f"no panel: {why}"} for name, why in built.refused.items()]
    document = {"built": built.months, "unchanged": built.unchanged, "refused": built.refused}
    emit(options, document, rows, title="Panels")


def _panel(options: argparse.Namespace) -> None:
    from .. import measures as library
    from ..records import plain

    lake = _lake(options)
    asked, strict = _asked(options)
    own = library.own_organisations(options.organisations) if options.organisations is not None else None
    reading = library.read(
        lake, asked, options.level, first=options.first and month_word(options.first),
        last=options.last and month_word(options.last), version=options.version,
        organisations=own, strict=strict,
    )  # fmt: skip
    found = reading.panel
    wanted = options.organisation or found.organisations
    for code in wanted:
        if code not in found.organisations:
            raise InputError(f"--organisation {code}: has no numbers at level {options.level!r}")
    found = found.only(list(wanted))
    value = found.value
    rows = [
        {"organisation": code, "month": str(month), "numerator": found.numerator[i, t],
         "denominator": found.denominator[i, t], "value": value[i, t]}
        for i, code in enumerate(found.organisations) for t, month in enumerate(found.months)
        if found.numerator[i, t] == found.numerator[i, t] or found.denominator[i, t] == found.denominator[i, t]
    ]  # fmt: skip
    measure = reading.measure
    document = {
        "measure": measure.id, "title": measure.title, "unit": measure.unit, "direction": measure.direction,
        "level": options.level, "version": reading.version, "memberships_of": reading.membership,
        "left_out": list(reading.left_out), "not_in_lake": _unknown(lake, measure),
        "demonstration": lake.demonstration, "source": list(found.source),
        "rows": plain(rows),
    }  # fmt: skip
    version = f", version {reading.version}" if reading.version is not None else ""
    title = f"{measure.title} ({measure.unit}) by {options.level}{version}"
    emit(options, document, rows, title=title, chart=lambda: _chart(reading, found, lake.demonstration))


def _unknown(lake: Lake, measure: Any) -> list[str]:
    """Codes of a measure asked for on the spot that nobody in the lake was prescribed."""
    from .. import measures as library

    if measure.id != "unnamed":
        return []
    sides = (measure.numerator, measure.denominator)
    return list(dict.fromkeys(code for side in sides for code in library.unknown_codes(lake, side)))


def _chart(reading: Any, found: Any, demonstration: bool) -> Any:
    """Few organisations as lines; many as the spread between them, for nobody can tell thousands of lines apart."""
    import numpy as np

    from ..charts import lines

    measure, value, few = reading.measure, found.value, 6  # the most lines that a chart can tell apart
    if len(found.organisations) <= few:
        series = dict(zip(found.organisations, value, strict=True))
    else:
        there = np.isfinite(value).any(axis=0)
        spread = np.full((3, value.shape[1]), np.nan)
        spread[:, there] = np.nanpercentile(value[:, there], [90, 50, 10], axis=0)
        series = dict(zip(("highest tenth", "middle", "lowest tenth"), spread, strict=True))
    subtitle = f"{len(found.organisations):,} organisations of level {found.level}"
    return lines(
        series, found.months, title=measure.title, unit=measure.unit, share=measure.is_share,
        subtitle=f"Demonstration data; {subtitle}" if demonstration else subtitle,
    )  # fmt: skip


def _asked(options: argparse.Namespace) -> tuple[Any, tuple[str, ...]]:
    """What the panel is of: an id, a measure file, or two sides; and on which sides every code must be known.

    A code that was typed and nobody knows is a slip; a list from a file may hold codes that nobody was prescribed.
    """
    from .. import measures as library
    from ..measures.asked import is_file

    codes = options.numerator is not None or options.denominator is not None
    if codes == (options.measure is not None):
        raise InputError("say what to count: a MEASURE, a FILE.yaml, or --numerator CODES --denominator CODES|patients")
    if codes:
        if options.numerator is None or options.denominator is None:
            raise InputError("--numerator and --denominator go together")
        typed = tuple(name for name in ("numerator", "denominator") if not is_file(getattr(options, name)))
        return library.unnamed(_side(options, "numerator"), _side(options, "denominator")), typed
    if options.measure.endswith((".yaml", ".yml")):
        return next(iter(library.read_files([options.measure]).values())), ()
    return options.measure, ()


def _side(options: argparse.Namespace, name: str) -> Any:
    from .. import measures as library

    if options.per < 1:
        raise InputError(f"--per {options.per}: expected 1 patient or more")

    return library.asked_side(getattr(options, name), name=name, sum=options.sum, per=options.per)


def _known(options: argparse.Namespace) -> Any:
    from .. import measures as library

    return library.load_all() if options.lake is None else library.for_lake(Lake.open(options.lake))


def _lake(options: argparse.Namespace) -> Lake:
    if options.lake is None:
        raise InputError("say which lake: --lake DIR")
    return Lake.open(options.lake)


def _months(lake: Lake, words: list[str] | None) -> list[str] | None:
    """Months as said: 2024-01 2024-02, with commas, or 2024-01..2024-06; each must be in the lake."""
    from ..lake import month_of
    from ..measures.held import months_held

    if words is None:
        return None
    held = [str(month_of(number)) for number in months_held(lake)]
    found: list[str] = []
    for word in ",".join(words).split(","):
        first, _, last = word.partition("..")
        low, high = month_word(first), month_word(last or first)
        inside = [month for month in held if low <= month <= high]
        if not inside:
            raise InputError(f"--months {word}: not in the lake, which holds {held[0]} to {held[-1]}" if held else
                             f"--months {word}: the lake holds no month yet")  # fmt: skip
        found += inside
    return found


def month_word(text: str) -> str:
    """A month as YYYY-MM; InputError for anything else."""
    import re

    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text.strip()):
        raise InputError(f"{text!r} is not a month; expected YYYY-MM")
    return text.strip()
