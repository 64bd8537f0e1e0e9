"""Schemes: who signs, what a new version voids, what is refused, and that what was written stays word for word."""

from __future__ import annotations

import pytest

import cast
import deciding
from evenhand_web.decide import signing, stages
from evenhand_web.decide.differences import differences
from evenhand_web.decide.models import Plan, SchemeVersion, Signature, Withdrawal
from evenhand_web.people.models import Person, Post

PAGE = "/organisations/ICB1/decide/schemes/sitagliptin_first/"


@pytest.fixture
def plan(people) -> Plan:
    round_ = deciding.a_round("Sitagliptin should be the first gliptin.")
    return deciding.a_scheme(people["pharmacist"].person, statements=tuple(round_.statements.all()))


def sign(client, role, number=1, organisation="ICB1", page=PAGE):
    return client.post(f"{page}sign/", {"number": number, "organisation": organisation, "role": role}, follow=True)


def both(as_) -> None:
    sign(as_(cast.CLINICAL_LEAD), "clinical_lead")
    sign(as_(cast.PRACTICE_MANAGER), "manager")


def read(client, address=PAGE) -> str:
    return client.get(address).content.decode()


# ---- who sees it


def test_everybody_of_the_organisation_below_and_above_sees_the_scheme(as_, plan):
    for who, place in ((cast.GP, "PRACTICE1"), (cast.BOARD_MEMBER, "ICB1")):
        shown = read(as_(who), PAGE.replace("ICB1", place))
        assert "Five in a hundred fewer items other than sitagliptin within a year." in shown


@pytest.mark.parametrize("page", ["", "versions/1/", "amend/", "sign/", "withdraw/"])
def test_nobody_else_does(as_, client, plan, page):
    post = page in ("sign/", "withdraw/")
    ask = (lambda c, a: c.post(a)) if post else (lambda c, a: c.get(a))
    assert ask(as_(cast.OUTSIDER), PAGE + page).status_code == 403
    assert ask(client, PAGE + page)["Location"].startswith("/sign-in/")


def test_a_scheme_of_another_board_is_not_found(as_, people):
    yaml = deciding.SCHEME.replace("area: ICB1", "area: ICB2")
    deciding.a_scheme(people["pharmacist"].person, yaml=yaml, area="ICB2")
    assert as_(cast.GP).get(PAGE.replace("ICB1", "PRACTICE1")).status_code == 404


def test_the_page_says_what_the_yaml_says_and_calls_it_planned(as_, plan):
    shown = read(as_(cast.GP), PAGE.replace("ICB1", "PRACTICE1"))
    for words in ("£6,000", "about 20", "planned", "5 percentage points lower", "April 2026",
                  "October 2026 to March 2027", "It must not fall by more than 1 percentage point",
                  "Place One", "Place Two", "A module of ten minutes.",
                  "Sitagliptin should be the first gliptin."):  # fmt: skip
        assert words in shown, words
    assert "proved" not in shown


# ---- signing


def test_two_people_bring_it_into_force_and_each_name_is_a_row(as_, people, plan):
    first = sign(as_(cast.CLINICAL_LEAD), "clinical_lead").content.decode()
    assert "Still missing: manager of Icb One." in first
    second = sign(as_(cast.PRACTICE_MANAGER), "manager").content.decode()
    assert "Version 1 is now in force." in second
    rows = Signature.objects.values_list("role", "person", "organisation", "identity_level", "version__number")
    assert list(rows) == [
        ("clinical_lead", people["clinical-lead"].person.pk, "ICB1", 3, 1),
        ("manager", people["practice-manager"].person.pk, "ICB1", 1, 1),
    ]
    assert signing.sheet(plan).in_force


@pytest.mark.parametrize(("who", "role"), [
    (cast.GP, "clinical_lead"), (cast.PHARMACIST, "clinical_lead"), (cast.FINANCE_DIRECTOR, "manager"),
    (cast.CLINICAL_LEAD, "manager"), (cast.PRACTICE_MANAGER, "clinical_lead"), (cast.BOARD_MEMBER, "manager"),
])  # fmt: skip
def test_nobody_signs_in_a_role_that_is_not_theirs(as_, plan, who, role):
    page = PAGE.replace("ICB1", who.posts[0][1])
    assert sign(as_(who), role, page=page).status_code == 403
    assert not Signature.objects.exists()


