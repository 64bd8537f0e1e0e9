"""The tree of organisations: nearest first, top down, and one question to the database however large it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evenhand_web.people.models import Membership, Organisation
from evenhand_web.people.tree import ancestors, around, below, upward

pytestmark = pytest.mark.django_db
TIES = (("I", "E"), ("S1", "I"), ("S2", "I"), ("N", "S1"), ("P1", "N"), ("P1", "S1"), ("P2", "N"), ("Q", "S2"))


@pytest.fixture
def tree() -> dict[str, Organisation]:
    codes = sorted({code for tie in TIES for code in tie} | {"OLD"})
    found = {code: Organisation.objects.create(code=code, name=code, level="practice") for code in codes}
    for child, parent in TIES:
        Membership.objects.create(child=found[child], parent=found[parent], start=date(2020, 4, 1))
    yesterday = timezone.localdate() - timedelta(days=1)
    Membership.objects.create(child=found["P1"], parent=found["OLD"], end=yesterday)
    return found


def codes(organisations) -> list[str]:
    return [o.code for o in organisations]


def test_up_and_down_in_order_without_memberships_that_have_ended(tree):
    assert codes(ancestors(tree["P1"])) == ["N", "S1", "I", "E"]
    assert codes(upward(tree["P1"])) == ["P1", "N", "S1", "I", "E"]
    assert codes(below(tree["I"])) == ["S1", "S2", "N", "P1", "Q", "P2"]
    assert ancestors(tree["E"]) == below(tree["OLD"]) == []


def test_around_is_up_and_down_and_not_aside(tree):
    assert set(codes(around(tree["S1"]))) == {"E", "I", "S1", "N", "P1", "P2"}
    assert codes(around(tree["OLD"])) == ["OLD"]


def test_a_circle_ends(tree):
    Membership.objects.create(child=tree["E"], parent=tree["P1"])
    assert set(codes(below(tree["I"]))) >= {"S1", "E"}
    assert "I" not in codes(ancestors(tree["I"]))


def test_each_walk_is_one_query(tree, django_assert_num_queries):
    with django_assert_num_queries(3):
        ancestors(tree["P1"])
        below(tree["E"])
        list(around(tree["I"]))
