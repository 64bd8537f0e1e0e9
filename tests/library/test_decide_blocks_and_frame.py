"""Votes of one organisation that stand together, and votes raked to everyone who could have voted."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.decide import Participants, Votes, tally
from evenhand.decide.blocks import block_votes


def people(organisations):
    return Participants({f"p{i}": place for i, place in enumerate(organisations)})


def test_a_practice_that_votes_as_one_against_the_others_raises_the_alarm():
    rng = np.random.default_rng(1)
    work = ["A"] * 20 + [f"X{i % 15}" for i in range(90)]
    rows = [(f"p{i}", f"s{j}", 1 if (place == "A" and j == 0) or (rng.random() < 0.35) else -1)
            for i, place in enumerate(work) for j in range(8)]  # fmt: skip
    votes, who = Votes.of(rows), people(work)
    found = block_votes(votes, who, tally(votes, participants=who, cap=5).statements)
    assert [(b.statement, b.organisation, b.people, b.share) for b in found] == [("s0", "A", 20, 1.0)]
    assert found[0].carries is not None


def test_chance_alone_hardly_ever_raises_it():
    false = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        work = [f"O{i % 12}" for i in range(120)]
        share = rng.beta(2, 2, 15)
        who = people(work)
        every = [(person, j) for person in who.organisation for j in range(15)]
        votes = Votes.of((person, f"s{j}", 1 if rng.random() < share[j] else -1) for person, j in every)
        false += bool(block_votes(votes, who))
    assert false <= 2  # one in a hundred rounds is promised


def test_what_a_verdict_hangs_on_is_said():
    rows = [(f"p{i}", "s", 1) for i in range(30)] + [(f"p{30 + i}", "s", -1) for i in range(12)]
    who = people(["A"] * 30 + [""] * 12)
    votes = Votes.of(rows)
    found = block_votes(votes, who, tally(votes, participants=who, cap=5).statements)
    assert (found[0].organisation, found[0].carries) == ("A", True)


@pytest.fixture
def files(tmp_path):
    """1,000 GPs and 1,000 nurses; 240 and 60 voted; GPs agree by 30%, nurses by 80%: the workforce by 55%."""
    rng = np.random.default_rng(6)
    frame, votes = ["participant,profession,region"], ["participant,statement,vote"]
    for i in range(2000):
        nurse = i >= 1000
        frame.append(f"p{i},{'nurse' if nurse else 'gp'},{'north' if i % 2 else 'south'}")
        if i < 240 or 1000 <= i < 1060:
            votes.append(f"p{i},s,{1 if rng.random() < (0.8 if nurse else 0.3) else -1}")
            if not nurse:
                votes.append(f"p{i},gps only,1")
    (tmp_path / "frame.csv").write_text("\n".join(frame))
    (tmp_path / "votes.csv").write_text("\n".join(votes))
    return tmp_path


def test_votes_are_raked_to_the_workforce_and_the_votes_cast_stand_beside(files, capsys):
    words = ["--frame", f"{files}/frame.csv", "--rake", "profession,region"]
    assert main(["decide", "tally", f"{files}/votes.csv", *words, "--json"]) == 0
    rows = {row["statement"]: row for row in json.loads(capsys.readouterr().out)["statements"]}
    told = rows["s"]["weighted"]
    assert told["low"] < 0.55 < told["high"]
    assert told["unweighted"] == pytest.approx(rows["s"]["agree"] / rows["s"]["seen"])
    assert told["unweighted"] < told["low"]
    assert (told["n"], told["population"]) == (300, pytest.approx(2000))
    assert told["response_rate"] == pytest.approx(0.15)
    assert told["kish_ess"] < 300
    assert rows["gps only"]["weighted"]["estimate"] is None
    assert "nurse" in rows["gps only"]["weighted"]["why_not"]


def test_the_frame_must_hold_every_voter_and_be_named_with_its_margins(files, capsys):
    (files / "small.csv").write_text("participant,profession\np1,gp\n")
    for words, said in (
        (["--frame", f"{files}/small.csv", "--rake", "profession"], "voted but is not in the frame"),
        (["--frame", f"{files}/frame.csv"], "--frame and --rake go together"),
        (["--frame", f"{files}/frame.csv", "--rake", "profesion"], "did you mean 'profession'"),
    ):
        assert main(["decide", "tally", f"{files}/votes.csv", *words, "--json"]) == 2
        assert said in capsys.readouterr().err
