"""The pages that gather all steps."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.people.tree import ancestors, children


def front(request: HttpRequest) -> HttpResponse:
    """Anyone. Who has a role goes on to their organisation; who has none is told how to get one."""
    if not request.user.is_authenticated:
        return render(request, "home/front.html")
    if not request.actor.posts:
        return render(request, "home/no_role.html")
    last = request.session.get("organisation")
    return redirect("home:organisation", code=last or request.actor.posts[0].place.code)


def about(request: HttpRequest) -> HttpResponse:
    """Anyone. What the six steps are."""
    return render(request, "home/about.html")


@organisation_page("read")
def organisation(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Whoever works in this organisation, above it or below it. Next: a step."""
    up = ancestors(organisation)
    return render(
        request, "home/organisation.html",
        {"parent": up[0] if up else None, "below": children(organisation).count()},
    )  # fmt: skip
