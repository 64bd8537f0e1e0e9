"""'This variation is warranted because ...': reading, adding and weighing reasons."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from evenhand.errors import InputError
from evenhand.measures import Measure
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page, require

from .. import checking, explaining
from ..forms import ExplanationForm
from ..models import Explanation


@organisation_page("read")
def reasons(request: HttpRequest, organisation: Organisation, measure: str) -> HttpResponse:
    """Everybody of the organisation: why clinicians say that a variation here is warranted, and how peers weigh it.

    Next, for clinicians: give a reason (who works here or below), weigh others' reasons.
    """
    known = _known(measure)
    form = ExplanationForm(request.POST or None)
    if request.method == "POST":
        require(request, "explain")
        if form.is_valid():
            explaining.explain(known.id, organisation, form.cleaned_data["text"], request.user.person)
            messages.success(request, "Your reason is kept, and stands beside the number.")
            return redirect("decide:reasons", organisation.code, known.id)
    return render(request, "decide/reasons_page.html", {
        "measure": known, "form": form,
        "reasons": explaining.explanations(known.id, organisation, request.user.person),
    }, status=422 if form.is_bound and form.errors else 200)  # fmt: skip


@require_POST
@organisation_page("weigh")
def weigh(request: HttpRequest, organisation: Organisation, measure: str, pk: int) -> HttpResponse:
    """Clinicians of this organisation: whether a reason convinces them. Next: back to where they read it."""
    level = organisation.level  # peers of one level weigh each other's reasons, as their page shows them
    explanation = get_object_or_404(Explanation, pk=pk, measure=measure, organisation__level=level)
    try:
        explaining.weigh(explanation, request.user.person, request.POST.get("value", ""))
    except InputError as error:
        messages.warning(request, str(error))
    else:
        messages.success(request, "How you weigh it is kept.")
    back = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return redirect(back)
    return redirect("decide:reasons", organisation.code, measure)


def _known(measure: str) -> Measure:
    found = checking.known_measures().get(measure)
    if found is None:
        raise Http404(f"no measure {measure!r}")
    return found
