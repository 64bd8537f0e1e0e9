"""`evenhand listen import | export | themes`: answers and instruments from and to elsewhere, and free text."""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from .. import table
from ..definition import loads
from ..errors import InputError
from ..listen.differencing import far_apart
from ..listen.disclosure import open_answers
from ..listen.instrument import Instrument, load_instrument
from ..listen.limesurvey import NO_DATE, responses, structure
from ..listen.limesurvey_read import read_responses, read_structure
from ..listen.result import FEWEST
from ..listen.themes import NONE, Coded, by_words, load_themes, suggest
from ..table import Table
from .listen_design import labels, named
from .listen_publish import STANDS, read_previous
from .output import add_output, emit, write_bytes


def register(commands: Any) -> None:
    """Add the commands."""
    _register_import(commands)
    _register_export(commands)
    _register_themes(commands)


def _register_import(commands: Any) -> None:
    parser = commands.add_parser("import", help="LimeSurvey's responses as events, or its structure as an instrument",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="a response CSV with question codes, or a structure (.txt, .lss)")
    parser.add_argument("--instrument", metavar="FILE.yaml", help="what was asked; else codes stay as they are")
    for option, help_ in (("who-asks", "who asks"), ("who-sees", "who will see the results"),
                          ("anonymity", "how anonymity works"), ("purpose", "what the survey is to learn"),
                          ("written-by", "whose words they are")):  # fmt: skip
        parser.add_argument(f"--{option}", metavar="TEXT", help=f"of a structure, in one sentence: {help_}")
    add_output(parser)
    parser.set_defaults(run=_import)


def _register_export(commands: Any) -> None:
    parser = commands.add_parser("export", help="an instrument, or clean answers, for LimeSurvey", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="an instrument (.yaml, or the id of our own), or clean answers")
    parser.add_argument("--instrument", metavar="FILE.yaml", help="of clean answers: what was asked")
    parser.add_argument("--tokens", action="store_true",
                        help="with the tokens and times of clean answers, in their order; left out if not")
    parser.add_argument("--open", action="store_true", help="answers to give away: nobody can be told from them")
    parser.add_argument("--previous", metavar="FILE.csv",
                        help="with --open: what was given away before; refused if few have moved since")
    parser.add_argument("--keep", metavar="COL,COL", default="", help="with --open: columns of the frame to give, too")
    parser.add_argument("--out", type=Path, metavar="FILE", required=True, help=".txt a structure, .csv responses")
    parser.set_defaults(run=_export)


def _register_themes(commands: Any) -> None:
    parser = commands.add_parser("themes", help="what people wrote, counted by theme", allow_abbrev=False)
    parser.add_argument("file", metavar="FILE", help="one row a person; - for standard input")
    parser.add_argument("--question", metavar="COL", required=True)
    parser.add_argument("--themes", metavar="FILE.yaml", help="themes by their words; without it themes are suggested")
    parser.add_argument("--most", type=int, default=8, metavar="N", help="suggest at most so many [8]")
    parser.add_argument("--coded", type=Path, metavar="FILE",
                        help="every answer with its themes and the one it is most like: for coders, not to share")
    parser.add_argument("--previous", metavar="FILE.json", help=STANDS)
    parser.add_argument("--seed", type=int, default=1, help="[1]")
    add_output(parser)
    parser.set_defaults(run=_themes)


def _import(options: argparse.Namespace) -> None:
    if options.file.lower().endswith((".txt", ".tsv", ".lss")):
        _import_structure(options)
        return
    instrument = load_instrument(options.instrument) if options.instrument else None
    found = read_responses(table.read(options.file), instrument)
    submitted = sum(row["status"] == "submitted" for row in found.events)
    document = {"events": len(found.events), "submitted": submitted, "partial": len(found.events) - submitted,
                "dropped": found.dropped}  # fmt: skip
    if options.out is not None:
        emit(argparse.Namespace(out=options.out, json=False), found.events, found.events)
    shown = [{"column": name, "left out because": why} for name, why in found.dropped.items()]
    emit(argparse.Namespace(out=None, json=options.json), document, shown,
         title=f"{len(found.events):,} events, {submitted:,} submitted")


def _import_structure(options: argparse.Namespace) -> None:
    path = Path(options.file)
    try:
        text = path.read_bytes() if path.suffix.lower() == ".lss" else path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{options.file}: cannot be read as UTF-8 text ({error})") from error
    given = {name: getattr(options, name) for name in ("purpose", "who_asks", "who_sees", "anonymity", "written_by")}
    missing = next((name for name, words in given.items() if not words), None)
    if missing is not None:
        raise InputError(f"{options.file}: an instrument says who asks and who will see; give --"
                         f"{missing.replace('_', '-')} TEXT")  # fmt: skip
    read = read_structure(text, options.file)
    name = "".join(c if c.isalnum() else "_" for c in Path(options.out or options.file).stem.lower())
    written = yaml.safe_dump({"id": name, "title": read["title"], **given, "questions": read["questions"]},
                             sort_keys=False, allow_unicode=True, width=110)  # fmt: skip
    instrument = loads(written, Instrument, where=options.file)  # refused here if it takes more than three minutes
    if options.out is not None:
        if options.out.suffix not in (".yaml", ".yml"):
            raise InputError(f"--out {options.out}: expected a name ending in .yaml")
        write_bytes(options.out, written.encode())
    rows = [{"question": q.id, "type": q.type, "text": q.text} for q in instrument.questions]
    emit(argparse.Namespace(out=None, json=options.json), {"id": instrument.id, "questions": rows}, rows,
         title=instrument.title)


