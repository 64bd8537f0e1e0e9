"""Fixtures of page tests: the cast in its small tree, or the whole demonstration; a client signed in as somebody."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction
from django.test import Client, override_settings

import cast


def forget_surveys() -> None:
    """Take what is kept of waves and of rounds, by their number, out of the process's memory."""
    from evenhand_web.decide import agreement
    from evenhand_web.listen import figures, results
    from evenhand_web.site import keeping

    for held in (results._gathered, agreement._log):
        held.cache_clear()
    figures._KEPT.clear()
    keeping.forget()


@pytest.fixture
def people(db):
    """The cast by user name, with their tree of organisations."""
    forget_surveys()  # an earlier test's wave had the same number, and is taken back
    cast.organisations()
    return cast.people()


@pytest.fixture
def as_(people) -> Callable[[cast.Character], Client]:
    """`as_(cast.GP)`: a client signed in as somebody of the cast."""
    return _signed_in


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker, demo_lake):
    """The demonstration in lake and database, filled once for the file; gives the open lake.

    What a test adds (with the fixture `db`) is taken back after it; what it reads is there for all.
    """
    from evenhand.lake import Lake
    from evenhand_web.home.demo import fill

    with django_db_blocker.unblock(), override_settings(EVENHAND_LAKE=demo_lake), transaction.atomic():
        fill(Lake.open(demo_lake), cast.PASSWORD)
        yield Lake.open(demo_lake)
        transaction.set_rollback(True)


@pytest.fixture
def as_demo(demo, db) -> Callable[[cast.Character], Client]:
    """`as_demo(cast.GP)`: a client signed in as the demonstration's account of that name."""
    return _signed_in


def _signed_in(character: cast.Character) -> Client:
    client = Client()
    assert client.login(username=character.username, password=cast.PASSWORD)
    return client
