"""Two proved savings on the same cells: the page says what each would count, and books just that."""

from __future__ import annotations

import re

import pytest

import cast
import proving
import savings
from evenhand import account
from evenhand_web.account import book, confirming, moving
from evenhand_web.account.models import Confirmation, LedgerEntry
from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation

INDEX = f"{proving.HERE}/account/"
MOVE, CONFIRM = (f"{INDEX}savings/{proving.KEY}/{page}/" for page in ("move", "confirm"))


@pytest.fixture
def met(settings, demo, demo_lake, as_demo):
    """The waiting scheme proved, and another one confirmed on half of its practices."""
    settings.EVENHAND_LAKE = demo_lake
    plan = proving.launched(demo)
    client = as_demo(cast.PHARMACIST)
    for _ in range(3):
        client.post(MOVE)
    proving.judged(demo)
    client.post(MOVE)
    claim = confirming._cells(moving.standing(plan, book.read()[-1]), demo)
    half = account.Cells(claim.kind, claim.level, claim.organisations[::2], claim.months, claim.codes)
    Plan.objects.create(key="other", title="The other one", organisation=Organisation.objects.get(code=proving.AREA))
    with book.opened() as ledger:
        savings.in_flight(ledger, "other", organisation=proving.AREA)
        window = (claim.months[0], claim.months[-1])
        ledger.evidence("other", savings.proof(lower80_pounds=500.0, window=window), booked="2026-05-20")
        ledger.confirm("other", booked="2026-06-02", cells=half, signatures=[savings.FINANCE, savings.CLINICAL])
    return client


def shown(client) -> str:
    return client.get(INDEX).content.decode()


def seal(page: str) -> str:
    return re.search(r'name="share" value="([0-9a-f]{64})"', page)[1]


def said(client, **data: str) -> str:
    return client.post(CONFIRM, data, follow=True).content.decode()


def test_both_leads_agree_to_what_they_were_shown_and_that_is_booked(met, as_demo):
    finance, clinical = as_demo(cast.FINANCE_DIRECTOR), as_demo(cast.CLINICAL_LEAD)
    page = shown(finance)
    assert "Somebody else counts some of the same prescriptions" in page
    assert "The other one" in page
    told = confirming.offer(moving.standing(Plan.objects.get(key=proving.KEY), _last()), book.read(), _lake())
    assert "Your confirmation is kept" in said(finance, role="finance_lead", share=seal(page))
    assert "booked as entry" in said(clinical, role="clinical_lead", share=seal(shown(clinical)))
    held = account.progress(book.read(), 1, organisations=[proving.AREA]).confirmed_pence
    assert held == sum(one.counts[0] for one in told.portions)
    assert account.check(book.read()).broken == ()


def test_tested_again_both_agree_anew_to_what_is_shared(met, as_demo, demo):
    finance, clinical = as_demo(cast.FINANCE_DIRECTOR), as_demo(cast.CLINICAL_LEAD)
    for client, role in ((finance, "finance_lead"), (clinical, "clinical_lead")):
        said(client, role=role, share=seal(shown(client)))
    proving.judged(demo, lower80_pounds=300.0)
    met.post(MOVE)
    page = shown(finance)
    assert "Somebody else counts some of the same prescriptions" in page
    assert "look at what each would count" in said(finance, role="finance_lead", seen=str(_last().number))
    for client, role in ((finance, "finance_lead"), (clinical, "clinical_lead")):
        page = said(client, role=role, share=seal(shown(client)), seen=str(_last().number))
    assert "Confirmed by both" in page
    assert (_last().kind, _last()["proof"]["verdict"]["lower80_pence"]) == ("restatement", 30000)
    other = LedgerEntry.objects.filter(saving="other").last()
    assert other.verdict is None  # what was restated beside it rests on a verdict of its own
    now = moving.standing(Plan.objects.get(key=proving.KEY), _last())
    assert not now.anew
    assert account.check(book.read()).broken == ()


def test_who_was_shown_no_sharing_or_another_one_has_not_agreed(met, as_demo):
    client = as_demo(cast.FINANCE_DIRECTOR)
    for wrong in ({}, {"share": "0" * 64}):
        assert "look at what each would count" in said(client, role="finance_lead", **wrong)
    assert not Confirmation.objects.exists()


def _last() -> account.Entry:
    return [entry for entry in book.read() if entry.saving == proving.KEY][-1]


def _lake():
    from django.conf import settings

    from evenhand.lake import Lake

    return Lake.open(settings.EVENHAND_LAKE)
