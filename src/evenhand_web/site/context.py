"""What the frame of every page needs: the way through the six steps, and whether the data are made up."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from .lake import demonstration

# the order of the loop; "see:index" is the list of measures
STEPS = (
    ("home", "My organisation", "home:organisation"),
    ("listen", "Listen", "listen:index"),
    ("see", "See", "see:index"),
    ("decide", "Decide", "decide:index"),
    ("change", "Change", "change:index"),
    ("prove", "Prove", "prove:index"),
    ("account", "Money", "account:index"),
)


def site(request: HttpRequest) -> dict[str, Any]:
    """`nav`: the steps under the organisation in hand; `demonstration`: whether the banner must stand."""
    return {"nav": _nav(request), "demonstration": demonstration()}


def _nav(request: HttpRequest) -> list[dict[str, Any]]:
    code = getattr(getattr(request, "organisation", None), "code", None)
    if code is None and hasattr(request, "session"):
        code = request.session.get("organisation")
    if code is None or not request.user.is_authenticated:
        return []
    match = request.resolver_match
    here = match.app_name if match and getattr(request, "organisation", None) else ""
    items = []
    for step, words, name in STEPS:
        try:
            url = reverse(name, kwargs={"code": code})
        except NoReverseMatch:
            continue
        items.append({"words": words, "url": url, "here": step == here, "exact": url == request.path})
    return items
