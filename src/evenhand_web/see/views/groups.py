"""Groups of organisations of one's own: made, changed and taken away by their owner, used in Explore."""

from __future__ import annotations

import numpy as np
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from evenhand.story import sights
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.lake import lake

from ..forms import GroupForm
from ..models import Group

MOST_GROUPS = 50  # of one person


@organisation_page("read")
def groups(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: one's own groups. Next: make one, or open one."""
    return render(request, "see/groups.html", {"groups": Group.objects.filter(owner=request.user.person)})


@organisation_page("read")
def new_group(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: make a group."""
    form = GroupForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if Group.objects.filter(owner=request.user.person).count() >= MOST_GROUPS:
            form.add_error(None, f"You have {MOST_GROUPS} groups; take one away first.")
        else:
            made = Group.objects.create(
                owner=request.user.person, name=form.cleaned_data["name"], codes=form.cleaned_data["members"]
            )
            messages.success(request, f"{made.name} has {len(made.codes)} organisations.")
            return redirect("see:group", organisation.code, made.key)
    return render(request, "see/group_form.html", {"form": form}, status=422 if form.errors else 200)


@organisation_page("read")
def group(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Its owner alone: how the group stands on every measure, and who is in it. Next: change it, explore with it."""
    own = get_object_or_404(Group, key=key, owner=request.user.person)
    members = Organisation.objects.in_bulk(own.codes)
    form = GroupForm(request.POST or None, initial={"name": own.name, "members": "\n".join(own.codes)})
    if request.method == "POST" and form.is_valid():
        own.name, own.codes = form.cleaned_data["name"], form.cleaned_data["members"]
        own.save()
        messages.success(request, "Changed.")
        return redirect("see:group", organisation.code, own.key)
    table = _standing(own, next(iter(members.values())).level if members else "")
    if response := download(request, table):
        return response
    return render(request, "see/group.html", {
        "group": own, "form": form, "table": table,
        "members": [(members[c], may(request, "read", members[c])) for c in own.codes if c in members][:60],
        "more": max(0, len(own.codes) - 60),
    }, status=422 if form.errors else 200)  # fmt: skip


@require_POST
@organisation_page("read")
def remove_group(request: HttpRequest, organisation: Organisation, key: str) -> HttpResponse:
    """Its owner alone: take a group away."""
    get_object_or_404(Group, key=key, owner=request.user.person).delete()
    messages.success(request, "The group is taken away.")
    return redirect("see:groups", organisation.code)


def _standing(own: Group, level: str) -> Figure:
    """The group as one organisation on every stored measure, beside the middle of its level."""
    held = lake()
    rows = []
    for measure in sights.stored(held) if held else ():
        found = sights.spread(held, measure, level)
        if found is None:
            continue
        at = {code: row for row, code in enumerate(found.codes)}
        inside = [at[code] for code in own.codes if code in at]
        top, bottom = np.nansum(found.numerator[inside]), np.nansum(found.denominator[inside])
        if inside and bottom > 0:
            rows.append((measure.title, measure.unit, len(inside), top / bottom, found.facts["middle"],
                         float(np.nansum(found.units[inside])), float(np.nansum(found.pounds[inside]))))  # fmt: skip
    rows.sort(key=lambda row: -row[6])
    return Figure(
        name="group", sentence=f"{own.name} as one organisation on {len(rows)} measures, the largest gain first.",
        columns=("measure", "unit", "organisations", "value", "middle of all", "to gain (units)", "to gain (pounds)"),
        rows=rows, table_open=True,
        how=("The group's value is the sum of its numerators over the sum of its denominators. Its gain is the sum of "
             "its members' expected gains, with luck taken out.",),
        command="evenhand panel MEASURE --level GROUP --organisations FILE --lake LAKE --json",
    )  # fmt: skip
