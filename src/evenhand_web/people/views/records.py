"""What administrators load and look up: register extracts, and the audit trail."""

from __future__ import annotations

import json

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from evenhand.errors import InputError
from evenhand_web.site.figures import Figure, download

from .. import reading_registers, registers, trail
from ..forms import ExtractForm
from ..models import Organisation, RegisterExtract, TrailRow
from ..pages import organisation_page
from ..tree import ancestors, within
from .posted import posted

SHOWN_REFUSED = 20
SHOWN = 100  # rows of the trail on a page
MOST_ROWS = 50_000  # rows of the trail in one download; older ones by ?before=NUMBER


@organisation_page("administer")
@require_http_methods(["GET", "POST"])
def extracts(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Administrators of a board, a region, the nation or a trust: upload a register extract, see what was loaded."""
    if organisation.level not in registers.LOADS:
        raise Http404(f"no register is uploaded for a {organisation.level}")
    form = ExtractForm(posted(request), request.FILES if request.method == "POST" else None)
    found = None
    if request.method == "POST" and form.is_valid():
        said, file = form.cleaned_data, form.cleaned_data["file"]
        try:
            if file.size > reading_registers.MOST_BYTES:
                raise InputError(f"{file.name}: more than {reading_registers.MOST_BYTES // 2**20} MB")
            raw = file.read()
            found = reading_registers.read(raw, file.name, said["body"], form.columns(), said["as_at"])
            loaded = registers.load(found, organisation=organisation, as_at=said["as_at"], name=file.name, raw=raw,
                                    whole=said["whole"] == "whole", by=request.user.person)  # fmt: skip
        except InputError as error:
            form.add_error(None, str(error))
        else:
            request.session["refused_rows"] = list(found.refused[:SHOWN_REFUSED])
            messages.success(request, f"Registrations kept: {loaded.extract.rows}, current: {loaded.extract.current}. "
                             f"Rows that could not be used: {loaded.extract.refused}. "
                             f"People who match now: {loaded.matched}, who lapsed: {loaded.lapsed}.")  # fmt: skip
            return redirect("people:extracts", organisation.code)
    refused = found.refused[:SHOWN_REFUSED] if found else request.session.pop("refused_rows", [])
    return render(request, "people/extracts.html", {
        "form": form, "refused": refused,
        "extracts": RegisterExtract.objects.filter(organisation=organisation).order_by("-id")[:50],
    }, status=422 if form.is_bound else 200)  # fmt: skip


@organisation_page("administer")
def audit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Its administrators and those above: who did what here and below, and whether the chain stands unbroken."""
    here = Q(organisation__in=within(organisation).values("code"))
    if not ancestors(organisation):
        here |= Q(organisation="")  # of no place: loads, letters, sign-ins that failed; the top looks after them
    rows = TrailRow.objects.filter(here).order_by("-number")
    if before := request.GET.get("before", ""):
        if not (before.isascii() and before.isdigit() and len(before) < 18):
            raise Http404("before which row?")
        rows = rows.filter(number__lt=int(before))
    table = Figure(
        name="trail", sentence="What was done here and below, the latest first.",
        columns=("number", "at", "who", "act", "what", "organisation", "facts", "previous", "hash"),
        rows=[(row.number, row.at.isoformat(), row.who, row.act, row.what, row.organisation, _facts(row), row.previous,
               row.hash) for row in rows[:MOST_ROWS]] if request.GET.get("download") else [],
    )  # fmt: skip
    if response := download(request, table):
        trail.keep("trail downloaded", who=request.user.person, organisation=organisation)
        return response
    shown = list(rows[: SHOWN + 1])
    return render(request, "people/trail.html", {
        "rows": [(row, _in_words(row)) for row in shown[:SHOWN]], "head": TrailRow.objects.order_by("-number").first(),
        "chain": trail.check() if request.GET.get("check") else None,
        "older": shown[SHOWN - 1].number if len(shown) > SHOWN else None, "table": table,
    })  # fmt: skip


def _in_words(row: TrailRow) -> str:
    """The facts of a row for a page: what is empty left out, a hash by its beginning."""
    said = [(key.replace("_", " "), str(value)) for key, value in row.facts.items() if value not in (None, "")]
    return ", ".join(f"{key} {value[:12] + '…' if len(value) == 64 else value}" for key, value in said)


def _facts(row: TrailRow) -> str:
    return json.dumps(row.facts, sort_keys=True, ensure_ascii=False) if row.facts else ""
