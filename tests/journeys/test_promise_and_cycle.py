"""In a real browser: a promise in two clicks on a phone, a cycle from plan to adopt, a reflection taken along."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import models
from django.utils import timezone
from playwright.sync_api import expect

import cast
from browsing import NARROW, look, sign_in
from evenhand_web.change.models import Commitment, Cycle, CycleResult, Reflection
from evenhand_web.people.models import Identity

pytestmark = pytest.mark.browser
MEASURE = "diabetes_dpp4_cost"


@pytest.fixture
def gp(page, demo_address):
    """The GP, signed in on a phone."""
    page.set_viewport_size(NARROW)
    sign_in(page, demo_address, cast.GP)
    return Identity.objects.get(username="gp").person


def test_a_promise_a_cycle_and_a_reflection(page, demo_address, gp):
    here = f"{demo_address}/organisations/{gp.organisation_id}"
    _two_clicks_and_it_is_promised(page, here, gp)
    _a_cycle_from_plan_to_adopt(page, here, gp)
    _a_reflection_is_taken_along(page, here, gp)


def _two_clicks_and_it_is_promised(page, here, gp):
    before = Commitment.objects.filter(person=gp).count()
    page.goto(f"{here}/measures/{MEASURE}/")
    page.get_by_role("link", name="Promise a change").click()  # one
    page.get_by_role("button", name="Promise", exact=True).click()  # two
    expect(page.get_by_text("Your promise is kept.")).to_be_visible()
    assert Commitment.objects.filter(person=gp).count() == before + 1
    look(page, "promise-mine")
    page.set_viewport_size(NARROW)
    page.get_by_role("link", name="Say what became of it").first.click()
    page.get_by_role("radio", name="I did it").check()
    page.get_by_role("button", name="Keep").click()
    expect(page.get_by_text("will stand beside it, not added to it")).to_be_visible()


def _a_cycle_from_plan_to_adopt(page, here, gp):
    page.goto(f"{here}/measures/{MEASURE}/")
    page.get_by_role("link", name="Plan a cycle").click()
    page.get_by_label("What will you try?").fill("Ask at the first prescription")
    page.get_by_role("button", name="Keep the plan").click()
    expect(page.get_by_text("Say what you predict").first).to_be_visible()  # no cycle without a prediction
    look(page, "cycle-refused")
    page.get_by_label("What do you predict, and why?").fill("A tenth fewer, for it is habit")
    page.get_by_label("What value do you expect?").fill("40")
    page.get_by_role("button", name="Keep the plan").click()
    expect(page.get_by_text("Your prediction stands.")).to_be_visible()
    cycle = Cycle.objects.get(idea="Ask at the first prescription")
    expect(page.get_by_role("button", name="Keep the study")).to_have_count(0)
    long_ago = timezone.now() - timedelta(days=200)  # as if it had been planned and tried then
    models.QuerySet(Cycle).filter(pk=cycle.pk).update(
        at=long_ago, starts=long_ago.date() + timedelta(days=1), ends=long_ago.date() + timedelta(days=90)
    )
    page.reload()
    page.get_by_label("What happened?").fill("A fifth fewer")
    page.get_by_role("radio", name="Adopt it").check()
    page.get_by_label("Why? What did you learn?").fill("Nobody minded being asked")
    page.get_by_role("button", name="Keep the study").click()
    expect(page.get_by_role("heading", name="Act: adopt it")).to_be_visible()
    look(page, "cycle-adopted")
    assert CycleResult.objects.get(cycle=cycle).decision == "adopt"


def _a_reflection_is_taken_along(page, here, gp):
    page.goto(f"{here}/change/promises/")
    page.get_by_role("link", name="Write a reflection").first.click()
    page.get_by_label("So what?").fill("It was habit, not choice")
    page.get_by_label("Nothing in it can identify a patient").check()
    look(page, "reflection-writing")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Nobody else can read it.").first).to_be_visible()
    look(page, "reflection-mine")
    with page.expect_download() as began:
        page.get_by_role("link", name="Markdown").click()
    kept = Reflection.objects.filter(person=gp).latest("pk")
    text = began.value.path().read_text()
    assert "It was habit, not choice" in text
    assert all(sentence in text for sentence in kept.attached.get("sentences", ()))
    page.get_by_role("link", name="Delete it for good").click()
    page.get_by_role("button", name="Delete it for good").click()
    expect(page.get_by_text("There is no copy.")).to_be_visible()
    assert not Reflection.objects.filter(pk=kept.pk).exists()
