"""Voting: who may, one row a vote, undo, what comes next, one's own statement, and moderation."""

from __future__ import annotations

import pytest

import cast
import deciding
from evenhand_web.decide import camps, rounds, showing
from evenhand_web.decide.models import Moderation, Showing, Statement, VoteEvent
from evenhand_web.people import levels
from evenhand_web.people.models import Person

HERE = "/organisations/PRACTICE1/decide/"
VOTE, ADD, MINE = (f"{HERE}rounds/diabetes/{page}/" for page in ("vote", "add", "my-votes"))
MODERATION = "/organisations/ICB1/decide/rounds/diabetes/moderation/"


@pytest.fixture
def round_(people):
    return deciding.a_round("Sitagliptin should be the first gliptin.", "Test strips only where they change anything.")


@pytest.fixture
def gp(people) -> Person:
    return people["gp"].person


def words(client, address: str) -> str:
    return client.get(address).content.decode()


def rows(person: Person) -> list[tuple[str, str]]:
    return list(VoteEvent.objects.filter(person=person).values_list("statement__key", "value"))


# ---- who


@pytest.mark.parametrize("page", ["", "rounds/diabetes/", "rounds/diabetes/vote/", "rounds/diabetes/add/",
                                  "rounds/diabetes/my-votes/"])  # fmt: skip
def test_nobody_without_a_role_here_gets_in(as_, client, round_, page):
    elsewhere = f"/organisations/ICB2/decide/{page}"
    assert as_(cast.OUTSIDER).get(HERE + page).status_code == 403
    assert as_(cast.GP).get(elsewhere).status_code == 403
    assert client.get(HERE + page)["Location"].startswith("/sign-in/")


@pytest.mark.parametrize("who", [cast.GP, cast.PRACTICE_MANAGER, cast.PHARMACIST, cast.BOARD_MEMBER])
def test_clinicians_and_managers_who_work_where_the_round_is_vote(as_, round_, who):
    place = who.posts[0][1]
    address = f"/organisations/{place}/decide/rounds/diabetes/vote/"
    answer = as_(who).post(address, {"statement": "s01", "value": "pass"})
    assert (answer.status_code, VoteEvent.objects.count()) == (302, 1)


def test_somebody_above_the_round_reads_and_does_not_vote(as_, people):
    deciding.a_round("Only those of the place vote here.", at="PLACE1")
    lead = as_(cast.CLINICAL_LEAD)
    assert lead.get("/organisations/PLACE1/decide/rounds/diabetes/").status_code == 200
    assert lead.post("/organisations/PLACE1/decide/rounds/diabetes/vote/",
                     {"statement": "s01", "value": "agree"}).status_code == 403  # fmt: skip
    assert not VoteEvent.objects.exists()


def test_a_registration_that_nobody_checked_does_not_vote(as_, round_, gp):
    levels.step(gp, "email_proved")  # the only thing that is known of them
    assert as_(cast.GP).post(VOTE, {"statement": "s01", "value": "agree"}).status_code == 403


def test_a_round_of_another_board_is_not_found(as_, people):
    deciding.a_round("Elsewhere.", at="ICB2")
    assert as_(cast.GP).get(f"{HERE}rounds/diabetes/").status_code == 404


# ---- one row a vote


def test_a_vote_a_change_and_an_undo_are_three_rows_and_the_last_stands(as_, round_, gp):
    client = as_(cast.GP)
    for value in ("agree", "disagree", "retract"):
        client.post(VOTE, {"statement": "s01", "value": value})
    assert rows(gp) == [("s01", "agree"), ("s01", "disagree"), ("s01", "retract")]
    assert rounds.standing(round_, gp) == {}


def test_the_same_vote_twice_is_one_row(as_, round_, gp):
    client = as_(cast.GP)
    for _ in range(2):
        client.post(VOTE, {"statement": "s01", "value": "agree"})
    assert rows(gp) == [("s01", "agree")]


