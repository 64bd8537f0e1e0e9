"""The next statement: what tells most, who is still to be heard, what is new; and an alarm when routing goes blind."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.decide import Participants, Router, Votes, exposure, monitor, next_statement
from evenhand.errors import InputError
from voting import as_csv, two


@pytest.fixture(scope="module")
def conversation():
    return two("half_shared", np.random.default_rng(1), people=200, each=24)


@pytest.fixture(scope="module")
def router(conversation):
    return Router(conversation.votes)


def test_nobody_is_asked_twice_until_all_is_said(conversation, router):
    mine = dict.fromkeys((f"s{j}" for j in range(39)), 1)
    assert router.next("somebody new", mine).statement == "s39"
    last = router.next("somebody new", mine | {"s39": 0})
    assert (last.statement, last.why) == (None, "done")
    votes = conversation.votes
    for i in range(0, 200, 20):
        voted = {votes.statements[s] for s in votes.statement[votes.person == i]}
        assert router.next(votes.people[i]).statement not in voted


def test_asking_twice_shows_the_same_and_another_person_something_else(router):
    assert router.next("ann").statement == router.next("ann").statement
    assert len({router.next(f"person {i}").statement for i in range(60)}) > 5


def test_what_separates_people_is_asked_more_often_than_what_all_say(router):
    drawn = [int(router.next(f"person {i}").statement[1:]) for i in range(400)]
    divisive = sum(j < 20 for j in drawn)
    assert divisive > 0.7 * len(drawn)  # half of the statements are divisive


def test_a_new_statement_gets_its_quarter_and_the_least_heard_first(conversation):
    log = conversation.votes
    decided = dict.fromkeys(log.statements, "accepted") | {"new": "accepted", "bad": "rejected"}
    router = Router(log, statements=decided)
    drawn = [router.next(f"person {i}").statement for i in range(400)]
    assert drawn.count("new") / 400 > 0.25 - 3 * np.sqrt(0.25 * 0.75 / 400)
    assert "bad" not in drawn


def test_a_profession_that_was_hardly_asked_is_asked(conversation):
    votes = conversation.votes
    people = Participants(
        dict.fromkeys([*votes.people, "n1"], ""),
        declared={"profession": dict.fromkeys(votes.people, "gp") | {"n1": "nurse"}},
    )
    told = Router(votes, people, declared=("profession",))
    assert told.next("n1").need == 1
    assert told.next("p1").need < 0.5


def test_who_was_removed_is_shown_nothing():
    people = Participants({"a": "", "b": ""}, removed=frozenset({"a"}))
    with pytest.raises(InputError, match="removed by a moderator"):
        next_statement(Votes.of([("b", "s", 1)]), "a", people)


def test_a_blind_lottery_raises_the_alarm_and_a_true_one_does_not(router):
    rng = np.random.default_rng(3)
    weights = rng.gamma(0.5, size=(500, 30)) + 0.01
    weights /= weights.sum(axis=1, keepdims=True)
    candidates = np.full(500, 30)
    true = np.array([row[rng.choice(30, p=row)] for row in weights])
    blind = np.array([row[rng.integers(30)] for row in weights])
    assert monitor(true, candidates).alarm == ""
    assert "no likelier than a blind draw" in monitor(blind, candidates).alarm
    assert "no longer chooses" in monitor(np.full(500, 1 / 30), candidates).alarm
    drawn = [router.next(f"person {i}") for i in range(300)]
    seen = monitor(np.array([d.probability for d in drawn]), np.array([d.candidates for d in drawn]))
    assert seen.gain > 3 * seen.se


def test_a_starved_statement_and_an_unheard_profession_raise_the_alarm():
    rows = [(f"p{i}", f"s{j}", 1) for i in range(60) for j in range(5)] + [("p1", "rare", 1)]
    people = Participants(
        {f"p{i}": "" for i in range(60)},
        declared={"profession": {f"p{i}": "nurse" if i < 20 else "gp" for i in range(60)}},
    )
    votes = Votes.of([row for row in rows if not (row[1] == "s4" and int(row[0][1:]) < 20)])
    seen = exposure(votes, people, declared=("profession",))
    assert seen.starved == ("rare",)
    assert ("profession", "nurse", "s4") in seen.unheard
    assert len(seen.alarms) == 2
    assert exposure(Votes.of(rows[:300])).alarms == ()


def test_the_command_says_why(conversation, tmp_path, capsys):
    file = tmp_path / "v.csv"
    file.write_text(as_csv(conversation.votes))
    shown = tmp_path / "shown.csv"
    shown.write_text("statement,probability,candidates\n" + "s1,0.05,20\n" * 120)
    assert main(["decide", "next", str(file), "--participant", "p3", "--shown", str(shown), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["statement"].startswith("s")
    assert {"why", "reason", "information", "need", "probability", "exposure", "lottery", "alarms"} <= told.keys()
    assert told["lottery"]["alarm"] in told["alarms"]
    assert main(["decide", "next", str(file), "--participant", " "]) == 2
    assert "expected an identifier" in capsys.readouterr().err
