"""One's own e-mail address and sessions: changed and ended by their owner."""

from __future__ import annotations

import logging
import smtplib

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from .. import addresses, emails, private, trail
from ..forms import AddressForm
from .posted import posted


@never_cache
@login_required
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def email(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in, about themselves: a new address. Next: the link in its mailbox."""
    form = AddressForm(posted(request), own=request.user.email)
    if request.method == "POST" and form.is_valid():
        try:
            addresses.ask(request.user, form.cleaned_data["email"], lambda token: request.build_absolute_uri(
                reverse("people:confirm_email", args=[token])))  # fmt: skip
        except (OSError, smtplib.SMTPException):
            return _not_handed_over(request)
        messages.info(request, "Look into the mailbox of the new address: open the link there within two hours, "
                               "signed in here. Until then nothing has changed.")  # fmt: skip
        return redirect("people:me")
    return render(request, "people/email.html", {"form": form}, status=422 if form.is_bound else 200)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def confirm_email(request: HttpRequest, token: str) -> HttpResponse:
    """Whoever asked for the change, signed in. Opening the link changes nothing: its button does, once."""
    found = addresses.find(request.user, token)
    if request.method == "POST" and found is not None:
        before = addresses.confirm(request.user, token, here=request.session.session_key)
        if before is not None:
            messages.success(request, "Your new address is proved and kept. Every other session of yours has ended.")
            _tell(before, request.user.name)
            return redirect("people:me")
        found = None
    if found is None:
        if addresses.of_another(request.user, token):
            raise Http404("this link was asked for in another account")
        return render(request, "people/link_gone.html", status=410)
    return render(request, "people/confirm_email.html", {"address": found.email})


@login_required
@require_POST
def end_sessions(request: HttpRequest) -> HttpResponse:
    """Whoever is signed in: every other session of theirs ends, this one stays."""
    many = private.end_sessions(request.user, but=request.session.session_key)
    trail.keep("other sessions ended", who=request.user.person, organisation=request.user.person.organisation,
               sessions=many)  # fmt: skip
    messages.success(request, f"Signed out of {many} other session{'' if many == 1 else 's'}." if many
                     else "You were not signed in anywhere else.")  # fmt: skip
    return redirect("people:me")


def _tell(before: str, name: str) -> None:
    """Tell the old address, if there was one. The change stands whether or not its server takes the letter."""
    if not before:
        return
    try:
        emails.changed(before, name)
    except (OSError, smtplib.SMTPException):
        logging.getLogger(__name__).exception("an old address could not be told of its change")
        trail.keep("letter not sent")


def _not_handed_over(request: HttpRequest) -> HttpResponse:
    logging.getLogger(__name__).exception("a letter with a link could not be handed to the mail server")
    trail.keep("letter not sent")
    return render(request, "people/not_sent.html", status=503)
