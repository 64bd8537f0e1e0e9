"""Opinion groups: none where there are none, found where there are, and nobody's disagreement lost.

Simulations at the size CI can bear; benchmarks/decide_truth.py runs the same at full size with Monte-Carlo error.
"""

from __future__ import annotations

import json

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from evenhand.cli.main import main
from evenhand.decide import Participants, Votes, groups, tally
from evenhand.decide.ballots import ballots
from evenhand.decide.classes import _climb
from evenhand.decide.gate import gate
from voting import NULLS, TWO, as_csv, null, two


@pytest.fixture
def run(tmp_path, capsys):
    def call(votes, *words, **files):
        for name, text in {"votes": votes, **files}.items():
            (tmp_path / f"{name}.csv").write_text(text)
        given = [f"{tmp_path}/{word}" if word.endswith(".csv") else word for word in words]
        code = main(["decide", "groups", f"{tmp_path}/votes.csv", *given, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


@pytest.mark.parametrize("kind", NULLS)
def test_one_opinion_however_people_answer_is_one_group(kind):
    for seed in range(2):
        made = null(kind, np.random.default_rng([11, seed]), people=(150, 400)[seed])
        assert gate(ballots(made.votes.standing()), most=5, seed=seed).groups == 1


@pytest.mark.parametrize("kind", TWO)
def test_two_opinions_of_four_hundred_people_are_found_and_people_placed(kind):
    made = two(kind, np.random.default_rng(5))
    found = groups(made.votes, seed=1)
    assert found.groups == 2
    placed = np.array([m.group is not None for m in found.members])
    mine = np.array([m.group for m in found.members])
    true = made.group[[int(m.participant[1:]) for m in found.members]]
    assert placed.mean() >= 0.85
    assert adjusted_rand_score(true[placed], mine[placed]) >= 0.95


def test_planted_consensus_is_agreed_and_what_only_a_majority_wants_is_not():
    made = two("uneven_sizes", np.random.default_rng(3))
    found = groups(made.votes)
    planted = {f"s{j}" for j in range(32, 40)}
    assert len(planted & set(found.agreed)) >= 7
    majority_only = {f"s{j}" for j in range(32) if made.chance[0, j] > 0.5 > made.chance[1, j]}
    assert majority_only
    assert not majority_only & set(found.agreed)


def test_what_sets_a_group_apart_is_named_and_what_all_share_is_not():
    made = two("half_shared", np.random.default_rng(8), people=600)
    found = groups(made.votes)
    named = {row.statement for rows in found.representative for row in rows}
    assert named
    assert all(made.chance[0, int(s[1:])] != made.chance[1, int(s[1:])] for s in named)
    assert all(row.share > row.others and row.p < 0.05 for rows in found.representative for row in rows)


def test_a_profession_that_disagrees_is_named_even_where_there_are_no_camps():
    rng = np.random.default_rng(2)
    rows, said = [], {}
    for i in range(260):
        said[f"p{i}"] = "nurse" if i % 13 == 0 else "gp"
        for j in range(12):
            agree = rng.random() < (0.1 if j == 0 and i % 13 == 0 else 0.85)
            rows.append((f"p{i}", f"s{j}", 1 if agree else -1))
    people = Participants(dict.fromkeys(said, ""), declared={"profession": said})
    found = groups(Votes.of(rows), people, declared=("profession",))
    assert found.groups == 1
    assert [(e.statement, e.value, e.seen) for e in found.declared_exceptions] == [("s0", "nurse", 20)]
    assert "s0" not in found.agreed


def test_one_group_foretells_as_everyone_does_and_more_groups_better():
    alone = groups(null("plain", np.random.default_rng(1)).votes)
    assert alone.groups == 1
    assert alone.heldout_log_loss == alone.marginal_log_loss
    assert alone.representative == ((),)
    apart = groups(two("mirrored", np.random.default_rng(1)).votes)
    assert apart.heldout_log_loss < 0.99 * apart.marginal_log_loss
    assert apart.stability > 0.95


def test_the_same_seed_gives_the_same_answer_whatever_the_order_of_rows():
    made = two("half_shared", np.random.default_rng(4), people=150).votes
    order = np.random.default_rng(0).permutation(len(made.value))
    mixed = Votes(made.people[::-1], made.statements, len(made.people) - 1 - made.person[order],
                  made.statement[order], made.value[order])  # fmt: skip
    first, again, shuffled = groups(made, seed=3), groups(made, seed=3), groups(mixed, seed=3)
    assert json.dumps(first.as_json()) == json.dumps(again.as_json())
    assert {m.participant: m.group for m in first.members} == {m.participant: m.group for m in shuffled.members}


def test_a_person_with_few_votes_is_not_placed_and_one_with_only_passes_never():
    made = two("mirrored", np.random.default_rng(6), people=200)
    rows = [(made.votes.people[p], made.votes.statements[s], int(v))
            for p, s, v in zip(made.votes.person, made.votes.statement, made.votes.value, strict=True)]  # fmt: skip
    found = groups(Votes.of([*rows, ("quiet", "s35", 1), ("passer", "s0", 0)])).members
    assert {m.group for m in found if m.participant in ("quiet", "passer")} == {None}


def test_a_pass_says_nothing():
    made = two("mirrored", np.random.default_rng(7), people=200).votes
    without = groups(made.only(made.value != 0))
    assert groups(made).by_person == without.by_person


def test_a_round_of_em_never_makes_the_votes_less_likely():
    votes = ballots(two("unlike", np.random.default_rng(9), people=120).votes.standing())
    start = np.random.default_rng(0).dirichlet(np.ones(3), 120)
    likely = [_climb(votes, votes.matrix.T.tocsr(), start, rounds).loglik for rounds in range(1, 30)]
    assert np.diff(likely).min() > -1e-9


def test_json_holds_what_the_interface_says_and_feeds_the_tally(run, tmp_path):
    made = two("mirrored", np.random.default_rng(10), people=160)
    found = run(as_csv(made.votes), "--seed", "4", "--out", "g.csv")
    assert found["groups"] == len(found["sizes"]) == len(found["representative"]) == 2
    assert found["members"][0].keys() == {"participant", "group", "confidence"}
    assert all((m["group"] is None) == (m["confidence"] < 0.9) for m in found["members"])
    assert sum(found["sizes"]) + found["not_placed"] == len(found["members"]) == 160
    assert found["seed"] == 4
    counted = tally(made.votes, {m["participant"]: m["group"] or "" for m in found["members"]})
    assert {row.statement for row in counted.statements if row.verdict == "agreed"} == set(found["agreed"])
    assert main(["decide", "tally", f"{tmp_path}/votes.csv", "--groups", f"{tmp_path}/g.csv", "--json"]) == 0


def test_votes_set_aside_make_no_groups_and_judge_them(run):
    made = two("mirrored", np.random.default_rng(12), people=200)
    held = np.random.default_rng(0).random(len(made.votes.value)) < 0.2
    found = run(as_csv(made.votes, held), "--holdout", "held")
    upset = made.votes.value.copy()
    upset[held] *= -1
    turned = Votes(made.votes.people, made.votes.statements, made.votes.person, made.votes.statement, upset)
    again = run(as_csv(turned, held), "--holdout", "held")
    assert [m["group"] for m in found["members"]] == [m["group"] for m in again["members"]]
    assert found["heldout_log_loss"] < found["marginal_log_loss"]
    assert again["heldout_log_loss"] > again["marginal_log_loss"]


@pytest.mark.parametrize(
    ("votes", "words", "said"),
    [
        ("participant,statement,vote\na,s,0\n", [], "no agree or disagree vote counts"),
        ("participant,statement,vote\na,s,1\n", ["--max-groups", "0"], "1 to 9"),
        ("participant,statement,vote\na,s,1\n", ["--seed", "-1"], "--seed"),
        ("participant,statement,vote\na,s,1\n", ["--holdout", "held"], "no column 'held'"),
        ("participant,statement,vote,held\na,s,1,0\n", ["--holdout", "held"], "sets no vote aside"),
        ("participant,statement,vote,held\na,s,1,1\n", ["--holdout", "held"], "sets every vote aside"),
        ("participant,statement,vote,held\na,s,1,maybe\n", ["--holdout", "held"], "row 2, column 'held'"),
        ("participant,statement,vote,held\na,s,1,0\nb,s,0,1\n", ["--holdout", "held"], "nothing to judge by"),
    ],
)
def test_a_fault_is_refused_in_one_line(run, votes, words, said):
    code, message = run(votes, *words)
    assert code == 2
    assert message.count("\n") == 1
    assert said in message


def test_one_vote_is_one_group(run):
    found = run("participant,statement,vote\na,s,1\n")
    assert (found["groups"], found["sizes"]) == (1, [1])
    assert found["heldout_log_loss"] is not None
