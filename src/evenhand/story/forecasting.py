"""The forecast of a target, from what the ledger and the schemes' files say: a saving, its state, its verdict."""

from __future__ import annotations

import calendar
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from ..account import Entry
from ..account.facts import of_document
from ..account.forecast import Forecast, forecast
from ..account.outlook import LIKELY, Outlook
from ..account.position import Book
from ..account.states import breach_in, months_between
from ..records import Scheme

_Z80 = 0.8416212335729143  # a normal's one-sided 80% bound, in standard errors: wider than Student's, so never too sure


@dataclass(frozen=True)
class Promised:
    """The live funnel of a scheme: in how many of the organisations that were invited somebody has adopted by now.

    Whoever has not adopted counts as invited as far as their time to do so has run, so that a new wave says nothing.
    """

    adopters: int
    invited: float


def outlooks(
    entries: Sequence[Entry], schemes: Iterable[Scheme], *, organisations: Collection[str] | None = None,
    promised: Mapping[str, Promised] | None = None,
) -> list[Outlook]:  # fmt: skip
    """What is known of each saving on the ledger: its state, what is confirmed, its latest verdict, else its plan.

    A saving whose latest verdict breaches a blocking guardrail is never confirmed; one whose verdict does not prove
    it is no likelier than an idea. Nothing is forecast beyond the year of a plan, or the window of a verdict. How many
    have adopted (`promised`, by scheme) says how much of a plan comes, until a verdict says how much came.
    """
    plans = {scheme.id: scheme for scheme in schemes}
    book, last, judged = Book(), {}, {}
    for entry in entries:
        book.apply(of_document(entry.document))
        last[entry.saving] = entry
        if verdict := entry["proof"].get("verdict"):
            judged[entry.saving] = verdict
    found = []
    for saving, position in book.savings.items():
        if organisations is not None and last[saving]["organisation"] not in organisations:
            continue
        pence = position.held(position.state)[0]
        confirmed = pence / 100 if position.state == "confirmed" else 0.0
        plan = plans.get(last[saving]["scheme"] or saving)
        more = _plan(plan) | _live(plan, promised or {}) | _verdict(judged.get(saving), position.state)
        planned = plan.planned_saving_pounds if plan else pence / 100
        found.append(Outlook(saving, position.state, planned, confirmed, origin=last[saving]["origin"], **more))
    return found


def ahead(
    entries: Sequence[Entry], schemes: Iterable[Scheme], *, target: float, by: date,
    organisations: Collection[str] | None = None, promised: Mapping[str, Promised] | None = None,
) -> Forecast | None:  # fmt: skip
    """How likely these savings reach a target (pounds) by the end of a day; None where nothing is on the ledger."""
    return of(outlooks(entries, schemes, organisations=organisations, promised=promised), target=target, by=by)


def of(known: Sequence[Outlook], *, target: float, by: date) -> Forecast | None:
    """The same from what is known of each saving; the same inputs give the same draws."""
    return forecast(known, target=target, by=by.isoformat(), until=until(by)) if known else None


def until(by: date) -> float:
    """The end of a day as months since January 1970."""
    return 12 * (by.year - 1970) + by.month - 1 + by.day / calendar.monthrange(by.year, by.month)[1]


def year_end(schemes: Iterable[Scheme]) -> date | None:
    """The 31 March that closes the financial year in which the last scheme is judged; None without a scheme."""
    last = max((scheme.follow_up.last for scheme in schemes), default=None)
    if last is None:
        return None
    year = int(last[:4])
    return date(year + (int(last[5:7]) > 3), 3, 31)


def _plan(plan: Scheme | None) -> dict[str, Any]:
    """What is planned is planned for a year from the scheme's start."""
    if plan is None:
        return {}
    return {"start": _begin(plan.start), "group": plan.overlap_group, "programme": plan.programme}


def _live(plan: Scheme | None, promised: Mapping[str, Promised]) -> dict[str, Any]:
    """What share the plan counts on, and how many have adopted by now."""
    if plan is None:
        return {}
    said: dict[str, Any] = {} if plan.adoption is None else {"adoption": plan.adoption}
    funnel = promised.get(plan.id)
    if funnel is not None and funnel.invited:
        said |= {"adopters": float(funnel.adopters), "invited": float(funnel.invited)}
    return said


def _begin(month: str) -> float:
    """The beginning of YYYY-MM as months since January 1970."""
    return float(12 * (int(month[:4]) - 1970) + int(month[5:7]) - 1)


def _verdict(verdict: Mapping[str, Any] | None, state: str) -> dict[str, Any]:
    """What a verdict estimates, net, and how likely it leaves the saving."""
    if verdict is None:
        return {}
    pounds_saved = verdict["saving_pence"] / 100
    told = {
        "estimate": pounds_saved, "se": max(0.0, pounds_saved - verdict["lower80_pence"] / 100) / _Z80,
        "start": _begin(verdict["window"][0]), "months": float(months_between(*verdict["window"])),
    }  # fmt: skip
    if state in ("confirmed", "reversed"):
        return told
    if breach_in(verdict):
        return told | {"probability": 0.0}
    return told if verdict["evidenced"] else told | {"probability": LIKELY["idea"][0]}
