"""Where the links of a bulletin lead: its one action, the way out, and the way back."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from .. import bulletins, reading
from ..models import Bulletin


@never_cache
@require_safe
def open_(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever got the letter, signed in: on to its one action.

    Nothing is kept of a visitor who is not signed in: mail scanners follow every link, and they read nothing.
    """
    letter = _letter(token)
    if not request.user.is_authenticated:
        return redirect_to_login(request.path)
    if request.user.person.pk == letter.person_id and (content := letter.facts.get("content")):
        opens = letter.facts["path"] == reverse("change:module", args=(letter.organisation_id, content))
        stages = ("reached", "viewed") if opens else ("reached",)
        reading.note(letter.person, content, *stages, campaign=letter.campaign)
    return redirect(letter.facts["path"])


@never_cache
@csrf_exempt  # RFC 8058: a mail program posts here without a cookie; the token is what nobody else has
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the letter, signed in or not: one button, and no more bulletins. Twice is as once."""
    return _choice(request, token, wanted=False)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def back(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the letter, signed in or not: one button, and bulletins come again."""
    return _choice(request, token, wanted=True)


def _choice(request: HttpRequest, token: str, *, wanted: bool) -> HttpResponse:
    letter = _letter(token)
    if done := request.method == "POST":
        bulletins.choose(letter.person, wanted, "link")
    return render(request, "change/letter_choice.html", {
        "token": token, "wanted": wanted, "done": done, "wants": bulletins.wants(letter.person),
    })  # fmt: skip


def _letter(token: str) -> Bulletin:
    return get_object_or_404(Bulletin.objects.select_related("person", "campaign"), token=token)
