"""What of a budget was earned: only what the ledger confirms, parted by patients, by the area's published scheme."""

from __future__ import annotations

import numpy as np
import pytest

import savings
from evenhand.account import Rule, budgets
from evenhand.story.budgeting import Basis
from evenhand_web.account import budgeting
from evenhand_web.account.demo import GAIN_SHARE
from evenhand_web.account.models import BudgetRule
from evenhand_web.people.models import Organisation


@pytest.fixture
def place():
    """Practice A1 with 1,000 patients, of an area with A1, A2 (3,000) and Z."""
    codes, patients = ("A1", "A2", "Z"), np.array([1000.0, 3000.0, 500.0])
    basis = Basis("ICB1", np.datetime64("2026-04", "M"), codes, patients * 100, patients, "patients",
                  np.empty((3, 0)), patients, patients, (), ())  # fmt: skip
    found = budgets(codes, patients, patients * 100, total_pence=45_000_000, rule=Rule(0.5, -0.02, 0.05))
    return budgeting.Place(Organisation(code="ICB1"), basis, BudgetRule(gain_share=GAIN_SHARE.format(year="2026-27")),
                           found, ("A1",))  # fmt: skip


def test_a_practice_is_shown_its_part_of_a_confirmed_saving_by_patients(place):
    # £42,000 is confirmed for A1 and A2 together; A1 has a quarter of their patients
    (one,) = budgeting.earned(place, savings.confirmed().entries)
    assert (one.pence, one.covered, one.here, one.share_pence) == (4_200_000, 2, 1, 1_050_000)


def test_what_is_shared_is_held_at_the_cap_for_its_list(place):
    gained = budgeting.earned(place, savings.confirmed().entries)
    _, paid, why = budgeting.payment(place, gained)
    assert (paid.pay_pence, paid.gate) == (95_000, "open")  # half of £10,500 is above 95p for 1,000 patients
    assert why == "50% of £10,500.00 confirmed, held at the cap for its list"


def test_before_both_have_confirmed_nothing_is_earned(place):
    entries = savings.confirmed().entries[:-1]
    assert entries[-1].state == "evidenced"
    assert budgeting.earned(place, entries) == []
    assert budgeting.payment(place, [])[1].pay_pence == 0
