"""The text that a new scheme begins with: what is known is filled in, the rest is left for people to decide."""

from __future__ import annotations

from evenhand_web.people.models import Organisation

from .models import Statement

_TEXT = """\
# From the statement: {said}
# Fill in every line. Nothing is filled in for you that nobody has decided.
id:                        # a short name: small letters, digits and _, for example sitagliptin_first
title: {title}
pathway: {pathway}
aim:                       # how much, for whom, by when, in one sentence
measure:                   # the id of the measure that will judge it
level: practice            # what is compared: practice, pcn, sicbl
area: {area}
start:                     # the month in which it begins, for example 2026-10
baseline:                  # the months before, first and last
  from:
  to:
follow_up:                 # the months in which it is judged, first and last
  from:
  to:
allocation:                # the file that says who begins first, drawn by chance when the campaign is sealed
treated_arms: [intervention]
control_arm: control
cluster: unit              # unit, or cluster where whole networks begin together
planned_effect:            # the change of the measure that you aim at, in its own unit; -0.05 is five points lower
planned_saving_pounds:     # in a year
money:
  pounds_per_unit:         # national price of one unit less the price of what replaces it
  price_month:
  price_source:
  investment_pounds: 0
  origin: clinical_decision  # or provider_efficiency, management_cost, price_and_pay
  recurrent: true
  saving_class: cash_releasing  # or other_efficiency, scope_reduction
  patients_per_unit: 0
guardrails:                # what must not get worse
  - measure:
    level:                 # where it is looked at, for example sicbl
    margin:                # by how much at most, in its own unit
    harm:                  # up or down: which way is worse
    treated: []            # codes of the organisations where the scheme runs
    controls: []           # codes of at least two where it does not
    blocks: true           # a breach stops the saving from counting
letters:
  quality:
  innovation:
  productivity:
  prevention:
"""


def blank(statement: Statement, organisation: Organisation) -> str:
    """A scheme still to be written, from one statement, for one area."""
    said = " ".join(statement.text.split())
    return _TEXT.format(
        said=said, title=_quoted(said.rstrip(".")), pathway=statement.round.pathway, area=organisation.code
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
