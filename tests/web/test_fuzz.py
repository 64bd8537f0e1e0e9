"""Forms, uploads and searches are given what nobody would type: they refuse it, and never break.

Every page that has a form is found through the authorisation matrix; nobody has to add theirs here.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import HealthCheck, given, seed, settings
from hypothesis import strategies as st

import world as small
from doors import DOORS, NEVER
from evenhand_web.site import limits

BACKEND = "evenhand_web.people.backends.DemonstrationPassword"
FIELD = re.compile(r'<(?:input|select|textarea)\b[^>]*?\bname="([\w.\-\[\]]+)"[^>]*')
HIDDEN = ("csrfmiddlewaretoken",)
USUAL = ("value", "statement", "number", "role", "organisation", "signature", "text", "title", "replies_to")
ODD = (
    "", "0", "-1", "²", "٣", "9" * 5000, "1e999", "NaN", "=1+1", "<script>", "' OR 1=1 --", "\u202e", "é" * 300, "on",
    "2026-02-30", "03/04/2024", "a: [", "!!python/object", "../../etc/passwd", "\ud7ff", "x" * 20_000,
)  # fmt: skip
VALUES = st.sampled_from(ODD) | st.text(st.characters(codec="utf-8"), max_size=40) | st.integers().map(str)
FILES = st.binary(max_size=60) | st.sampled_from([b"", b"\xff\xfe", b"a,b\n1", b"PK\x03\x04", b"a" * 100_000])
FORMS = sorted(name for name, door in DOORS.items() if door.needs("POST") != NEVER and not name.startswith("api"))
SENDERS = ("gp", "clinical-lead", "pharmacist", "finance-director", "administrator")
SEARCHES = (
    ("/organisations/ICB1/see/explore/", ("n", "d", "sum", "level", "group")),
    ("/organisations/ICB1/see/", ("q", "pathway", "direction", "size", "certainty", "sort", "download")),
    ("/organisations/PRACTICE1/measures/diabetes_dpp4_cost/", ("view", "download", "width")),
    ("/organisations/ICB1/see/diabetes_dpp4_cost/rows/", ("month", "download")),
    ("/organisations/ICB1/people/trail/", ("before", "download")),
    ("/organisations/PRACTICE1/change/reflections/new/", ("promise", "module")),
    ("/find/", ("q", "search")), ("/sign-in/", ("next",)),
    ("/api/organisations", ("search", "level", "limit", "offset")),
)  # fmt: skip
ROUNDS = settings(max_examples=4, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[SimpleNamespace]:
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits, "LIMITS", ())
        patched.setattr(logging.getLogger("django.request"), "disabled", True)
        made = small.world()
        made.clients = {}
        for name in SENDERS:
            made.clients[name] = Client()
            made.clients[name].force_login(made.people[name], BACKEND)
        yield made
        transaction.set_rollback(True)


def _keys(name: str, world: SimpleNamespace) -> dict:
    door = DOORS[name]
    found = {word: getattr(world, thing) for word, thing in door.args.items()}
    try:
        reverse(name, kwargs=found)
    except NoReverseMatch:
        found["code"] = "PRACTICE1" if door.of in small.PLACES or door.of == "gp" else "ICB1"
    return found


def test_there_are_forms():
    assert len(FORMS) > 60


@pytest.mark.parametrize("name", FORMS)
def test_a_form_refuses_what_nobody_would_type_and_never_breaks(name, world, db):
    address = reverse(name, kwargs=_keys(name, world))
    for who in SENDERS:
        page = world.clients[who].get(address)
        if page.status_code in (200, 405):  # the first who gets to see it, or to send to it
            _try(world.clients[who], address, page.content.decode(errors="replace"))
            return


def _try(client: Client, address: str, page: str) -> None:
    """Send what nobody would type in the fields of a page, whatever they are, each time taken back."""
    session = client.cookies["sessionid"].value
    fields = sorted(set(FIELD.findall(page)) - set(HIDDEN)) or list(USUAL)
    files = [a or b for a, b in re.findall(r'type="file"[^>]*name="(\w+)"|name="(\w+)"[^>]*type="file"', page)]

    @seed(20260401)
    @ROUNDS
    @given(st.fixed_dictionaries(dict.fromkeys(fields, VALUES)), FILES)
    def send(said: dict, held: bytes) -> None:
        client.cookies["sessionid"] = session
        with transaction.atomic():
            sent = said | {name: SimpleUploadedFile("x.csv", held) for name in files}
            assert client.post(address, sent).status_code < 500
            transaction.set_rollback(True)

    send()


@pytest.mark.parametrize(("address", "fields"), SEARCHES, ids=lambda x: x if isinstance(x, str) else "")
def test_a_search_answers_whatever_is_asked(address, fields, world, db):
    client = world.clients["administrator" if "trail" in address else "clinical-lead" if "ICB1" in address else "gp"]

    @seed(20260401)
    @ROUNDS
    @given(st.dictionaries(st.sampled_from(fields), VALUES))
    def ask(asked):
        assert client.get(address, asked).status_code < 500

    ask()


@pytest.mark.parametrize("number", ["0", "9" * 19, "9" * 400])
def test_an_address_with_a_number_that_is_none_is_not_found(number, world, db):
    for page in ("decide/register/decisions/{}/", "change/promises/{}/report/", "account/entries/{}/",
                 "decide/schemes/sitagliptin_first/versions/{}/"):  # fmt: skip
        assert world.clients["clinical-lead"].get(f"/organisations/ICB1/{page.format(number)}").status_code == 404
