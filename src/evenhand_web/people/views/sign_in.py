"""Sign in and out, and go up or down the tree of organisations."""

from __future__ import annotations

from django.conf import settings
from django.contrib import auth
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .. import providers, rights
from ..forms import SignInForm
from ..models import Identity, Organisation
from ..pages import organisation_page
from ..tree import ancestors, children, place


@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Anyone. In the demonstration the accounts are listed; next comes the page they were on their way to."""
    onward = request.POST.get("next") or request.GET.get("next") or ""
    if not url_has_allowed_host_and_scheme(onward, {request.get_host()}, require_https=request.is_secure()):
        onward = ""
    form = SignInForm(request, request.POST or None) if settings.EVENHAND_DEMO else None
    if form is not None and request.method == "POST" and form.is_valid():
        auth.login(request, form.get_user())
        request.session["signed_in_by"] = "password"
        return redirect(onward or "home:front")
    accounts = Identity.objects.filter(is_active=True, email="").order_by("pk") if settings.EVENHAND_DEMO else []
    status = 422 if form is not None and form.is_bound else 200
    return render(
        request, "people/sign_in.html",
        {"form": form, "next": onward, "accounts": accounts, "password": settings.EVENHAND_DEMO_PASSWORD,
         "providers": [(p.title, reverse(f"people:{p.key}_ask")) for p in providers.configured()]},
        status=status,
    )  # fmt: skip


@never_cache
def not_signed_in(request: HttpRequest) -> HttpResponse:
    """Anyone whom a sign-in service did not sign in: what to try next."""
    words = request.session.pop("not_signed_in", "")
    return render(request, "people/not_signed_in.html", {"words": words}, status=403)


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """Anyone who is signed in; next comes the front page."""
    auth.logout(request)
    return redirect("home:front")


@organisation_page("read")
def switch(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Whoever may read this organisation. Shows what is above and below it; only what they may read is a link."""
    up, down = list(reversed(ancestors(organisation))), list(children(organisation))
    over = request.place.above | {organisation.code}
    places = [place(o) for o in up] + [rights.Place(o.code, o.name, over) for o in down]
    readable = {there.code for there in places if rights.may(request.actor, "read", there)}
    mine = Organisation.objects.filter(code__in=[post.place.code for post in request.actor.posts])
    return render(request, "people/switch.html", {"up": up, "down": down, "readable": readable, "mine": mine})
