"""LimeSurvey's structure in XML: both layouts are read as one, and nothing outside the file is ever opened."""

from __future__ import annotations

import json

import pytest

from evenhand.cli.main import main
from evenhand.listen import load_instrument
from evenhand.listen.limesurvey_read import read_structure

ABOUT = ["--purpose", "p", "--who-asks", "a", "--who-sees", "b", "--anonymity", "c", "--written-by", "d"]
QUESTIONS = [  # qid, gid, type, title, text, order, relevance, other; the groups come the other way round
    ("12", "2", "T", "Why", "Why?", "1", '((7X1X10.NAOK == "Y"))', "N"),
    ("10", "1", "Y", "Heard", "<p>Had you heard?</p>", "1", "1", "N"),
    ("11", "1", "M", "Barriers", "What stands in the way?", "2", "", "Y"),
    ("13", "2", "T", "Which", "Which data?", "2", 'Barriers_SQ2.NAOK == "Y"', "N"),
]  # fmt: skip
PARTS = [("22", "11", "SQ2", "Data", "2"), ("21", "11", "SQ1", "Time", "1")]


def section(name, rows):
    cells = ("".join(f"<{k}><![CDATA[{v}]]></{k}>" for k, v in row.items()) for row in rows)
    return f"<{name}><fields/><rows>{''.join(f'<row>{c}</row>' for c in cells)}</rows></{name}>"


def lss(*, new=True, group_condition="1", head="", extra=""):
    """The same survey as newer versions write it (words apart) and as older ones do (a row a language)."""
    tongues = [("en", ""), ("cy", "Cymraeg: ")]
    asked = [{"qid": q, "parent_qid": "0", "gid": g, "type": t, "title": c, "question_order": o, "relevance": r,
              "other": x}
             for q, g, t, c, _, o, r, x in QUESTIONS]  # fmt: skip
    below = [{"qid": q, "parent_qid": p, "title": c, "question_order": o} for q, p, c, _, o in PARTS]
    said = {q[0]: q[4] for q in QUESTIONS} | {p[0]: p[3] for p in PARTS}
    if new:
        words = section("question_l10ns", [{"qid": q, "question": mark + text, "help": "", "language": tongue}
                                           for tongue, mark in reversed(tongues) for q, text in said.items()])
    else:
        asked, below = ([row | {"question": mark + said[row["qid"]], "language": tongue}
                         for tongue, mark in reversed(tongues) for row in rows] for rows in (asked, below))
        words = ""
    body = "".join([
        section("surveys", [{"sid": "7", "language": "en"}]),
        section("groups", [{"gid": "2", "group_order": "2", "grelevance": group_condition},
                           {"gid": "1", "group_order": "1", "grelevance": ""}]),
        section("surveys_languagesettings", [{"surveyls_title": "Ein", "surveyls_language": "cy"},
                                             {"surveyls_title": "Ours", "surveyls_language": "en"}]),
        section("question_attributes", [{"qid": "11", "attribute": "max_answers", "value": "2"}]),
        section("questions", asked), section("subquestions", below), words, extra,
    ])  # fmt: skip
    return f"{head}<document><LimeSurveyDocType>Survey</LimeSurveyDocType>{body}</document>".encode()


@pytest.mark.parametrize("new", [True, False])
def test_a_structure_becomes_an_instrument(new, tmp_path, capsys):
    (tmp_path / "s.lss").write_bytes(lss(new=new))
    words = ["listen", "import", str(tmp_path / "s.lss"), *ABOUT, "--out", str(tmp_path / "ours.yaml"), "--json"]
    assert main(words) == 0
    read = json.loads(capsys.readouterr().out)["questions"]
    assert [q["question"] for q in read] == ["heard", "barriers", "why", "which"]
    survey = load_instrument(tmp_path / "ours.yaml")
    heard, barriers, why, which = survey.questions
    assert (survey.title, heard.text) == ("Ours", "Had you heard?")
    assert list(barriers.options.items()) == [("SQ1", "Time"), ("SQ2", "Data"), ("other", "Other")]
    assert barriers.at_most == 2
    assert why.asked_if == {"heard": ("Y",)}
    assert which.asked_if == {"barriers": ("SQ2",)}


def test_a_groups_condition_holds_for_its_questions():
    found = read_structure(lss(group_condition='(Heard.NAOK == "Y")'), "s.lss")["questions"]
    assert found[3]["asked_if"] == {"heard": ["Y"], "barriers": ["SQ2"]}
    assert "asked_if" not in found[1]


LAUGHS = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (lss(head=LAUGHS), "a document type is declared"),
        (lss(head=OUTSIDE), "a document type is declared"),
        (lss(head='<!DOCTYPE d SYSTEM "http://example.org/d.dtd">'), "a document type is declared"),
        (lss()[:-9], "not well-formed"),
        (lss().replace(b">Survey<", b">Question<"), "expected LimeSurvey's structure of a survey"),
        (b"", "not well-formed"),
        (lss(extra=section("conditions", [{"qid": "11", "cqid": "10", "value": "Y"}])), "expected its condition as"),
        (lss().replace(b"[T]", b"[R]"), "qid 12, question 'Why': expected a question of type"),
    ],
)
def test_what_cannot_be_read_or_may_harm_is_refused_in_a_line(data, said, tmp_path, capsys):
    (tmp_path / "s.lss").write_bytes(data)
    assert main(["listen", "import", str(tmp_path / "s.lss"), *ABOUT, "--out", str(tmp_path / "ours.yaml")]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert said in err
    assert not (tmp_path / "ours.yaml").exists()
