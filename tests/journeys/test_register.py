"""From a vote to the decision register, in a real browser: vote, advise, decide, ask upward, be answered."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

import cast
import deciding
import surveying
from browsing import look, sign_in
from evenhand_web.decide import commenting
from evenhand_web.decide.models import Blocker, PriorityChoice, VoteEvent
from evenhand_web.people.models import Organisation, Post

pytestmark = pytest.mark.browser
TEXTS = tuple(f"{text}." for text in (
    "Sitagliptin should be the first gliptin", "Test strips only where they change anything",
    "Nobody's medicine is changed without a word with them", "Letters from the board change what I prescribe",
))  # fmt: skip
HERE = "organisations/ICB1/decide"


@pytest.fixture
def round_(people):
    made = deciding.a_round(*TEXTS)
    doctors, nurses = deciding.voters("GP", 40), deciding.voters("Nurse", 20)
    for statement, for_, also_for in zip(made.statements.all(), (36, 34, 38, 3), (18, 17, 19, 2), strict=True):
        deciding.votes(statement, doctors, for_, 40 - for_)
        deciding.votes(statement, nurses, also_for, 20 - also_for)
    area = Organisation.objects.get(code="ICB1")
    names = ["diabetes_dpp4_cost", "asthma", "antibiotics"]
    for i, person in enumerate(doctors):
        PriorityChoice.objects.create(organisation=area, person=person, ranking=names[::-1] if i % 5 == 0 else names)
    Post.objects.create(person=people["board-member"].person, organisation=area, role="administrator")
    return made


def test_a_vote_advises_a_decision_and_a_blocker_is_answered(page, address, round_):
    _a_gp_votes_and_sees_where_they_stand(page, address)
    _a_lead_records_and_advises(page, address)
    _the_board_decides(page, address)
    _a_gp_asks_upward(page, address)
    _the_board_answers_and_appoints(page, address)
    _the_gp_hears_what_became_of_it(page, address)


def _a_gp_votes_and_sees_where_they_stand(page, address):
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/organisations/PRACTICE1/decide/rounds/diabetes/vote/")
    page.get_by_text("Who sees my vote, and what comes next").click()
    expect(page.get_by_text("Why this one:")).to_be_visible()
    look(page, "register-vote")
    for n in range(len(TEXTS)):
        with page.expect_navigation():
            page.get_by_role("button", name="Agree", exact=False).first.click()
        assert VoteEvent.objects.filter(person__identity__username="gp").count() == n + 1
    page.get_by_role("link", name="Where you stand").click()
    expect(page.get_by_text("There are no camps.", exact=True)).to_be_visible()
    look(page, "register-stand")


def _a_lead_records_and_advises(page, address):
    sign_in(page, address, cast.CLINICAL_LEAD)
    page.goto(f"{address}/{HERE}/register/")
    look(page, "register-empty")
    page.get_by_role("link", name="Record a decision").click()
    page.get_by_role("button", name="Put it on the register").click()
    look(page, "register-record-refused")
    page.get_by_label("The question").fill("Which gliptin comes first?")
    page.get_by_label("The options").fill("sitagliptin\nleave it to each prescriber")
    page.get_by_label("To be decided by").fill("2030-01-31")
    page.get_by_label("Pounds at stake").fill("310000")
    page.get_by_label("Patients at stake").fill("2400")
    page.get_by_label("Who has taken part so far").fill("Manager 2 of 3")
    page.get_by_role("button", name="Put it on the register").click()
    page.get_by_label("The statement that was voted on").select_option(label=TEXTS[0])
    page.get_by_role("group", name="Which option its votes advise").get_by_label("sitagliptin", exact=True).check()
    page.get_by_role("button", name="Keep the advice").click()
    expect(page.get_by_text("The votes advise:")).to_be_visible()
    look(page, "register-decision-open")


def _the_board_decides(page, address):
    sign_in(page, address, cast.BOARD_MEMBER)
    page.goto(f"{address}/{HERE}/register/")
    look(page, "register-open")
    page.get_by_role("link", name="Which gliptin comes first?").click()
    page.get_by_role("group", name="What was decided").get_by_label("leave it to each prescriber").check()
    page.get_by_label("By whom").fill("the board")
    page.get_by_label("When", exact=True).fill(f"{timezone.localdate()}")
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_text("say why it was decided otherwise").first).to_be_visible()
    look(page, "register-decision-refused")
    page.get_by_label("Why", exact=True).fill("The price falls in July.")
    page.get_by_role("button", name="Keep the decision").click()
    expect(page.get_by_text("Because: The price falls in July.")).to_be_visible()
    look(page, "register-decision-taken")


def _a_gp_asks_upward(page, address):
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/organisations/PRACTICE1/decide/register/")
    page.get_by_role("link", name="Ask upward").click()
    page.get_by_label("What is in the way").fill("We cannot see who began a gliptin in hospital.")
    page.get_by_label("Who is asked").select_option(label="Icb One")
    page.get_by_label("An answer is due by").fill(f"{timezone.localdate() + timedelta(days=14)}")
    look(page, "register-ask")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_text("Practice One asked Icb One")).to_be_visible()
    look(page, "register-asked")


def _the_board_answers_and_appoints(page, address):
    sign_in(page, address, cast.BOARD_MEMBER)
    page.goto(f"{address}/{HERE}/register/")
    page.get_by_role("link", name="We cannot see who began").click()
    page.get_by_label("The answer").fill("The discharge letter names it from March.")
    look(page, "register-answer")
    page.get_by_role("button", name="Keep this answer").click()
    expect(page.get_by_role("heading", name="The answer")).to_be_visible()
    page.goto(f"{address}/{HERE}/register/leads/")
    page.get_by_label("Clinical lead").select_option(label="Demo clinical lead")
    page.get_by_label("Pathway").select_option(label="Diabetes")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_text("Demo clinical lead since", exact=False).first).to_be_visible()
    look(page, "register-leads")
    page.goto(f"{address}/{HERE}/register/")
    look(page, "register-whole")
    page.goto(f"{address}/{HERE}/priorities/")
    look(page, "register-priorities")


def _the_gp_hears_what_became_of_it(page, address):
    sign_in(page, address, cast.GP)
    page.goto(f"{address}/organisations/PRACTICE1/decide/mine/")
    expect(page.get_by_text("It advised a decision:")).to_be_visible()
    look(page, "register-mine")
    page.goto(f"{address}/organisations/PRACTICE1/decide/priorities/")
    look(page, "register-priorities-form")


def test_results_camps_and_a_scheme_are_for_everybody_at_both_widths(page, address, people):
    first = surveying.a_wave("first", heard=40, days=60)
    surveying.a_wave("second", heard=80, days=1, previous=first)
    round_ = deciding.a_round(*(f"Statement number {n} of ten." for n in range(10)))
    statements = list(round_.statements.all())
    for half, at in enumerate(("PRACTICE1", "PRACTICE2")):
        crowd = deciding.voters("GP", 60, at=at)
        for k, statement in enumerate(statements):
            deciding.votes(statement, crowd, 57 if (k < 5) == bool(half) else 3, 3 if (k < 5) == bool(half) else 57)
    scheme = deciding.a_scheme(people["pharmacist"].person, yaml=deciding.SCHEME + deciding.MORE)
    commenting.say(scheme.latest(), "question", "What of people with failing kidneys?", people["gp"].person)
    day = timezone.localdate()
    Blocker.objects.create(
        organisation_id="PRACTICE1", raised_to_id="ICB1", question="We cannot see the hospital's letters.",
        raised=day - timedelta(days=40), due=day - timedelta(days=3), person=people["gp"].person,
    )  # fmt: skip
    sign_in(page, address, cast.CLINICAL_LEAD)
    for name, path in (
        ("listen-results", "listen/second/"), ("decide-camps", "decide/rounds/diabetes/stand/"),
        ("decide-agreed-camps", "decide/rounds/diabetes/"),
        ("decide-scheme-whole", "decide/schemes/sitagliptin_first/"),
        ("decide-register-overdue", "decide/register/"), ("decide-home-overdue", ""), ("decide-index-links", "decide/"),
        ("home-pathway-lead", "pathways/diabetes/"),
    ):  # fmt: skip
        page.goto(f"{address}/organisations/ICB1/{path}")
        look(page, name)
