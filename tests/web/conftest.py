"""Fixtures of page tests: the cast, and a browserless client signed in as one of them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

import cast


@pytest.fixture
def people(db):
    """The cast by user name, with their tree of organisations."""
    cast.organisations()
    return cast.people()


@pytest.fixture
def as_(people) -> Callable[[cast.Character], Client]:
    """`as_(cast.GP)`: a client signed in as somebody of the cast."""

    def sign_in(character: cast.Character) -> Client:
        client = Client()
        assert client.login(username=character.username, password=cast.PASSWORD)
        return client

    return sign_in
