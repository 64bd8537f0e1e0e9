"""One's e-mail address changes by a link to the new one, the old one is told; other sessions end, this one stays."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

import cast
import joining as steps
from evenhand_web.people import joining, levels, trail
from evenhand_web.people.models import Identity, OneTimeLink, TrailRow

NEW = "amy.oneill@another.nhs.uk"


@pytest.fixture
def amy(people):
    """Somebody who registered with an NHS e-mail, and the client in which they are signed in."""
    return steps.join()


def asked(client: Client, address: str = NEW) -> str:
    """Ask for the change; the path of the link in the letter."""
    assert client.post("/me/email/", {"email": address}).status_code == 302
    return re.search(r"https?://[^/]+(/me/email/\S+)", mail.outbox[-1].body)[1]


def test_an_address_changes_by_its_link_and_the_old_one_is_told(amy):
    identity, client = amy
    before, way = levels.of(identity.person), asked(client)
    assert mail.outbox[-1].to == [NEW]
    assert NEW in client.get(way).content.decode()
    assert Identity.objects.get(pk=identity.pk).email == steps.AMY["email"]  # opening it changes nothing
    assert client.post(way).url == "/me/"
    fresh = Identity.objects.get(pk=identity.pk)
    assert (fresh.email, fresh.username) == (NEW, NEW)
    assert mail.outbox[-1].to == [steps.AMY["email"]]
    assert NEW not in mail.outbox[-1].body  # whoever has the old mailbox now is not told the new one
    assert levels.of(fresh.person) == before
    acts = list(TrailRow.objects.filter(who=fresh.person_id).values_list("act", flat=True))
    assert acts[-2:] == ["e-mail change asked", "e-mail changed"]
    assert not any("@" in str(row.facts) + row.what for row in TrailRow.objects.all())
    assert trail.check().broken == ()
    assert (client.post(way).status_code, client.get("/me/").status_code) == (410, 200)


def test_the_old_address_signs_nobody_in_any_more_and_may_be_somebody_elses(amy):
    identity, client = amy
    steps_old = joining.ask(steps.AMY["email"], None, lambda token: f"https://x/link/{token}/")
    assert steps_old is None
    way_in = steps.link()
    client.post(asked(client))
    assert Client().post(way_in).status_code == 410  # sent to the old mailbox before the change
    newcomer, _ = steps.join(given_name="Ann", number="7654322")
    assert newcomer.pk != identity.pk


def test_every_other_session_ends_with_the_address_and_by_its_button(amy):
    identity, client = amy
    elsewhere = Client()
    elsewhere.force_login(identity, "evenhand_web.people.backends.MailLink")
    client.post(asked(client))
    assert (elsewhere.get("/me/").status_code, client.get("/me/").status_code) == (302, 200)
    elsewhere.force_login(Identity.objects.get(pk=identity.pk), "evenhand_web.people.backends.MailLink")
    said = client.post("/me/sessions/end/", follow=True).content.decode()
    assert "Signed out of 1 other session." in said
    assert (elsewhere.get("/me/").status_code, client.get("/me/").status_code) == (302, 200)
    assert TrailRow.objects.get(act="other sessions ended").facts == {"sessions": 1}


def test_a_link_in_a_wrong_mailbox_gives_nobody_an_account(amy, as_):
    identity, client = amy
    way = asked(client)
    assert Client().get(way).url == f"/sign-in/?next={way}"
    assert as_(cast.GP).post(way).status_code == 404
    token = way.rstrip("/").rpartition("/")[2]
    assert Client().post(f"/link/{token}/").status_code == 410  # and it is no link to sign in
    assert Identity.objects.get(pk=identity.pk).email == steps.AMY["email"]


def test_nobody_learns_from_the_form_who_has_an_account(amy, people):
    _, client = amy
    Identity.objects.filter(username="gp").update(email="taken@nhs.net")
    many = len(mail.outbox)
    answer = client.post("/me/email/", {"email": "Taken@nhs.net"}, follow=True)
    assert "Look into the mailbox of the new address" in answer.content.decode()
    assert (len(mail.outbox), OneTimeLink.objects.count()) == (many, 0)


def test_an_address_that_somebody_took_in_between_is_not_taken(amy, people):
    identity, client = amy
    way = asked(client)
    Identity.objects.filter(username="gp").update(email=NEW)
    assert client.post(way).status_code == 410
    assert Identity.objects.get(pk=identity.pk).email == steps.AMY["email"]


def test_a_second_letter_and_two_hours_end_the_first_link(amy):
    _, client = amy
    first = asked(client)
    second = asked(client)
    assert client.post(first).status_code == 410
    OneTimeLink.objects.update(until=timezone.now() - timedelta(seconds=1))
    assert client.post(second).status_code == 410


@pytest.mark.parametrize("address", ["", "amy", "amy@example.org", steps.AMY["email"].upper()])
def test_an_address_that_cannot_be_one_is_refused(amy, address):
    _, client = amy
    assert client.post("/me/email/", {"email": address}).status_code == 422
    assert not OneTimeLink.objects.exists()
