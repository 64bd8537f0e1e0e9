"""Where a person stands, and what became of what they said: camps only if they are real, and nobody else's page."""

from __future__ import annotations

import numpy as np
import pytest

import cast
import deciding
from evenhand_web.decide import camps, signing
from evenhand_web.decide.models import Statement, VoteEvent
from evenhand_web.people.models import Organisation

HERE = "/organisations/PRACTICE1/decide/"
STAND, MINE = f"{HERE}rounds/diabetes/stand/", f"{HERE}mine/"
TEXTS = tuple(f"Statement number {n} of ten." for n in range(10))


@pytest.fixture
def round_(people):
    return deciding.a_round(*TEXTS)


def _play(round_, agree: np.ndarray) -> None:
    """Two hundred people vote; `agree` (people, statements) is the chance that each agrees."""
    crowd = deciding.voters("GP", len(agree))
    said = np.random.default_rng(0).random(agree.shape) < agree
    VoteEvent.objects.bulk_create(
        VoteEvent(statement=statement, person=person, value="agree" if said[i, k] else "disagree")
        for i, person in enumerate(crowd) for k, statement in enumerate(round_.statements.all())
    )  # fmt: skip


def _two_camps(round_) -> None:
    side = np.where(np.arange(10) < 5, 0.95, 0.05)
    _play(round_, np.vstack([np.tile(side, (100, 1)), np.tile(1 - side, (100, 1))]))


def words(client, address: str) -> str:
    return client.get(address).content.decode()


def test_nobody_is_put_into_camps_that_are_not_there(as_, round_):
    _play(round_, np.tile(np.linspace(0.2, 0.95, 10), (200, 1)))
    said = words(as_(cast.GP), STAND)
    assert "There are no camps." in said
    assert TEXTS[9] in said
    assert "You are in" not in said


def test_two_camps_are_found_and_a_reader_is_placed_only_with_enough_votes(as_, round_):
    _two_camps(round_)
    client = as_(cast.GP)
    assert "You have not voted, so you are in none." in words(client, STAND)
    vote = f"{HERE}rounds/diabetes/vote/"
    client.post(vote, {"statement": "s01", "value": "pass"})
    assert "Not enough votes to place you." in words(client, STAND)
    for n in range(10):
        client.post(vote, {"statement": f"s{n + 1:02d}", "value": "agree" if n < 5 else "disagree"})
    assert "You are in <strong>group" in words(client, STAND)


def test_what_one_camp_rejects_is_not_agreed(round_):
    side = np.full(10, 0.9)
    _play(round_, np.vstack([np.tile(side, (140, 1)), np.tile(np.where(np.arange(10) < 5, 0.9, 0.1), (60, 1))]))
    found = camps.camps(round_)
    by_key = {row.statement.key: row for row in camps.judged(round_).said}
    assert found.groups == 2
    assert by_key["s10"].verdict == "agreed_except"
    assert by_key["s10"].except_by == ("opinion group 2",)


def test_a_round_without_votes_says_what_will_stand_here(as_, round_):
    assert "Nobody has agreed or disagreed yet" in words(as_(cast.GP), STAND)


def test_my_page_follows_my_vote_from_the_statement_to_the_signatures(as_, people, round_):
    statement = round_.statements.get(key="s01")
    client = as_(cast.GP)
    client.post(f"{HERE}rounds/diabetes/vote/", {"statement": "s01", "value": "agree"})
    assert "nothing has grown from it yet" in words(client, MINE)
    plan = deciding.a_scheme(people["pharmacist"].person, statements=(statement,))
    assert "not signed by everybody yet" in words(client, MINE)
    icb = Organisation.objects.get(code="ICB1")
    signing.sign(plan, 1, icb, "clinical_lead", people["clinical-lead"].person)
    signing.sign(plan, 1, icb, "manager", people["practice-manager"].person)
    said = words(client, MINE)
    assert "You said: <strong>agree</strong>" in said
    assert "signed, in force" in said
    assert "You have not said anything yet" in words(as_(cast.PRACTICE_MANAGER), MINE)


def test_the_author_reads_why_a_statement_was_not_taken(as_, people, round_):
    gp = people["gp"].person
    Statement.objects.create(round=round_, key="x", text="Mine.", author=gp, moderation="rejected", reason="Names one.")
    assert "Not taken: Names one." in words(as_(cast.GP), MINE)


def test_my_page_asks_no_more_questions_for_more_votes(as_, people, round_, django_assert_max_num_queries):
    client, gp, counts = as_(cast.GP), people["gp"].person, []
    for keys in (("s01", "s02"), ("s03", "s04", "s05", "s06")):
        for key in keys:
            VoteEvent.objects.create(statement=round_.statements.get(key=key), person=gp, value="agree")
        with django_assert_max_num_queries(60) as asked:
            client.get(MINE)
        counts.append(len(asked))
    assert counts[0] == counts[1]
