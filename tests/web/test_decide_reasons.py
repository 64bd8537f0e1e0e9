"""'This is warranted because ...': who gives reasons, who weighs them, and whose they are."""

from __future__ import annotations

import pytest

import cast
import deciding
from evenhand.decide.explanations import weigh as weigh_in_the_library
from evenhand_web.decide.explaining import explanations
from evenhand_web.decide.models import Explanation, Weighing
from evenhand_web.people.models import Organisation

MEASURE = "diabetes_dpp4_cost"
PAGE = f"/organisations/PRACTICE1/decide/measures/{MEASURE}/"


@pytest.fixture
def reason(people) -> Explanation:
    """A reason that a GP of Practice Two gave."""
    author = deciding.voters("GP", 1)[0]
    return Explanation.objects.create(
        measure=MEASURE, organisation_id="PRACTICE2", person=author, text="Many of ours have failing kidneys."
    )


def weigh(client, reason, value="accept", page=PAGE, **more):
    return client.post(f"{page}{reason.pk}/weigh/", {"value": value} | more)


def test_a_clinician_of_the_practice_gives_a_reason_and_it_stands_under_their_profession(as_, people):
    as_(cast.GP).post(PAGE, {"text": "Two care homes are on our list."})
    made = Explanation.objects.get()
    assert (made.measure, made.organisation_id, made.person) == (MEASURE, "PRACTICE1", people["gp"].person)
    shown = as_(cast.PRACTICE_MANAGER).get(PAGE).content.decode()
    assert "Two care homes are on our list." in shown
    assert "A GP, Practice One" in shown
    assert "Demo GP" not in shown


@pytest.mark.parametrize(("who", "status"), [(cast.PRACTICE_MANAGER, 403), (cast.CLINICAL_LEAD, 403),
                                             (cast.OUTSIDER, 403), (cast.GP, 302)])  # fmt: skip
def test_only_clinicians_who_work_there_give_reasons(as_, people, who, status):
    assert as_(who).post(PAGE, {"text": "Because."}).status_code == status
    assert Explanation.objects.count() == (status == 302)


def test_an_empty_reason_is_refused(as_, people):
    assert as_(cast.GP).post(PAGE, {"text": " "}).status_code == 422


def test_a_peer_of_elsewhere_reads_it_without_the_name_and_weighs_it(as_, people, reason):
    client = as_(cast.GP)
    shown = client.get(PAGE).content.decode()
    assert "A GP, another practice" in shown
    assert "Practice Two" not in shown
    weigh(client, reason)
    weigh(client, reason, "doubt")
    weigh(client, reason, "doubt")
    assert list(Weighing.objects.values_list("value", flat=True)) == ["accept", "doubt"]
    row = explanations(MEASURE, Organisation.objects.get(code="PRACTICE1"), people["gp"].person)[0]
    assert (row.here, row.weighed.peers, row.mine) == (False, None, "doubt")
    assert "Fewer than ten peers have weighed it" in client.get(PAGE).content.decode()


def test_from_ten_peers_on_the_page_says_what_the_library_says(as_, people, reason):
    words = ["accept"] * 11 + ["doubt"]
    events = [(str(reason.pk), peer.key, word) for peer, word in zip(deciding.voters("Nurse", 12), words, strict=True)]
    for _, peer, word in events:
        Weighing.objects.create(explanation=reason, person_id=peer, value=word)
    Weighing.objects.create(explanation=reason, person=reason.person, value="accept")  # their own: it does not count
    row = explanations(MEASURE, Organisation.objects.get(code="PRACTICE1"))[0].weighed
    (said,) = weigh_in_the_library(events, [(str(reason.pk), reason.person_id)])
    assert row == said
    assert (row.peers, row.accept, row.verdict) == (12, 11, "accepted")
    shown = as_(cast.GP).get(PAGE).content.decode()
    assert "Of 12 peers who weighed it, <strong>11</strong> say that it explains the variation" in shown
    assert "peers accept it" in shown


@pytest.mark.parametrize("who", [cast.PRACTICE_MANAGER, cast.OUTSIDER])
def test_who_is_no_clinician_here_weighs_nothing(as_, people, reason, who):
    assert weigh(as_(who), reason).status_code == 403
    assert not Weighing.objects.exists()


def test_nobody_weighs_their_own_reason_nor_in_other_words(as_, people):
    client = as_(cast.GP)
    client.post(PAGE, {"text": "Two care homes are on our list."})
    own = Explanation.objects.get()
    weigh(client, own)
    weigh(as_(cast.PHARMACIST), own, "perhaps")
    assert not Weighing.objects.exists()


def test_after_weighing_one_is_back_where_one_read_it_and_never_on_another_site(as_, people, reason):
    client = as_(cast.GP)
    assert weigh(client, reason, next="/organisations/PRACTICE1/")["Location"] == "/organisations/PRACTICE1/"
    assert weigh(client, reason, next="https://elsewhere.example/")["Location"] == PAGE


def test_reasons_of_another_level_do_not_stand_here(people, reason):
    board = Organisation.objects.get(code="ICB1")
    assert explanations(MEASURE, board) == []


def test_a_measure_that_nobody_knows_is_not_found(as_, people):
    assert as_(cast.GP).get(PAGE.replace(MEASURE, "no_such_measure")).status_code == 404
