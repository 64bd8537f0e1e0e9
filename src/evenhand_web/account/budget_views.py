"""The page of budgets: what a practice would spend if money followed need, the forecast, why, and what was earned."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from evenhand.errors import InputError
from evenhand.story.budgeting import Basis
from evenhand_web.people.models import Organisation
from evenhand_web.people.pages import may, organisation_page, require
from evenhand_web.site.figures import download
from evenhand_web.site.lake import lake

from . import budget_showing, budgeting
from .forms import BudgetForm
from .models import BudgetRule

USUAL = {"pace": "50", "floor": "-2", "cap": "5", "contingency": "1"}


@organisation_page("read")
def budgets(request: HttpRequest, organisation: Organisation) -> HttpResponse:
    """Everybody of the organisation: its budget and why. Next: a finance lead sets the area's, for the year."""
    if request.method == "POST":
        require(request, "set_budget")
    held, area = lake(), budgeting.area_of(organisation)
    basis = budgeting.basis(held, area) if held and area else None
    form = _form(request, organisation, area, basis)
    sent = request.method == "POST" and form is not None and basis is not None and form.is_valid()
    if sent and _keep(request, organisation, basis, form):
        return redirect("account:budgets", organisation.code)
    place = budgeting.place(organisation, area, basis) if basis and area else None
    shown: dict[str, Any] = {"area": area, "basis": basis, "form": form, "place": place}
    if place is not None and held is not None:
        shown |= budget_showing.shown(request, organisation, place, budgeting.outturn(held, place))
        if response := download(request, *shown["figures"]):
            return response
    status = 422 if form is not None and form.is_bound and form.errors else 200
    return render(request, "account/budgets.html", shown, status=status)


def _form(request: HttpRequest, organisation: Organisation, area: Organisation | None, basis: Basis | None) -> Any:
    """The form for whoever may set the area's budget, on the area's own page."""
    if area is None or basis is None or area != organisation or not may(request, "set_budget"):
        return None
    if request.method == "POST":
        return BudgetForm(request.POST)
    last = BudgetRule.objects.filter(organisation=area, year=basis.year).first()
    if last is None:
        return BudgetForm(initial={"total": f"{basis.known_historic:.2f}", **USUAL})
    said = {name: f"{getattr(last, name) * 100:.10g}" for name in USUAL}
    return BudgetForm(initial={"total": f"{last.pence / 100:.2f}", "gain_share": last.gain_share, **said})


def _keep(request: HttpRequest, area: Organisation, basis: Basis, form: BudgetForm) -> bool:
    """Keep the rule if its floor and cap leave room for the total; else say on the form which totals would fit."""
    rule, pence = form.rule(), int(form.cleaned_data["total"] * 100)
    kept = BudgetRule(
        organisation=area, year=basis.year, pence=pence, pace=rule.pace, floor=rule.floor, cap=rule.cap,
        contingency=rule.contingency, gain_share=form.cleaned_data["gain_share"], person=request.user.person,
    )  # fmt: skip
    try:
        budgeting.share_out(basis, kept)
    except InputError as error:
        form.add_error("total", f"{str(error)[0].upper()}{str(error)[1:]}.")
        return False
    kept.save()
    messages.success(request, f"The budgets for {basis.year} are set, for {len(basis.practices)} practices.")
    return True