def test_the_page_offers_signing_to_those_alone_who_may(as_, plan):
    assert "Sign as clinical lead" in read(as_(cast.CLINICAL_LEAD))
    assert "Sign as manager" in read(as_(cast.PRACTICE_MANAGER))
    assert "Sign as" not in read(as_(cast.PHARMACIST))
    assert "It waits for your signature." in read(as_(cast.CLINICAL_LEAD), "/organisations/ICB1/decide/")


def test_a_name_is_given_once(as_, plan):
    lead = as_(cast.CLINICAL_LEAD)
    sign(lead, "clinical_lead")
    assert "has signed already. Nothing was signed again." in sign(lead, "clinical_lead").content.decode()
    assert Signature.objects.count() == 1


def test_one_person_does_not_sign_both_roles_of_an_organisation(as_, people, plan):
    lead = people["clinical-lead"].person
    Post.objects.create(person=lead, organisation_id="ICB1", role="manager")
    client = as_(cast.CLINICAL_LEAD)
    sign(client, "clinical_lead")
    assert "it takes two people." in sign(client, "manager").content.decode()
    assert "Sign as manager" not in read(client)
    assert not signing.sheet(plan).in_force


def test_an_organisation_that_is_no_party_does_not_sign(as_, plan):
    assert "is no party to this scheme" in sign(as_(cast.CLINICAL_LEAD), "clinical_lead", 1, "PCN1").content.decode()
    assert not Signature.objects.exists()


@pytest.mark.parametrize("given", [{"role": "king", "number": 1}, {"role": "manager", "number": "x"}])
def test_a_signature_that_names_no_role_or_version_is_refused(as_, plan, given):
    client = as_(cast.CLINICAL_LEAD)
    assert client.post(f"{PAGE}sign/", given | {"organisation": "ICB1"}).status_code == 400


def test_whoever_read_an_older_version_does_not_sign_the_new_one(as_, plan):
    amend(as_(cast.PHARMACIST))
    said = sign(as_(cast.CLINICAL_LEAD), "clinical_lead", number=1).content.decode()
    assert "Version 2 has come in since you opened this page" in said
    assert not Signature.objects.exists()


# ---- withdrawing


def test_a_withdrawal_ends_it_and_the_name_can_be_given_again(as_, plan):
    both(as_)
    lead, mine = as_(cast.CLINICAL_LEAD), Signature.objects.get(role="clinical_lead")
    lead.post(f"{PAGE}withdraw/", {"signature": mine.pk, "reason": "Waits have grown."})
    assert (Withdrawal.objects.get().signature, Withdrawal.objects.get().reason) == (mine, "Waits have grown.")
    assert not signing.sheet(plan).in_force
    sign(lead, "clinical_lead")
    assert signing.sheet(plan).in_force
    assert "withdrawn" in read(lead, f"{PAGE}versions/1/")


def test_nobody_withdraws_anothers_name(as_, plan):
    both(as_)
    mine = Signature.objects.get(role="clinical_lead")
    said = as_(cast.PRACTICE_MANAGER).post(f"{PAGE}withdraw/", {"signature": mine.pk}, follow=True)
    assert "Only the person who signed" in said.content.decode()
    assert not Withdrawal.objects.exists()


# ---- a new version


def amend(client, yaml=None, number=1, note="Waits may fall less."):
    yaml = deciding.SCHEME.replace("margin: 0.01", "margin: 0.005") if yaml is None else yaml
    return client.post(f"{PAGE}amend/", {"yaml": yaml, "number": number, "note": note})


def test_a_new_version_voids_every_name_and_leaves_the_old_words(as_, plan):
    both(as_)
    before = plan.versions.get(number=1)
    amend(as_(cast.PHARMACIST))
    sheet = signing.sheet(plan)
    assert (sheet.version.number, sheet.given, sheet.in_force) == (2, 0, False)
    assert plan.versions.get(number=1).yaml == before.yaml == deciding.SCHEME
    shown = read(as_(cast.GP), PAGE.replace("ICB1", "PRACTICE1"))
    assert "<del>    margin: 0.01</del>" in shown
    assert "<ins>    margin: 0.005</ins>" in shown
    assert "Waits may fall less." in shown


def test_line_ends_of_a_browser_are_no_change(as_, plan):
    answer = amend(as_(cast.PHARMACIST), deciding.SCHEME.replace("\n", "\r\n"))
    assert (answer.status_code, plan.versions.count()) == (422, 1)
    assert "Nothing is different from the latest version" in answer.content.decode()


