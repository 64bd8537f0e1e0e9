"""The authorisation matrix: every address x every role x own and other places x looking and sending.

What is expected is worked out from one table, tests/doors.py; how to add a page is told at its top.
"""

from __future__ import annotations

import functools
import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.template.base import Template
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, resolve, reverse
from django.utils.safestring import SafeString

import cast
import world as small
from doors import ANYONE, DOORS, NEVER, SIGNED_IN, WITHOUT_TOKEN, Door
from evenhand_web.people import tree
from evenhand_web.people.models import Identity, Organisation
from evenhand_web.people.rights import RULES, Actor, may
from evenhand_web.people.tree import actor, around, place
from evenhand_web.site import limits

LET_IN, SIGN_IN, MAY_NOT, NOT_THERE, NO_SUCH_WAY = "let in", "sign in first", "may not", "not there", "not this way"
AREA, NOBODY = "ICB1", Actor()
# where sending asks for nothing but what looking asks, a few send: without an account, without a role, without this
# right, from next door, and the owner
FEW = ("", "outsider", "colleague", "board-member", "neighbour", "gp")
BACKEND = "evenhand_web.people.backends.DemonstrationPassword"


def addresses(patterns: list | None = None, space: str = "", way: str = "") -> Iterator[tuple[str, str]]:
    """(name, way) of every address of the project, found by walking the resolver."""
    for found in get_resolver().url_patterns if patterns is None else patterns:
        here = f"{way}{found.pattern}"
        if isinstance(found, URLResolver):
            inner = f"{space}{found.namespace}:" if found.namespace else space
            yield from addresses(found.url_patterns, inner, here)
        elif isinstance(found, URLPattern):
            yield (f"{space}{found.name}" if found.name else "", here)


