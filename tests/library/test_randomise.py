"""Randomisation: balanced within strata and over them, reproducible, sealed, and favouring nobody."""

from __future__ import annotations

import random
from collections import Counter

import numpy as np
import pytest

from evenhand.change import randomise
from evenhand.change.rounding import round_table
from evenhand.errors import InputError

UNITS = [f"P{i:03d}" for i in range(47)]
STRATA = [("north" if i < 13 else "east" if i < 30 else "west", "big" if i % 3 else "small") for i in range(47)]


@pytest.mark.parametrize("ratio", [(1, 1, 1), (1, 1, 2), (3, 2, 2)])
@pytest.mark.parametrize("seed", range(20))
def test_every_stratum_and_the_whole_are_as_even_as_whole_units_allow(ratio: tuple[int, ...], seed: int) -> None:
    given = randomise(UNITS, ["letter", "visit", "control"], strata=STRATA, ratio=ratio, seed=seed)
    for part, arm in zip(ratio, given.arms, strict=True):
        share = part / sum(ratio)
        assert abs(given.arm.count(arm) - len(UNITS) * share) < 1
        for stratum in set(STRATA):
            own = [a for a, s in zip(given.arm, STRATA, strict=True) if s == stratum]
            assert abs(own.count(arm) - len(own) * share) < 1


def test_shuffled_rows_change_nobodys_arm() -> None:
    order = random.Random(4).sample(range(len(UNITS)), len(UNITS))
    straight = randomise(UNITS, ["a", "control"], strata=STRATA, seed=7)
    shuffled = randomise([UNITS[i] for i in order], ["a", "control"], strata=[STRATA[i] for i in order], seed=7)
    assert dict(zip(straight.units, straight.arm, strict=True)) == dict(zip(shuffled.units, shuffled.arm, strict=True))
    assert straight.seal == shuffled.seal


def test_one_seed_gives_one_allocation_and_another_seed_another() -> None:
    first, again, other = (randomise(UNITS, ["a", "control"], strata=STRATA, seed=s) for s in (1, 1, 2))
    assert first == again
    assert first.arm != other.arm


def test_the_seal_breaks_when_one_unit_is_moved() -> None:
    from evenhand.change import seal

    given = randomise(UNITS, ["a", "control"], seed=1)
    moved = ["control" if arm == "a" else "a" for arm in given.arm[:1]] + list(given.arm[1:])
    facts = (given.stratum, given.cluster, given.arms, given.ratio, given.seed)
    assert seal(given.units, given.arm, *facts) == given.seal
    assert seal(given.units, moved, *facts) != given.seal


def test_a_units_chance_of_an_arm_is_the_arms_share() -> None:
    units, strata, rounds = list("abcdefghi"), [("x",)] * 3 + [("y",)] * 5 + [("z",)], 3000
    seen: Counter[tuple[str, str]] = Counter()
    for seed in range(rounds):
        given = randomise(units, ["l", "c"], strata=strata, ratio=(1, 2), seed=seed)
        seen.update(zip(given.units, given.arm, strict=True))
    spread = (1 / 3 * 2 / 3 / rounds) ** 0.5
    assert all(abs(seen[unit, "l"] / rounds - 1 / 3) < 4 * spread for unit in units)  # 4 sd: 1 in 1,700 over 9 units


def test_a_cluster_shares_one_arm_and_clusters_are_balanced() -> None:
    pcn = [f"N{i // 4}" for i in range(len(UNITS))]
    given = randomise(UNITS, ["a", "control"], clusters=pcn, seed=3)
    arms = {name: {a for a, c in zip(given.arm, pcn, strict=True) if c == name} for name in pcn}
    assert all(len(one) == 1 for one in arms.values())
    assert abs(sum(one == {"a"} for one in arms.values()) - 6) <= 0  # 12 clusters, two arms


def test_rounding_keeps_rows_and_rounds_columns() -> None:
    table = np.array([[5, 5, 2], [1, 7, 4], [2, 2, 8]], dtype=np.int64)  # in units of 1/4
    for seed in range(50):
        whole = round_table(table, 4, np.random.default_rng(seed))
        assert list(whole.sum(axis=1)) == [3, 3, 3]
        assert np.all(np.abs(whole - table / 4) < 1)
        assert np.all(np.abs(whole.sum(axis=0) - table.sum(axis=0) / 4) < 1)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"arms": ["control"]}, "two or more arms"),
        ({"arms": ["a", "a"]}, "two or more arms"),
        ({"units": ["A", "B", "A", "C"]}, "'A' is given twice"),
        ({"units": ["A", "", "B", "C"]}, "unit number 2 is blank"),
        ({"ratio": (1, 2, 3)}, "ratio 1:2:3"),
        ({"ratio": (0, 1)}, "ratio 0:1"),
        ({"units": ["A"]}, "1 to allocate and 2 arms"),
        ({"strata": [("x",), ("x",), ("",), ("y",)]}, "stratum is blank"),
        ({"strata": [("x",), ("y",), ("y",), ("y",)], "clusters": ["N", "N", "M", "M"]}, "lies in strata 'x' and 'y'"),
    ],
)
def test_what_cannot_be_allocated_is_refused(change: dict, said: str) -> None:
    asked = {"units": ["A", "B", "C", "D"], "arms": ["a", "control"], "seed": 1} | change
    with pytest.raises(InputError, match=said):
        randomise(asked.pop("units"), asked.pop("arms"), **asked)