def test_undo_brings_the_statement_back(as_, round_, gp):
    client = as_(cast.GP)
    client.post(VOTE, {"statement": "s01", "value": "agree"})
    back = client.post(VOTE, {"statement": "s01", "value": "retract"})
    assert "Sitagliptin should be the first gliptin." in words(client, back["Location"])


@pytest.mark.parametrize("value", ["", "2", "Agree!"])
def test_what_is_no_vote_is_not_saved(as_, round_, value):
    as_(cast.GP).post(VOTE, {"statement": "s01", "value": value})
    assert not VoteEvent.objects.exists()


def test_after_the_close_nothing_is_saved_and_the_page_says_so(as_, round_):
    deciding.close(round_)
    client = as_(cast.GP)
    said = client.post(VOTE, {"statement": "s01", "value": "agree"}, follow=True).content.decode()
    assert "takes no votes now. Nothing was saved." in said
    assert not VoteEvent.objects.exists()
    assert client.get(VOTE)["Location"] == f"{HERE}rounds/diabetes/"


def test_what_waits_for_a_moderator_takes_no_votes(as_, round_):
    Statement.objects.filter(key="s01").update(moderation="pending")
    as_(cast.GP).post(VOTE, {"statement": "s01", "value": "agree"})
    assert not VoteEvent.objects.exists()


def test_whoever_a_moderator_took_out_is_told_and_nothing_is_saved(as_, round_, gp):
    gp.removed_by_moderator = True
    gp.save()
    said = as_(cast.GP).post(VOTE, {"statement": "s01", "value": "agree"}, follow=True).content.decode()
    assert "A moderator has taken your votes out of the count." in said
    assert not VoteEvent.objects.exists()


def test_a_card_shows_who_kind_of_wrote_it_and_nobodys_votes(as_, round_):
    statement = round_.statements.get(key="s02")
    statement.author_kind, statement.author = "clinician", deciding.voters("Nurse", 1)[0]
    statement.save()
    deciding.votes(statement, deciding.voters("GP", 30), 29)
    said = words(as_(cast.GP), f"{VOTE}?statement=s02")
    assert "Written by a clinician" in said
    assert not [shown for shown in ("97%", "29 agree", "30 people", "Practice Two", "Nurse") if shown in said]


def test_ones_own_votes_are_seen_by_oneself_alone(as_, round_):
    as_(cast.GP).post(VOTE, {"statement": "s01", "value": "disagree"})
    assert "Disagree" in words(as_(cast.GP), MINE)
    assert "You have not voted yet" in words(as_(cast.PRACTICE_MANAGER), MINE)


# ---- what comes next


def test_the_next_statement_is_the_librarys_and_says_why(as_, people, gp):
    round_ = deciding.a_round("Seen by thirty.", "Seen by twenty.", "Seen by nine.", "Seen by none, and the newest.")
    crowd = deciding.voters("Nurse", 30)
    for key, seen in (("s01", 30), ("s02", 20), ("s03", 9)):
        deciding.votes(round_.statements.get(key=key), crowd[:seen], seen)
    chosen = camps.next_statement(round_, gp, {})
    coming, drawn = rounds.to_come(round_, gp, {})
    assert coming[0].key == chosen.statement
    assert drawn.as_json() == chosen.as_json()
    assert len(coming) == 4
    assert rounds.WHY[drawn.why] in words(as_(cast.GP), VOTE)


def test_each_showing_is_kept_once_with_its_chance(as_, people, gp):
    round_ = deciding.a_round(*(f"Statement number {n}." for n in range(5)))
    client = as_(cast.GP)
    client.get(VOTE)
    client.get(VOTE)  # the same page once more is the same showing
    chosen = camps.next_statement(round_, gp, {})
    row = Showing.objects.get()
    assert (row.statement.key, row.person, row.given) == (chosen.statement, gp, 0)
    assert (row.probability, row.candidates) == (chosen.probability, chosen.candidates)
    client.post(VOTE, {"statement": chosen.statement, "value": "agree"})
    client.get(f"{VOTE}?statement={chosen.statement}")  # asked for by name: nothing was drawn
    assert Showing.objects.count() == 1
    client.get(VOTE)
    assert list(Showing.objects.values_list("given", flat=True)) == [0, 1]


