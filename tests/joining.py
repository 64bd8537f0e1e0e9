"""What tests of registration share: a filled form, the link of a letter, an administrator, a register extract."""

from __future__ import annotations

import re
from datetime import date

from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

import cast
from evenhand_web.people.models import Identity, Person, Post

AMY = {
    "given_name": "Amy", "family_name": "O'Neill-Núñez", "profession": "GP", "number": "7654321",
    "organisation": "Practice One", "email": "amy.oneill@nhs.net",
}  # fmt: skip
EXTRACT = """GMC Reference Number,Surname,Forename,Registration Status
7654321,ONEILL NUNEZ,Amelia,Registered with Licence
1234567,Grey,Zoe,Registered without a licence
"""
UPLOAD = {"body": "GMC", "as_at": "2026-01-31", "whole": "whole", "header": "on", "current": "registered with licence"}


def administrator(at: str = "ICB1", name: str = "admin") -> Identity:
    """Somebody who looks after people there, and may sign in with the tests' password."""
    person = Person.objects.create(profession="Manager", organisation_id=at, identity_level=1)
    identity = Identity(person=person, username=name, name="Test administrator", email=f"{name}@nhs.net")
    identity.set_password(cast.PASSWORD)
    identity.save()
    Post.objects.create(person=person, organisation_id=at, role="administrator", since=date(2026, 1, 1))
    return identity


def signed_in(identity: Identity) -> Client:
    """A client signed in with the tests' password."""
    client = Client()
    assert client.login(username=identity.username, password=cast.PASSWORD)
    return client


def link() -> str:
    """The path of the link in the last letter."""
    return re.search(r"https?://[^/]+(/link/\S+)", mail.outbox[-1].body)[1]


def join(**changes: str) -> tuple[Identity, Client]:
    """Register and follow the link: who is then signed in, and their client."""
    client = Client()
    answer = client.post("/register/", AMY | changes)
    assert answer.status_code == 302, answer.content.decode()
    assert client.post(link()).status_code == 302
    return Identity.objects.get(email=(AMY | changes)["email"]), client


def upload(client: Client, text: str | bytes = EXTRACT, at: str = "ICB1", name: str = "gmc.csv", **changes: str):
    """Upload an extract; the answer."""
    raw = text.encode() if isinstance(text, str) else text
    form = {key: value for key, value in (UPLOAD | changes).items() if value}
    return client.post(f"/organisations/{at}/people/registers/", form | {"file": SimpleUploadedFile(name, raw)})
