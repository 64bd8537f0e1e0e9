"""What one person follows, over all organisations, and what of it changed."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from evenhand_web.people import rights
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import place
from evenhand_web.see import following as followed
from evenhand_web.see.models import Follow
from evenhand_web.site.lake import lake


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def following(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, about themselves: what they follow, what changed first. Next: open it, or stop."""
    person = request.user.person
    if request.method == "POST":
        given = request.POST.get("follow", "")
        if given.isdigit() and Follow.objects.filter(person=person, pk=int(given[:18])).delete()[0]:
            messages.success(request, "You no longer follow it.")
        return redirect("home:following")
    lines = followed.of(person, lake(), lambda where: _may_read(request, where))
    return render(request, "home/following.html", {
        "lines": lines, "changed": sum(line.row is not None for line in lines), "loaded": lake() is not None,
    })  # fmt: skip


def _may_read(request: HttpRequest, where: Organisation) -> bool:
    return rights.may(request.actor, "read", place(where))
