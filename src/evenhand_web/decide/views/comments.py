"""Questions and comments on a scheme."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from evenhand.errors import InputError
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require
from evenhand_web.site.forms import whole

from .. import commenting
from ..forms_scheme import CommentForm, ReplyForm
from .scheme import find, page


@require_POST
@organisation_page("comment")
def comment(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Clinicians and managers: ask or say something about a scheme; its leads answer. Next: back to the scheme."""
    plan = find(organisation, key)
    word = request.POST.get("replies_to", "")
    if word:
        require(request, "draft", plan.organisation)
        reply = ReplyForm(request.POST)
        if not reply.is_valid():
            messages.warning(request, "Write the answer, in at most 600 characters. Nothing was saved.")
            return redirect("decide:scheme", organisation.code, key)
        try:
            commenting.answer(plan, whole(word), reply.cleaned_data["text"], request.user.person)
        except InputError as error:
            messages.warning(request, str(error))
        else:
            messages.success(request, "Your answer is kept.")
        return redirect("decide:scheme", organisation.code, key)
    form = CommentForm(request.POST)
    version = plan.latest()
    if version is None or not form.is_valid():
        return page(request, organisation, plan, form)
    commenting.say(version, form.cleaned_data["kind"], form.cleaned_data["text"], request.user.person)
    messages.success(request, "It is kept, and stands under the scheme.")
    return redirect("decide:scheme", organisation.code, key)
