"""LimeSurvey: what goes out comes back, and what it exports is taken in by our rules."""

from __future__ import annotations

import csv
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.listen import asked, instruments, load_instrument
from evenhand.listen.limesurvey import answer_codes, question_names, responses, structure
from evenhand.listen.limesurvey_read import read_responses, read_structure
from evenhand.table import Table, read

ABOUT = ["--purpose", "p", "--who-asks", "a", "--who-sees", "b", "--anonymity", "c", "--written-by", "d"]
# as LimeSurvey writes it: quoted, question codes, subquestions in brackets, what was ticked as Y
HEADS = ["id", "submitdate", "lastpage", "startlanguage", "seed", "token", "startdate", "datestamp", "ipaddr", "Q1",
         "Q2[SQ001]", "Q2[SQ002]", "Q2[other]", "Q3[SQ001]", "Q3[SQ002]"]  # fmt: skip
ROWS = [
    ["1", "2026-03-01 10:00:00", "3", "en", "77", "tok1", "2026-03-01 09:58:00", "2026-03-01 10:00:00", "10.0.0.1",
     "A1", "Y", "", "the post", "4", "5"],
    ["2", "", "1", "en", "78", "tok2", "2026-03-02 09:58:00", "2026-03-02 10:00:00", "10.0.0.2",
     "A2", "", "", "", "", ""],
    ["3", "2026-03-03 10:00:00", "3", "en", "79", "tok3", "2026-03-03 09:58:00", "2026-03-03 10:00:00", "10.0.0.3",
     "A2", "Y", "Y", "", "1", "2"],
]  # fmt: skip
EXPORT = "".join(",".join(f'"{cell}"' for cell in row) + "\n" for row in (HEADS, *ROWS))


@pytest.mark.parametrize("name", instruments())
def test_an_instrument_survives_the_way_to_limesurvey_and_back(name):
    survey = load_instrument(name)
    back = read_structure(structure(survey), "s.txt")
    assert back["title"] == survey.title
    assert len(back["questions"]) == len(survey.questions)
    for ours, theirs in zip(survey.questions, back["questions"], strict=True):
        assert (theirs["type"], theirs["text"]) == (ours.type, ours.text)
        assert list(theirs.get("options", {}).values()) == list(ours.options.values())
        assert len(theirs.get("asked_if", {})) == len(ours.asked_if)
        for answers, there in zip(ours.asked_if.values(), theirs.get("asked_if", {}).values(), strict=True):
            assert len(answers) == len(there)
        if ours.type == "scale":
            assert (float(theirs["low"]), float(theirs["high"])) == (ours.low, ours.high)
            assert theirs["low_label"] == ours.low_label


def test_codes_fit_into_limesurvey_and_stay_apart():
    for name in instruments():
        survey = load_instrument(name)
        names = list(question_names(survey).values())
        assert len(set(names)) == len(names)
        assert all(len(n) <= 20 and n.isalnum() for n in names)
        for question in survey.questions:
            codes = list(answer_codes(question).values())
            assert len(set(codes)) == len(codes)
            assert all(len(c) <= 5 and c.isalnum() for c in codes)


@given(st.data())
@settings(max_examples=40, deadline=None)
def test_answers_survive_the_way_to_limesurvey_and_back(data):
    survey = load_instrument(data.draw(st.sampled_from(sorted(instruments()))))
    rows: list[dict[str, str]] = []
    for i in range(data.draw(st.integers(1, 4))):
        row: dict[str, str] = {"token": f"t{i}", "time": f"2026-03-0{i + 1}T09:00:00"}
        for question in survey.questions:
            if not asked(question, row):
                row[question.id] = ""
            elif question.type == "multiple":
                chosen = data.draw(st.lists(st.sampled_from(question.values()), unique=True, max_size=2))
                row[question.id] = ";".join(v for v in question.values() if v in chosen)
            elif question.values():
                row[question.id] = data.draw(st.sampled_from(["", *question.values()]))
            else:
                row[question.id] = "7" if question.type == "number" else "Some words; with, marks"
        rows.append(row)
    table = Table("clean", {name: [row[name] for row in rows] for name in rows[0]})
    out = responses(table, survey)
    there = Table("export", {name: [row.get(name, "") for row in out] for name in out[0]})
    events = read_responses(there, survey).events
    for row, event in zip(rows, events, strict=True):
        assert {name: event[name] for name in row if name != "time"} == {k: v for k, v in row.items() if k != "time"}
        assert event["status"] == "submitted"


