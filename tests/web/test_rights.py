"""Who may do what, where: the rules as pure functions, and the door of a page that keeps them."""

from __future__ import annotations

import pytest

import cast
from evenhand_web.people.rights import RULES, Actor, Place, PostHeld, may, why_not

NATION = Place("NATION", "Nation")
ICB1 = Place("ICB1", "Icb One", frozenset({"NATION"}))
ICB2 = Place("ICB2", "Icb Two", frozenset({"NATION"}))
PCN1 = Place("PCN1", "Network One", frozenset({"ICB1", "NATION"}))
PRACTICE1 = Place("PRACTICE1", "Practice One", frozenset({"PCN1", "ICB1", "NATION"}))
PLACES = {place.code: place for place in (NATION, ICB1, ICB2, PCN1, PRACTICE1)}


def actor(character: cast.Character) -> Actor:
    posts = tuple(PostHeld(role, PLACES[code]) for role, code in character.posts)
    return Actor("p1", character.profession, character.identity_level, posts)


_LEADING = {cast.PRACTICE_MANAGER, cast.PHARMACIST, cast.CLINICAL_LEAD}
_EVERYBODY = set(cast.CAST) - {cast.OUTSIDER}
GRID = {
    # action: who may do it in the practice, who in the ICB
    "answer": ({cast.GP, cast.PRACTICE_MANAGER},
               {cast.GP, cast.PRACTICE_MANAGER, cast.PHARMACIST, cast.CLINICAL_LEAD, cast.FINANCE_DIRECTOR,
                cast.BOARD_MEMBER}),
    "explain": ({cast.GP}, {cast.GP, cast.PHARMACIST, cast.CLINICAL_LEAD}),
    "see_rows": ({cast.PHARMACIST, cast.CLINICAL_LEAD, cast.FINANCE_DIRECTOR, cast.BOARD_MEMBER, cast.PRACTICE_MANAGER},
                 {cast.PHARMACIST, cast.CLINICAL_LEAD, cast.FINANCE_DIRECTOR, cast.BOARD_MEMBER,
                  cast.PRACTICE_MANAGER}),
    "promise": ({cast.GP}, {cast.GP, cast.PHARMACIST, cast.CLINICAL_LEAD}),
    "sign_clinical_lead": ({cast.CLINICAL_LEAD}, {cast.CLINICAL_LEAD}),
    "sign_manager": ({cast.PRACTICE_MANAGER}, {cast.PRACTICE_MANAGER}),
    "run_campaign": ({cast.PHARMACIST}, {cast.PHARMACIST}),
    "prove": ({cast.PHARMACIST}, {cast.PHARMACIST}),
    "set_budget": ({cast.FINANCE_DIRECTOR}, {cast.FINANCE_DIRECTOR}),
    "confirm_finance_lead": ({cast.FINANCE_DIRECTOR}, {cast.FINANCE_DIRECTOR}),
    "confirm_clinical_lead": ({cast.CLINICAL_LEAD}, {cast.CLINICAL_LEAD}),
    "administer": (set(), set()),
    "record_decision": (_LEADING | {cast.BOARD_MEMBER}, _LEADING | {cast.BOARD_MEMBER}),
    "answer_upward": (_LEADING | {cast.BOARD_MEMBER}, _LEADING | {cast.BOARD_MEMBER}),
    "ask_upward": ({cast.GP, cast.PRACTICE_MANAGER}, _EVERYBODY),
    "comment": (_EVERYBODY, _EVERYBODY),
    "prioritise": ({cast.GP}, {cast.GP, cast.PHARMACIST, cast.CLINICAL_LEAD}),
}  # fmt: skip


@pytest.mark.parametrize("action", GRID)
@pytest.mark.parametrize("character", cast.CAST, ids=lambda c: c.username)
def test_each_does_only_their_own_part(action, character):
    in_practice, in_icb = GRID[action]
    assert may(actor(character), action, PRACTICE1) == (character in in_practice)
    assert may(actor(character), action, ICB1) == (character in in_icb)


@pytest.mark.parametrize("action", RULES)
@pytest.mark.parametrize("place", PLACES.values(), ids=lambda p: p.code)
def test_an_outsider_gets_in_nowhere(action, place):
    assert not may(actor(cast.OUTSIDER), action, place)


@pytest.mark.parametrize("action", sorted(set(RULES) - {"learn"}))
@pytest.mark.parametrize("character", cast.CAST, ids=lambda c: c.username)
def test_nobody_does_anything_in_a_neighbouring_board(action, character):
    assert not may(actor(character), action, ICB2)


@pytest.mark.parametrize("action", RULES)
def test_an_action_allowed_below_is_never_lost_by_a_higher_identity_level(action):
    for character in cast.CAST:
        was = actor(character)
        higher = Actor(was.key, was.profession, 3, was.posts)
        assert may(higher, action, PRACTICE1) >= may(was, action, PRACTICE1)


def test_a_registration_that_was_not_checked_does_not_vote():
    unchecked = Actor("p1", "GP", 1, (PostHeld("member", PRACTICE1),))
    assert why_not(unchecked, "vote", PRACTICE1) == (
        "To vote in Practice One you need a checked professional registration, or a manager's role there."
    )


def test_a_refusal_says_which_role_would_be_needed():
    assert why_not(actor(cast.GP), "confirm_finance_lead", ICB1) == (
        "To confirm as finance lead for Icb One you need the role of finance lead in it or in an organisation above it."
    )


def test_an_action_without_a_rule_is_our_mistake():
    with pytest.raises(KeyError):
        may(actor(cast.GP), "fly", ICB1)
