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


STAFF = DATA / "11_surveys" / "nhs_staff_survey_trust_2012_2019.csv.gz"
LIKELY = "Very unlikely;Somewhat unlikely;Undecided;Somewhat likely;Very likely"


def test_every_answer_of_the_analysts_is_counted_and_charted(run, tmp_path):
    people, question = rows(ANALYSTS), "q07a_future_health_work_cat"
    words = ["listen", "answers", ANALYSTS, "--question", question, "--order", LIKELY]
    found = run(*words)["answers"]
    for row in found:
        said = [r[question] for r in people]
        assert row["estimate"] == pytest.approx(said.count(row["answer"]) / len(said))
    assert sum(row["estimate"] for row in found) == pytest.approx(1)
    for kind in ("svg", "png", "html"):  # nothing says whom they stand for: no interval is drawn
        run(*words, "--out", tmp_path / f"scale.{kind}")
        run(*words[:-2], "--by", "q01a_gender_cat", "--out", tmp_path / f"groups.{kind}")
    drawn = (tmp_path / "groups.svg").read_text()
    assert "n = " in drawn
    assert "those who answered" in drawn
    assert "too few" in drawn  # nobody's answer is shown for the four who would rather not say


def test_the_analysts_are_raked_to_what_is_known_of_them_and_tested(run, tmp_path):
    # the totals are invented for the test; the answers are real
    totals = tmp_path / "totals.csv"
    totals.write_text("column,value,total\nq01a_gender_cat,Female,4600\nq01a_gender_cat,Male,5200\n"
                      "q01a_gender_cat,Prefer not to say,200\n")  # fmt: skip
    words = ["--question", "q08a_apha_aware_ind", "--value", "Yes"]
    found = run("listen", "estimate", ANALYSTS, *words, "--rake", "q01a_gender_cat", "--totals", totals)
    groups = {r["group"]: r["estimate"] for r in
              run("listen", "estimate", ANALYSTS, *words, "--by", "q01a_gender_cat")["estimates"]}  # fmt: skip
    expected = (4600 * groups["Female"] + 5200 * groups["Male"] + 200 * groups["Prefer not to say"]) / 10_000
    assert found["estimates"][0]["estimate"] == pytest.approx(expected)
    assert (found["population"], found["has_frame"]) == (10_000, True)
    table = run("listen", "test", ANALYSTS, "--question", "q07a_future_health_work_cat", "--by", "q08a_apha_aware_ind",
                "--table")  # fmt: skip
    assert sum(cell["n"] for cell in table["cells"]) == 237
    assert 0 < table["p"] < 1


def test_what_the_analysts_wrote_is_counted_by_theme_and_rare_words_stay_hidden(run):
    found = run("listen", "themes", ANALYSTS, "--question", "q04a_role_description_cat")
    written = [r["q04a_role_description_cat"] for r in rows(ANALYSTS)]
    assert found["answers"] == sum(bool(text.strip()) for text in written)
    shown = [t for t in found["themes"] if t["n"] is not None]
    assert shown
    assert all(t["n"] >= 10 for t in shown)
    assert any("analyst" in t["words"] for t in shown)


def test_the_staff_survey_of_trusts_is_read_estimated_and_charted(run, tmp_path):
    trusts = rows(STAFF)
    known = [r for r in trusts if r["Engagement.Index"] != "NA"]
    words = ["listen", "estimate", STAFF, "--question", "Engagement.Index", "--by", "Year.Index"]
    found = run(*words, "--out", tmp_path / "years.svg")
    assert [r["group"] for r in found["estimates"]] == list(dict.fromkeys(r["Year.Index"] for r in trusts))
    for row in found["estimates"]:
        year = [float(r["Engagement.Index"]) for r in known if r["Year.Index"] == row["group"]]
        assert row["n"] == len(year)
        assert row["estimate"] == pytest.approx(sum(year) / len(year))
    # most trusts are in both years, which makes the change surer than two separate samples would
    change = ["listen", "change", STAFF, "--question", "Engagement.Index", "--wave", "Year.Index"]
    paired = run(*change, "--person", "Code", "--out", tmp_path / "waves.svg")
    apart = run(*change)
    assert (paired["first"], paired["last"]) == ("2012", "2019")
    assert paired["change"] == pytest.approx(apart["change"])
    assert paired["se"] < 0.8 * apart["se"]
    both = {r["Code"] for r in known if r["Year.Index"] == "2012"} & {r["Code"] for r in known
                                                                     if r["Year.Index"] == "2019"}  # fmt: skip
    assert len(both) > 100


def test_a_ratio_of_the_staff_survey_is_total_over_total(run):
    known = [r for r in rows(STAFF) if r["SHMI.before"] != "NA" and r["SHMI.Index"] != "NA"]
    found = run("listen", "estimate", STAFF, "--question", "SHMI.Index", "--ratio", "SHMI.before", "--clusters", "Code")
    expected = sum(float(r["SHMI.Index"]) for r in known) / sum(float(r["SHMI.before"]) for r in known)
    assert found["estimates"][0]["estimate"] == pytest.approx(expected)
    assert found["estimates"][0]["df"] == len({r["Code"] for r in known}) - 1
