"""Reflections for appraisal: nobody but their owner reads, exports or deletes them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from evenhand.change.reflection import as_markdown, as_text
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import organisation_page
from evenhand_web.site.lake import demonstration

from .. import reflecting
from ..forms_reflection import ReflectionForm
from ..models import Commitment, Reflection

BANNER = "Demonstration: made-up people and numbers."
TYPES = {"md": "text/markdown; charset=utf-8", "txt": "text/plain; charset=utf-8", "pdf": "application/pdf"}


def private(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page about one reflection: for its owner, as `reflection`; for anybody else it is not there. Never cached."""

    @never_cache
    @organisation_page("read")
    @wraps(view)
    def page(request: HttpRequest, organisation: Organisation, pk: int) -> HttpResponse:
        return view(request, organisation, get_object_or_404(reflecting.mine(request.user.person), pk=pk))

    return page


@never_cache
@organisation_page("read")
def reflections(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Their owner alone: what I wrote. Next: write one, export all."""
    return render(request, "change/reflections.html", {"reflections": list(reflecting.mine(request.user.person))})


@never_cache
@organisation_page("read")
def reflect(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Anybody: begin a reflection, filled in from ?promise= or ?module=, or from nothing."""
    draft = _begun(request, organisation)
    form = ReflectionForm(request.POST or None, initial=_initial(draft))
    if request.method == "POST" and form.is_valid():
        _fill(draft, form)
        reflecting.attach(draft)
        draft.save()
        messages.success(request, "Your reflection is kept. Nobody else can read it.")
        return redirect("change:reflection", organisation.code, draft.pk)
    return _form(request, form, None)


@private
def reflection(request: HttpRequest, organisation: Organisation, mine: Reflection) -> HttpResponse:
    """Its owner alone: what I wrote, and the result as it stood. Next: change, export, delete."""
    return render(request, "change/reflection.html", {
        "reflection": mine, "attached": mine.attached, "day": reflecting.day(mine.attached),
    })  # fmt: skip


@private
def edit_reflection(request: HttpRequest, organisation: Organisation, mine: Reflection) -> HttpResponse:
    """Its owner alone: change the words; the result stays as it was attached."""
    form = ReflectionForm(request.POST or None, initial=_initial(mine))
    if request.method == "POST" and form.is_valid():
        _fill(mine, form)
        mine.save()
        messages.success(request, "Your reflection is kept.")
        return redirect("change:reflection", organisation.code, mine.pk)
    return _form(request, form, mine)


@require_POST
@private
def attach_result(request: HttpRequest, organisation: Organisation, mine: Reflection) -> HttpResponse:
    """Its owner alone: put the result of today in the place of the one that was attached."""
    if reflecting.attach(mine):
        mine.save()
        messages.success(request, "The result is attached as it stands today.")
    else:
        messages.error(request, "There is no result yet: nothing is published of its measure here.")
    return redirect("change:reflection", organisation.code, mine.pk)


@private
def delete_reflection(request: HttpRequest, organisation: Organisation, mine: Reflection) -> HttpResponse:
    """Its owner alone: asked once more, then it is gone for good."""
    if request.method == "POST":
        mine.delete()
        messages.success(request, "Your reflection is deleted. There is no copy.")
        return redirect("change:reflections", organisation.code)
    return render(request, "change/reflection_delete.html", {"reflection": mine})


@never_cache
@organisation_page("read")
def export_reflections(
    request: HttpRequest, organisation: Organisation, kind: str, pk: int | None = None
) -> HttpResponse:
    """Their owner alone: one reflection, or all of them, as Markdown, plain text or PDF."""
    found = reflecting.mine(request.user.person)
    chosen = list(found if pk is None else found.filter(pk=pk))
    if kind not in TYPES or not chosen:
        raise Http404("no such reflection of yours")
    written = reflecting.written(chosen)
    if kind == "pdf":
        from evenhand.report.reflection import reflections as set_in_type

        body: bytes | str = set_in_type(written, demonstration=BANNER if demonstration() else "")
    else:
        body = as_markdown(written) if kind == "md" else as_text(written)
    name = f"reflections.{kind}" if pk is None else f"reflection-{pk}.{kind}"
    return HttpResponse(body, content_type=TYPES[kind],
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip


def _begun(request: HttpRequest, organisation: Organisation) -> Reflection:
    person, promise, module = request.user.person, request.GET.get("promise", ""), request.GET.get("module", "")
    if promise:
        if not promise.isdecimal() or len(promise) > 18:
            raise Http404("no such promise of yours")
        return reflecting.from_promise(get_object_or_404(Commitment, pk=int(promise), person=person))
    if module:
        found = reflecting.from_module(person, organisation, module)
        if found is None:
            raise Http404("no such module")
        return found
    return Reflection(person=person, organisation=organisation, kind="cpd")


def _initial(one: Reflection) -> dict[str, object]:
    return {name: getattr(one, name) for name in ReflectionForm.base_fields if name != "nobody"}


def _fill(one: Reflection, form: ReflectionForm) -> None:
    for name, value in form.cleaned_data.items():
        if name != "nobody":
            setattr(one, name, value)


def _form(request: HttpRequest, form: ReflectionForm, kept: Reflection | None) -> HttpResponse:
    return render(request, "change/reflection_form.html", {"form": form, "reflection": kept},
                  status=422 if form.errors else 200)  # fmt: skip
