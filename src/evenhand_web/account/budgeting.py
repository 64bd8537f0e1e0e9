"""What the page of budgets shows: whose rule holds, what a place gets of it and why, the outturn, what was earned."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import numpy as np

from evenhand import account, definition
from evenhand.account import Budgets, Claimant, GainShareScheme, Outturn, Payment
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.story import budgeting
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import below, upward

from .models import BudgetRule

AREAS = ("icb", "sicbl")  # where a year's money lies


@dataclass(frozen=True)
class Earned:
    """A confirmed saving that covers practices of this place. pence: what is confirmed in all; covered: practices it
    covers; here: of them, those of this place; share_pence: their share of it, by patients."""

    saving: str
    number: int
    pence: int
    covered: int
    here: int
    share_pence: int


@dataclass(frozen=True)
class Place:
    """One organisation's part of an area's budgets; codes: its practices that have one."""

    area: Organisation
    basis: budgeting.Basis
    rule: BudgetRule
    found: Budgets
    codes: tuple[str, ...]

    @property
    def rows(self) -> list[int]:
        """Where its practices stand among all of the area."""
        return self.basis.rows(self.codes)

    @property
    def pence(self) -> int:
        """Its budget."""
        return int(self.found.budget_pence[self.rows].sum())

    def sum(self, name: str) -> float:
        """Its historic, fair or target pounds together."""
        return float(np.nansum(getattr(self.found, name)[self.rows]))


def area_of(organisation: Organisation) -> Organisation | None:
    """Whose budget rule holds here: the nearest place upward with one, else the nearest that could set one."""
    line = upward(organisation)
    having = set(BudgetRule.objects.filter(organisation__in=line).values_list("organisation", flat=True))
    return next((o for o in line if o.code in having), next((o for o in line if o.level in AREAS), None))


def basis(lake: Lake, area: Organisation) -> budgeting.Basis | None:
    """What the area's year is set from, found once for every reader until something is loaded."""
    return lake.remember(f"account.budget_basis.{area.code}", partial(budgeting.basis, lake, area.code))


def place(organisation: Organisation, area: Organisation, found: budgeting.Basis) -> Place | None:
    """The organisation's part of the area's budgets; None if nobody has set them for the year, or it has no part."""
    rule = BudgetRule.objects.filter(organisation=area, year=found.year).first()
    if rule is None:
        return None
    codes = (organisation.code, *(o.code for o in below(organisation, "practice")))
    mine = tuple(code for code in found.practices if code in set(codes))
    return Place(area, found, rule, share_out(found, rule), mine) if mine else None


def share_out(found: budgeting.Basis, rule: BudgetRule) -> Budgets:
    """The budgets that a rule makes; InputError if its floor and cap leave no room for the total."""
    limits = account.Rule(rule.pace, rule.floor, rule.cap, rule.contingency)
    return budgeting.share_out(found, rule.pence, limits)


def outturn(lake: Lake, place: Place) -> Outturn | None:
    """The forecast against the budget, with what the difference is made of, found once until something is loaded; None
    before a month is published."""
    found = budgeting.forecast(place.basis, place.codes, place.pence / 100)
    if found is None or np.isnan(found.forecast_outturn):
        return found
    asked = hashlib.sha256(repr((place.area.code, place.codes, place.pence)).encode()).hexdigest()
    return lake.remember(f"account.outturn.{asked}", partial(_explained, lake, place, found))


def _explained(lake: Lake, place: Place, found: Outturn) -> Outturn:
    try:
        return budgeting.explain(lake, place.basis, place.codes, found)
    except InputError:
        return found  # no lines to split it by: the parts stay unknown


def earned(place: Place, entries: Sequence[account.Entry]) -> list[Earned]:
    """The confirmed savings that cover practices of this place, with their share of each by patients."""
    last = {entry.saving: entry for entry in entries if entry["cells"] and entry.state == "confirmed"}
    found = []
    for saving, entry in last.items():
        now = account.trace(entries, saving)
        covered = entry["cells"]["organisations"]
        here = [code for code in covered if code in set(place.codes)]
        if now.state == "confirmed" and here:
            share = budgeting.part_by_patients(place.basis, covered, here, now.pence)
            found.append(Earned(saving, entry.number, now.pence, len(covered), len(here), share))
    return found


def payment(place: Place, gained: Sequence[Earned]) -> tuple[GainShareScheme, Payment, str] | None:
    """What the area's gain-share scheme would pay for what was earned here, and why; None without a scheme.

    For one practice: a scheme's cap and threshold are a practice's. Only what is confirmed is counted, and nothing is
    confirmed unless its guardrails held: that gate is open where something was earned.
    """
    if not place.rule.gain_share or len(place.codes) > 1:
        return None
    scheme = definition.loads(place.rule.gain_share, GainShareScheme)
    patients = Decimal(repr(float(np.nansum(place.basis.patients[place.rows]))))
    pounds = Decimal(sum(one.share_pence for one in gained)) / 100
    gates = tuple(gate.says("pass" if gained else "") or "waits" for gate in scheme.gates)
    one = Claimant(place.codes[0], patients, pounds, gates)
    (paid,) = account.gainshare(scheme, [one])
    return scheme, paid, account.payment_words(scheme, one, paid)
