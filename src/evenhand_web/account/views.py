"""The pages of ACCOUNT: the target bar, what each saving waits for, the trail of every pound, the report."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from evenhand import account, flow
from evenhand import report as reports
from evenhand.errors import InputError
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.people.tree import around
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from . import ahead, book, confirming, figures, gathering, indicators, keeping, moving, trail
from .models import Confirmation

TYPES = {"pdf": "application/pdf", "html": "text/html; charset=utf-8"}


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: how far from the target, and what each saving waits for.

    Next: book (medicines optimisation, analysts, finance), confirm (a finance lead and a clinical lead).
    """
    entries = book.read()
    aim, whole = gathering.aim(organisation), account.check(entries)
    found = gathering.progress(entries, aim)
    near = gathering.near(organisation, entries)
    bar, table = figures.bar(found, whole), figures.ledger(near)
    lines, titles = gathering.lines(organisation, entries, lake()), dict(Plan.objects.values_list("key", "title"))
    chance, plans = ahead.ahead(entries, aim, lines, titles), ahead.plans(entries, lines)
    kept, indicated = keeping.kept(entries, aim), indicators.shown(lines, lake())
    drawn = [*([chance.figure] if chance else []), *([kept.figure] if kept else []),
             *(plan.figure for plan in plans if plan.figure),
             *(figure for one in indicated for figure in one.figures)]  # fmt: skip
    if response := download(request, bar, table, *drawn):
        return response
    due = frozenset(one.saving for one in found.persistence_due)
    shown = [
        {"line": line, "may_book": may(request, "book", line.standing.plan.organisation),
         "may_confirm": _role(request, line), "portions": figures.portions(line, titles),
         "kind": figures.kind(line), "lasts": figures.lasts(line, due)}
        for line in lines
    ]  # fmt: skip
    return render(request, "account/index.html", {
        "aim": aim, "found": found, "bar": bar, "table": table, "whole": whole, "lines": shown,
        "may_check": may(request, "book", organisation),
        "entries": [(e, titles.get(e.saving, e.saving), trail.day(e["booked"]), figures.KINDS[e.kind],
                     figures.pounds(e)) for e in reversed(near)],
        "origins": figures.origins(found), "classes": figures.classes(found),
        "ahead": chance, "kept": kept, "plans": plans, "indicated": indicated, "roles": Confirmation.ROLES,
    })  # fmt: skip


@organisation_page("read")
def entry(request: HttpRequest, organisation: Organisation, number: int) -> HttpResponse:
    """Everybody of the organisation: what one entry rests on, back to the published rows."""
    entries = book.read()
    if not 1 <= number <= len(entries) or not gathering.near(organisation, [entries[number - 1]]):
        raise Http404(f"no entry {number} on a saving of {organisation.code}")
    found = account.trace(entries, number)
    plan = Plan.objects.filter(key=found.saving).first()
    origin, kind = trail.origin(found)
    return render(request, "account/entry.html", {
        "origin": origin, "kind": kind, "confirmed": trail.confirmed(found), "claims": trail.claims(found),
        "entry": entries[number - 1], "trace": found, "plan": plan, "states": trail.states(found),
        "links": trail.links(request, organisation, found, lake()), "line": entries[number - 1].line(),
    })  # fmt: skip


@require_POST
@organisation_page("read")
def move(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who may book where the saving is: bring it one state on, with the proof that is kept here."""
    plan = _plan(organisation, key)
    require(request, "book", plan.organisation)
    try:
        made = moving.move(plan, lake())
        keeping.keep(plan.organisation)
        messages.success(request, f"Booked as entry {made.number}: {plan.title}.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("account:index", organisation.code)


@require_POST
@organisation_page("read")
def confirm(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """The finance lead and the clinical lead where the saving is, each for themselves: confirm it, or book it anew on
    what a new test shows."""
    plan = _plan(organisation, key)
    role = request.POST.get("role", "")
    if role not in Confirmation.ROLES:
        raise Http404(f"no role {role!r} confirms a saving")
    require(request, f"confirm_{role}", plan.organisation)
    try:
        _may_share(request, plan, role)
        made = confirming.confirm(
            plan, role, request.user.person, lake(), request.POST.get("share", ""), _seen(request)
        )
        if made:
            keeping.keep(plan.organisation)
        words = "Your confirmation is kept. It is booked once the other lead has confirmed too."
        messages.success(request, f"Confirmed by both, and booked as entry {made.number}." if made else words)
    except InputError as error:
        messages.error(request, str(error))
    return redirect("account:index", organisation.code)


@organisation_page("read")
def ledger_file(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Who books here: the whole ledger as it is sealed, so that the command can check it. It holds amounts of other
    places, and nobody's name."""
    require(request, "book", organisation)
    body = "".join(f"{entry.line()}\n" for entry in book.read())
    return HttpResponse(body, content_type="application/jsonl; charset=utf-8",
                        headers={"Content-Disposition": 'attachment; filename="ledger.jsonl"'})  # fmt: skip


@organisation_page("read")
def report(request: HttpRequest, organisation: Organisation, kind: str) -> HttpResponse:
    """Everybody of the organisation: the whole story on four pages, with the ledger and the verdicts as they stand."""
    held = lake()
    if held is None:
        raise Http404("no published data is loaded")
    told = flow.story(held, organisation.code, people=gathering.people(held, organisation))
    body = reports.pdf(told) if kind == "pdf" else reports.html(told)
    disposition = f'{"attachment" if kind == "html" else "inline"}; filename="evenhand-{organisation.code}.{kind}"'
    return HttpResponse(body, content_type=TYPES[kind], headers={"Content-Disposition": disposition})


def _role(request: HttpRequest, line: gathering.Line) -> str:
    """The role in which this reader can confirm a saving now; '' if in none."""
    mine = request.user.person.pk
    if line.cannot_confirm or any(row.person_id == mine for row in line.confirmed.values()):
        return ""
    plan = line.standing.plan
    return next((role for role in Confirmation.ROLES
                 if role not in line.confirmed and may(request, f"confirm_{role}", plan.organisation)), "")  # fmt: skip


def _seen(request: HttpRequest) -> int | None:
    """The saving's latest entry as the form showed it; None where the form does not say, 0 where it says no number."""
    said = request.POST.get("seen")
    return None if said is None else int(said) if said.isascii() and said.isdigit() and len(said) < 19 else 0


def _may_share(request: HttpRequest, plan: Plan, role: str) -> None:
    """Whoever confirms a sharing changes what others count, so they must be able to confirm those too."""
    if not request.POST.get("share"):
        return
    entries = book.read()
    last = next((e for e in reversed(entries) if e.saving == plan.key), None)
    found = confirming.offer(moving.standing(plan, last), entries, lake())
    others = Plan.objects.filter(key__in=found.others if found else ()).select_related("organisation")
    if found and len(others) < len(found.others):
        raise InputError("Another saving on these cells has no scheme here, so nobody here can share with it. Nothing "
                         "was confirmed.")  # fmt: skip
    for other in others:
        require(request, f"confirm_{role}", other.organisation)


def _plan(organisation: Organisation, key: str) -> Plan:
    """A scheme of this organisation, of one above it or of one below it."""
    plans = Plan.objects.select_related("organisation")
    return get_object_or_404(plans, key=key, organisation__in=around(organisation, Plan))
