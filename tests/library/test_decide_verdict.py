"""The verdict on a statement: every row of the table in docs/reference/votes.md, and what always holds."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from evenhand.decide import VERDICTS, Count, bound, judge

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "votes.md"
EXAMPLE = re.compile(r"(\w+) (\d+)/(\d+)/(\d+)")


def rows():
    lines = [line for line in PAGE.read_text().splitlines() if re.match(r"\| \d+ \|", line)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def count(name, agree, disagree, passes):
    return Count.of("group", name, agree, disagree, passes, agree + disagree + passes)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_each_row_of_the_table_is_what_the_rule_says(row):
    units = [count(name, int(a), int(d), int(p)) for name, a, d, p in EXAMPLE.findall(row[2])]
    everyone = count("all", *(sum(getattr(u, part) for u in units) for part in ("agree", "disagree", "passes")))
    judged = judge(everyone, [] if units[0].value == "everyone" else units)
    assert judged.verdict == row[3]
    assert [value for _, value in judged.except_by] == row[4].split()
    assert [value for _, value in judged.needs_votes_from] == row[5].split()


def test_the_table_shows_every_verdict():
    assert {row[3] for row in rows()} == set(VERDICTS)
    assert len(rows()) == 11


def test_the_bound_is_wilsons_as_worked_by_hand():
    # p = 0.75, n = 20, z = 1.281552: (0.75 + z2/40 - z sqrt(0.75*0.25/20 + z2/1600)) / (1 + z2/20)
    z2 = 1.2815515655446004**2
    by_hand = (0.75 + z2 / 40 - (z2 * (0.75 * 0.25 / 20 + z2 / 1600)) ** 0.5) / (1 + z2 / 20)
    assert bound(15, 20) == pytest.approx(by_hand, abs=1e-15)
    assert bound(0, 0) == 0.0


def test_one_agree_vote_is_not_agreement():
    assert judge(count("all", 1, 0, 0), []).verdict == "needs_more_votes"


@given(st.integers(0, 400), st.integers(0, 400), st.integers(1, 6))
def test_the_bound_lies_below_the_share_and_rises_with_as_many_votes_again(agree, other, times):
    seen = agree + other
    if seen:
        assert 0 <= bound(agree, seen) <= agree / seen
        assert bound(agree * (times + 1), seen * (times + 1)) >= bound(agree * times, seen * times) - 1e-12


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=5))
def test_no_unit_under_ten_is_ever_overruled(votes):
    units = [count(str(i), *v) for i, v in enumerate(votes)]
    everyone = count("all", *(sum(v[k] for v in votes) for k in range(3)))
    judged = judge(everyone, units)
    assert (judged.verdict == "needs_more_votes") == any(sum(v) < 10 for v in votes)


def test_what_half_of_a_group_thinks_is_called_agreed_about_one_time_in_ten():
    # exact, no simulation: P(bound > 1/2) when each agrees with probability 1/2. Votes come in whole numbers, so a
    # single size may miss 10% either way; over all sizes it is held.
    chance = []
    for seen in range(10, 401):
        fewest = next(k for k in range(seen + 1) if bound(k, seen) > 0.5)
        chance.append(binom.sf(fewest - 1, seen, 0.5))
    assert sum(chance) / len(chance) == pytest.approx(0.1, abs=0.005)
    assert max(chance) < 0.16  # the worst is 15 people
