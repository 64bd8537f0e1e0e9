"""From a statement to a scheme in force, in a real browser: four people, each doing their own part."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import cast
import deciding
from browsing import look, sign_in
from evenhand_web.decide.models import Explanation

pytestmark = pytest.mark.browser
TEXTS = (
    "Sitagliptin should be the first gliptin.", "Test strips only where they change anything.",
    "Nobody's medicine is changed without a word with them.", "Letters from the board change what I prescribe.",
)  # fmt: skip


@pytest.fixture
def round_(people):
    made = deciding.a_round(*TEXTS)
    doctors, nurses = deciding.voters("GP", 30), deciding.voters("Nurse", 14)
    for statement, (for_, against), (also_for, also_against) in zip(
        made.statements.all(), ((27, 2), (26, 3), (14, 12), (2, 25)), ((12, 1), (3, 9), (7, 6), (1, 12)), strict=True
    ):
        deciding.votes(statement, doctors, for_, against)
        deciding.votes(statement, nurses, also_for, also_against)
    return made


def test_a_statement_becomes_a_scheme_in_force(page, address, round_):
    _a_gp_votes(page, address)
    _a_lead_moderates(page, address)
    _a_pharmacist_drafts(page, address)
    _two_people_sign(page, address)
    _a_new_version_voids_the_names(page, address)


def _a_gp_votes(page, address):
    sign_in(page, address, cast.GP)
    page.get_by_role("link", name="Decide").click()
    look(page, "decide-index")
    page.get_by_role("link", name="Vote in Diabetes").click()
    look(page, "decide-vote")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Disagree").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("2 of 4")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("1 of 4")).to_be_visible()
    for _ in TEXTS:
        with page.expect_navigation():
            page.get_by_role("button", name="Agree", exact=False).first.click()
    expect(page.get_by_text("You have voted on 4 statements.")).to_be_visible()
    look(page, "decide-vote-done")
    page.get_by_role("link", name="See or change your votes").click()
    look(page, "decide-my-votes")
    page.go_back()
    page.get_by_role("link", name="Add a statement of your own").click()
    page.get_by_role("button", name="Go on").click()
    look(page, "decide-add-refused")
    page.get_by_label("Your statement").fill("The first gliptin should be sitagliptin")
    page.get_by_role("button", name="Go on").click()
    look(page, "decide-add-similar")
    page.get_by_role("button", name="No, mine says something else").click()
    expect(page.get_by_text("People vote on it once a moderator has read it.")).to_be_visible()


def _a_lead_moderates(page, address):
    sign_in(page, address, cast.CLINICAL_LEAD)
    page.goto(f"{address}/organisations/ICB1/decide/")
    page.get_by_role("link", name="1 statement waiting for a moderator").click()
    page.get_by_role("radio", name="Reject it").check()
    page.get_by_role("button", name="Keep this decision").click()
    look(page, "decide-moderation")
    page.get_by_role("radio", name="It was said before").check()
    page.get_by_label("by which statement").select_option(label=TEXTS[0])
    page.get_by_role("button", name="Keep this decision").click()
    expect(page.get_by_text("Nothing is waiting")).to_be_visible()


def _a_pharmacist_drafts(page, address):
    sign_in(page, address, cast.PHARMACIST)
    page.goto(f"{address}/organisations/ICB1/decide/rounds/diabetes/")
    look(page, "decide-round")
    page.get_by_role("link", name="Draft a scheme from this").filter(has_text=TEXTS[0]).click()
    look(page, "decide-draft")
    page.get_by_label("The aim", exact=True).fill("Nine in ten new courses begin with sitagliptin.")
    page.get_by_role("button", name="Keep this draft").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    expect(page.get_by_label("The aim", exact=True)).to_have_value("Nine in ten new courses begin with sitagliptin.")
    look(page, "decide-draft-refused")
    page.get_by_role("link", name="Write it as text").click()
    look(page, "decide-draft-text")
    page.get_by_label("The scheme, word for word").fill(deciding.SCHEME)
    page.get_by_role("button", name="Keep this draft").click()
    expect(page.get_by_role("heading", name="0 of 2 signatures")).to_be_visible()
    look(page, "decide-scheme-draft")


def _two_people_sign(page, address):
    scheme = f"{address}/organisations/ICB1/decide/schemes/sitagliptin_first/"
    sign_in(page, address, cast.CLINICAL_LEAD)
    page.goto(scheme)
    look(page, "decide-scheme-to-sign")
    page.get_by_role("button", name="Sign as clinical lead").click()
    expect(page.get_by_text("Still missing: manager of Icb One.")).to_be_visible()
    look(page, "decide-scheme-signed-once")
    sign_in(page, address, cast.PRACTICE_MANAGER)
    page.goto(scheme)
    page.get_by_role("button", name="Sign as manager").click()
    expect(page.get_by_text("Version 1 is now in force.")).to_be_visible()
    look(page, "decide-scheme-in-force")


def _a_new_version_voids_the_names(page, address):
    sign_in(page, address, cast.PHARMACIST)
    page.goto(f"{address}/organisations/ICB1/decide/schemes/sitagliptin_first/amend/")
    page.get_by_label("What changes, and why").fill("Waits may fall less.")
    page.get_by_label("The scheme, word for word").fill(deciding.SCHEME.replace("margin: 0.01", "margin: 0.005"))
    look(page, "decide-amend")
    page.get_by_role("button", name="Keep version 2").click()
    expect(page.get_by_role("heading", name="0 of 2 signatures")).to_be_visible()
    page.get_by_role("link", name="Version 2, word for word").click()
    look(page, "decide-version")


def test_reasons_are_read_and_weighed(page, address, people):
    Explanation.objects.create(
        measure="diabetes_dpp4_cost", organisation_id="PRACTICE2", person=deciding.voters("GP", 1)[0],
        text="Two care homes on our list look after people with failing kidneys.",
    )  # fmt: skip
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/organisations/PRACTICE1/decide/measures/diabetes_dpp4_cost/")
    page.get_by_role("button", name="This explains it").click()
    page.get_by_label("This is warranted here because").fill("We have a renal clinic in the house.")
    page.get_by_role("button", name="Keep this reason").click()
    expect(page.get_by_text("We have a renal clinic in the house.")).to_be_visible()
    look(page, "decide-reasons")


def test_an_empty_place_says_what_will_happen(page, address, people):
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/organisations/PRACTICE1/decide/")
    look(page, "decide-empty")


def test_voting_works_without_javascript(browser, frontend, address, round_):
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/organisations/PRACTICE1/decide/rounds/diabetes/vote/")
    page.get_by_role("button", name="Pass").click()
    expect(page.get_by_text("2 of 4")).to_be_visible()
    context.close()