def test_an_export_becomes_events_and_names_nobody(tmp_path, capsys):
    (tmp_path / "export.csv").write_text(EXPORT)
    assert main(["listen", "import", str(tmp_path / "export.csv"), "--out", str(tmp_path / "e.csv"), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["events"], found["submitted"], found["partial"]) == (3, 2, 1)
    assert found["dropped"] == {"ipaddr": "may identify a person"}
    with open(tmp_path / "e.csv") as file:
        events = list(csv.DictReader(file))
    assert [e["status"] for e in events] == ["submitted", "partial", "submitted"]
    assert [e["Q2"] for e in events] == ["SQ001;other", "", "SQ001;SQ002"]
    assert [e["Q2_other"] for e in events] == ["the post", "", ""]
    assert [e["Q3_SQ001"] for e in events] == ["4", "", "1"]  # an array: a question a row
    assert "10.0.0" not in (tmp_path / "e.csv").read_text()


def test_imported_events_are_taken_in(tmp_path, capsys):
    survey = load_instrument("qipp_awareness_2010")
    names = question_names(survey)
    other = [n for q, n in names.items() if survey.question(q).type != "multiple"]
    heads = ["id", "submitdate", "token", *other,
             *(f"{names['heard_from']}[{c}]" for c in answer_codes(survey.question("heard_from")).values()),
             *(f"{names['pathway_priority']}[{c}]" for c in answer_codes(survey.question("pathway_priority")).values())]
    lines = []
    for i in range(12):
        cells = dict.fromkeys(heads, "") | {"id": str(i), "submitdate": "2026-03-01 10:00:00", "token": f"t{i}"}
        cells[names["heard_of_qipp"]] = "Yes" if i < 5 else "no"  # words of the answer, or its code
        lines.append(",".join(cells[h] for h in heads))
    (tmp_path / "export.csv").write_text(",".join(heads) + "\n" + "\n".join(lines) + "\n")
    (tmp_path / "frame.csv").write_text("token\n" + "".join(f"t{i}\n" for i in range(20)))
    instrument = ["--instrument", "qipp_awareness_2010"]
    assert main(["listen", "import", str(tmp_path / "export.csv"), *instrument, "--out",
                 str(tmp_path / "events.csv"), "--json"]) == 0  # fmt: skip
    assert main(["listen", "intake", str(tmp_path / "events.csv"), "--invited", str(tmp_path / "frame.csv"),
                 *instrument, "--close", "2026-04-01", "--out", str(tmp_path / "clean.csv"), "--json"]) == 0
    out = capsys.readouterr().out.splitlines()[-1]
    assert json.loads(out)["completed"] == 12
    assert read(tmp_path / "clean.csv").text("heard_of_qipp").count("yes") == 5


def test_clean_answers_are_exported_without_tokens_unless_asked(tmp_path):
    clean = tmp_path / "clean.csv"
    survey = load_instrument("qipp_awareness_2010")
    heads = ["token", "time", *(q.id for q in survey.questions)]
    clean.write_text(",".join(heads) + "\nsecret,2026-03-01T10:00:00" + "," * (len(heads) - 2) + "\n")
    words = ["listen", "export", str(clean), "--instrument", survey.id, "--out", str(tmp_path / "o.csv")]
    assert main(words) == 0
    assert "secret" not in (tmp_path / "o.csv").read_text()
    assert main([*words, "--tokens"]) == 0
    assert "secret" in (tmp_path / "o.csv").read_text()


def test_a_structure_from_elsewhere_becomes_an_instrument(tmp_path, capsys):
    rows = [
        ("S", "", "language", "", "en"), ("SL", "", "surveyls_title", "", "Ours"), ("G", "", "One", "1", ""),
        ("Q", "Y", "Heard", "1", "<p>Had you heard?</p>"), ("Q", "F", "Agree", "", "I agree:"),
        ("SQ", "", "SQ1", "", "it saves"), ("SQ", "", "SQ2", "", "it helps"),
        ("A", "0", "A1", "", "no"), ("A", "0", "A2", "", "yes"),
        ("Q", "T", "Why", '((Heard.NAOK == "Y"))', "Why?"), ("Q", "X", "Bye", "1", "Thank you"),
    ]  # fmt: skip
    text = "class\ttype/scale\tname\trelevance\ttext\n" + "".join("\t".join(row) + "\n" for row in rows)
    (tmp_path / "s.txt").write_text(text)
    words = ["listen", "import", str(tmp_path / "s.txt"), *ABOUT, "--out", str(tmp_path / "ours.yaml"), "--json"]
    assert main(words) == 0
    survey = load_instrument(tmp_path / "ours.yaml")
    assert [q.id for q in survey.questions] == ["heard", "agree_sq1", "agree_sq2", "why"]
    assert survey.questions[0].text == "Had you heard?"
    assert survey.questions[3].asked_if == {"heard": ("Y",)}
    capsys.readouterr()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("Q\tR\tRank\t1\tRank these", "type 'R'"),
        ('Q\tT\tWhy\tHeard.NAOK > 3\tWhy?', "a condition as"),
        ('Q\tT\tWhy\t(Heard.NAOK == "Y" or Agree.NAOK == "A1")\tWhy?', "a condition as"),
        ("Q\tN\tHours\t1\tHow many?", "a largest value"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_row(row, said, tmp_path, capsys):
    (tmp_path / "s.txt").write_text("class\ttype/scale\tname\trelevance\ttext\n" + row + "\n")
    assert main(["listen", "import", str(tmp_path / "s.txt"), *ABOUT]) == 2
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "row 2" in err
    assert said in err
