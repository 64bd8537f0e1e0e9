"""Real votes: the groups shown foretell held-out votes better than everyone's shares, and than groups made Polis' way.

Polis: The Computational Democracy Project, CC BY 4.0.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from evenhand.decide import groups
from evenhand.decide.ballots import ballots
from evenhand.decide.votes import read
from evenhand.table import read as read_table
from shared import DATA, needs_data

sys.path.append(str(Path(__file__).resolve().parents[2] / "benchmarks"))
from polis_like import group_chances, polis_groups

pytestmark = [needs_data, pytest.mark.shared]
POLIS = DATA / "10_polis_votes"


@pytest.mark.parametrize("name", ["canadian-electoral-reform", "scoop-hivemind.biodiversity", "vtaiwan.uberx"])
def test_groups_foretell_held_out_votes_no_worse_than_margins_or_polis(name):
    votes = read(read_table(POLIS / name / "votes.csv.gz")).standing()
    held = np.random.default_rng(1).random(len(votes.value)) < 0.2
    object.__setattr__(votes, "held", held)
    found = groups(votes, seed=1)
    assert found.groups > 1
    assert found.heldout_log_loss < found.marginal_log_loss
    # the Polis way, without the held-out votes (passes count there), judged on the same people's held-out votes
    given, new = votes.only(~held), ballots(votes, held=True)
    people, statements = sorted(votes.people), sorted(votes.statements)
    place = np.array([people.index(p) for p in votes.people])
    column = np.array([statements.index(s) for s in votes.statements])
    theirs = polis_groups(place[given.person], column[given.statement], given.value, len(people), len(statements))
    kept = ballots(votes, held=False)
    chances = group_chances(theirs, kept.person, kept.statement, kept.agree, kept.share)
    same = theirs[new.person] >= 0
    chance = chances[theirs[new.person], new.statement]
    loss = -np.log(np.where(new.agree, chance, 1 - chance))
    ours = found.classes.chance(new)
    mine = -np.log(np.where(new.agree, ours, 1 - ours))
    assert mine[same].mean() < loss[same].mean()
    assert mine.mean() == pytest.approx(found.heldout_log_loss)
    assert mine.mean() < loss.mean()
