"""What is said of a place with a budget, on its page and by the API; single practices only to those who may see."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may

from . import book, budget_figures, budgeting


def shown(request: HttpRequest, organisation: Organisation, place: budgeting.Place, found: Any) -> dict[str, Any]:
    """What the page says of a place with a budget."""
    gained = budgeting.earned(place, book.read())
    titles = dict(Plan.objects.values_list("key", "title"))
    names = dict(Organisation.objects.filter(code__in=place.codes).values_list("code", "name"))
    alone = len(place.codes) == 1 and place.codes[0] == organisation.code
    sees = may(request, "see_peer_names") or may(request, "set_budget")
    table = budget_figures.table(place, names) if sees and not alone else None
    known = found is not None and found.variance == found.variance
    variance = budget_figures.variance(found) if known else None
    row = place.rows[0] if alone else None
    return {
        "alone": alone, "table": table, "outturn": found, "variance": variance, "known": known,
        "figures": [figure for figure in (table, variance) if figure is not None],
        "historic": place.sum("historic"), "fair": place.sum("fair"), "target": place.sum("target"),
        "bound": None if row is None else place.found.bound[row],
        "share": None if row is None else place.found.need[row] / place.found.need.sum(),
        "over": None if not known else found.variance > 0, "difference": abs(found.variance) if known else None,
        "gained": [(titles.get(one.saving, one.saving), one) for one in gained],
        "payment": budgeting.payment(place, gained),
    }  # fmt: skip
