"""Medicines that stand out, whether a measure looks at them or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story.outlying import Outlying, by_chemical
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake

COLUMNS = {  # keys of the command's rows, and their words on the page
    "name": "medicine", "items": "items", "of_items": "items of its sub-paragraph", "value": "share here",
    "middle": "share everywhere", "expected_items": "items at that share", "z": "z", "q": "q", "outlier": "named",
    "chemical": "BNF chemical", "sub_paragraph": "BNF sub-paragraph",
}  # fmt: skip


@organisation_page("read")
def medicines(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: which medicines stand out here. Next: explore one."""
    held = lake()
    found = _found(held, organisation) if held else None
    table = _table(found, organisation)
    if response := download(request, table):
        return response
    named = [row | {"question": _question(row)} for row in (found.rows if found else ()) if row["outlier"]]
    return render(request, "see/medicines.html", {"found": found, "named": named, "table": table})


def _found(held: Lake, organisation: Organisation) -> Outlying | None:
    """What is stored; None of nothing."""
    try:
        return by_chemical(held, organisation.level, organisation.code, stored_only=True)
    except InputError:
        return None


def _table(found: Outlying | None, organisation: Organisation) -> Figure:
    """Every medicine that can be compared: the rows of the command, to the last digit."""
    return Figure(
        name="medicines", sentence=_sentence(found), columns=tuple(COLUMNS.values()),
        rows=[tuple(row[name] for name in COLUMNS) for row in (found.rows if found else ())],
        how=("Each chemical's share of the items of its BNF sub-paragraph, over the last six months of prescribing, "
             "beside that share at all organisations of this level; z is widened by the variation that all share.",
             "Nobody chose these medicines beforehand, and whoever looks at many finds some beyond any limit. So of "
             "all that are named at most 5% are false on average (Benjamini and Hochberg): q is the smallest such "
             f"share at which a medicine is still named. Compared are those with {found.minimum if found else ''}."),
        command=f"evenhand see outliers --by chemical --level {organisation.level} --organisation {organisation.code} "
                "--lake LAKE --json",
    )  # fmt: skip


def _sentence(found: Outlying | None) -> str:
    if found is None:
        return "Nothing can be compared here."
    said = found.found
    return (f"{said.named} of {said.compared} medicines are used more or less here, beside the others of their BNF "
            "sub-paragraph, than chance gives when so many are looked at; at most 5% of those named are false on "
            f"average. Plain 99.8% limits would name about {said.expected_at_99_8:.1f} by chance alone.")  # fmt: skip


def _question(row: Mapping[str, Any]) -> str:
    """What Explore is asked, to see it over time and beside the others."""
    return urlencode({"n": row["chemical"], "d": row["sub_paragraph"], "sum": "items"})
