"""`evenhand listen estimate | answers | change | test | regress | share`: what the answers say."""

from __future__ import annotations

import argparse
import math
from typing import Any

from .. import table
from ..errors import InputError
from ..listen import SurveyResult, as_document, change, estimate
from ..listen.change import Change, change_by
from ..listen.compare import Association, association, difference
from ..listen.counted import COUNTED, counted
from ..listen.every import EveryAnswer, every_answer, yes_side
from ..listen.interval import KINDS
from ..listen.regress import regress
from .listen_design import add_design, add_question, among, answers, column, design, labels, level, named
from .listen_publish import add_publish, every_published, published
from .output import add_output, emit


def register(commands: Any) -> None:
    """Add the commands that estimate."""
    _register_estimate(commands)
    _register_answers(commands)
    _register_change(commands)
    _register_test(commands)
    _register_regress(commands)
    _register_share(commands)


def _register_estimate(commands: Any) -> None:
    parser = commands.add_parser("estimate", help="a share or a mean, weighted, with its interval", allow_abbrev=False)
    add_question(parser)
    parser.add_argument("--by", metavar="COL", help="one estimate for each value of this column")
    parser.add_argument("--total", action="store_true", help="how many, or how much, rather than the share or mean")
    parser.add_argument("--ratio", metavar="COL", help="the total of the answers over the total of this column")
    parser.add_argument("--interval", choices=KINDS, default="logit", help="the interval of a share [logit]")
    add_publish(parser, beside=True)
    add_output(parser)
    parser.set_defaults(run=_estimate)


