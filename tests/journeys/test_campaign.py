"""A campaign designed, weighed, drawn and launched on a phone; and one for awareness whose effect comes out again.

Nobody is shown who is in which arm before the seal, and nobody an outcome before its day.
"""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

import cast
from browsing import NARROW, look, sign_in
from evenhand.synthetic.awareness import WAVES
from evenhand_web.change import desk, outcomes
from evenhand_web.change.audiences import practices
from evenhand_web.change.demo_campaigns import PLANTED, ask, planted
from evenhand_web.change.models import Campaign
from evenhand_web.people.models import Identity, Organisation

pytestmark = pytest.mark.browser
MESSAGE = (
    "{organisation}: {value} of your strips are of the dearer kind. Best quarter: {benchmark}.\n\n"
    "At the next review, offer a meter of the formulary unless the notes say why not.\n\n"
    "Some of it may be right for your patients: tell us if you disagree. Data: {source}, to {month}. Why: {module}"
)


@pytest.fixture
def area(demo_address, page) -> Organisation:
    """Where the pharmacist runs campaigns, with the pharmacist at the door on a phone."""
    sign_in(page, demo_address, cast.PHARMACIST)
    page.set_viewport_size(NARROW)
    page.set_default_navigation_timeout(60_000)  # the first chart of a process wakes its engine
    return Identity.objects.get(username="pharmacist").person.posts.first().organisation


def _common(page, title: str, message: str) -> None:
    page.get_by_label("What is it called?").fill(title)
    page.get_by_label("The message", exact=True).fill(message)
    page.get_by_label("Who signs it?").fill("The clinical lead for diabetes")
    page.get_by_label("The first day").fill((timezone.localdate() + timedelta(days=7)).strftime("%d/%m/%Y"))


def test_a_campaign_is_designed_weighed_drawn_and_launched_on_a_phone(page, demo_address, area):
    page.goto(f"{demo_address}/organisations/{area.code}/change/")
    page.get_by_role("link", name="Design a campaign", exact=True).click()
    _common(page, "Strips of the formulary", MESSAGE)
    page.get_by_label("Which measure is it to move?").select_option("diabetes_test_strips")
    page.get_by_label("Which module does it send?").select_option("diabetes_meter_and_strips")
    page.get_by_label("Those on the worse side of the best quarter").check()
    page.get_by_label("No: everybody gets it at once").check()
    page.get_by_label("How many waves?").fill("2")
    page.get_by_label("The least effect that would matter").fill("-0.05")
    page.get_by_role("button", name="Keep this design").click()
    expect(page.get_by_text("Say in a sentence why chance may not decide.").first).to_be_visible()
    page.get_by_label("Yes: some wait until the verdict").check()
    page.get_by_role("button", name="Look at power and messages").click()
    expect(page.get_by_role("heading", name="What it could see")).to_be_visible()
    expect(page.get_by_text(re.compile("you would see a change of"))).to_be_visible()
    page.get_by_text("The fifteen, one by one").click()
    expect(page.get_by_text("The figure is the reader's own")).to_be_visible()
    assert not Campaign.objects.filter(title="Strips of the formulary").exists()
    look(page, "campaign-design")
    page.set_viewport_size(NARROW)
    page.get_by_role("button", name="Keep this design").click()
    expect(page.get_by_text("Nobody has been drawn yet.").first).to_be_visible()
    made = Campaign.objects.get(title="Strips of the formulary")
    assert (made.seed, made.allocation.count()) == (None, 0)  # the arms can be known by nobody
    page.get_by_role("button", name="Draw at random and seal").click()  # nobody has said why it goes out like this
    expect(page.get_by_text("say in a sentence why it goes out like this").first).to_be_visible()
    look(page, "campaign-why")
    page.get_by_label("Why does it go out like this?").fill("A pilot: we try this very wording first.")
    page.get_by_role("button", name="Draw at random and seal").click()
    expect(page.get_by_text("Drawn and sealed. The seal is")).to_be_visible()
    made.refresh_from_db()
    expect(page.get_by_text(made.allocation_sha256).first).to_be_visible()
    assert set(made.allocation.values_list("arm", "wave")) == {("intervention", 1), ("intervention", 2), ("control", 0)}
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("No peeking")).to_be_visible()
    look(page, "campaign-launched")
    page.goto(f"{demo_address}/organisations/{area.code}/change/campaigns/{made.key}/outcome/")
    expect(page.get_by_text("Nobody looks at the outcome before")).to_be_visible()
    look(page, "campaign-not-yet")


def test_an_awareness_campaign_comes_out_as_it_was_planted(page, demo_address, area):
    units = practices(area).units
    opens = timezone.now() - timedelta(days=120)
    before = ask(area, "journey-before", "Do we know of it?", opens,
                 planted(dict.fromkeys(units, desk.HELD), desk.HELD, seed=7), WAVES[0])  # fmt: skip
    page.goto(f"{demo_address}/organisations/{area.code}/change/campaigns/new/awareness/")
    _common(page, "Known by all", "{organisation}: two minutes on what we are trying to do: {module}")
    page.get_by_label("Which answer of which survey").select_option(f"{before.key}|heard_of_qipp|yes")
    page.get_by_label("Which module does it send?").select_option("what_we_are_trying_to_do")
    page.get_by_label("Single practices").check()
    page.get_by_role("button", name="Keep this design").click()
    expect(page.get_by_text(re.compile("you would see a change of"))).to_be_visible()
    page.get_by_role("button", name="Draw at random and seal").click()
    page.get_by_role("button", name="Launch").click()
    expect(page.get_by_text("once the next wave of the survey has closed").first).to_be_visible()
    made = Campaign.objects.get(title="Known by all")
    drawn = dict(made.allocation.values_list("unit", "arm"))
    said = planted({unit: drawn[unit] for unit in units}, desk.HELD, seed=7)
    opens = timezone.now() - timedelta(days=2)
    after = ask(area, "journey-after", "Do we know of it by now?", opens, said, WAVES[1], previous=before)
    outcome = f"{demo_address}/organisations/{area.code}/change/campaigns/{made.key}/outcome/"
    page.goto(outcome)
    expect(page.get_by_text("Nobody looks at the outcome before")).to_be_visible()  # it is still open
    after.closes = timezone.now() - timedelta(minutes=1)
    after.save()
    page.goto(outcome)
    expect(page.get_by_text("Each arm against those held out").first).to_be_visible()
    effect = outcomes.measured(made).effects[0]
    assert effect.low <= PLANTED <= effect.high
    expect(page.get_by_text(f"+{100 * effect.effect:.1f} points").first).to_be_visible()
    look(page, "awareness-outcome")