def test_whoever_moderates_sees_when_routing_no_longer_chooses(as_, people):
    round_ = deciding.a_round("One.", "Two.", "Three.", "Four.")
    statement = round_.statements.first()
    for person in deciding.voters("Nurse", 100):
        Showing.objects.create(statement=statement, person=person, given=0, probability=0.25, candidates=4, why="need")
    shown = words(as_(cast.CLINICAL_LEAD), MODERATION)
    assert "routing gives every statement the same chance: it no longer chooses" in shown
    assert showing.watch(round_).lottery.draws == 100
    Showing.objects.create(statement=statement, person=deciding.voters("GP", 1)[0], given=0, probability=0.9,
                           candidates=4, why="information")  # fmt: skip
    assert "Nothing is wrong that can be seen" in words(as_(cast.CLINICAL_LEAD), MODERATION)


def test_what_was_voted_on_never_comes_again(as_, people, gp):
    round_ = deciding.a_round(*(f"Statement number {n}." for n in range(5)))
    client, shown = as_(cast.GP), []
    for _ in range(5):
        coming, _ = rounds.to_come(round_, gp, rounds.standing(round_, gp))
        shown.append(coming[0].key)
        client.post(VOTE, {"statement": coming[0].key, "value": "agree"})
    assert sorted(shown) == ["s01", "s02", "s03", "s04", "s05"]


def test_twelve_and_done_and_more_only_if_one_wants(as_, people):
    deciding.a_round(*(f"Statement number {n} of fourteen." for n in range(14)))
    client = as_(cast.GP)
    for n in range(12):
        assert f"{n + 1} of 12" in words(client, VOTE)
        client.post(VOTE, {"statement": f"s{n + 1:02d}", "value": "pass"})
    assert "You have voted on 12 statements." in words(client, VOTE)
    assert "2 left" in words(client, f"{VOTE}?more=1")


def test_a_round_without_statements_says_so(as_, people):
    deciding.a_round()
    assert "There is nothing to vote on yet." in words(as_(cast.GP), VOTE)


# ---- one's own statement


def test_ones_own_statement_waits_for_a_moderator_with_the_kind_of_person_who_wrote_it(as_, round_, gp):
    as_(cast.GP).post(ADD, {"text": "  Pharmacists should  look at the kidneys first. "})
    made = round_.statements.get(moderation="pending")
    assert (made.text, made.author, made.author_kind, made.key) == (
        "Pharmacists should look at the kidneys first.", gp, "clinician", "s03",
    )  # fmt: skip
    assert "Waiting for a moderator." in words(as_(cast.GP), HERE)


def test_what_was_said_before_is_shown_first_and_can_be_passed_over(as_, round_):
    client, text = as_(cast.GP), "The first gliptin should be sitagliptin"
    said = client.post(ADD, {"text": text}).content.decode()
    assert "Is one of these what you mean?" in said
    assert "Sitagliptin should be the first gliptin." in said
    assert round_.statements.count() == 2
    client.post(ADD, {"text": text, "all_the_same": "1"})
    assert round_.statements.filter(moderation="pending").count() == 1


@pytest.mark.parametrize(("text", "told"), [
    ("", "Write your statement."), ("x" * 141, "Use at most 140 characters; this has 141."),
    ("SITAGLIPTIN should be the first gliptin.", "These very words have been said already."),
])  # fmt: skip
def test_what_cannot_be_taken_is_refused_in_words(as_, round_, text, told):
    answer = as_(cast.GP).post(ADD, {"text": text, "all_the_same": "1"})
    assert (answer.status_code, round_.statements.count()) == (422, 2)
    assert told in answer.content.decode()


