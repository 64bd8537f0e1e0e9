"""A scheme as a record: its driver diagram, its quality impact, what an amendment changes, and reasons peers weigh."""

from __future__ import annotations

import pytest

from evenhand.decide.differences import amendments, lines
from evenhand.decide.explanations import weigh
from evenhand.definition import loads
from evenhand.errors import InputError
from evenhand.records import Scheme

PLAIN = """\
id: sitagliptin_first
title: Sitagliptin first
pathway: diabetes
aim: Five in a hundred fewer items other than sitagliptin within a year.
measure: diabetes_dpp4_cost
level: practice
area: ICB1
start: 2026-04
baseline: {from: 2025-10, to: 2026-03}
follow_up: {from: 2026-10, to: 2027-03}
allocation: a.csv
planned_effect: -0.05
planned_saving_pounds: 6000
money: {pounds_per_unit: 30, price_month: 2026-03, price_source: invented, origin: clinical_decision, recurrent: yes,
        saving_class: cash_releasing}
guardrails: [{measure: wait, level: sicbl, margin: 0.01, harm: down, treated: [A], controls: [B, C]}]
letters: {quality: q, innovation: i, productivity: p, prevention: p}
"""
DIAGRAM = """\
driver_diagram:
  aim: Five in a hundred fewer items other than sitagliptin.
  drivers:
    - name: the choice at the start
      change_ideas: [formulary says sitagliptin, template offers it]
    - name: those who take another
      drivers:
        - {name: the annual review, change_ideas: [ask at the review]}
  measures:
    - {measure: diabetes_dpp4_cost, kind: outcome}
    - {measure: reviews done, kind: process}
    - {measure: HbA1c tests, kind: balancing}
"""
IMPACT = """\
quality_impact:
  no_risk: [experience, equality]
  risks:
    - {domain: safety, risk: dose in kidney disease, likelihood: 3, consequence: 4, mitigation: a template asks eGFR,
       likelihood_after: 1, consequence_after: 4}
    - {domain: effectiveness, risk: control worsens, likelihood: 2, consequence: 2, likelihood_after: 2,
       consequence_after: 2}
"""


def test_a_scheme_with_and_without_a_diagram_is_read():
    assert loads(PLAIN, Scheme).driver_diagram is None
    full = loads(PLAIN + DIAGRAM + IMPACT, Scheme)
    assert full.driver_diagram.drivers[1].drivers[0].change_ideas == ("ask at the review",)
    assert full.quality_impact.rating == "moderate"  # 1 x 4 and 2 x 2
    assert full.quality_impact.risks[0].score == 12


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: balancing", "kind: process", "no balancing measure"),
        ("ask at the review", "template offers it", "is given twice"),
        ("      change_ideas: [formulary says sitagliptin, template offers it]\n", "", "neither change ideas nor"),
        ("mitigation: a template asks eGFR,\n      ", "", "expected mitigation"),
        ("no_risk: [experience, equality]", "no_risk: [experience]", "domain 'equality'"),
        ("no_risk: [experience, equality]", "no_risk: [experience, equality, safety]", "domain 'safety'"),
        ("likelihood: 3", "likelihood: 6", "likelihood"),
        ("change_ideas: [ask", "change_idea: [ask", "did you mean 'change_ideas'"),
    ],
)
def test_a_diagram_or_an_assessment_that_leaves_something_out_is_refused(old, new, said):
    text = PLAIN + DIAGRAM + IMPACT
    assert old in text
    with pytest.raises(InputError, match=said):
        loads(text.replace(old, new), Scheme)


def test_an_amendment_names_its_fields_and_which_are_of_substance():
    before = loads(PLAIN, Scheme)
    after = loads(PLAIN.replace("planned_effect: -0.05", "planned_effect: -0.04").replace("quality: q", "quality: Q")
                  .replace("pounds_per_unit: 30", "pounds_per_unit: 29"), Scheme)  # fmt: skip
    changes = {change.field: (change.before, change.after, change.substance) for change in amendments(before, after)}
    assert changes == {
        "planned_effect": (-0.05, -0.04, True), "money.pounds_per_unit": (30.0, 29.0, True),
        "letters.quality": ("q", "Q", False),
    }  # fmt: skip
    moved = "\n".join(reversed(PLAIN.strip().splitlines()[:5])) + "\n" + "\n".join(PLAIN.splitlines()[5:])
    assert amendments(before, loads(moved, Scheme)) == ()


def test_changed_lines_stand_with_their_neighbours():
    text = "\n".join(f"line {i}" for i in range(20))
    found = lines(text, text.replace("line 10\n", "line ten\n"))
    assert [line.kind for line in found] == ["gap", "same", "same", "removed", "added", "same", "same", "gap"]
    assert (found[3].before, found[4].after) == (11, 11)
    assert lines(text, text) == ()


def test_peers_weigh_a_reason_and_its_author_does_not():
    events = [("r1", f"p{i}", "accept" if i < 13 else "doubt") for i in range(15)]
    events += [("r1", "p0", "doubt"), ("r1", "author", "accept"), ("r2", "p1", "accept")]
    r1, r2, r3 = weigh(events, [("r1", "author"), ("r2", "other"), ("r3", "other")])
    assert (r1.peers, r1.accept, r1.doubt, r1.verdict) == (15, 12, 3, "accepted")
    assert (r2.accept, r2.verdict, r3.verdict) == (None, "needs_more_peers", "needs_more_peers")
    half = weigh([("r", f"p{i}", "accept" if i % 2 else "doubt") for i in range(20)])[0]
    assert half.verdict == "mixed"
    assert weigh([("r", f"p{i}", "doubt") for i in range(12)])[0].verdict == "doubted"
