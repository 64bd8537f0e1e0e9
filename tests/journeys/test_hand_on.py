"""Six people hand one scheme on in a real browser, from a survey answered to a saving confirmed.

Each does only their own part: the buttons of the next one's part are not on their page, and the form sent without
the button is refused. What a page says is held against what the database keeps, at every hand-over.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

import cast
from browsing import look, send
from evenhand import account
from evenhand.lake import Lake
from evenhand.measures import for_lake
from evenhand.report.pdf import PAGES
from evenhand.story import looking
from evenhand_web.account import book
from evenhand_web.account.models import BudgetRule, Confirmation, LedgerEntry
from evenhand_web.change.models import AllocationRow, Campaign, Commitment, EngagementEvent
from evenhand_web.decide.models import Plan, Signature, VoteEvent
from evenhand_web.listen.models import AnswerEvent
from evenhand_web.people.models import Identity
from evenhand_web.prove.models import RegisteredDesign, VerdictRecord
from walking import Walk

pytestmark = pytest.mark.browser
SCHEME, MODULE = "diabetes_dpp4", "diabetes_dpp4_choice"
TITLE = "Sitagliptin first among the gliptins"
KEEP = "Keep and go on"


@pytest.fixture
def walk(page, demo_address) -> Walk:
    person = Identity.objects.get(username="gp").person
    return Walk(page, demo_address, person.organisation_id, Plan.objects.get(key=SCHEME).organisation_id)


def test_six_people_hand_one_scheme_on(walk, demo_lake, monkeypatch):
    few = {name: for_lake(Lake.open(demo_lake))[name] for name in ("diabetes_dpp4_cost", "diabetes_test_strips")}
    monkeypatch.setattr(looking, "for_lake", lambda lake: few)  # for the report: the rest of them takes long
    _the_gp_answers(walk)
    _and_votes(walk)
    _the_pharmacist_reads_measure_and_scheme(walk)
    _the_clinical_lead_signs(walk)
    _the_manager_signs(walk)
    _the_pharmacist_draws_and_launches(walk, demo_lake)
    _the_gp_reads_and_promises(walk)
    _the_pharmacist_asks_and_books(walk)
    _finance_confirms(walk)
    _the_clinical_lead_confirms(walk)
    _the_board_follows_the_pound_back(walk)
    _and_takes_the_report_with_them(walk)
    _finance_sets_the_next_budgets(walk)


def _person(who: cast.Character):
    return Identity.objects.get(username=who.username).person


def _state() -> str:
    """Where the saving stands on the ledger."""
    return LedgerEntry.objects.filter(saving=SCHEME).order_by("-number").values_list("state", flat=True)[0]


def _the_gp_answers(walk):
    page = walk.page
    walk.enter(cast.GP)
    look(page, "hand-on-practice")
    walk.says("Answer a survey")
    walk.link("Answer")
    look(page, "hand-on-answer")
    page.get_by_role("radio", name="Yes").check()
    walk.press(KEEP, "Where did you hear of it?")
    page.get_by_role("checkbox", name="A colleague").check()
    page.get_by_role("checkbox", name="A meeting or course").check()
    walk.press(KEEP, "What difference do you expect")
    page.get_by_role("radio", name="No difference").check()
    walk.press(KEEP, "Decisions that clinicians make")
    page.get_by_role("radio", name="4").check()
    walk.press(KEEP, "Which pathways would you change first?")
    for choice in ("Diabetes", "Cancer", "Mental health"):
        page.get_by_role("checkbox", name=choice).check()
    walk.press(KEEP, "There is a problem")
    look(page, "hand-on-answer-refused")
    page.get_by_role("checkbox", name="Mental health").uncheck()
    walk.press(KEEP, "did your organisation ask you")
    page.get_by_role("radio", name="No").check()
    walk.press(KEEP, "How many hours a month")
    page.get_by_label("How many hours a month").fill("3")
    walk.press(KEEP, "What most holds you back?")
    page.get_by_role("radio", name="No time").check()
    walk.press(KEEP, "What one change would you make?")
    walk.press(KEEP, "Check your answers")  # nobody has to say
    look(page, "hand-on-check")
    assert not AnswerEvent.objects.filter(wave__key="awareness-2", status="submitted").exists()
    walk.press("Hand in", "Your answers are in.")
    look(page, "hand-on-thanks")
    said = AnswerEvent.objects.get(wave__key="awareness-2", status="submitted")
    assert said.respondent != _person(cast.GP).key
    assert said.answers == {
        "heard_of_qipp": "yes", "heard_from": "colleague;meeting", "expected_difference": "none", "care_and_money": "4",
        "pathway_priority": "diabetes;cancer", "asked_to_decide": "no", "hours_a_month": "3", "barrier": "time",
        "first_change": "",
    }  # fmt: skip


def _and_votes(walk):
    page = walk.page
    page.get_by_role("link", name="Evenhand homepage").click()
    walk.says("Vote on statements")
    page.get_by_role("link", name="Vote", exact=True).click()
    for number in range(1, 13):
        expect(page.get_by_text(f"{number} of 12")).to_be_visible()
        page.get_by_role("button", name="Agree" if number % 4 else "Disagree", exact=True).click()
    walk.says("You have voted on 12 statements.")
    votes = VoteEvent.objects.filter(person=_person(cast.GP))
    assert sorted(votes.values_list("value", flat=True)) == ["agree"] * 9 + ["disagree"] * 3
    walk.link("See what is agreed so far")
    walk.menu("Decide")
    walk.link(TITLE)
    walk.says("0 of 2 signatures")
    for role in Signature.ROLES:
        walk.cannot("^Sign as", f"decide/schemes/{SCHEME}/sign/", number="2", organisation=walk.area, role=role)
    expect(page.get_by_role("link", name="Write a new version")).to_have_count(0)


def _the_pharmacist_reads_measure_and_scheme(walk):
    page = walk.page
    walk.enter(cast.PHARMACIST)
    walk.menu("See")
    walk.link("Gliptins other than sitagliptin")
    walk.link(TITLE)
    walk.says("0 of 2 signatures")
    look(page, "hand-on-scheme")
    for role in Signature.ROLES:
        walk.cannot("^Sign as", f"decide/schemes/{SCHEME}/sign/", number="2", organisation=walk.area, role=role)
    walk.to(f"change/campaigns/{SCHEME}/")
    walk.says("0 of 2 signatures stand")
    expect(page.get_by_role("button", name="Draw at random and seal")).to_have_count(0)
    look(page, "hand-on-campaign-draft")
    assert send(page, walk.url(f"change/campaigns/{SCHEME}/seal/"))[0] == 302  # may draw, but not yet
    assert Campaign.objects.get(key=SCHEME).sealed_at is None
    assert not AllocationRow.objects.filter(campaign__key=SCHEME).exists()
    page.reload()
    walk.says("The scheme is not in force: 0 of 2 signatures")


def _the_clinical_lead_signs(walk):
    walk.enter(cast.CLINICAL_LEAD)
    walk.menu("Decide")
    walk.says("It waits for your signature.")
    look(walk.page, "hand-on-decide")
    walk.link(TITLE)
    walk.press("Sign as clinical lead", "Still missing: manager of")
    (signature,) = Signature.objects.filter(version__plan__key=SCHEME)
    assert (signature.person, signature.role, signature.version.number) == (
        _person(cast.CLINICAL_LEAD), "clinical_lead", 2
    )  # fmt: skip
    walk.cannot("^Sign as", f"decide/schemes/{SCHEME}/sign/", number="2", organisation=walk.area, role="manager")


def _the_manager_signs(walk):
    walk.enter(cast.PRACTICE_MANAGER)
    walk.menu("Decide")
    walk.says("It waits for your signature.")
    walk.link(TITLE)
    walk.press("Sign as manager", "Version 2 is now in force.")
    look(walk.page, "hand-on-scheme-signed")
    assert Signature.objects.filter(version__plan__key=SCHEME).count() == 2
    walk.to(f"change/campaigns/{SCHEME}/")
    walk.cannot("Draw at random", f"change/campaigns/{SCHEME}/seal/")
    walk.to(f"prove/{SCHEME}/")
    walk.cannot("Register", f"prove/{SCHEME}/register/")


def _the_pharmacist_draws_and_launches(walk, lake: Path):
    page = walk.page
    walk.enter(cast.PHARMACIST)
    walk.menu("Change")
    look(page, "hand-on-change")
    walk.link(TITLE)
    look(page, "hand-on-campaign")
    page.get_by_label("Why does it go out like this?").fill("It is the wording that the finished scheme had.")
    walk.press("Draw at random and seal", "Drawn and sealed.")
    drawn = dict(AllocationRow.objects.filter(campaign__key=SCHEME).values_list("unit", "arm"))
    with (lake / "schemes" / f"{SCHEME}_allocation.csv").open(encoding="utf-8") as file:
        assert drawn == {row["unit"]: row["arm"] for row in csv.DictReader(file)}
    walk.press("Launch", "Launched.")
    look(page, "hand-on-campaign-launched")
    campaign = Campaign.objects.get(key=SCHEME)
    assert campaign.launched_at is not None
    assert campaign.allocation_sha256 in page.content()
    walk.menu("Prove")
    look(page, "hand-on-prove")
    walk.link(TITLE)
    walk.press("Register this design", "The design is registered")
    look(page, "hand-on-registered")
    design = RegisteredDesign.objects.get(version__plan__key=SCHEME)
    assert design.design["allocation_sha256"] == campaign.allocation_sha256
    walk.menu("Money")
    walk.press("Book as planned", "It waits for the first clinician's promise.")
    assert _state() == "planned"
    status, _ = send(page, walk.url(f"change/modules/{MODULE}/promise/").replace(walk.area, walk.practice), what="x")
    assert status == 403  # a promise is the clinician's own


def _the_gp_reads_and_promises(walk):
    page = walk.page
    walk.enter(cast.GP)
    walk.menu("Change")
    walk.link("Diabetes:")
    look(page, "hand-on-modules")
    walk.link("Which gliptin")
    look(page, "hand-on-module")
    walk.press("Done: to the promise", "Please answer every question")
    look(page, "hand-on-module-refused")
    for words, number in (("How many of the ten", "4"), ("Of those started on another", "2"), ("kidney function", "9")):
        page.get_by_label(words).fill(number)
    page.get_by_role("radio", name="Decision").check()
    page.get_by_role("radio", name="No time").check()
    walk.press("Done: to the promise", "Make a promise")
    page.get_by_role("button", name="Promise", exact=True).click()
    walk.says("Your promise is kept.")
    look(page, "hand-on-promises")
    promise = Commitment.objects.get(campaign__key=SCHEME)
    assert (promise.person, promise.organisation_id) == (_person(cast.GP), walk.practice)
    stages = EngagementEvent.objects.filter(person=_person(cast.GP), content=MODULE).values_list("stage", flat=True)
    assert {"reached", "viewed", "completed", "evaluated", "intends"} == set(stages)
    walk.to(f"prove/{SCHEME}/", area=False)
    walk.cannot("Ask for the verdict", f"prove/{SCHEME}/ask/")
    walk.to("account/", area=False)
    walk.cannot("^Book as|^Confirm", f"account/savings/{SCHEME}/move/")


def _the_pharmacist_asks_and_books(walk):
    page = walk.page
    walk.enter(cast.PHARMACIST)
    walk.menu("Prove")
    walk.link(TITLE)
    walk.press("Ask for the verdict", "The verdict is in, and it stays")
    look(page, "hand-on-verdict")
    record = VerdictRecord.objects.get(design__version__plan__key=SCHEME)
    assert (record.evidenced, record.countable) == (True, True), record.verdict["reasons"]
    walk.says(record.sentence)
    walk.link("On to Money")
    for button, state in (("Book as promised", "committed"), ("Book as under way", "in_flight"),
                          ("Book as proved", "evidenced")):  # fmt: skip
        walk.press(button, "Booked as entry")
        assert _state() == state
    look(page, "hand-on-money-proved")
    for role in Confirmation.ROLES:
        walk.cannot("^Confirm", f"account/savings/{SCHEME}/confirm/", role=role)


def _finance_confirms(walk):
    walk.enter(cast.FINANCE_DIRECTOR)
    walk.menu("Money")
    walk.press("Confirm as finance lead", "once the other lead has confirmed too")
    assert _state() == "evidenced"  # one name is not two
    assert Confirmation.objects.get(saving=SCHEME).person == _person(cast.FINANCE_DIRECTOR)
    look(walk.page, "hand-on-money-half")
    walk.cannot("^Confirm", f"account/savings/{SCHEME}/confirm/", role="clinical_lead")


def _the_clinical_lead_confirms(walk):
    walk.enter(cast.CLINICAL_LEAD)
    walk.menu("Money")
    walk.cannot("^Book as", f"account/savings/{SCHEME}/move/")
    walk.cannot("as finance lead", f"account/savings/{SCHEME}/confirm/", role="finance_lead")
    walk.press("Confirm as clinical lead", "Confirmed by both, and booked as entry")
    assert _state() == "confirmed"
    assert not account.check(book.read()).broken


def _the_board_follows_the_pound_back(walk):
    page = walk.page
    walk.enter(cast.BOARD_MEMBER)
    walk.menu("Money")
    look(page, "hand-on-money")
    entries = book.read()
    walk.says(entries[-1].hash)
    assert not account.check(entries, head=page.locator(".eh-hash").first.inner_text()).broken
    walk.cannot("^Book as|^Confirm", f"account/savings/{SCHEME}/move/")
    for role in Confirmation.ROLES:
        walk.cannot("^Confirm", f"account/savings/{SCHEME}/confirm/", role=role)
    page.get_by_role("heading", level=3).get_by_role("link", name=TITLE).click()
    look(page, "hand-on-trail")
    trail = page.url
    for question, words, says in (
        ("Which published rows?", "The rows of", "published rows of"),
        ("What did clinicians want?", "Diabetes", "people have voted"),
        ("Who signed?", "The scheme they signed", "Signed by everybody"),
        ("Who got it when?", "The sealed draw", Campaign.objects.get(key=SCHEME).allocation_sha256),
        ("Did practice change", "The verdict", VerdictRecord.objects.get(design__version__plan__key=SCHEME).sentence),
    ):
        page.get_by_role("listitem").filter(has_text=question).get_by_role("link", name=words).first.click()
        walk.says(says)
        page.goto(trail)
    for who in (cast.FINANCE_DIRECTOR, cast.CLINICAL_LEAD):
        walk.says(_person(who).key)


def _and_takes_the_report_with_them(walk):
    """One click, four pages: with the head of the ledger, and the votes and the saving that were kept on the way."""
    page = walk.page
    walk.menu("Money")
    links = [page.get_by_role("link", name=f"Report ({kind})").get_attribute("href") for kind in ("PDF", "HTML")]
    printed, told = (page.request.get(f"{walk.address}{link}", timeout=120_000).body() for link in links)
    assert int(re.search(rb"/Type\s*/Pages[^>]*?/Count\s+(\d+)", printed)[1]) == PAGES
    for words in (book.read()[-1].hash, "1 local plan is signed by a clinical lead and a manager", "clinicians cast"):
        assert words in told.decode()


def _finance_sets_the_next_budgets(walk):
    """From Money to budgets that sum to the penny, and how far decisions can reach, by one's own judgement."""
    page = walk.page
    walk.enter(cast.FINANCE_DIRECTOR)
    walk.menu("Money")
    walk.link("Budget and forecast")
    page.get_by_label("How far to move towards need, in percent").fill("100")
    walk.press("Set the budgets", "The budgets for")
    rule = BudgetRule.objects.first()
    assert (rule.pace, rule.person) == (1, _person(cast.FINANCE_DIRECTOR))
    look(page, "hand-on-budgets")
    walk.menu("Money")
    walk.link("How far decisions can reach")
    page.get_by_label("How many clinicians adopt").fill("50")
    walk.press("Work it out again", "How many clinicians adopt: 50%")
    look(page, "hand-on-reach")