def test_nobody_fills_a_round_alone(as_, round_, gp):
    for n in range(5):
        Statement.objects.create(round=round_, key=f"w{n}", text=f"Mine, {n}.", author=gp)
    answer = as_(cast.GP).post(ADD, {"text": "One more of mine about parking.", "all_the_same": "1"})
    assert "5 statements of yours are waiting" in answer.content.decode()
    assert round_.statements.count() == 7


# ---- moderation


@pytest.fixture
def pending(round_, gp):
    return Statement.objects.create(
        round=round_, key="s09", text="Bananas are curved.", author=gp, author_kind="clinician"
    )


def decide(client, statement, **given):
    prefix = f"statement-{statement.pk}"
    answer = client.post(MODERATION, {"statement": statement.pk} | {f"{prefix}-{k}": v for k, v in given.items()})
    statement.refresh_from_db()
    return answer


@pytest.mark.parametrize("who", [cast.GP, cast.PHARMACIST, cast.PRACTICE_MANAGER, cast.OUTSIDER])
def test_only_clinical_leads_and_administrators_moderate(as_, pending, who):
    assert decide(as_(who), pending, decision="accepted").status_code == 403
    assert pending.moderation == "pending"


def test_an_accepted_statement_is_voted_on_and_the_decision_is_a_row(as_, people, pending):
    decide(as_(cast.CLINICAL_LEAD), pending, decision="accepted")
    row = Moderation.objects.get()
    assert (row.decision, row.person, pending.moderation) == ("accepted", people["clinical-lead"].person, "accepted")
    as_(cast.GP).post(VOTE, {"statement": "s09", "value": "agree"})
    assert VoteEvent.objects.count() == 1


def test_a_rejection_gives_its_reason_and_everybody_can_read_it_but_not_the_words(as_, pending):
    lead = as_(cast.CLINICAL_LEAD)
    answer = decide(lead, pending, decision="rejected")
    assert (answer.status_code, pending.moderation) == (422, "pending")
    assert "Give the reason: everybody will read it" in answer.content.decode()
    decide(lead, pending, decision="rejected", reason="It is not about what to do.")
    page = words(as_(cast.BOARD_MEMBER), "/organisations/ICB1/decide/rounds/diabetes/")
    assert "It is not about what to do." in page
    assert "Bananas" not in page
    assert "Not taken: It is not about what to do." in words(as_(cast.GP), HERE)


def test_votes_on_what_was_said_before_move_to_the_first_one(as_, round_, pending):
    first = round_.statements.get(key="s01")
    assert decide(as_(cast.CLINICAL_LEAD), pending, decision="duplicate").status_code == 422
    decide(as_(cast.CLINICAL_LEAD), pending, decision="duplicate", duplicate_of=first.pk)
    assert (pending.moderation, pending.duplicate_of) == ("duplicate", first)
    assert "Said before: “Sitagliptin should be the first gliptin.”" in words(as_(cast.GP), HERE)


def test_nobody_moderates_their_own_statement_nor_one_of_people_elsewhere(as_, people, round_, pending):
    pending.author = people["clinical-lead"].person
    pending.save()
    assert decide(as_(cast.CLINICAL_LEAD), pending, decision="accepted").status_code == 422
    nation = deciding.a_round(at="NATION", key="everywhere")
    far = Statement.objects.create(round=nation, key="s1", text="Said far away.",
                                   author=deciding.voters("GP", 1, at="ICB2")[0])  # fmt: skip
    page = as_(cast.CLINICAL_LEAD).post(MODERATION.replace("diabetes", "everywhere"), {"statement": far.pk})
    assert (page.status_code, Moderation.objects.count()) == (404, 0)


def test_what_was_decided_once_is_not_decided_again(as_, pending):
    lead = as_(cast.CLINICAL_LEAD)
    decide(lead, pending, decision="accepted")
    assert decide(lead, pending, decision="rejected", reason="Too late.").status_code == 404
    assert pending.moderation == "accepted"
