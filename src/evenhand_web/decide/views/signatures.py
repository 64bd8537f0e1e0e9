"""Signing a scheme, and withdrawing a signature."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.site.forms import whole

from .. import signing
from ..models import Signature
from .scheme import find

LONGEST_REASON = 300  # characters, as Withdrawal keeps


@require_POST
@organisation_page("read")
def sign(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Clinical leads and managers of those who sign, each for their own organisation: sign the version they have read.

    Next: the page says whose name is missing, or that the scheme is in force.
    """
    plan = find(organisation, key)
    signer = get_object_or_404(Organisation, code=request.POST.get("organisation", ""))
    role, number = request.POST.get("role", ""), request.POST.get("number", "")
    if role not in Signature.ROLES or not whole(number):
        raise SuspiciousOperation("a signature names its role and its version")
    require(request, f"sign_{role}", signer)
    try:
        sheet = signing.sign(plan, whole(number), signer, role, request.user.person)
    except InputError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, _signed(sheet))
    return redirect("decide:scheme", organisation.code, key)


@require_POST
@organisation_page("read")
def withdraw(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Whoever signed: take one's own signature back. Next: the scheme is not in force until the name is there again."""
    plan = find(organisation, key)
    word = request.POST.get("signature", "")
    reason = request.POST.get("reason", "").strip()[:LONGEST_REASON]
    try:
        signing.withdraw(plan, whole(word), request.user.person, reason)
    except InputError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "Your signature is withdrawn. The scheme is not in force without it.")
    return redirect("decide:scheme", organisation.code, key)


def _signed(sheet: signing.Sheet) -> str:
    if sheet.in_force:
        return f"Your signature is kept. Version {sheet.version.number} is now in force."
    names = "; ".join(f"{line.role_words} of {line.organisation.name}" for line in sheet.missing)
    return f"Your signature is kept. Still missing: {names}."