NAMES = sorted({name for name, _ in addresses() if name})


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker) -> Iterator[SimpleNamespace]:
    """The small world, made once; what a request adds is taken back after it. Rate limits have their own tests."""
    with django_db_blocker.unblock(), transaction.atomic(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(limits, "LIMITS", ())
        made = small.world()
        made.places = {code: place(Organisation.objects.get(code=code)) for code in (*small.PLACES, AREA)}
        made.sees = {code: code in {o.code for o in around(Organisation.objects.get(code=AREA))}
                     for code in small.PLACES}  # fmt: skip
        made.actors = {name: actor(identity.person) for name, identity in made.people.items()}
        made.sessions = {name: signed_in(who).cookies["sessionid"].value for name, who in made.people.items()}
        who_is, above = functools.cache(tree.actor), functools.cache(tree.place)  # nobody moves in the small world
        patched.setattr("evenhand_web.people.middleware.actor", who_is)
        patched.setattr("evenhand_web.people.pages.place", above)
        made.client = Client(raise_request_exception=False)
        patched.setattr(logging.getLogger("django.request"), "disabled", True)  # five thousand refusals
        # what a page says is for its own tests; here only whether somebody gets to see it
        patched.setattr(Template, "render", lambda *_: SafeString("<p>a page</p>"))
        yield made
        transaction.set_rollback(True)


def signed_in(identity: Identity) -> Client:
    client = Client()
    client.force_login(identity, BACKEND)
    return client


def test_every_address_has_a_name():
    assert [way for name, way in addresses() if not name] == []


def test_every_address_has_its_door():
    missing = [name for name in NAMES if name not in DOORS]
    assert missing == [], "add a line to DOORS in tests/doors.py for each; the top of that file says how"


def test_no_door_is_without_its_address():
    assert [name for name in DOORS if name not in NAMES] == []


def test_a_door_asks_for_rights_that_there_are():
    asked = {action for door in DOORS.values() for need in (door.enter, door.get, door.post or "")
             for action in need.partition("@")[0].split("|")}  # fmt: skip
    assert asked - set(RULES) <= {ANYONE, SIGNED_IN, NEVER, ""}


@pytest.mark.parametrize("name", [name for name in NAMES if name in DOORS])
def test_each_passes_their_own_doors_and_no_other(name, world, db):
    door, wrong = DOORS[name], []
    for here in small.PLACES if _has_place(name, door, world) else ("",):
        address = reverse(name, kwargs=_filled(door, world) | ({"code": here} if here else {}))
        assert resolve(address), address
        for who in ("", *(character.username for character in small.ROLES)):
            for method in ("GET", "POST") if door.post not in (None, NEVER) or who in FEW else ("GET",):
                got = knock(world, who, method, address)
                allowed = expected(door, who, here, method, world)
                if not fits(got, allowed, door, address):
                    wrong.append(f"{who or 'nobody'} {method} {address}: expected {allowed}, got {got}")
    assert wrong == []


def knock(world: SimpleNamespace, who: str, method: str, address: str) -> int:
    """The status of one request, whatever it did taken back. Every answer has the policy, whatever it is."""
    client = world.client
    client.cookies.clear()
    if who:
        client.cookies["sessionid"] = world.sessions[who]
    with transaction.atomic():
        response = client.get(address) if method == "GET" else client.post(address)
        response.close()
        transaction.set_rollback(True)
    policy = response.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'"), address
    assert "unsafe" not in policy, address
    assert response.headers["X-Content-Type-Options"] == "nosniff", address
    if response.status_code == 302 and "/sign-in/" in response.headers["Location"]:
        return 401
    return response.status_code


def expected(door: Door, who: str, here: str, method: str, world: SimpleNamespace) -> set[str]:
    """What should come of it; two where both hold and either may be said first."""
    needs = door.needs(method)
    if needs == NEVER:  # or refused at the door before
        return {NO_SUCH_WAY} if door.enter == ANYONE else {NO_SUCH_WAY, MAY_NOT} if who else {NO_SUCH_WAY, SIGN_IN}
    if door.enter == ANYONE and not door.of:
        return {LET_IN}
    if not who and door.enter != ANYONE:
        return {SIGN_IN}
    mine = world.actors.get(who, NOBODY)
    if door.enter in RULES and not may(mine, door.enter, world.places[here]):
        return {MAY_NOT}
    said = set()
    if door.of == "area" and here and not world.sees[here]:
        said.add(NOT_THERE)
    if door.of in small.PLACES and here != door.of:
        said.add(NOT_THERE)
    if door.of not in ("", "area", who, *small.PLACES):
        said.add(NOT_THERE)
    actions, _, where = needs.partition("@")
    if where == "above":
        actions, where = ("" if here.startswith("PRACTICE") else actions), ""
    if actions and not any(may(mine, one, world.places[AREA if where else here]) for one in actions.split("|")):
        said.add(MAY_NOT)
    return said or {LET_IN}


def fits(status: int, allowed: set[str], door: Door, address: str) -> bool:
    """Whether a status is one of what is expected. Nothing of ours ever breaks (5xx)."""
    closed = {SIGN_IN: 401, MAY_NOT: 403, NOT_THERE: 404, NO_SUCH_WAY: 405}
    if LET_IN in allowed:
        return status in door.also or status in (200, 204, 302, 304, 400, 422)
    return status in {closed[word] for word in allowed}


def _filled(door: Door, world: SimpleNamespace) -> dict[str, object]:
    return {name: getattr(world, thing) for name, thing in door.args.items()}


def _has_place(name: str, door: Door, world: SimpleNamespace) -> bool:
    return any("code>" in way for found, way in addresses() if found == name)


# ---- what holds for every address at once


@pytest.mark.parametrize("name", [name for name in NAMES if name in DOORS])
def test_nothing_is_taken_without_its_token(name, world, db):
    door = DOORS[name]
    if door.needs("POST") == NEVER or name.startswith("api"):
        return
    client = Client(enforce_csrf_checks=True)
    client.cookies["sessionid"] = world.sessions["gp"]
    here = {"code": "PRACTICE1"} if _has_place(name, door, world) else {}
    got = client.post(reverse(name, kwargs=_filled(door, world) | here)).status_code
    assert (got == 403) == (name not in WITHOUT_TOKEN)


def test_the_cast_has_every_role_somewhere():
    held = {role for character in small.ROLES for role, _ in character.posts}
    assert held >= {"member", "clinical_lead", "manager", "medicines_optimisation", "finance_lead", "board_member",
                    "analyst", "administrator"}  # fmt: skip
    assert cast.OUTSIDER in small.ROLES