@pytest.mark.parametrize(("old", "new", "told"), [
    ("planned_effect: -0.05", "planned_effect: a lot",
     "Line 12: planned_effect: expected a number; got &#x27;a lot&#x27;"),
    ("start: 2026-04", "start: April", "Line 8: start: expected a month as YYYY-MM; got &#x27;April&#x27;"),
    ("harm: down", "harm: sideways", "Line 26: guardrails.0.harm: expected &#x27;up&#x27; or &#x27;down&#x27;"),
    ("controls: [PLACE2, ICB2]", "controls: [PLACE2]", "expected 2 or more, found 1"),
    ("aim: Five in a hundred fewer items other than sitagliptin within a year.", "aim:",
     "aim: nothing is filled in"),
    ("level: practice", "levl: practice", "Line 6: unknown key &#x27;levl&#x27;; did you mean &#x27;level&#x27;?"),
    ("measure: diabetes_dpp4_cost", "measure: diabetes_dpp4_cots", "did you mean &#x27;diabetes_dpp4_cost&#x27;?"),
    ("controls: [PLACE2, ICB2]", "controls: [PLACE2, NOWHERE]", "no organisation &#x27;NOWHERE&#x27; here"),
    ("start: 2026-04", "start: 2026-11", "expected baseline before start and start before follow-up"),
    ("id: sitagliptin_first", "id: something_else", "this scheme is &#x27;sitagliptin_first&#x27;"),
    ("area: ICB1", "area: ICB2", "this scheme is for &#x27;ICB1&#x27;"),
    ("letters:", "letters: [", "not readable as YAML"),
])  # fmt: skip
def test_what_cannot_be_a_version_is_refused_with_its_line_and_nothing_is_saved(as_, plan, old, new, told):
    answer = amend(as_(cast.PHARMACIST), deciding.SCHEME.replace(old, new))
    assert (answer.status_code, plan.versions.count()) == (422, 1)
    assert told in answer.content.decode()


def test_all_that_is_wrong_is_said_at_once(as_, plan):
    wrong = deciding.SCHEME.replace("level: practice\n", "").replace("recurrent: true", "recurrent: perhaps")
    said = amend(as_(cast.PHARMACIST), wrong).content.decode()
    assert "&#x27;level&#x27; is missing" in said
    assert "Line 18: money.recurrent" in said


def test_a_version_written_over_an_older_one_is_refused_and_what_was_written_stays_in_the_form(as_, plan):
    client = as_(cast.PHARMACIST)
    amend(client)
    answer = amend(client, deciding.SCHEME.replace("6000", "7000"), number=1)
    assert (answer.status_code, plan.versions.count()) == (422, 2)
    said = answer.content.decode()
    assert "Version 2 has come in since you began" in said
    assert "planned_saving_pounds: 7000" in said


def test_a_version_says_what_it_changes(as_, plan):
    answer = amend(as_(cast.PHARMACIST), note="")
    assert (answer.status_code, plan.versions.count()) == (422, 1)
    assert "Say what changes, and why." in answer.content.decode()


@pytest.mark.parametrize("who", [cast.GP, cast.BOARD_MEMBER, cast.FINANCE_DIRECTOR])
def test_only_leads_managers_and_medicines_optimisation_of_the_area_write(as_, plan, who):
    page = f"{PAGE.replace('ICB1', who.posts[0][1])}amend/"
    assert as_(who).get(page).status_code == 403
    assert "Write a new version" not in read(as_(who), page.removesuffix("amend/"))


def test_a_version_downloads_word_for_word(as_, plan):
    answer = as_(cast.BOARD_MEMBER).get(f"{PAGE}versions/1/?download=yaml")
    assert answer.content.decode() == deciding.SCHEME
    assert "sitagliptin_first-version-1.yaml" in answer["Content-Disposition"]
    assert as_(cast.BOARD_MEMBER).get(f"{PAGE}versions/9/").status_code == 404


def test_differences_show_changed_lines_with_two_about_them_and_say_what_is_left_out():
    before = "\n".join(f"line {n}" for n in range(1, 11))
    lines = differences(before, before.replace("line 5", "line five"))
    assert [(line.before, line.after, line.sign) for line in lines] == [
        (None, None, ""), (3, 3, ""), (4, 4, ""), (5, None, "−"), (None, 5, "+"), (6, 6, ""), (7, 7, ""),
        (None, None, ""),
    ]  # fmt: skip
    assert differences(before, before) == []


