"""Real votes and real answers: three Polis conversations recounted, and the survey of NHS analysts of 2022.

Polis: The Computational Democracy Project, CC BY 4.0. AphA survey: NHSRdatasets, CC0.
"""

from __future__ import annotations

import csv
import gzip
import json

import pytest

from evenhand.cli.main import main
from evenhand.stats.wilson import wilson
from shared import DATA, needs_data

pytestmark = [needs_data, pytest.mark.shared]
POLIS = DATA / "10_polis_votes"
ANALYSTS = DATA / "11_surveys" / "apha_cpd_survey_2022.csv.gz"


def rows(path):
    with gzip.open(path, "rt", newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def run(capsys):
    def call(*words):
        assert main([*map(str, words), "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    return call


@pytest.mark.parametrize(
    ("name", "voters", "votes"),
    [
        ("canadian-electoral-reform", 448, 11_950),
        ("scoop-hivemind.biodiversity", 536, 29_719),
        ("vtaiwan.uberx", 1_921, 49_443),
    ],
)
def test_a_conversation_is_counted_as_its_participants_last_voted(name, voters, votes, run, tmp_path):
    # participants-votes.csv is Polis's own matrix of standing votes: one row a person, one column a statement
    matrix = rows(POLIS / name / "participants-votes.csv.gz")
    statements = list(matrix[0])[6:]
    groups = tmp_path / "groups.csv"
    groups.write_text("participant,group-id\n" + "".join(f"{r['participant']},{r['group-id']}\n" for r in matrix))
    found = run("decide", "tally", POLIS / name / "votes.csv.gz", "--groups", groups)
    assert (found["participants"], found["votes"]) == (voters, votes)
    compared = 0
    for row in found["statements"]:
        said = [r[row["statement"]] for r in matrix] if row["statement"] in statements else []
        counts = [said.count(vote) for vote in ("1", "-1", "0")]
        assert [row["agree"], row["disagree"], row["pass"]] == counts
        consensus = 1.0
        for group in row["groups"]:
            theirs = [r[row["statement"]] for r in matrix if r["group-id"] == group["group"]]
            assert group["agree"] == theirs.count("1")
            assert group["seen"] == sum(vote != "" for vote in theirs)
            consensus *= (theirs.count("1") + 1) / (group["seen"] + 2)
            assert group["lower_bound"] == pytest.approx(
                wilson(group["agree"], group["seen"], level=0.8).low if group["seen"] else 0
            )
        assert row["group_aware_consensus"] == pytest.approx(consensus)
        assert (row["verdict"] == "needs_more_votes") == any(g["seen"] < 10 for g in row["groups"])
        compared += sum(counts)
    assert compared == votes


def test_what_polis_says_of_a_statement_counts_every_vote_again(run):
    """Its comments.csv counts a change of mind as a second vote; ours counts people (ENGAGEMENT.md B1)."""
    name = "vtaiwan.uberx"
    with open(POLIS / name / "comments.csv", newline="", encoding="utf-8") as file:
        theirs = {r["comment-id"]: int(r["agrees"]) for r in csv.DictReader(file)}
    found = {r["statement"]: r["agree"] for r in run("decide", "tally", POLIS / name / "votes.csv.gz")["statements"]}
    differ = [s for s in found if found[s] != theirs[s]]
    assert all(found[s] < theirs[s] for s in differ)
    assert len(differ) / len(found) == pytest.approx(0.45, abs=0.01)


def test_the_survey_of_nhs_analysts_is_read_and_estimated(run):
    people = rows(ANALYSTS)
    question = "q08a_apha_aware_ind"
    aware = [r[question] for r in people]
    words = ["listen", "estimate", ANALYSTS, "--question", question, "--value", "Yes", "--interval", "wilson"]
    found = run(*words)
    assert found["n"] == len(people) == 237
    everyone = found["estimates"][0]
    expected = wilson(aware.count("Yes"), sum(a != "" for a in aware))
    assert everyone["estimate"] == pytest.approx(expected.value)
    assert (everyone["low"], everyone["high"]) == pytest.approx((expected.low, expected.high))
    by_gender = run(*words, "--by", "q01a_gender_cat")["estimates"]
    for group in by_gender:
        theirs = [r[question] for r in people if r["q01a_gender_cat"] == group["group"]]
        assert group["n"] == len(theirs)
        assert group["estimate"] == pytest.approx(theirs.count("Yes") / len(theirs))
