"""The tree of organisations: nearest first, top down, and one question to the database however large it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import timezone

from evenhand_web.decide.models import Plan
from evenhand_web.people import tree as walks
from evenhand_web.people.models import Membership, Organisation
from evenhand_web.people.tree import ancestors, around, below, inside, upward, within

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


def test_asked_upward_from_the_few_the_answer_is_the_same(tree, monkeypatch):
    for code in ("E", "S2", "N", "P1", "OLD"):
        Plan.objects.create(key=f"plan-{code}", title=code, organisation=tree[code])
    whole = {o: set(codes(around(tree[o]))) for o in tree}
    for o in tree:
        schemes = Plan.objects.filter(organisation__in=around(tree[o], Plan))
        assert {p.organisation_id for p in schemes} == {"E", "S2", "N", "P1", "OLD"} & whole[o]
        lower = {p.organisation_id for p in schemes} & set(codes(below(tree[o])))
        assert set(codes(within(tree[o], Plan))) == {o, *lower}
    some = Plan.objects.filter(key="plan-N")
    assert set(codes(within(tree["E"], some))) == {"E", "N"}
    monkeypatch.setattr("evenhand_web.people.tree.FEW", 4)
    assert set(codes(around(tree["S1"], Plan))) == whole["S1"]  # too many to walk up from: down, to the same end
    Plan.objects.all().delete()
    assert set(codes(around(tree["I"], Plan))) == {"E", "I"}


def test_which_of_some_lie_within_a_place(tree, monkeypatch):
    monkeypatch.setattr("evenhand_web.people.tree.AT_ONCE", 2)
    for o in tree:
        assert inside(tree[o], [*tree, "unknown"]) == {o, *codes(below(tree[o]))}
    assert inside(tree["I"], ["Q", "E", "OLD", "P1"]) == {"Q", "P1"}
    assert inside(tree["E"], []) == frozenset()


def test_a_circle_ends(tree):
    Membership.objects.create(child=tree["E"], parent=tree["P1"])
    assert inside(tree["I"], ["S1", "E", "OLD"]) == {"S1", "E"}
    assert set(codes(below(tree["I"]))) >= {"S1", "E"}
    assert "I" not in codes(ancestors(tree["I"]))


def test_each_walk_is_one_query(tree, django_assert_num_queries):
    with django_assert_num_queries(3):
        ancestors(tree["P1"])
        below(tree["E"])
        list(around(tree["I"]))


def test_what_lies_within_is_kept_until_a_tie_is_made_or_ended(tree, monkeypatch):
    monkeypatch.setattr(walks._walked, "__wrapped__", walks._walked)  # as outside a transaction
    walks._walked.cache_clear()
    before = walks.known_within(tree["S1"])
    assert before == set(codes(within(tree["S1"]))) == {"S1", "N", "P1", "P2"}
    assert walks.known_within(tree["S1"]) is before, "kept"

    tie = Membership.objects.create(child=tree["Q"], parent=tree["N"])
    assert walks.known_within(tree["S1"]) == before | {"Q"}
    tie.end = timezone.localdate() - timedelta(days=1)
    tie.save()
    assert walks.known_within(tree["S1"]) == before
    tie.delete()
    assert walks.known_within(tree["S1"]) == before
    walks._walked.cache_clear()
