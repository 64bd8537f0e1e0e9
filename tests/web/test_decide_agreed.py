"""What is agreed: the votes that stand, by everyone and every profession, and no group under ten shown."""

from __future__ import annotations

import csv
import io

import pytest

import cast
import deciding
from evenhand_web.decide import agreement as counting
from evenhand_web.decide.agreement import agreement
from evenhand_web.decide.models import Statement, VoteEvent

PAGE = "/organisations/PRACTICE1/decide/rounds/diabetes/"


@pytest.fixture
def round_(people):
    """20 GPs and 12 nurses: both agree on s01; the nurses not on s02; both reject s03; s04 has eight votes."""
    made = deciding.a_round("Agreed by all.", "Not by nurses.", "Rejected.", "Hardly seen.")
    doctors, nurses = deciding.voters("GP", 20), deciding.voters("Nurse", 12)
    one, two, three, four = made.statements.all()
    deciding.votes(one, doctors, 18, 2)
    deciding.votes(one, nurses, 11, 1)
    deciding.votes(two, doctors, 20)
    deciding.votes(two, nurses, 3, 9)
    deciding.votes(three, doctors, 1, 19)
    deciding.votes(three, nurses, 0, 12)
    deciding.votes(four, doctors[:8], 8)
    return made


def said(round_, key):
    return next(row for row in agreement(round_).said if row.statement.key == key)


def page(as_, who=cast.GP) -> str:
    return as_(who).get(PAGE).content.decode()


def test_every_verdict_stands_under_its_heading_with_whom_it_leaves_out(as_, round_):
    shown = page(as_)
    order = ["Agreed by every profession", "Agreed by all.", "Agreed, with an exception", "Agreed, except by Nurse.",
             "Rejected by every profession", "Needs more votes from GP and Nurse."]  # fmt: skip
    places = [shown.index(words) for words in order]
    assert places == sorted(places)


def test_the_bound_is_the_one_of_evenhand_decide(round_):
    row = said(round_, "s01").everyone
    assert (row.agree, row.disagree, row.people) == (29, 3, 32)
    assert row.lower_bound == pytest.approx(0.8191, abs=1e-4)  # Wilson by hand: p 29/32, n 32, z 1.2816


def test_fewer_than_ten_people_are_never_shown(as_, round_):
    few = deciding.voters("Pharmacist", 9)
    deciding.votes(round_.statements.get(key="s02"), few, 9)
    row = said(round_, "s02")
    assert "Pharmacist" not in {unit.value for unit in row.professions}
    assert said(round_, "s04").everyone is None
    assert "Fewer than ten people have seen it, so no number is shown." in page(as_)


def test_nobody_can_be_worked_out_as_everyone_less_the_rest(round_):
    deciding.votes(round_.statements.get(key="s02"), deciding.voters("Pharmacist", 3), 3)
    row = said(round_, "s02")
    shown = sum(unit.people for unit in row.professions)
    assert [unit.value for unit in row.professions] == ["GP"]  # the 12 nurses are hidden with the 3
    assert row.everyone.people - shown >= 10


def test_a_profession_of_fewer_than_ten_people_keeps_nothing_from_being_agreed(round_):
    deciding.votes(round_.statements.get(key="s01"), deciding.voters("Pharmacist", 8), 0, 8)  # and one of the cast
    assert said(round_, "s01").verdict == "agreed"


def test_a_profession_of_ten_whom_nobody_has_asked_is_asked_first(round_):
    deciding.voters("Pharmacist", 10)
    assert (said(round_, "s01").verdict, said(round_, "s01").needs) == ("needs_more_votes", ("Pharmacist",))


def test_what_was_taken_back_and_who_was_removed_do_not_count(round_):
    statement = round_.statements.get(key="s01")
    first, second = (event.person for event in statement.votes.filter(person__profession="GP")[:2])
    VoteEvent.objects.create(statement=statement, person=first, value="retract")
    second.removed_by_moderator = True
    second.save()
    assert said(round_, "s01").everyone.people == 30


def test_votes_on_what_was_said_before_count_for_the_first_one(round_):
    first = round_.statements.get(key="s04")
    again = Statement.objects.create(round=round_, key="s05", text="Once more.", moderation="accepted")
    deciding.votes(again, deciding.voters("GP", 5, at="PRACTICE1"), 5)
    again.moderation, again.duplicate_of = "duplicate", first
    again.save()
    assert said(round_, "s04").everyone.people == 13
    assert "s05" not in {row.statement.key for row in agreement(round_).said}


def test_the_download_holds_what_the_page_shows_and_hides_what_it_hides(as_, round_):
    deciding.votes(round_.statements.get(key="s01"), deciding.voters("Pharmacist", 9), 9)
    client = as_(cast.GP)
    text = client.get(f"{PAGE}?download=diabetes-professions.csv").content.decode()
    rows = {(r["statement"], r["profession"]): r for r in csv.DictReader(io.StringIO(text))}
    assert rows["Agreed by all.", "GP"]["agree"] == "18"
    hidden = rows["Agreed by all.", "Pharmacist"]
    assert (hidden["seen"], hidden["agree"]) == ("fewer than 10, or hidden with one", "")
    everyone = client.get(f"{PAGE}?download=diabetes-statements.json").json()
    assert everyone[0]["seen"] == 41
    assert client.get(f"{PAGE}?download=diabetes-statements.svg").content.startswith(b"<svg")


def test_counting_again_without_a_new_vote_reads_no_votes(round_, django_assert_max_num_queries):
    agreement(round_)
    hits = counting._count.cache_info().hits
    with django_assert_max_num_queries(12):
        agreement(round_)
    assert counting._count.cache_info().hits == hits + 1


def test_a_round_without_votes_invites_the_first_one(as_, people):
    deciding.a_round("Nobody has seen this.")
    assert "Be the first to vote" in page(as_)


def test_a_reader_who_has_not_voted_is_asked_to_do_so_first_and_a_lead_can_draft(as_, round_):
    assert "You have not voted yet." in page(as_)
    assert "Draft a scheme from this" not in page(as_)
    lead = as_(cast.CLINICAL_LEAD).get(PAGE.replace("PRACTICE1", "ICB1")).content.decode()
    assert "Draft a scheme from this" in lead
