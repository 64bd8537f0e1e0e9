"""The administrator's desk, what was loaded, and the way to an organisation by its name."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from evenhand.lake import Lake, Snapshot
from evenhand_web.people import rights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.people.tree import place
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake

from . import backups, desk
from .models import JobRun

MOST_FOUND = 25  # a search that finds more is made narrower
LATEST = 20  # revisions and loads that are listed


@organisation_page("administer")
def desk_page(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Administrators of this organisation or of one above it: is all well, and if not, what to do next."""
    parts = desk.parts(organisation, lake(), settings.EVENHAND_BACKUPS, timezone.now())
    wrong = [part for part in parts if not part.well]
    return render(request, "home/desk.html", {"parts": parts, "wrong": wrong})


@organisation_page("administer")
def data_page(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Administrators: what was loaded, what is late, what was refused and why, what was revised. Next: load it."""
    held, today = lake(), timezone.localdate()
    holdings = _holdings(held, today)
    unusual = _unusual(held)
    if response := download(request, *(figure for figure in (holdings, unusual) if figure)):
        return response
    return render(request, "home/desk_data.html", {
        "holdings": holdings, "unusual": unusual,
        "late": [h for h in desk.held(held, today) if h.late_days], "refused": desk.refused(),
        "loads": JobRun.objects.filter(job="load")[:LATEST], "revised": _revised(held),
        "reviews": desk.reviews(organisation.code, today), "backups": backups.kept(settings.EVENHAND_BACKUPS)[:5],
    })  # fmt: skip


@login_required
def find(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in: an organisation by its name or code. Only what they may read is a link."""
    asked = " ".join(request.GET.get("q", "").split())[:100]
    found: list[dict[str, Any]] = []
    more = False
    if asked:
        known = Organisation.objects.filter(Q(name__icontains=asked) | Q(code__istartswith=asked)).exclude(
            level__in=("unidentified",)
        )
        rows = list(known.order_by("name", "code")[: MOST_FOUND + 1])
        more = len(rows) > MOST_FOUND
        found = [
            {"organisation": o, "readable": rights.may(request.actor, "read", place(o))} for o in rows[:MOST_FOUND]
        ]
        found.sort(key=lambda one: not one["readable"])  # those that open come first
    return render(request, "home/find.html", {"asked": asked, "found": found, "more": more, "most": MOST_FOUND})


def _holdings(held: Lake | None, today: Any) -> Figure | None:
    rows = desk.held(held, today)
    if not rows:
        return None
    late = sum(1 for row in rows if row.late_days)
    sentence = f"{len(rows)} dataset{'s are' if len(rows) > 1 else ' is'} held; {late or 'none'} of them late."
    return Figure(
        name="held", sentence=sentence,
        columns=("dataset", "months", "files' rows", "months missing", "next one due by", "days late", "loaded"),
        rows=[
            (h.title, f"{h.first} to {h.last}" if h.first < h.last else h.first, h.rows, ", ".join(h.gaps),
             h.due, h.late_days, h.loaded_at[:10])
            for h in rows
        ],
        table_open=True,
        how=("A dataset is late once the next release has not been loaded by the day that its publisher's calendar and "
             "a week or two of grace give; one that was never loaded is not late.",),
        command="evenhand sources --lake LAKE --json",
    )  # fmt: skip


def _unusual(held: Lake | None) -> Figure | None:
    """What is normal in published prescribing and worth knowing: it loads like all else, is counted and named."""
    kinds = {"repeated_rows": "repeated rows", "negative_rows": "rows below nought",
             "unknown_code_rows": "rows of unknown codes"}  # fmt: skip
    snapshots = [s for s in held.snapshots() if any(s.totals.get(k) for k in kinds)] if held is not None else []
    if not snapshots:
        return None
    rows = [(f"{s.source} {s.key}", s.rows, *(s.totals.get(k, 0) for k in kinds), s.note, s.file)
            for s in sorted(snapshots, key=lambda s: s.key, reverse=True)]  # fmt: skip
    return Figure(
        name="unusual", columns=("what", "rows", *kinds.values(), "which", "file"), rows=rows, most=LATEST,
        sentence=f"{len(rows)} load{'s' if len(rows) > 1 else ''} had rows that repeat, corrections below nought or "
                 "codes that no list here knows. All were taken in, and add up to the file's own totals.",
        how=("Several rows of one practice and presentation are added up. A negative row takes back what was paid too "
             "much earlier. A code that no list here knows counts in every sum, and in no measure that names codes.",),
        command="evenhand sources --lake LAKE --json",
    )  # fmt: skip


def _revised(held: Lake | None) -> list[dict[str, Any]]:
    """The latest revisions: what a later release changed, and the rows that moved most."""
    snapshots = [s for s in held.snapshots() if s.superseded] if held is not None else []
    return [_revision(s) for s in sorted(snapshots, key=lambda s: s.loaded_at, reverse=True)[:LATEST]]


def _revision(snapshot: Snapshot) -> dict[str, Any]:
    change = snapshot.superseded[-1].get("change", {})
    moved = [
        {"table": table.replace("_", " "), "added": told["added"], "removed": told["removed"],
         "changed": told["changed"], "sums": [(name, *pair) for name, pair in told.get("sums", {}).items()],
         "top": [", ".join(f"{k.replace('_', ' ')} {v}" for k, v in row.items()) for row in told.get("top", [])[:3]]}
        for table, told in change.get("tables", {}).items()
    ]  # fmt: skip
    return {
        "key": f"{snapshot.source} {snapshot.key}", "file": snapshot.file, "at": snapshot.loaded_at[:10],
        "rows": change.get("rows", []), "totals": list(change.get("totals", {}).items()), "moved": moved,
    }  # fmt: skip
