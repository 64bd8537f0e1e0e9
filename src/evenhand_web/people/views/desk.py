"""Looking after the people of an organisation: who is to be verified, who holds which role, which units there are."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from evenhand.errors import InputError

from .. import levels, posts, registers, verifying
from ..forms import ConfirmForm, EndForm, PostForm, RefuseForm, UnitForm
from ..models import Organisation, Person, Post
from ..pages import organisation_page, require
from .posted import posted


@organisation_page("administer")
def people(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Its administrators and those above: who waits to be verified, who holds which role. Next: open one of them."""
    held = [(post, Post.ROLES[post.role]) for post in posts.held_in(organisation)]
    return render(request, "people/people.html", {
        "waiting": verifying.waiting(organisation), "posts": held, "may_load": organisation.level in registers.LOADS,
        "units": posts.BELOW.get(organisation.level, ()), "accounts": posts.people_of(organisation).count(),
    })  # fmt: skip


@organisation_page("administer")
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Its administrators and those above, but never about themselves: confirm that somebody works there, or do not."""
    found = verifying.one(get_object_or_404(Person, pk=key))
    if found is None:
        raise Http404("nobody of that name waits")
    require(request, "administer", found.organisation)  # whose place it is decides, not the address of the page
    doing = request.POST.get("doing", "")
    confirm = ConfirmForm(request.POST if doing == "confirm" else None)
    refuse = RefuseForm(request.POST if doing == "refuse" else None)
    form = confirm if doing == "confirm" else refuse
    if request.method == "POST" and form.is_valid():
        try:
            if doing == "confirm":
                verifying.confirm(found.person, by=request.user.person, role=form.cleaned_data["role"])
                messages.success(request, f"{found.identity.name} is confirmed.")
            else:
                verifying.refuse(found.person, by=request.user.person, why=form.cleaned_data["why"])
                messages.success(request, f"{found.identity.name} is not confirmed, and reads why.")
            return redirect("people:people", organisation.code)
        except InputError as error:
            form.add_error(None, str(error))
    return render(request, "people/verify.html", {
        "waiting": found, "confirm": confirm, "refuse": refuse, "form": form,
        "clinical": levels.is_clinical(found.person),
    }, status=422 if request.method == "POST" else 200)  # fmt: skip


@organisation_page("administer")
@require_http_methods(["GET", "POST"])
def give_post(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Its administrators and those above: give somebody a role here."""
    form = PostForm(posted(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            posts.give(said["identity"].person, said["role"], organisation, by=request.user.person,
                       since=said["since"], until=said["until"])  # fmt: skip
            messages.success(request, f"{said['identity'].name} is now {Post.ROLES[said['role']]} here.")
            return redirect("people:people", organisation.code)
        except InputError as error:
            form.add_error(None, str(error))
    return render(request, "people/give_post.html", {"form": form}, status=422 if form.is_bound else 200)


@organisation_page("administer")
@require_http_methods(["GET", "POST"])
def end_post(request: HttpRequest, organisation: Organisation, number: int) -> HttpResponse:
    """Its administrators and those above: end a role here. The last administrator's cannot be ended."""
    post = get_object_or_404(posts.held_in(organisation), pk=number)
    form = EndForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            posts.end(post, by=request.user.person)
            messages.success(request, "The role has ended.")
            return redirect("people:people", organisation.code)
        except InputError as error:
            form.add_error(None, str(error))
    context = {"form": form, "post": post, "role": Post.ROLES[post.role]}
    return render(request, "people/end_post.html", context, status=422 if form.is_bound else 200)


@organisation_page("administer")
@require_http_methods(["GET", "POST"])
def add_unit(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """A trust's administrators and those above: add a specialty, a ward or a team."""
    if organisation.level not in posts.BELOW:
        raise Http404(f"no ward lies below a {organisation.level}")
    form = UnitForm(posted(request), parent=organisation)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made = posts.add_unit(organisation, said["level"], said["name"], said["code"], by=request.user.person)
            messages.success(request, f"{made.name} lies below {organisation.name} now.")
            return redirect("people:people", made.code)
        except InputError as error:
            form.add_error(None, str(error))
    return render(request, "people/add_unit.html", {"form": form}, status=422 if form.is_bound else 200)
