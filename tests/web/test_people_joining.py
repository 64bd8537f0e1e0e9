"""Registration: an NHS e-mail proved by a link that works once, and a form that says nothing of anybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

import cast
import joining
from evenhand.errors import InputError
from evenhand_web.people import professions
from evenhand_web.people.models import Identity, IdentityStep, OneTimeLink, Person
from evenhand_web.people.nhs_mail import nhs_address


@pytest.mark.parametrize(("body", "given", "kept"), [
    ("GMC", "7654321", "7654321"), ("GMC", " 0123 456 ", "0123456"), ("GMC", "C7654321", "7654321"),
    ("GMC", "l123456", "L123456"), ("NMC", "98i1234e", "98I1234E"), ("GPhC", "2012345", "2012345"),
    ("GPhC", "5012345", "5012345"), ("HCPC", "ph 12345", "PH012345"), ("HCPC", "PH123456", "PH123456"),
])  # fmt: skip
def test_a_number_is_kept_in_the_one_way_its_register_writes_it(body, given, kept):
    assert professions.number(body, given) == kept


@pytest.mark.parametrize(("body", "given"), [
    ("GMC", "765432"), ("GMC", "76543210"), ("GMC", "７６５４３２１"), ("NMC", "1234567"), ("GPhC", "3012345"),
    ("HCPC", "P12345"), ("HCPC", "PH1234567"),
    ("GMC", "C9999998"), ("GMC", "0000000"), ("GMC", "9999999"), ("GOC", "0112345"), ("GMC", ""),
])  # fmt: skip
def test_a_number_that_no_register_gives_is_refused(body, given):
    with pytest.raises(InputError):
        professions.number(body, given)


@pytest.mark.parametrize(("address", "counts"), [
    ("a.b@nhs.net", True), ("A.B@NHS.NET", True), ("a@leedsth.nhs.uk", True), ("a@wales.nhs.uk", True),
    ("a@nhs.net.example", False), ("a@evil-nhs.uk", False), ("a@notnhs.net", False), ("nhs.net", False),
    ("@nhs.net", False), ("a@doctors.org.uk", False), ("a@nhs.net@example.org", False),
    ("a@nhѕ.net", False), ("", False),
])  # fmt: skip
def test_only_the_nhs_own_domains_prove_an_nhs_address(address, counts):
    assert nhs_address(address) == counts


def test_who_follows_the_link_is_registered_and_signed_in_at_level_one(people):
    identity, client = joining.join()
    assert (identity.name, identity.person.identity_level) == ("Amy O'Neill-Núñez", 1)
    assert [row.kind for row in identity.person.steps.all()] == ["email_proved", "claimed"]
    assert "Level 1: NHS e-mail" in client.get("/me/").content.decode()


def test_opening_a_link_uses_nothing_up(people):
    Client().post("/register/", joining.AMY)
    for _ in range(3):  # a mail filter, a preview, the person
        assert Client().get(joining.link()).status_code == 200
    assert not Identity.objects.filter(email=joining.AMY["email"]).exists()


def test_a_link_works_once(people):
    joining.join()
    assert Client().post(joining.link()).status_code == 410


def test_a_link_is_dead_after_two_hours_and_what_it_held_is_deleted(people):
    Client().post("/register/", joining.AMY)
    OneTimeLink.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert Client().post(joining.link()).status_code == 410
    Client().post("/sign-in/link/", {"email": "somebody.else@nhs.net"})
    assert not OneTimeLink.objects.exists()


def test_the_link_itself_is_kept_nowhere(people):
    Client().post("/register/", joining.AMY)
    token = joining.link().split("/")[2]
    assert token not in str(OneTimeLink.objects.values().get())


def test_the_answer_is_the_same_whether_somebody_is_known_or_not(people):
    joining.join()
    answers = [Client().post("/register/", joining.AMY | {"email": e}) for e in ("amy.oneill@nhs.net", "new@nhs.net")]
    answers += [Client().post("/sign-in/link/", {"email": e}) for e in ("amy.oneill@nhs.net", "nobody@nhs.net")]
    assert {(a.status_code, a.url) for a in answers} == {(302, "/register/sent/")}


def test_registering_again_signs_the_owner_of_the_mailbox_in_and_changes_nothing(people):
    identity, _ = joining.join()
    Client().post("/register/", joining.AMY | {"family_name": "Somebody Else", "number": "1111112"})
    client = Client()
    client.post(joining.link())
    identity.refresh_from_db()
    assert (identity.family_name, Person.objects.filter(steps__isnull=False).distinct().count()) == ("O'Neill-Núñez", 1)
    assert client.get("/me/").status_code == 200


def test_nobodys_mailbox_is_filled_through_the_form(people):
    for _ in range(6):
        Client().post("/register/", joining.AMY)
    assert len(mail.outbox) == 3


def test_a_letter_is_plain_text_without_what_the_form_said_but_the_name(people):
    Client().post("/register/", joining.AMY)
    Client().post("/sign-in/link/", {"email": joining.AMY["email"]})
    letter = mail.outbox[0]
    assert letter.to == ["amy.oneill@nhs.net"]
    assert not re.search(r"7654321|Practice One", letter.body)


@pytest.mark.parametrize(("changes", "says"), [
    ({"email": "amy@gmail.com"}, "This is not an NHS address"), ({"email": "amy"}, "Enter an e-mail address"),
    ({"number": ""}, "Enter your GMC number"), ({"number": "12"}, "A GMC number has 7 digits"),
    ({"profession": ""}, "Choose your profession"), ({"profession": "Wizard"}, "not one of the available choices"),
    ({"organisation": "Nowhere"}, "No organisation has that name"),
    ({"organisation": "Practice"}, "Which of these is it?"),
    ({"given_name": ""}, "Enter your first name"), ({"family_name": "<script>"}, "Enter your family name in letters"),
    ({"family_name": "x" * 76}, "at most 75"), ({"organisation": "\x00"}, "Null characters"),
])  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_no_letter_goes_out(people, changes, says):
    answer = Client().post("/register/", joining.AMY | changes)
    assert (answer.status_code, len(mail.outbox)) == (422, 0)
    assert says in answer.content.decode()


def test_an_organisation_is_found_by_its_code_a_part_of_its_name_or_by_choosing(people):
    assert joining.join(organisation="practice1")[0].person.organisation_id == "PRACTICE1"
    assert joining.join(organisation="network", email="b@nhs.net")[0].person.organisation_id == "PCN1"
    chosen = {"organisation": "Practice", "chosen": "PRACTICE2", "email": "c@nhs.net"}
    assert joining.join(**chosen)[0].person.organisation_id == "PRACTICE2"


def test_a_choice_that_the_search_did_not_find_is_refused(people):
    answer = Client().post("/register/", joining.AMY | {"organisation": "Practice", "chosen": "ICB1"})
    assert answer.status_code == 422


def test_a_manager_needs_no_number(people):
    identity, _ = joining.join(profession="Manager", number="", email="m@nhs.net")
    assert (identity.registration_number, identity.person.steps.last().mark) == ("", "")


def test_when_the_mail_server_fails_nothing_is_kept_and_it_says_so(people, monkeypatch):
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionRefusedError

    monkeypatch.setattr("evenhand_web.people.emails.send_mail", refuse)
    answer = Client().post("/register/", joining.AMY)
    assert (answer.status_code, OneTimeLink.objects.count()) == (503, 0)


def test_steps_hold_neither_name_nor_number_nor_address(people):
    joining.join()
    text = str(list(IdentityStep.objects.values()))
    assert not re.search(r"7654321|Neill|amy\.", text)


def test_a_closed_account_gets_no_link(people):
    identity, _ = joining.join()
    Identity.objects.filter(pk=identity.pk).update(is_active=False)
    mail.outbox.clear()
    Client().post("/sign-in/link/", {"email": identity.email})
    assert mail.outbox == []


def test_a_changed_detail_is_checked_anew(people):
    identity, client = joining.join()
    changed = {k: v for k, v in joining.AMY.items() if k != "email"} | {"number": "7654322"}
    assert client.post("/me/details/", changed).status_code == 302
    assert client.post("/me/details/", changed).status_code == 302  # the same again is no change
    assert [row.kind for row in identity.person.steps.all()].count("claimed") == 2


def test_passwords_open_no_account_that_registered(people):
    joining.join()
    assert not Client().login(username="amy.oneill@nhs.net", password="")
    assert not Client().login(username="amy.oneill@nhs.net", password=cast.PASSWORD)
