"""The funnel of engagement, on tables that a reader can count by hand."""

from __future__ import annotations

import math
import random

import numpy as np
import pytest

from evenhand.change import STAGES, funnel
from evenhand.errors import InputError
from evenhand.records import EngagementFunnel
from evenhand.stats.wilson import wilson

# person  content  the stages seen, in any order
DRAWN = [
    ("ann", "dpp4", "reached viewed completed evaluated intends reported verified"),
    ("bob", "dpp4", "reached viewed completed evaluated intends reported"),
    ("cat", "dpp4", "reached viewed completed"),
    ("dan", "dpp4", "reached"),
    ("eve", "dpp4", "viewed completed"),             # never reached: counts nowhere
    ("fay", "dpp4", "reached completed verified"),   # not viewed: stops at reached
    ("ann", "strips", "reached viewed"),             # a second content: still one person
    ("gus", "strips", "reached viewed"),
]  # fmt: skip


def count(rows: list[tuple[str, str, str]]) -> EngagementFunnel:
    when = np.datetime64("2025-04-01") + np.arange(len(rows))
    person, content, stage = zip(*rows, strict=True)
    return funnel(person, content, stage, when)


def events() -> list[tuple[str, str, str]]:
    return [(who, what, stage) for who, what, stages in DRAWN for stage in stages.split()]


def test_each_stage_needs_the_former_and_a_person_is_one_person() -> None:
    found = count(events())
    assert {s.stage: s.people for s in found.stages} == dict(zip(STAGES, (6, 4, 3, 2, 2, 2, 1), strict=True))
    assert found.out_of_order == 4


def test_reported_and_verified_stay_two_numbers() -> None:
    found = count(events())
    assert (found.reported, found.verified, found.self_report_gap) == (2, 1, 1)


def test_each_stage_is_a_share_of_the_one_before_with_wilsons_interval() -> None:
    viewed = count(events()).stages[1]
    expected = wilson(4, 6)
    assert (viewed.of_previous, viewed.low, viewed.high) == (expected.value, expected.low, expected.high)
    assert math.isnan(count(events()).stages[0].of_previous)


def test_an_event_said_twice_counts_once() -> None:
    found = count(events() * 2)
    assert found.stages == count(events()).stages
    assert found.repeats == len(events())


def test_the_order_of_rows_changes_nothing() -> None:
    rows = events()
    random.Random(2).shuffle(rows)
    assert count(rows).stages == count(events()).stages


def test_stages_only_fall() -> None:
    people = [s.people for s in count(events()).stages]
    assert people == sorted(people, reverse=True)


def test_an_exit_with_its_reason_is_counted_beside_the_stages() -> None:
    extra = [("dan", "dpp4", "disagreed"), ("cat", "dpp4", "barrier(no time)"), ("gus", "dpp4", "barrier: no time")]
    found = count(events() + extra)
    assert dict(found.exits) == {"disagreed": 1, "barrier: no time": 2}
    assert found.stages == count(events()).stages


def test_who_promises_past_the_module_stands_beside_and_in_no_share():
    letter = [("hal", "dpp4", "reached"), ("hal", "dpp4", "intends"), ("hal", "dpp4", "reported")]
    read = [("ann", "strips", "intends")]  # of a second module; she is counted already, with the first
    found, before = count(events() + letter + read), count(events())
    assert dict(found.beside) == {"viewed": 1, "completed": 2, "intends": 1, "reported": 1, "verified": 1}
    assert [s.people for s in found.stages[1:]] == [s.people for s in before.stages[1:]]
    assert (found.reported, found.self_report_gap) == (before.reported, before.self_report_gap)


def test_where_everybody_went_step_by_step_nobody_stands_beside():
    assert count([("ann", "dpp4", stage) for stage in STAGES]).beside == ()


def test_a_stage_after_nobody_has_no_share() -> None:
    found = count([("ann", "dpp4", "reached")])
    assert math.isnan(found.stages[2].of_previous)
    assert found.stages[2].people == 0


@pytest.mark.parametrize(("row", "said"), [(("ann", "dpp4", "viewd"), "did you mean 'viewed'"),
                                           (("", "dpp4", "viewed"), "person is blank"),
                                           (("ann", "", "viewed"), "content is blank")])  # fmt: skip
def test_an_event_that_cannot_be_read_is_refused(row: tuple[str, str, str], said: str) -> None:
    with pytest.raises(InputError, match=said):
        count([row])
