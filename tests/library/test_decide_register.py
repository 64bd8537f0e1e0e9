"""The decision register: shares that can be counted by eye, blockers that wait, and files that do not say enough."""

from __future__ import annotations

import json

import pytest

from evenhand.cli.main import main

FILE = """\
as_of: 2026-06-30
clinicians: [gp, nurse]
decisions:
  - id: D1
    question: Which DPP-4 inhibitor comes first?
    options: [sitagliptin, leave as is]
    by: 2026-05-01
    level: icb
    organisation: "001"
    pounds: 300000
    patients: 1200
    took_part:
      - {profession: gp, people: 60, out_of: 240}
      - {profession: manager, people: 5, out_of: 5}
    advised: sitagliptin
    advice_from: round diabetes, statement s01
    decided: leave as is
    decided_by: the ICB's board
    decided_on: 2026-04-20
    reason: The price falls in July.
    signal: 2026-01-01
    co_signed: 2026-02-10
    verified: 2026-05-21
  - id: D2
    question: Who reviews home visits?
    options: [PCN, practice]
    by: 2026-06-01
    level: icb
    organisation: "001"
    pounds: 100000
    patients: 0
    took_part: [{profession: manager, people: 3, out_of: 5}]
  - id: D3
    question: Which inhaler comes first?
    options: [dry powder, either]
    by: 2026-09-01
    level: practice
    organisation: A81001
    pounds: 0
    patients: 40
    took_part: [{profession: nurse, people: 2, out_of: 2}]
    signal: 2026-05-01
    co_signed: 2026-05-21
blockers:
  - {id: B1, question: "May we share lists?", level: practice, organisation: A81001, raised_to: icb, raised: 2026-05-01,
     due: 2026-05-31}
  - {id: B2, question: "Who pays?", level: practice, organisation: A81001, raised_to: icb, raised: 2026-05-01,
     due: 2026-05-31, answered: 2026-05-11, answer: The ICB does., decision: D1}
leads:
  - {pathway: diabetes, organisation: "001", level: icb, person: k1}
  - {pathway: asthma, organisation: "001", level: icb}
"""


@pytest.fixture
def run(tmp_path, capsys):
    def call(text):
        (tmp_path / "r.yaml").write_text(text)
        code = main(["decide", "register", f"{tmp_path}/r.yaml", "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


def test_shares_can_be_counted_by_eye(run):
    found = run(FILE)
    all_, by = found["shares"], {row["level"]: row for row in found["by_level"]}
    assert (all_["decisions"], all_["with_clinicians"], all_["share_of_decisions"]) == (3, 2, pytest.approx(2 / 3))
    assert (all_["pounds"], all_["share_of_pounds"]) == (400000, 0.75)
    assert (all_["decided"], all_["overdue"], all_["departed_from_advice"]) == (1, 1, 1)
    assert all_["median_days_signal_to_co_signed"] == 30  # 40 and 20
    assert all_["median_days_co_signed_to_verified"] == 100
    assert (by["icb"]["share_of_decisions"], by["practice"]["share_of_decisions"]) == (0.5, 1)
    assert by["practice"]["share_of_pounds"] is None
    assert (by["practice"]["blockers_overdue"], by["icb"]["vacancies"]) == (1, 1)


def test_a_decision_says_who_took_part_what_was_advised_and_why_it_departs(run):
    found = run(FILE)
    d1, d2, d3 = found["decisions"]
    assert (d1["clinicians"], d1["clinicians_out_of"], d1["departs"], d1["reason"]) == (
        60, 240, True, "The price falls in July.")  # fmt: skip
    assert d1["took_part"][0] == {"profession": "gp", "people": 60, "out_of": 240, "share": 0.25, "clinician": True}
    assert (d2["clinicians_took_part"], d2["state"], d2["departs"]) == (False, "overdue", None)
    assert (d3["state"], d3["days_co_signed_to_verified"]) == ("open", None)
    assert d1["organisation"] == "001"


def test_what_was_raised_upward_is_answered_or_overdue(run):
    b1, b2 = run(FILE)["blockers"]
    assert (b1["state"], b1["days"], b1["late"]) == ("overdue", 60, 30)
    assert (b2["state"], b2["days"], b2["late"]) == ("answered", 10, 0)
    assert [v["pathway"] for v in run(FILE)["vacancies"]] == ["asthma"]


def test_the_same_register_as_json_says_the_same(run):
    import yaml

    assert run(json.dumps(yaml.load(FILE, Loader=yaml.BaseLoader))) == run(FILE)


def test_an_empty_register_has_shares_of_nothing(run):
    found = run("as_of: 2026-06-30\nclinicians: [gp]\n")
    assert found["shares"]["decisions"] == 0
    assert found["shares"]["share_of_decisions"] is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    reason: The price falls in July.\n", "", "expected the reason"),
        ("people: 60, out_of: 240", "people: 600, out_of: 240", "no more than there are"),
        ("advised: sitagliptin", "advised: sitagliptine", "names no option"),
        ("pounds: 300000", "pound: 300000", "did you mean 'pounds'"),
        ("pounds: 300000", "pounds: lots", "pounds"),
        ("by: 2026-05-01", "by: 03/04/2026", "read one way"),
        ("co_signed: 2026-02-10", "co_signed: 2025-02-10", "out of order"),
        ("decided_on: 2026-04-20", "decided_on: 2026-07-20", "lies after as_of"),
        ("    decided_by: the ICB's board\n", "", "go together"),
        ("id: D2", "id: D1", "'D1' is given twice"),
        ("decision: D1", "decision: D9", "'D9', which is not there"),
        ("answer: The ICB does., ", "", "go together"),
        ("pathway: asthma", "pathway: diabetes", "is given twice"),
        ("as_of: 2026-06-30\n", "", "as_of"),
        ("as_of: 2026-06-30\n", "as_of: \n", "as_of"),
    ],
)
def test_a_register_that_does_not_say_enough_is_refused(run, old, new, said):
    assert old in FILE
    code, message = run(FILE.replace(old, new, 1))
    assert code == 2
    assert message.count("\n") == 1
    assert said in message