def _differ_enough(shown: Mapping[str, Sequence[str]], before: Table, groups: Sequence[str]) -> None:
    """Refuse a release that tells, beside the one before, what a few people answered."""
    if not far_apart(shown, {name: before.text(name) for name in before.columns}, groups):
        raise InputError(f"{before.name}: fewer than {FEWEST} people of a group have moved since, so the two together "
                         "would tell their answers; expected nobody or ten and more, and the same columns")  # fmt: skip


def _export(options: argparse.Namespace) -> None:
    if options.instrument is None:
        if options.out.suffix != ".txt":
            raise InputError(f"--out {options.out}: expected a name ending in .txt, as LimeSurvey reads it")
        write_bytes(options.out, structure(load_instrument(options.file)).encode())
        return
    if options.out.suffix != ".csv":
        raise InputError(f"--out {options.out}: expected a name ending in .csv")
    instrument = load_instrument(options.instrument)
    answered = _answered(table.read(options.file))
    if options.open:
        shown = open_answers(answered.columns, instrument, named(options.keep))
        if options.previous:
            _differ_enough(shown.columns, table.read(options.previous), named(options.keep))
        cells = [dict(zip(shown.columns, row, strict=True)) for row in zip(*shown.columns.values(), strict=True)]
        emit(argparse.Namespace(out=options.out, json=False), cells, cells)
        return
    rows = responses(answered, instrument)
    if not options.tokens:  # neither who, nor when, nor in which order
        said = [[v for name, v in row.items() if name not in ("id", "submitdate", "token")] for row in rows]
        rows = [rows[i] | {"id": str(n + 1), "submitdate": NO_DATE}
                for n, i in enumerate(sorted(range(len(rows)), key=said.__getitem__))]  # fmt: skip
    text = io.StringIO()
    columns = [c for c in rows[0] if options.tokens or c != "token"]
    writer = csv.DictWriter(text, columns, lineterminator="\n", extrasaction="ignore", quoting=csv.QUOTE_ALL)
    writer.writeheader()
    writer.writerows(rows)
    write_bytes(options.out, text.getvalue().encode())


def _answered(file: Table) -> Table:
    """The rows of those who responded, where the file has everybody asked."""
    if not file.has("responded"):
        return file
    kept = [i for i, cell in enumerate(file.text("responded")) if cell == "1"]
    return Table(file.name, {name: [cells[i] for i in kept] for name, cells in file.columns.items()})


def _themes(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    answers = labels(file, options.question)
    if not any(answers):
        raise InputError(f"{file.name}: column {options.question!r} holds no answer")
    found = (by_words(answers, load_themes(options.themes)) if options.themes
             else suggest(answers, most=options.most, seed=options.seed))  # fmt: skip
    if options.coded is not None:
        rows = _coded_rows(found, answers)
        emit(argparse.Namespace(out=options.coded, json=False), rows, rows)
    rows = [{"theme": t.theme or None, "title": t.title, "n": t.n, "share": t.share, "words": "; ".join(t.words)}
            for t in found.themes]  # fmt: skip
    document = {"answers": found.answers, "way": found.way, "fewest_shown": FEWEST, "seed": options.seed,
                "suggestions": int((found.nearest >= 0).sum()), "themes": rows}  # fmt: skip
    if options.previous:
        document = _themes_after(read_previous(options.previous), document, options.previous)
        rows = document["themes"]

    def chart() -> Any:
        from .. import charts

        shown = [row for row in rows if row["n"] is not None]
        if not shown:
            raise InputError(f"every theme has fewer than {FEWEST} answers, so that none may be drawn")
        empty = np.full(len(shown), np.nan)
        return charts.intervals(
            [f"{row['title']} (n = {row['n']:,})" for row in shown], np.array([row["share"] for row in shown]), empty,
            empty, share=True, title=options.question,
            subtitle=f"{document['answers']:,} wrote something: those who answered, and no more",
        )  # fmt: skip

    title = f"{options.question}: {document['answers']:,} answers by {document['way']}"
    emit(options, document, rows, title=title, chart=chart)


def _themes_after(before: dict[str, Any], now: dict[str, Any], name: str) -> dict[str, Any]:
    """The counts to give away after `before` were: the new ones if each has moved by nobody or by ten people or more,
    and so have those that are hidden together; else the old ones as they stood."""
    try:
        shown = [{row["theme"]: row["n"] for row in told["themes"] if row["n"] is not None} for told in (now, before)]
        moved = [abs(now["answers"] - before["answers"])]
    except (KeyError, TypeError) as error:
        raise InputError(f"{name}: expected what `listen themes --json` gave before; found no {error}") from error
    if set(shown[0]) != set(shown[1]):
        return before
    moved += [abs(n - shown[1][theme]) for theme, n in shown[0].items()]
    return now if all(change == 0 or change >= FEWEST for change in moved) else before


def _coded_rows(found: Coded, answers: list[str]) -> list[dict[str, Any]]:
    names = [t.theme for t in found.themes if t.title != NONE]
    rows = []
    for i, text in enumerate(answers):
        if text:
            like = int(found.nearest[i])
            rows.append({
                "row": i + 2, "answer": text,
                "themes": ";".join(name for name, yes in zip(names, found.holds[i].tolist(), strict=True) if yes),
                "most_like": names[like] if like >= 0 else None,
                "likeness": float(found.likeness[i]) if like >= 0 else None,
            })  # fmt: skip
    return rows
