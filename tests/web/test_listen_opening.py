"""A real place can ask its clinicians: a survey begins on a page, and not in the demonstration alone."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.utils import timezone

import cast
from evenhand.listen import asked as is_asked
from evenhand.listen import load_instrument
from evenhand_web.home import backups
from evenhand_web.listen import answering
from evenhand_web.listen.models import AnswerEvent, Invitation, SurveyWave
from evenhand_web.listen.opening import frame, regions
from evenhand_web.listen.results import results
from evenhand_web.people import private
from evenhand_web.people.models import Identity, Organisation, Person, Post, TrailRow

NEW, INSTRUMENT = "/organisations/ICB1/listen/waves/new/", "barriers_and_ideas_diabetes"
CLINICIANS = {"gp", "pharmacist", "clinical-lead"}  # of the cast: not the outsider, who has no post


def said(**other: str) -> dict[str, str]:
    closes = (timezone.localdate() + timedelta(days=30)).isoformat()
    return {"instrument": INSTRUMENT, "title": "Diabetes: what holds us back", "asked_by": "The lead for diabetes",
            "closes": closes} | other  # fmt: skip


def an_open_wave(client, **other: str) -> SurveyWave:
    assert client.post(NEW, said(**other)).status_code == 302
    return SurveyWave.objects.get(closes__gt=timezone.now())


def closed(wave: SurveyWave) -> None:
    SurveyWave.objects.filter(pk=wave.pk).update(closes=timezone.now() - timedelta(minutes=1))


def test_a_clinical_lead_opens_a_survey_that_an_invited_gp_finds_and_answers(as_, people):
    assert "3 clinicians would be asked" in as_(cast.CLINICAL_LEAD).get(NEW).content.decode()
    wave = an_open_wave(as_(cast.CLINICAL_LEAD), added="The board will talk of it.")
    invited = Invitation.objects.filter(wave=wave)
    assert {i.person.identity.username for i in invited} == CLINICIANS
    assert {(i.profession, i.strata["region"]) for i in invited} == {("GP", "REGION"), ("Pharmacist", "REGION")}
    assert "No group of fewer than ten is shown" in wave.who_will_see
    assert wave.who_will_see.endswith("The board will talk of it.")
    assert TrailRow.objects.get(act="survey opened").facts == {"instrument": INSTRUMENT, "people": 3}

    client, here = as_(cast.GP), f"/organisations/PRACTICE1/listen/{wave.key}"
    for page in ("/organisations/PRACTICE1/", "/organisations/PRACTICE1/listen/"):
        assert f"{here}/answer/" in client.get(page).content.decode()
    for question in load_instrument(INSTRUMENT).questions:
        event = AnswerEvent.objects.last()
        if not is_asked(question, event.answers if event else {}):
            continue
        value = {"number": "2", "text": ""}.get(question.type) or (question.values() or [""])[0]
        answer = client.post(f"{here}/answer/", {"answer": [value] if question.type == "multiple" else value})
        assert answer.status_code == 302
    assert client.post(f"{here}/check/").url == f"{here}/thanks/"
    assert AnswerEvent.objects.last().status == "submitted"
    assert b"Results are shown when it has closed" in client.get(f"{here}/").content
    closed(wave)
    assert b"Too few answered to say" in client.get(f"{here}/").content
    assert not Invitation.objects.filter(wave=wave).exclude(person=None).exists()  # the promise that was read is kept


def test_results_of_a_survey_begun_on_a_page_wait_for_ten_and_stand_for_the_frame_then(as_, people):
    for n in range(12):
        gp = Person.objects.create(profession="GP", organisation_id="PRACTICE1", identity_level=2)
        Identity.objects.create(person=gp, username=f"gp-{n}")
        Post.objects.create(person=gp, organisation_id="PRACTICE1", role="member")
    wave = an_open_wave(as_(cast.CLINICAL_LEAD))
    places = list(wave.invitations.filter(profession="GP"))
    for place in places[:9]:
        answering.save(place, {"meet_patients": "daily"}, "submitted")
    assert results(wave) is None
    answering.save(places[9], {"meet_patients": "daily"}, "submitted")
    found = results(wave)
    assert (found.taken.invited, found.taken.completed, found.raked) == (15, 10, ("region",))


def test_the_next_wave_of_the_survey_is_laid_beside_the_last_that_closed_here(as_, people):
    client = as_(cast.CLINICAL_LEAD)
    first = an_open_wave(client)
    closed(first)
    other = an_open_wave(client, instrument="qipp_awareness_2010")
    closed(other)
    second = an_open_wave(client)
    assert (other.previous, second.previous, second.key) == (None, first, f"{first.key}-3")
    assert not set(first.invitations.values_list("respondent", flat=True)) & set(
        second.invitations.values_list("respondent", flat=True)
    )


@pytest.mark.parametrize("wrong", [
    {"title": ""}, {"asked_by": ""}, {"instrument": ""}, {"instrument": "no_such"}, {"closes": "2020-01-01"},
    {"closes": "soon"}, {"closes": "today"}, {"closes": "2999-01-01"}, {"added": "x" * 401},
])  # fmt: skip
def test_what_is_wrong_is_said_what_was_typed_stays_and_nobody_is_asked(as_, people, wrong):
    if wrong.get("closes") == "today":
        wrong = {"closes": timezone.localdate().isoformat()}
    answer = as_(cast.CLINICAL_LEAD).post(NEW, said(**wrong))
    assert (answer.status_code, SurveyWave.objects.count()) == (422, 0)
    assert set(answer.context["form"].errors) == set(wrong)
    assert answer.context["form"]["asked_by"].value() == wrong.get("asked_by", "The lead for diabetes")


def test_the_same_survey_is_not_opened_twice_at_once_here_or_below(as_, people):
    client = as_(cast.CLINICAL_LEAD)
    an_open_wave(client)
    for where in ("ICB1", "PRACTICE1"):
        answer = client.post(NEW.replace("ICB1", where), said(title="Again"))
        assert (answer.status_code, SurveyWave.objects.count()) == (422, 1)
        assert "This survey is open already" in answer.content.decode()


def test_where_nobody_can_be_asked_nothing_is_opened_and_the_page_says_why(as_, people):
    place = NEW.replace("ICB1", "PRACTICE2")
    assert b"Nobody can be asked yet" in as_(cast.CLINICAL_LEAD).get(place).content
    answer = as_(cast.CLINICAL_LEAD).post(place, said())
    assert (answer.status_code, SurveyWave.objects.count()) == (422, 0)
    assert "Nobody can be asked: no clinician" in answer.content.decode()


def test_asked_is_who_may_answer_and_nobody_else(as_, people):
    place = Organisation.objects.get(code="ICB1")
    everybody = len(frame(place).people)
    gp = people["gp"].person
    posts = Post.objects.filter(person=gp)
    assert len(frame(Organisation.objects.get(code="ICB2")).people) == 0
    posts.update(until=timezone.localdate() - timedelta(days=1))  # left
    assert (len(frame(place).people), frame(place).waiting) == (everybody - 1, 1)
    posts.update(until=None)
    Person.objects.filter(pk=gp.pk).update(removed_by_moderator=True)
    assert len(frame(place).people) == everybody - 1
    Person.objects.filter(pk=gp.pk).update(removed_by_moderator=False, profession="nurse")
    assert len(frame(place).people) == everybody
    private.erase(gp.identity)
    assert (len(frame(place).people), frame(place).waiting) == (everybody - 1, 0)


def test_erasing_somebody_cuts_their_link_and_a_backup_those_of_what_has_closed(as_, people, monkeypatch):
    wave = an_open_wave(as_(cast.CLINICAL_LEAD))
    private.erase(people["gp"])
    assert wave.invitations.count() == 3
    assert wave.invitations.filter(person=None).count() == 1
    copied = []  # how many links stood in the database as it was copied

    def make(*_: object, **__: object) -> backups.Backup:
        copied.append(wave.invitations.exclude(person=None).count())
        return backups.Backup("a", "20260101T000000Z", 1, "", {})

    monkeypatch.setattr(backups, "make", make)
    call_command("backup")
    closed(wave)
    call_command("backup")
    assert copied == [2, 0]


def test_a_workplaces_region_is_its_icb_where_the_tree_holds_no_region(people):
    nation, one = Organisation.objects.get(code="NATION"), {"PRACTICE1", "PLACE2", "NATION"}
    assert regions(nation, one) == {"PRACTICE1": "REGION", "PLACE2": "REGION"}
    Organisation.objects.filter(level="region").update(level="cluster")
    assert regions(nation, one) == {"PRACTICE1": "ICB1", "PLACE2": "ICB2"}
    assert regions(Organisation.objects.get(code="PCN1"), {"PRACTICE1"}) == {"PRACTICE1": "ICB1"}


@pytest.mark.parametrize("who", [cast.GP, cast.PHARMACIST, cast.OUTSIDER])
def test_who_does_not_moderate_opens_nothing_and_is_not_led_there(as_, people, who):
    assert as_(who).post(NEW, said()).status_code == 403
    assert not SurveyWave.objects.exists()
    assert b"waves/new" not in as_(who).get("/organisations/ICB1/listen/").content
    assert b"waves/new" in as_(cast.CLINICAL_LEAD).get("/organisations/ICB1/listen/").content
