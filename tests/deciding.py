"""What tests of DECIDE begin with: a round with statements, voters by profession, and a scheme with one version."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from evenhand_web.decide import versions
from evenhand_web.decide.models import Plan, Round, Statement, VoteEvent
from evenhand_web.people.models import Organisation, Person

SCHEME = """\
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
allocation: sitagliptin_first_allocation.csv
planned_effect: -0.05
planned_saving_pounds: 6000
money:
  pounds_per_unit: 30
  price_month: 2026-03
  price_source: invented for this test
  origin: clinical_decision
  recurrent: true
  saving_class: cash_releasing
  patients_per_unit: 0.1
guardrails:
  - measure: wait_within_18_weeks
    level: sicbl
    margin: 0.01
    harm: down
    treated: [PLACE1]
    controls: [PLACE2, ICB2]
letters:
  quality: Nobody's treatment is changed without a word with them.
  innovation: A module of ten minutes.
  productivity: The same for less.
  prevention: The annual review is kept.
"""
MORE = """\
driver_diagram:
  aim: A third less by March.
  drivers:
    - name: What is chosen first
      change_ideas: [A note in the template]
  measures:
    - {measure: diabetes_dpp4_cost, kind: outcome}
    - {measure: notes read, kind: process}
    - {measure: calls to practices, kind: balancing}
quality_impact:
  risks:
    - {domain: safety, risk: The wrong dose in kidney disease, likelihood: 3, consequence: 4,
       mitigation: A check by a pharmacist, likelihood_after: 1, consequence_after: 4}
  no_risk: [effectiveness, experience, equality]
"""


def a_round(*texts: str, at: str = "ICB1", key: str = "diabetes") -> Round:
    """An open round with these statements, s01 and on, accepted."""
    now = timezone.now()
    made = Round.objects.create(
        key=key, title="Diabetes", question="Which changes are right?", pathway="diabetes",
        organisation=Organisation.objects.get(code=at), opens=now - timedelta(days=2), closes=now + timedelta(days=9),
    )  # fmt: skip
    for number, text in enumerate(texts, 1):
        Statement.objects.create(round=made, key=f"s{number:02d}", text=text, moderation="accepted")
    return made


def close(round_: Round) -> None:
    """The round is over."""
    round_.closes = timezone.now() - timedelta(hours=1)
    round_.save()


def voters(profession: str, number: int, *, at: str = "PRACTICE2") -> list[Person]:
    """So many made-up colleagues."""
    return Person.objects.bulk_create(
        Person(key=f"{profession}-{at}-{i}", profession=profession, organisation_id=at, identity_level=2)
        for i in range(number)
    )


def votes(statement: Statement, people: list[Person], agree: int, disagree: int = 0) -> None:
    """The first `agree` people agree, the next `disagree` disagree, the rest pass."""
    said = ["agree"] * agree + ["disagree"] * disagree + ["pass"] * (len(people) - agree - disagree)
    VoteEvent.objects.bulk_create(
        VoteEvent(statement=statement, person=person, value=value) for person, value in zip(people, said, strict=True)
    )


def a_scheme(author: Person, *, yaml: str = SCHEME, area: str = "ICB1", statements: tuple = ()) -> Plan:
    """The scheme above in its first version, to be signed for its area."""
    place = Organisation.objects.get(code=area)
    return versions.draft(yaml, [place], statements, author, place)
