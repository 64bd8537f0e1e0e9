"""The chart of opinion groups: each group a mark of its own, and no camps where there are none."""

from __future__ import annotations

import numpy as np
import pytest

from evenhand.charts import camps, render

SHARES = np.array([[0.9, 0.1], [0.4, np.nan]])


def test_groups_stand_with_their_shares_and_what_is_hidden_is_left_out():
    spec = camps(["One", "Two"], ["group 1", "group 2"], SHARES, title="Two groups").to_dict()
    assert "One: group 1 90%, group 2 10%; Two: group 1 40%" in spec["description"]
    assert b"<svg" in render(camps(["One", "Two"], ["group 1", "group 2"], SHARES, title="Two groups"), "svg")


def test_one_group_says_that_there_are_no_camps():
    spec = camps(["One"], ["everyone"], np.array([[0.7]]), title="One opinion", width=320).to_dict()
    assert "There are no camps" in spec["description"]
    assert "legend': None" in str(spec)


def test_shares_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="one share a statement and group"):
        camps(["One"], ["a", "b"], np.array([[0.5]]), title="x")
