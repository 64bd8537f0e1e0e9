"""Counting votes: what stands at the end of the log, who is counted, where a duplicate's votes go."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.decide import Participants, Votes, tally
from evenhand.decide.votes import read
from evenhand.table import Table


def log(*rows):
    return Votes.of(rows)


def counts(row):
    e = row.everyone
    return e.agree, e.disagree, e.passes, e.seen


@pytest.fixture
def run(tmp_path, capsys):
    """Write files, run `decide tally` on votes.csv, and give back the JSON, or exit code and message."""

    def call(votes, *words, **files):
        for name, text in {"votes": votes, **files}.items():
            (tmp_path / f"{name}.csv").write_text(text)
        given = [f"{tmp_path}/{word}" if word.endswith(".csv") else word for word in words]
        code = main(["decide", "tally", f"{tmp_path}/votes.csv", *given, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


def test_the_last_vote_counts_and_a_retracted_one_is_gone():
    votes = log(("a", "s", 1), ("a", "s", -1), ("b", "s", 1), ("b", "s", "retract"), ("c", "s", 0), ("d", "s", 1),
                ("d", "s", "retract"), ("d", "s", 1))  # fmt: skip
    result = tally(votes)
    assert counts(result.row("s")) == (1, 1, 1, 3)
    assert (result.participants, result.votes) == (3, 3)


def test_time_decides_and_ties_go_by_event_then_by_row(run):
    late_first = "participant,statement,vote,time\na,s,1,2026-01-02\na,s,-1,2026-01-01\n"
    assert run(late_first)["statements"][0]["agree"] == 1
    by_event = "participant,statement,vote,event,time\na,s,1,e10,5\na,s,-1,e9,5\n"
    assert run(by_event)["statements"][0]["agree"] == 1
    by_row = "participant,statement,vote,datetime\na,s,1,2026-01-01T10:00Z\na,s,0,2026-01-01T11:00+01:00\n"
    assert run(by_row)["statements"][0]["pass"] == 1
    seconds = "participant,statement,vote,unix_time\na,s,1,100000\na,s,0,99999\n"
    assert run(seconds)["statements"][0]["agree"] == 1


def test_a_polis_export_is_recognised(run):
    found = run("timestamp,datetime,comment-id,voter-id,vote\n20,x,7,1,1\n10,x,7,1,-1\n30,x,8,2,0\n")
    assert [row["statement"] for row in found["statements"]] == ["7", "8"]
    assert found["statements"][0]["agree"] == 1


def test_json_holds_what_the_interface_says(run):
    found = run("participant,statement,vote\na,s,1\nb,s,-1\n", "--groups", "g.csv", g="participant,group\na,x\nb,y\n")
    row = found["statements"][0]
    assert {"participants", "votes", "statements"} <= found.keys()
    assert {"statement", "agree", "disagree", "pass", "seen", "group_aware_consensus", "groups", "verdict",
            "except_by", "needs_votes_from"} <= row.keys()  # fmt: skip
    assert row["groups"][0].keys() >= {"group", "agree", "disagree", "pass", "seen", "lower_bound"}
    assert row["group_aware_consensus"] == pytest.approx(2 / 3 * 1 / 3)
    assert row["needs_votes_from"] == [{"column": "group", "value": "x"}, {"column": "group", "value": "y"}]
    assert run("participant,statement,vote\na,s,1\n")["statements"][0]["group_aware_consensus"] is None


def test_those_removed_by_a_moderator_are_not_counted(run):
    people = "participant,removed_by_moderator\na,1\nb,0\nc,\n"
    found = run("participant,statement,vote\na,s,1\nb,s,1\nc,s,-1\n", "--participants", "p.csv", p=people)
    assert (found["participants"], found["votes"], found["statements"][0]["agree"]) == (2, 2, 1)


def test_a_declared_profession_is_protected_like_a_group(run):
    votes = "participant,statement,vote\n" + "".join(
        f"p{i},s,{-1 if i % 5 == 0 else 1}\n" for i in range(60)
    )
    people = "participant,profession\n" + "".join(f"p{i},{'manager' if i % 5 == 0 else 'gp'}\n" for i in range(60))
    found = run(votes, "--participants", "p.csv", "--declared", "profession", p=people)["statements"][0]
    assert found["verdict"] == "agreed_except"
    assert found["except_by"] == [{"column": "profession", "value": "manager"}]
    assert run(votes)["statements"][0]["verdict"] == "agreed"


def test_a_duplicates_vote_moves_only_where_the_person_has_none_on_the_original(run):
    votes = "participant,statement,vote\na,s,1\na,dup,-1\nb,dup,-1\nc,dup2,0\nd,s,1\nd,s,retract\nd,dup,-1\ne,bad,1\n"
    moderation = ("statement,moderation\ns,accepted\ndup,duplicate_of:s\ndup2,duplicate_of:dup\nbad,rejected\n"
                  "new,accepted\n")  # fmt: skip
    found = run(votes, "--statements", "m.csv", m=moderation)
    rows = {row["statement"]: row for row in found["statements"]}
    assert list(rows) == ["s", "new"]
    assert (rows["s"]["agree"], rows["s"]["disagree"], rows["s"]["pass"]) == (1, 2, 1)
    assert rows["new"]["seen"] == 0
    assert found["participants"] == 4


def test_of_two_duplicates_the_later_vote_moves():
    decided = {"s": "accepted", "d1": "duplicate_of:s", "d2": "duplicate_of:s"}
    votes = log(("a", "d1", 1), ("a", "d2", -1), ("b", "d2", -1), ("b", "d1", 1))
    assert counts(tally(votes, statements=decided).row("s")) == (1, 1, 0, 2)


def test_a_block_vote_of_one_organisation_is_seen_in_the_capped_line():
    rows = [(f"o{i}", "s", 1) for i in range(30)] + [(f"f{i}", "s", -1) for i in range(10)]
    work = {f"o{i}": "P1" for i in range(30)} | {f"f{i}": "" for i in range(10)}
    row = tally(log(*rows), participants=Participants(work), cap=5).row("s")
    assert row.verdict == "agreed"
    assert counts(row) == (30, 10, 0, 40)
    assert counts(row.capped) == pytest.approx((5, 10, 0, 15))
    assert row.capped.verdict == "disagreed"


def test_a_cap_that_nobody_reaches_changes_nothing():
    rows = [(f"o{i}", "s", 1 if i % 3 else -1) for i in range(30)]
    work = {f"o{i}": f"P{i % 6}" for i in range(30)}
    row = tally(log(*rows), participants=Participants(work), cap=5).row("s")
    assert row.capped.everyone == row.everyone


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 3), st.sampled_from([1, -1, 0, "retract"])), max_size=60))
def test_the_tally_equals_a_plain_recount(rows):
    last = {}
    for person, statement, vote in rows:
        last[person, statement] = vote
    result = tally(log(*((f"p{p}", f"s{s}", v) for p, s, v in rows)))
    for row in result.statements:
        said = [v for (_, s), v in last.items() if f"s{s}" == row.statement and v != "retract"]
        assert counts(row) == (said.count(1), said.count(-1), said.count(0), len(said))
    assert result.votes == sum(v != "retract" for v in last.values())


@given(st.permutations(range(12)))
def test_the_order_of_rows_does_not_matter_when_times_differ(order):
    rows = [
        ("a", "s", 1, 5), ("a", "s", -1, 7), ("b", "s", 0, 1), ("b", "s", 1, 2), ("c", "t", 1, 9),
        ("c", "t", "retract", 8), ("d", "t", 1, 3), ("d", "t", "retract", 4), ("e", "s", 1, 10), ("e", "t", -1, 11),
        ("a", "t", 0, 12), ("b", "t", 1, 6),
    ]  # fmt: skip
    mixed = [rows[i] for i in order]
    table = Table("t", {"participant": [r[0] for r in mixed], "statement": [r[1] for r in mixed],
                        "vote": [str(r[2]) for r in mixed], "time": [str(r[3]) for r in mixed]})  # fmt: skip
    result = tally(read(table))
    assert {row.statement: counts(row) for row in result.statements} == {"s": (2, 1, 0, 3), "t": (2, 1, 1, 4)}


def test_doubling_everyone_with_their_vote_keeps_the_consensus_close_and_the_share_equal():
    rows = [(f"p{i}", "s", 1 if i % 4 else -1) for i in range(40)]
    once, twice = tally(log(*rows)).row("s"), tally(log(*rows, *((f"q{p}", s, v) for p, s, v in rows))).row("s")
    assert twice.everyone.agree / twice.everyone.seen == once.everyone.agree / once.everyone.seen
    assert twice.everyone.lower_bound > once.everyone.lower_bound


GOOD = "participant,statement,vote\na,s,1\n"
CAP = ["--participants", "p.csv", "--cap-per-organisation"]


@pytest.mark.parametrize(
    ("votes", "words", "files", "said"),
    [
        ("participant,statement,vote\na,s,2\n", [], {}, "row 2, column 'vote': expected a vote: 1, -1, 0 or retract"),
        ("participant,statement,vote\na,s,\n", [], {}, "column 'vote'"),
        ("participant,statement,vote\n,s,1\n", [], {}, "column 'participant': expected an identifier"),
        ("participant,vote\na,1\n", [], {}, "no column 'statement'"),
        ("participant,statement,vote\n", [], {}, "no rows"),
        ("participant,statement,vote,time\na,s,1,03/04/2026 10:00\n", [], {}, "read one way"),
        ("participant,statement,vote,time\na,s,1,soon\n", [], {}, "row 2, column 'time'"),
        ("participant,statement,vote,event\na,s,1,e1\nb,s,1,f2\n", [], {}, "row 3, column 'event'"),
        (GOOD, ["--groups", "g.csv"], {"g": "participant,group\na,x\nzz,x\n"}, "'zz' is in the groups file"),
        (GOOD, ["--groups", "g.csv"], {"g": "participant,group\na,x\na,y\n"}, "row 3: participant='a' was already"),
        (GOOD, ["--groups", "g.csv"], {"g": "participant,group\na,\n"}, "blank in every row"),
        (GOOD, ["--participants", "p.csv"], {"p": "participant\nb\n"}, "'a' voted but is not in the participants"),
        (GOOD, ["--participants", "p.csv"], {"p": "participant\na\na\n"}, "already given"),
        (GOOD, ["--participants", "p.csv"], {"p": "participant,removed_by_moderator\na,maybe\n"}, "1 or 0"),
        (GOOD, ["--participants", "p.csv", "--declared", "job"], {"p": "participant,jobs\na,gp\n"}, "mean 'jobs'"),
        (GOOD, ["--declared", "job"], {}, "need the participants file"),
        (GOOD, ["--cap-per-organisation", "5"], {}, "need the participants file"),
        (GOOD, [*CAP, "0"], {"p": "participant,organisation\na,P\n"}, "1 or more"),
        (GOOD, [*CAP, "5"], {"p": "participant\na\n"}, "'organisation'"),
        (GOOD, ["--statements", "m.csv"], {"m": "statement,moderation\nt,accepted\n"}, "statement 's' has votes"),
        (GOOD, ["--statements", "m.csv"], {"m": "statement,moderation\ns,fine\n"}, "row 2, column 'moderation'"),
        (GOOD, ["--statements", "m.csv"], {"m": "statement,moderation\ns,duplicate_of:t\n"}, "not a statement"),
        (GOOD, ["--statements", "m.csv"], {"m": "statement,moderation\ns,duplicate_of:t\nt,duplicate_of:s\n"}, "own"),
    ],
)  # fmt: skip
def test_a_fault_is_refused_in_one_line_that_says_where(run, votes, words, files, said):
    code, message = run(votes, *words, **files)
    assert code == 2
    assert message.count("\n") == 1
    assert said in message


def test_one_and_a_half_million_votes_are_all_counted():
    rng = np.random.default_rng(8)
    n, people, statements = 1_500_000, 50_000, 500
    votes = Votes(
        tuple(map(str, range(people))), tuple(map(str, range(statements))),
        rng.integers(0, people, n), rng.integers(0, statements, n), rng.integers(-1, 2, n).astype(np.int8),
    )  # fmt: skip
    groups = {person: str(int(person) % 4) for person in votes.people}
    result = tally(votes, groups)
    assert result.votes == len(np.unique(votes.person * statements + votes.statement))
