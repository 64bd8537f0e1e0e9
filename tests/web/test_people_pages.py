"""One's own page and the administrators' pages: who may, who must not, what is kept, and what is gone."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cast
import joining
from evenhand.errors import InputError
from evenhand_web.decide.models import Explanation
from evenhand_web.people import consents, posts, private, trail
from evenhand_web.people.models import (
    Consent,
    Identity,
    IdentityStep,
    LeadAppointment,
    Organisation,
    Person,
    Post,
    TrailRow,
)
from evenhand_web.site.models import Attempts

OWN = ("me/", "me/details/", "me/data.json", "me/erase/")
PAGES = ("", "roles/give/", "registers/", "trail/")


@pytest.fixture
def admin(people):
    return joining.administrator()


@pytest.mark.parametrize("page", OWN)
def test_ones_own_pages_need_a_sign_in_and_nothing_more(people, as_, page):
    assert Client().get(f"/{page}").url == f"/sign-in/?next=/{page}"
    assert as_(cast.OUTSIDER).get(f"/{page}").status_code == 200


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("character", cast.CAST, ids=lambda c: c.username)
def test_nobody_but_administrators_sees_the_people_of_a_place(as_, character, page):
    for place in ("PRACTICE1", "ICB1", "ICB2"):
        assert as_(character).get(f"/organisations/{place}/people/{page}").status_code == 403


@pytest.mark.parametrize(("at", "statuses"), [
    ("REGION", {"REGION": 200, "ICB1": 200, "PRACTICE1": 200, "ICB2": 200, "NATION": 403}),
    ("ICB1", {"ICB1": 200, "PRACTICE1": 200, "PCN1": 200, "ICB2": 403, "PLACE2": 403, "REGION": 403}),
    ("PRACTICE1", {"PRACTICE1": 200, "PRACTICE2": 403, "PCN1": 403, "ICB1": 403}),
])  # fmt: skip
def test_an_administrator_looks_after_their_place_and_all_below(people, at, statuses):
    client = joining.signed_in(joining.administrator(at))
    for place, status in statuses.items():
        for page in ("", "roles/give/", "trail/"):
            assert client.get(f"/organisations/{place}/people/{page}").status_code == status
        wanted = 422 if status == 200 else 403
        assert client.post(f"/organisations/{place}/people/roles/give/", {}).status_code == wanted


def test_whose_place_it_is_decides_and_not_the_address_of_the_page(admin):
    elsewhere, _ = joining.join(organisation="PLACE2")
    here = f"/organisations/ICB1/people/verify/{elsewhere.person_id}/"
    client = joining.signed_in(admin)
    assert client.get(here).status_code == 403
    assert client.post(here, {"doing": "confirm", "role": "member"}).status_code == 403
    assert not IdentityStep.objects.filter(kind="confirmed").exists()


def test_a_role_elsewhere_cannot_be_ended_from_here(admin):
    other = joining.administrator("ICB2", "other")
    post = other.person.posts.get()
    assert joining.signed_in(admin).post(f"/organisations/ICB1/people/roles/{post.pk}/end/").status_code == 404


def test_a_role_is_given_opens_the_pages_and_ends_at_once(admin, people, as_):
    desk = joining.signed_in(admin)
    form = {"email": "outsider", "role": "analyst", "since": date.today().isoformat()}
    assert desk.post("/organisations/PRACTICE1/people/roles/give/", form).status_code == 302
    reader = as_(cast.OUTSIDER)
    assert reader.get("/organisations/PRACTICE1/").status_code == 200
    post = people["outsider"].person.posts.get()
    assert desk.get(f"/organisations/PRACTICE1/people/roles/{post.pk}/end/").status_code == 200
    assert desk.post(f"/organisations/PRACTICE1/people/roles/{post.pk}/end/").status_code == 302
    assert reader.get("/organisations/PRACTICE1/").status_code == 403
    acts = list(TrailRow.objects.filter(act__startswith="post").values_list("act", "who"))
    assert acts == [("post given", admin.person_id), ("post ended", admin.person_id)]


def test_a_role_begins_on_its_day(admin, people, as_):
    form = {"email": "outsider", "role": "analyst", "since": (date.today() + timedelta(days=2)).isoformat()}
    joining.signed_in(admin).post("/organisations/PRACTICE1/people/roles/give/", form)
    assert as_(cast.OUTSIDER).get("/organisations/PRACTICE1/").status_code == 403


def test_nobody_gives_a_role_to_themselves(admin):
    form = {"email": admin.email, "role": "finance_lead", "since": "2026-01-01"}
    answer = joining.signed_in(admin).post("/organisations/ICB1/people/roles/give/", form)
    assert (answer.status_code, admin.person.posts.count()) == (422, 1)


def test_a_role_given_ended_and_given_again_on_one_day_stands_once(admin, people):
    person = people["outsider"].person
    posts.end(posts.give(person, "analyst", admin.person.posts.get().organisation, by=admin.person), by=admin.person)
    posts.give(person, "analyst", admin.person.posts.get().organisation, by=admin.person)
    with pytest.raises(InputError, match="there already"):
        posts.give(person, "analyst", admin.person.posts.get().organisation, by=admin.person)
    assert posts.current(person).count() == person.posts.count() == 1


def test_the_last_administrators_role_cannot_be_ended(admin):
    post = admin.person.posts.get()
    above = joining.signed_in(joining.administrator("REGION", "above"))
    here = f"/organisations/ICB1/people/roles/{post.pk}/end/"
    assert above.post(here).status_code == 422
    joining.administrator("ICB1", "second")
    assert above.post(here).status_code == 302


def test_wards_and_teams_are_added_below_a_trust_and_have_their_own_people(people, as_):
    Organisation.objects.create(code="TRUST1", name="Trust One", level="provider")
    desk = joining.signed_in(joining.administrator("TRUST1"))
    add = "/organisations/TRUST1/people/units/add/"
    assert desk.post(add, {"level": "ward", "name": "Ward 7", "code": "W7"}).status_code == 302
    assert desk.post(add, {"level": "ward", "name": "Ward 7", "code": "w7"}).status_code == 422
    assert desk.post(add, {"level": "practice", "name": "No", "code": "x"}).status_code == 422
    form = {"email": "outsider", "role": "clinical_lead", "since": "2026-01-01"}
    assert desk.post("/organisations/TRUST1-W7/people/roles/give/", form).status_code == 302
    assert as_(cast.OUTSIDER).get("/organisations/TRUST1-W7/").status_code == 200
    icb = joining.signed_in(joining.administrator("ICB1", "icb"))
    assert icb.get("/organisations/ICB1/people/units/add/").status_code == 404


def test_the_first_administrator_is_named_by_a_command(people):
    joining.join()
    call_command("name_administrator", "amy.oneill@nhs.net", "PRACTICE1")
    assert Post.objects.get(role="administrator").organisation_id == "PRACTICE1"
    amy = "amy.oneill@nhs.net"
    for email, code in (("nobody@nhs.net", "PRACTICE1"), (amy, "NOWHERE"), (amy, "PRACTICE1")):
        with pytest.raises(CommandError):
            call_command("name_administrator", email, code)


def test_consent_is_given_and_withdrawn_as_rows_and_nothing_is_agreed_by_silence(people):
    amy, client = joining.join()
    assert not consents.agrees(amy.person, "research")
    client.post("/me/agree/", {"research": "on", "bulletins": "on"})
    client.post("/me/agree/", {"research": "on", "bulletins": "on"})
    assert consents.agrees(amy.person, "research")
    client.post("/me/agree/", {})
    rows = [(row.purpose, row.given) for row in Consent.objects.filter(person=amy.person)]
    assert rows == [("research", True), ("research", False)]
    assert all(row.words for row in Consent.objects.all())
    assert client.get("/me/agree/").status_code == 405


def test_the_download_holds_what_is_kept_and_no_secret_and_nobody_elses(people):
    amy, client = joining.join()
    client.post("/me/agree/", {"research": "on"})
    Explanation.objects.create(measure="m", organisation_id="PRACTICE1", person=amy.person, text="A care home.")
    Explanation.objects.create(measure="m", organisation_id="PRACTICE1", person=people["gp"].person, text="Not Amy's.")
    text = client.get("/me/data.json").content.decode()
    document = json.loads(text)
    assert document["identity"]["registration_number"] == "7654321"
    assert {"people.consent", "people.identitystep", "decide.explanation"} <= set(document["tables"])
    assert "A care home." in text
    assert not any(word in text for word in ("Not Amy's.", "password", "sha256"))


def test_erasure_deletes_who_somebody_is_and_leaves_what_they_said(people):
    amy, client = joining.join()
    key = amy.person_id
    Explanation.objects.create(measure="m", organisation_id="PRACTICE1", person=amy.person, text="A care home.")
    second = Client()
    second.post("/sign-in/link/", {"email": amy.email})
    second.post(joining.link())
    assert client.post("/me/erase/", {}).status_code == 422
    assert client.post("/me/erase/", {"sure": "on"}).url == "/erased/"
    assert client.get("/erased/").status_code == 200
    assert not Identity.objects.filter(person_id=key).exists()
    assert Explanation.objects.get().person_id == key
    assert [c.get("/me/").status_code for c in (client, second)] == [302, 302]
    assert not [s for s in Session.objects.all() if s.get_decoded().get("_auth_user_id")]
    assert TrailRow.objects.filter(who=key, act="identity erased").exists()


def test_after_erasure_no_table_holds_the_name_the_number_or_the_address(people):
    amy, client = joining.join()
    client.post("/register/", joining.AMY | {"email": "else@nhs.net"})  # a link that nobody used
    private.erase(Identity.objects.get(pk=amy.pk))
    from evenhand_web.people.models import OneTimeLink

    OneTimeLink.objects.filter(email="else@nhs.net").delete()
    with connection.cursor() as cursor:
        held = []
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')
            held += [f"{table}: {row}" for row in cursor.fetchall()
                     if any(word in str(row) for word in ("Neill", "7654321", "amy.oneill"))]  # fmt: skip
    assert held == []


def test_what_a_step_keeps_privately_is_forgotten_with_its_owner(people, monkeypatch):
    seen: list[Person] = []
    holding = private.Holding("test", "a test's things", lambda person: seen.append(person) or 3)
    monkeypatch.setattr(private, "_HOLDINGS", {**private._HOLDINGS, "test": holding})
    amy, client = joining.join()
    assert "a test&#x27;s things" in client.get("/me/erase/").content.decode()
    assert private.erase(Identity.objects.get(pk=amy.pk))["test"] == 3
    assert seen == [amy.person]


def test_the_last_administrator_names_another_before_they_go(admin):
    client = joining.signed_in(admin)
    amy, _ = joining.join()
    assert client.post("/me/erase/", {"sure": "on"}).status_code == 422
    assert client.post("/me/erase/", {"sure": "on", "successor_ICB1": "nobody@nhs.net"}).status_code == 422
    assert client.post("/me/erase/", {"sure": "on", "successor_ICB1": admin.email}).status_code == 422
    assert Identity.objects.filter(pk=admin.pk).exists()
    with pytest.raises(InputError, match="without an administrator"):
        private.erase(admin)
    assert client.post("/me/erase/", {"sure": "on", "successor_ICB1": amy.email}).status_code == 302
    assert amy.person.posts.filter(role="administrator", organisation="ICB1").exists()


def test_a_lead_who_is_erased_leads_no_more(people):
    from evenhand_web.people.leads import lead_of

    lead = people["clinical-lead"]
    icb = Organisation.objects.get(code="ICB1")
    LeadAppointment.objects.create(organisation=icb, pathway="diabetes", lead=lead.person, person=lead.person)
    assert lead_of(icb, "diabetes").person == lead.person
    private.erase(lead)
    assert lead_of(icb, "diabetes").person is None


def test_the_trail_is_a_chain_that_shows_what_was_changed_past_us(admin):
    joining.join()
    assert trail.check().broken == ()
    row = TrailRow.objects.order_by("number")[1]
    with connection.cursor() as cursor:
        cursor.execute("UPDATE people_trailrow SET act = 'nothing happened' WHERE number = %s", [row.number])
    assert trail.check().broken == (row.number,)
    page = joining.signed_in(admin).get("/organisations/ICB1/people/trail/?check=1").content.decode()
    assert f"The chain is broken</strong> at row {row.number}" in page


def test_a_row_taken_out_of_the_trail_is_missed(admin):
    joining.join()
    joining.signed_in(admin)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM people_trailrow WHERE number = 2")
    assert trail.check().broken


def test_the_trail_holds_no_name_number_or_address(admin):
    joining.upload(joining.signed_in(admin))
    amy, client = joining.join()
    here = f"/organisations/ICB1/people/verify/{amy.person_id}/"
    joining.signed_in(admin).post(here, {"doing": "confirm", "role": "member"})
    client.post("/me/erase/", {"sure": "on"})
    text = str(list(TrailRow.objects.values()))
    assert not any(word in text for word in ("Neill", "7654321", "@"))
    acts = set(TrailRow.objects.values_list("act", flat=True))
    assert {"registered", "signed in", "level changed", "register extract loaded", "person confirmed", "post given",
            "identity erased"} <= acts  # fmt: skip


def test_the_trail_of_a_place_shows_that_place_and_below_and_is_downloaded_whole(admin):
    joining.join(organisation="PLACE2", email="far@nhs.net")
    joining.join()
    client = joining.signed_in(admin)
    rows = client.get("/organisations/ICB1/people/trail/?download=trail.json").json()
    assert {row["organisation"] for row in rows} == {"ICB1", "PRACTICE1"}
    assert client.get("/organisations/ICB1/people/trail/?download=trail.csv").content.startswith(b"number,at,who,act")
    assert TrailRow.objects.filter(act="trail downloaded").count() == 2
    assert client.get("/organisations/ICB1/people/trail/?before=2").status_code == 200
    page = client.get("/organisations/ICB1/people/trail/").content.decode()
    assert all(f"download=trail.{kind}" in page for kind in ("csv", "xlsx", "parquet"))
    assert client.get("/organisations/ICB1/people/trail/?before=x").status_code == 404


def test_what_is_moderated_and_signed_stands_in_the_trail(people, as_):
    import deciding

    deciding.a_round("A statement.", at="ICB1")
    from evenhand_web.decide.models import Moderation, Statement

    lead = people["clinical-lead"].person
    Moderation.objects.create(statement=Statement.objects.get(), decision="rejected", person=lead)
    row = TrailRow.objects.get(act="statement moderated")
    assert (row.who, row.organisation) == (lead.key, "ICB1")


_ANYTHING = st.text(max_size=40) | st.sampled_from(
    ["7654321", "GP", "PRACTICE1", "a@nhs.net", "on", "2026-01-01", "x" * 400]
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.fixed_dictionaries({}, optional=dict.fromkeys((*joining.AMY, "chosen"), _ANYTHING)))
def test_no_form_of_a_stranger_breaks_registration(people, fields):
    Attempts.objects.all().delete()  # hundreds of tries from one address are not what is asked here
    assert Client().post("/register/", fields).status_code in (302, 422)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["roles/give/", "registers/", "roles/1/end/", "verify/x/", "units/add/"]), st.dictionaries(
    st.sampled_from(["email", "role", "since", "until", "file", "body", "as_at", "whole", "current", "doing", "why"]),
    _ANYTHING))  # fmt: skip
def test_no_form_of_an_administrator_breaks_the_desk(people, page, fields):
    identity = Identity.objects.filter(username="admin").first() or joining.administrator()
    answer = joining.signed_in(identity).post(f"/organisations/ICB1/people/{page}", fields)
    assert answer.status_code in (302, 404, 422)


@pytest.mark.parametrize("token", ["x", "../../etc/passwd", "a" * 3000, "%00", "ü"])
def test_a_link_that_nobody_was_sent_opens_nothing(db, token):
    assert Client().get(f"/link/{token}/").status_code in (400, 404, 410)
    assert Client().post(f"/link/{token}/").status_code in (400, 404, 410)
