"""One's own page: who I am to Evenhand, what I may do, what I agreed to, what is kept about me, and leaving."""

from __future__ import annotations

import json

from django.contrib import auth, messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from evenhand.errors import InputError

from .. import consents, joining, levels, posts, private, providers, trail
from ..forms import DetailsForm, EraseForm, consent_form
from ..models import Identity, Organisation, Post
from .posted import posted


@never_cache
@login_required
def me(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, about themselves. Next: what is missing for the next level, or their organisation."""
    person, now = request.user.person, levels.of(request.user.person)
    clinical = levels.is_clinical(person)
    held = [(post, Post.ROLES[post.role]) for post in posts.current(person)]
    level = request.actor.identity_level
    known = person.steps.exists()  # the demonstration's accounts were given a level with their pseudonym
    return render(request, "people/me.html", {
        "person": person, "now": now, "level": level, "level_words": person.IDENTITY_LEVELS[level],
        "missing": levels.missing(now, clinical=clinical) if known or level == 0 else [], "clinical": clinical,
        "posts": held, "consents": consent_form(consents.purposes(person)), "subjects": request.user.subjects.all(),
        "providers": [p for p in providers.configured() if not request.user.subjects.filter(provider=p.key).exists()],
    })  # fmt: skip


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, about themselves. A change has to be checked anew before they act as a clinician again."""
    form = DetailsForm(posted(request), initial=joining.details_of(request.user))
    if request.method == "POST" and form.is_valid():
        given = joining.Details(*(form.cleaned_data[name] for name in joining.Details.__dataclass_fields__))
        changed = joining.tell(request.user, given)
        if changed:
            messages.success(request, "Your details are kept, and will be checked.")
        else:
            messages.info(request, "Nothing that is checked has changed.")
        return redirect("people:me")
    return render(request, "people/details.html", {"form": form}, status=422 if form.is_bound else 200)


@login_required
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, for themselves: each box is one purpose, and an empty box withdraws it."""
    person = request.user.person
    form = consent_form(consents.purposes(person), request.POST)
    if form.is_valid():
        changed = consents.choose(person, form.cleaned_data)
        messages.success(request, "Your choices are kept." if changed else "Nothing has changed.")
    return redirect("people:me")


@never_cache
@login_required
@require_GET
def my_data(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, about themselves: everything that is kept about them, as one JSON document."""
    document = private.download(request.user.person)
    trail.keep("data downloaded", who=request.user.person, organisation=request.user.person.organisation)
    body = json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)
    name = 'attachment; filename="my-evenhand-data.json"'
    return HttpResponse(body, content_type="application/json", headers={"Content-Disposition": name})


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, about themselves. Says what goes and what stays; then they are gone, and signed out."""
    identity = request.user
    left = posts.sole_administrator_of(identity.person)
    form = EraseForm(posted(request), left=left)
    if request.method == "POST" and form.is_valid():
        try:
            successors = _successors(form, left)
            private.erase(Identity.objects.get(pk=identity.pk), successors)
        except InputError as error:
            form.add_error(None, str(error))
        else:
            auth.logout(request)
            return redirect("people:erased")
    context = {"form": form, "left": left, "forgotten": private.what_is_forgotten()}
    return render(request, "people/erase.html", context, status=422 if form.is_bound else 200)


def erased(request: HttpRequest) -> HttpResponse:
    """Anyone: what was deleted, and what stands without a name."""
    return render(request, "people/erased.html")


def _successors(form: EraseForm, left: list[Organisation]) -> dict[Organisation, Identity]:
    found = {}
    for place in left:
        address = form.cleaned_data[f"successor_{place.code}"]
        successor = Identity.objects.filter(email__iexact=address, is_active=True).first()
        if successor is None:
            raise InputError(f"{address} has no account; {place.name} needs an administrator who has one.")
        found[place] = successor
    return found
