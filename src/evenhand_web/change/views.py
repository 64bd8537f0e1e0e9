"""The pages of CHANGE: the campaign desk, a module and its self-audit, promises and what became of them."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from evenhand.change import Content
from evenhand.errors import InputError
from evenhand.story.planning import wave_power
from evenhand_web.decide.signing import sheet
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.people.tree import around
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from . import desk, figures, reading
from .forms import PromiseForm, ReportForm
from .models import Campaign, Commitment

DAYS_TO_CHANGE = 90  # a promise without a scheme: by when, unless its owner says otherwise


@organisation_page("read")
def index(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: what was sent to us, the campaigns of our schemes, my promises."""
    return render(request, "change/index.html", {
        "campaigns": desk.campaigns(around(organisation)), "modules": list(reading.modules().values()),
        "promised": len(reading.promises(request.user.person)),
    })  # fmt: skip


@organisation_page("read")
def campaign(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Everybody of the organisation: the design, the draw, who came how far. Next, for the desk: seal, launch."""
    found = _campaign(organisation, key)
    area = found.version.plan.organisation
    scheme = desk.scheme_of(found)
    audience = desk.audience(area)
    held = lake()
    power = None
    if found.sealed_at is None and held is not None:
        power = wave_power(held, scheme, audience.units, audience.clusters)
    engaged = reading.engagement(found) if found.launched_at else None
    figure = figures.engagement(engaged, found.key) if engaged else None
    if response := download(request, *([figure] if figure else [])):
        return response
    return render(request, "change/campaign.html", {
        "campaign": found, "scheme": scheme, "area": area, "audience": audience, "power": power, "figure": figure,
        "engaged": engaged, "module": desk.content_of(found), "signed": sheet(found.version.plan),
        "balance": desk.balance(found), "promised": found.commitments.count(),
        "runs": may(request, "run_campaign", area), "words": len(found.message.split()),
    })  # fmt: skip


@require_POST
@organisation_page("read")
def seal(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who runs campaigns in its area: draw at random and seal, once the scheme is signed by all who must."""
    found = _campaign(organisation, key)
    require(request, "run_campaign", found.version.plan.organisation)
    try:
        drawn = desk.seal(found)
        messages.success(request, f"Drawn and sealed. The seal is {drawn.seal[:12]}…; nobody can be moved any more.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("change:campaign", organisation.code, key)


@require_POST
@organisation_page("read")
def launch(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Who runs campaigns in its area: send the sealed wave."""
    found = _campaign(organisation, key)
    require(request, "run_campaign", found.version.plan.organisation)
    try:
        desk.launch(found)
        messages.success(request, f"Launched. A verdict can be asked for from {found.verdict_due:%-d %B %Y}.")
    except InputError as error:
        messages.error(request, str(error))
    return redirect("change:campaign", organisation.code, key)


@organisation_page("read")
def module(request: HttpRequest, organisation: Organisation, content: str) -> HttpResponse:
    """Everybody of the organisation reads; a clinician's reading and self-audit are kept. Next: promise."""
    found = _module(content)
    person, sent = request.user.person, reading.campaign_for(organisation, content)
    wrong: list[str] = []
    if may(request, "promise"):
        reading.note(person, content, "reached", "viewed", campaign=sent)
        if request.method == "POST":
            said, wrong = reading.answers(found, request.POST)
            if not wrong and len(said) == len(found.self_audit):
                reading.note(person, content, "completed", "evaluated", campaign=sent)
                messages.success(request, "Your self-audit is kept. Nobody else sees its answers: they are not stored.")
                return redirect("change:promise", organisation.code, content)
            wrong = wrong or ["Please answer every question of the self-audit."]
    return render(request, "change/module.html", {
        "module": found, "wrong": wrong, "before": reading.before_the_audit(found),
        "audit": [(question, request.POST.get(f"audit-{question.word}", "")) for question in found.self_audit],
    }, status=422 if wrong else 200)  # fmt: skip


@organisation_page("promise")
def promise(request: HttpRequest, organisation: Organisation, content: str) -> HttpResponse:
    """A clinician of the organisation: a promise, filled in beforehand; two clicks."""
    found = _module(content)
    sent = reading.campaign_for(organisation, content)
    form = PromiseForm(request.POST or None, initial=_beforehand(found, sent))
    if request.method == "POST" and form.is_valid():
        Commitment.objects.create(
            person=request.user.person, organisation=organisation, campaign=sent, measure=found.facts.measure,
            version=sent.version if sent else None, **form.cleaned_data,
        )  # fmt: skip
        reading.note(request.user.person, content, "intends", campaign=sent)
        messages.success(request, "Your promise is kept. You will be told what became of it.")
        return redirect("change:promises", organisation.code)
    return render(request, "change/promise.html", {"module": found, "form": form, "campaign": sent},
                  status=422 if form.errors else 200)  # fmt: skip


@organisation_page("read")
def promises(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Their owner alone: what I promised, by when, and what became of it."""
    mine = reading.promises(request.user.person)
    return render(request, "change/promises.html", {"promises": mine, "today": timezone.localdate()})


@organisation_page("read")
def report(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
    """Its owner alone: say what became of a promise. It is a report: money never follows from it."""
    mine = get_object_or_404(Commitment, pk=pk, person=request.user.person)
    form = ReportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reading.report(mine, form.cleaned_data["said"], form.cleaned_data["note"])
        if form.cleaned_data["said"] == "done" and mine.campaign:
            reading.note(mine.person, mine.campaign.content, "reported", campaign=mine.campaign)
        messages.success(request, "Thank you. What the data shows will stand beside it, not added to it.")
        return redirect("change:promises", organisation.code)
    return render(request, "change/report.html", {"promise": mine, "form": form}, status=422 if form.errors else 200)


def _campaign(organisation: Organisation, key: str) -> Campaign:
    return get_object_or_404(
        Campaign.objects.select_related("version__plan__organisation"), key=key,
        version__plan__organisation__in=around(organisation),
    )  # fmt: skip


def _module(content: str) -> Content:
    found = reading.modules().get(content)
    if found is None:
        raise Http404(f"no module {content!r}")
    return found


def _beforehand(found: Content, sent: Campaign | None) -> dict[str, object]:
    """What a promise says unless its owner changes it."""
    if sent is None:
        return {"what": found.facts.title, "by": timezone.localdate() + timedelta(days=DAYS_TO_CHANGE)}
    scheme = desk.scheme_of(sent)
    last = max(date.fromisoformat(f"{scheme.follow_up.last}-28"), timezone.localdate() + timedelta(days=DAYS_TO_CHANGE))
    return {"what": scheme.title, "size": scheme.planned_effect, "by": last}