def _register_answers(commands: Any) -> None:
    parser = commands.add_parser("answers", help="every answer's share, for one question or a set of them",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("file", metavar="FILE", help="one row a person; - for standard input")
    parser.add_argument("--question", metavar="COL,COL", required=True, help="one question, or several of one scale")
    parser.add_argument("--order", metavar="A;B;...", help="the answers in their order; for a scale from no to yes")
    parser.add_argument("--multiple", action="store_true", help="an answer may name several options, parted by ;")
    parser.add_argument("--by", metavar="COL", help="one chart for each value of this column")
    parser.add_argument("--interval", choices=KINDS, default="logit", help="the interval of a share [logit]")
    add_design(parser)
    add_publish(parser)
    add_output(parser)
    parser.set_defaults(run=_every)


def _register_change(commands: Any) -> None:
    parser = commands.add_parser("change", help="did the answer move between two waves?", allow_abbrev=False)
    add_question(parser)
    parser.add_argument("--wave", metavar="COL", required=True)
    parser.add_argument("--person", metavar="COL", help="who each row is, where people answer more than once")
    parser.add_argument("--by", metavar="COL", help="the change within each value of this column, too")
    parser.add_argument("--first", metavar="WAVE", help="compare from this wave [the first]")
    parser.add_argument("--last", metavar="WAVE", help="to this wave [the last]")
    add_output(parser)
    parser.set_defaults(run=_change)


def _register_test(commands: Any) -> None:
    parser = commands.add_parser("test", help="do groups answer differently?", allow_abbrev=False)
    add_question(parser)
    parser.add_argument("--by", metavar="COL", required=True, help="the groups")
    parser.add_argument("--first", metavar="GROUP", help="compare from this group [the first by name]")
    parser.add_argument("--last", metavar="GROUP", help="to this group [the last by name]")
    parser.add_argument("--table", action="store_true", help="test the whole table of answers (Rao and Scott)")
    add_output(parser)
    parser.set_defaults(run=_test)


def _register_regress(commands: Any) -> None:
    parser = commands.add_parser("regress", help="how an answer goes with several things at once", allow_abbrev=False)
    add_question(parser)
    parser.add_argument("--on", metavar="COL,COL", required=True, help="columns of numbers or of labels")
    add_output(parser)
    parser.set_defaults(run=_regress)


def _register_share(commands: Any) -> None:
    parser = commands.add_parser("share", help="the interval of a share of which only counts were published",
                                 allow_abbrev=False)  # fmt: skip
    parser.add_argument("hits", type=float, metavar="HITS")
    parser.add_argument("n", type=float, metavar="N")
    parser.add_argument("--interval", choices=COUNTED, default="wilson", help="[wilson]")
    parser.add_argument("--level", type=float, default=0.95, help="coverage of the interval [0.95]")
    add_output(parser)
    parser.set_defaults(run=_share)


def _estimate(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    result = estimate(
        answers(file, options), design(file, options), share=options.value is not None,
        among=among(file, options.among), by=labels(file, options.by) if options.by else None,
        total=options.total, over=file.numbers(options.ratio) if options.ratio else None,
        interval=options.interval, level=level(options.level),
    )  # fmt: skip
    public = published(file, options, result)
    shown = public if options.publish else result
    title = _title(options, shown)

    def chart() -> Any:
        from .listen_charts import estimates

        return estimates(public, title=title)

    rows = _estimate_rows(shown)
    if options.out is None and not options.json and not result.has_frame:
        rows = [{k: v for k, v in row.items() if k in ("group", "n", "estimate")} for row in rows]
    emit(options, as_document(shown), rows, title="\n".join((title, *as_document(shown)["cautions"])), chart=chart)


def _estimate_rows(result: SurveyResult) -> list[dict[str, Any]]:
    return [
        {
            "group": e.group, "n": e.n, "estimate": e.estimate, "se": e.se, "low": e.low, "high": e.high,
            "df": e.df, "deff": e.deff, "unweighted": u.estimate,
        }
        for e, u in zip(result.estimates, result.unweighted, strict=True)
    ]


def _title(options: argparse.Namespace, result: SurveyResult) -> str:
    asked = options.question if options.value is None else f"{options.question} = {options.value}"
    return f"{asked}: {result.statistic}; {_who(result)}"


def _who(result: SurveyResult) -> str:
    rate = "" if math.isnan(result.response_rate) else f", response {result.response_rate:.0%}"
    whom = f"stands for {result.population:,.0f}" if result.has_frame else "those who answered, and no more"
    return f"{result.n:,} respondents{rate}, worth {result.kish_ess:,.0f}; {whom}"


def _every(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    order = [word.strip() for word in options.order.split(";")] if options.order else None
    questions = named(options.question)
    cells = {name: labels(file, name) for name in questions}
    plan, inside = design(file, options), among(file, options.among)
    found = every_answer(
        cells, plan, order=order, multiple=options.multiple, among=inside, interval=options.interval,
        by=labels(file, options.by) if options.by else None, level=level(options.level),
    )  # fmt: skip
    public = every_published(options, found)
    shown = public if options.publish else found
    rows = [row for one in shown for row in _every_rows(one)]

    def chart() -> Any:
        from .listen_charts import agreement, multiples

        if order is not None and not options.by and not options.multiple and not options.previous:
            upper = tuple(a.published() for a in yes_side(cells, plan, order, among=inside, level=options.level))
            return agreement(public, upper, order=order, title=", ".join(questions), whom=_who(public[0].result))
        return multiples(public, title=", ".join(questions), whom=_who(public[0].result))

    first = shown[0].result
    document = {
        "n": first.n, "population": first.population, "response_rate": first.response_rate,
        "kish_ess": first.kish_ess, "weights": first.weights, "has_frame": first.has_frame, "level": first.level,
        "answers": rows,
    }  # fmt: skip
    emit(options, document, rows, title=f"{options.question}: {_who(first)}", chart=chart)


def _every_rows(one: EveryAnswer) -> list[dict[str, Any]]:
    return [{"question": one.question, "answer": one.answer} | row for row in _estimate_rows(one.result)]


def _change(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    given = {
        "y": answers(file, options), "design": design(file, options), "wave": labels(file, options.wave),
        "person": labels(file, options.person) if options.person else None,
        "first": options.first, "last": options.last, "level": level(options.level),
    }  # fmt: skip
    inside = among(file, options.among)
    found = change(**given, among=inside)
    by = change_by(labels(file, options.by), among=inside, **given) if options.by else {}
    document = found.as_json() | ({"groups": [{"group": g, **c.as_json()} for g, c in by.items()]} if by else {})
    title = f"{options.question}: change from {found.first} to {found.last}"

    def chart() -> Any:
        from .listen_charts import waves

        return waves(by or {"everybody": found}, title=title, share=options.value is not None,
                     frame=given["design"].has_frame)  # fmt: skip

    rows = [row for group, one in {"": found, **by}.items() for row in _change_rows(group, one, bool(by))]
    emit(options, document, rows, title=title, chart=chart)


def _change_rows(group: str, found: Change, grouped: bool) -> list[dict[str, Any]]:
    lead = {"group": group or "all"} if grouped else {}
    rows: list[dict[str, Any]] = [
        lead | {"wave": w.wave, "n": w.n, "estimate": w.estimate, "se": w.se, "low": None, "high": None, "p": None}
        for w in found.waves
    ]
    return [*rows, lead | {"wave": "change", "n": None, "estimate": found.change, "se": found.se,
                           "low": found.low, "high": found.high, "p": found.p}]  # fmt: skip


def _test(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    groups, plan, inside = labels(file, options.by), design(file, options), among(file, options.among)
    if options.table:
        if options.value is not None:
            raise InputError("--table tests every answer; leave --value out")
        found = association(labels(file, options.question), plan, groups, among=inside)
        emit(options, _table_document(found), _table_rows(found), title=f"{options.question} by {options.by}: "
             f"F = {found.f:.2f} on {found.df1:.1f} and {found.df2:.0f}, p = {found.p:.3g}")  # fmt: skip
        return
    two = difference(answers(file, options), plan, groups, first=options.first, last=options.last, among=inside,
                     level=level(options.level))  # fmt: skip
    emit(options, two, [two.as_json()], title=f"{options.question} by {options.by}: {two.last} minus {two.first}")


def _table_rows(found: Association) -> list[dict[str, Any]]:
    return [
        {"answer": r, "group": c, "n": int(found.counts[i, j]), "share_of_all": float(found.shares[i, j])}
        for i, r in enumerate(found.rows) for j, c in enumerate(found.columns)
    ]  # fmt: skip


def _table_document(found: Association) -> dict[str, Any]:
    document = {k: v for k, v in found.as_json().items() if k not in ("rows", "columns", "shares", "counts")}
    return document | {"cells": _table_rows(found)}


def _regress(options: argparse.Namespace) -> None:
    file = table.read(options.file)
    found = regress(
        answers(file, options), design(file, options), {name: column(file, name) for name in named(options.on)},
        share=options.value is not None, among=among(file, options.among), level=level(options.level),
    )  # fmt: skip
    emit(options, found, [c.as_json() for c in found.coefficients],
         title=f"{options.question}: {found.family} regression, {found.n:,} answers, {found.df:.0f} degrees of freedom")


def _share(options: argparse.Namespace) -> None:
    found = counted(options.hits, options.n, kind=options.interval, level=level(options.level))
    row = {"hits": options.hits, "n": options.n, "interval": options.interval, "estimate": found.value,
           "low": found.low, "high": found.high, "level": found.level}  # fmt: skip
    emit(options, row, [row], title="Drawn at random from a population much larger")
