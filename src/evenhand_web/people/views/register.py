"""Joining, and signing in by a link: what is answered never depends on who is known."""

from __future__ import annotations

import logging
import smtplib

from django.contrib import auth, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from .. import joining, nhs_mail, trail
from ..forms import LinkForm, RegisterForm
from ..models import Organisation
from .posted import posted

BY_LINK = "evenhand_web.people.backends.MailLink"
_DETAILS = ("given_name", "family_name", "profession", "body", "number", "organisation")


@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Anyone. Next comes a letter with a link, whatever is known of them; nobody learns anything from the form."""
    form = RegisterForm(posted(request))
    if request.method == "POST" and form.is_valid():
        if not nhs_mail.nhs_address(form.cleaned_data["email"]):
            form.add_error("email", "This is not an NHS address. Enter the one that your NHS organisation gave you.")
        else:
            details = joining.Details(*(form.cleaned_data[name] for name in _DETAILS))
            return _send(request, form.cleaned_data["email"], details)
    return render(request, "people/register.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@require_http_methods(["GET", "POST"])
def ask_link(request: HttpRequest) -> HttpResponse:
    """Anyone. Next comes a letter with a link to sign in, if there is an account with that address."""
    form = LinkForm(posted(request))
    if request.method == "POST" and form.is_valid():
        return _send(request, form.cleaned_data["email"], None)
    return render(request, "people/ask_link.html", {"form": form}, status=422 if form.is_bound else 200)


def sent(request: HttpRequest) -> HttpResponse:
    """Anyone. What to do now: look into the mailbox."""
    return render(request, "people/sent.html", {"hours": joining.LIVES.seconds // 3600})


@never_cache
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever has the link. Opening it changes nothing: its button signs them in, once."""
    found = joining.find(token)
    if request.method == "POST":
        identity = joining.use(token) if found else None
        if identity is not None:
            identity.backend = BY_LINK
            auth.login(request, identity)
            request.session["signed_in_by"] = "link"
            messages.success(request, "Your e-mail is proved, and you are signed in.")
            return redirect("people:me" if found.purpose == "register" else "home:front")
    if found is None or request.method == "POST":
        return render(request, "people/link_gone.html", status=410)
    place = Organisation.objects.filter(code=found.details.get("organisation")).first()
    return render(request, "people/link.html", {"link": found, "place": place})


def _send(request: HttpRequest, email: str, details: joining.Details | None) -> HttpResponse:
    try:
        joining.ask(email, details, lambda token: request.build_absolute_uri(reverse("people:link", args=[token])))
    except (OSError, smtplib.SMTPException):  # the mail server, and nothing that is known of anybody
        logging.getLogger(__name__).exception("a letter with a link could not be handed to the mail server")
        trail.keep("letter not sent")
        return render(request, "people/not_sent.html", status=503)
    return redirect("people:sent")