# ---- a first draft

DRAFT = "/organisations/ICB1/decide/rounds/diabetes/statements/s01/draft/"


def test_a_statement_becomes_a_scheme_with_its_votes_attached(as_, people):
    round_ = deciding.a_round("Sitagliptin should be the first gliptin.")
    deciding.votes(round_.statements.get(), deciding.voters("GP", 30), 28)
    client = as_(cast.PHARMACIST)
    assert "93% agree" in read(client, DRAFT)
    answer = client.post(DRAFT, {"yaml": deciding.SCHEME, "signers": ["ICB1", "PLACE1"]})
    made = Plan.objects.get()
    assert answer["Location"] == PAGE
    assert (made.key, made.organisation_id, made.latest().yaml) == ("sitagliptin_first", "ICB1", deciding.SCHEME)
    assert list(made.statements.all()) == list(round_.statements.all())
    assert signing.sheet(made).needed == 4
    assert "93% agree" in read(client)
    assert "Became part of" in read(client, "/organisations/ICB1/decide/")


def test_the_blank_draft_fills_in_nothing_that_nobody_decided(as_, people):
    deciding.a_round("Sitagliptin: 'first' among the gliptins, unless the kidneys say otherwise.")
    client = as_(cast.PHARMACIST)
    blank = client.get(DRAFT).context["form"]["yaml"].value()
    answer = client.post(DRAFT, {"yaml": blank, "signers": ["ICB1"]})
    assert (answer.status_code, Plan.objects.count(), SchemeVersion.objects.count()) == (422, 0, 0)
    told = " ".join(answer.context["form"].errors["yaml"])
    undecided = ("id", "start", "baseline.from", "planned_effect", "planned_saving_pounds", "money.pounds_per_unit",
                 "aim", "guardrails.0.margin", "guardrails.0.harm", "letters.quality", "allocation")  # fmt: skip
    assert not [name for name in undecided if f": {name}: nothing is filled in" not in told]
    assert "title" not in told
    assert "area" not in told


def test_another_scheme_can_be_the_beginning_and_keeps_its_id_to_itself(as_, plan):
    client = as_(cast.PHARMACIST)
    like = client.get(f"{DRAFT}?like=sitagliptin_first").context["form"]["yaml"].value()
    assert like == deciding.SCHEME
    answer = client.post(DRAFT, {"yaml": like, "signers": ["ICB1"]})
    assert "There is a scheme &#x27;sitagliptin_first&#x27; already" in answer.content.decode()


def test_a_draft_is_for_the_place_where_it_is_written_and_somebody_signs_it(as_, people):
    deciding.a_round("Sitagliptin should be the first gliptin.")
    client = as_(cast.PHARMACIST)
    elsewhere = client.post(DRAFT, {"yaml": deciding.SCHEME.replace("area: ICB1", "area: ICB2"), "signers": ["ICB1"]})
    nobody = client.post(DRAFT, {"yaml": deciding.SCHEME})
    stranger = client.post(DRAFT, {"yaml": deciding.SCHEME, "signers": ["ICB2"]})
    assert [answer.status_code for answer in (elsewhere, nobody, stranger)] == [422, 422, 422]
    assert not Plan.objects.exists()


@pytest.mark.parametrize("who", [cast.GP, cast.BOARD_MEMBER, cast.OUTSIDER])
def test_who_does_not_lead_drafts_nothing(as_, people, who):
    deciding.a_round("Sitagliptin should be the first gliptin.")
    assert as_(who).post(DRAFT, {"yaml": deciding.SCHEME, "signers": ["ICB1"]}).status_code == 403


# ---- what later steps say


def test_later_steps_say_on_the_page_what_became_of_it(as_, plan, monkeypatch):
    monkeypatch.setattr(stages, "_said", [])
    stages.register(lambda plan, _: [stages.Stage("Verdict", f"Told of {plan.key}.", "evidenced", "/there/")])
    shown = read(as_(cast.BOARD_MEMBER))
    assert "Told of sitagliptin_first." in shown
    assert "/there/" in shown


def test_nobody_is_named_who_signed(as_, plan):
    both(as_)
    shown = read(as_(cast.GP), PAGE.replace("ICB1", "PRACTICE1"))
    keys = list(Person.objects.values_list("key", flat=True))
    assert "Demo clinical lead" not in shown
    assert not [key for key in keys if key in shown]
