"""Waves: who is early and who is late is chance as well, balanced, reproducible, and the hold-out is never early."""

from __future__ import annotations

import csv
import json
import random
from collections import Counter

import pytest

from evenhand.change import randomise, seal
from evenhand.cli.main import main
from evenhand.errors import InputError

UNITS = [f"P{i:03d}" for i in range(94)]
NETWORKS = [f"N{i // 2:02d}" for i in range(94)]
STRATA = [("north" if i < 26 else "east" if i < 60 else "west",) for i in range(94)]
ARMS = ["norm", "actions", "control"]


def _dealt(seed: int, **more):
    return randomise(UNITS, ARMS, strata=STRATA, clusters=NETWORKS, seed=seed, waves=3, holdout="control", **more)


@pytest.mark.parametrize("seed", range(20))
def test_each_arms_waves_are_as_even_as_whole_networks_allow(seed: int) -> None:
    given = _dealt(seed)
    clusters = {c: (a, w, s) for c, a, w, s in zip(given.cluster, given.arm, given.wave, given.stratum, strict=True)}
    for arm in ("norm", "actions"):
        own = [(w, s) for a, w, s in clusters.values() if a == arm]
        for part in (own, *([pair for pair in own if pair[1] == stratum] for stratum in set(STRATA))):
            counts = Counter(w for w, _ in part)
            assert all(abs(counts[wave] - len(part) / 3) < 1 for wave in (1, 2, 3))


def test_the_hold_out_waits_and_a_network_begins_as_one() -> None:
    given = _dealt(5)
    assert {w for a, w in zip(given.arm, given.wave, strict=True) if a == "control"} == {0}
    assert {w for a, w in zip(given.arm, given.wave, strict=True) if a != "control"} == {1, 2, 3}
    assert len(set(zip(given.cluster, given.arm, given.wave, strict=True))) == len(set(NETWORKS))


def test_waves_move_nobody_to_another_arm() -> None:
    assert randomise(UNITS, ARMS, strata=STRATA, clusters=NETWORKS, seed=5).arm == _dealt(5).arm


def test_shuffled_rows_change_nobodys_wave() -> None:
    order = random.Random(4).sample(range(94), 94)
    shuffled = randomise(
        [UNITS[i] for i in order], ARMS, strata=[STRATA[i] for i in order], clusters=[NETWORKS[i] for i in order],
        seed=9, waves=3, holdout="control",
    )  # fmt: skip
    straight = _dealt(9)
    assert [shuffled.wave[order.index(i)] for i in range(94)] == list(straight.wave)
    assert shuffled.seal == straight.seal


def test_every_unit_is_as_likely_to_be_early_as_late() -> None:
    units, rounds = list("abcdefg"), 3000
    seen: Counter[tuple[str, int]] = Counter()
    for seed in range(rounds):
        given = randomise(units, ["letter"], seed=seed, waves=3)
        seen.update(zip(given.units, given.wave, strict=True))
    spread = (1 / 3 * 2 / 3 / rounds) ** 0.5
    assert all(abs(seen[unit, wave] / rounds - 1 / 3) < 4.2 * spread for unit in units for wave in (1, 2, 3))


def test_the_seal_breaks_when_one_network_is_sent_earlier() -> None:
    given = _dealt(1)
    facts = (given.units, given.arm, given.stratum, given.cluster, given.arms, given.ratio, given.seed)
    earlier = [1 if cluster == "N00" and wave > 1 else wave for cluster, wave in zip(NETWORKS, given.wave, strict=True)]
    moved = [2 if cluster == "N00" and wave == 1 else wave for cluster, wave in zip(NETWORKS, earlier, strict=True)]
    assert seal(*facts, given.wave) == given.seal
    assert seal(*facts, earlier if earlier != list(given.wave) else moved) != given.seal


def test_one_wave_for_all_is_sealed_as_before_waves_were_known() -> None:
    given = randomise(["a", "b"], ["letter", "control"], seed=1)
    facts = (given.units, given.arm, given.stratum, given.cluster, given.arms, given.ratio, given.seed)
    assert given.wave == (1, 1)
    assert given.seal == seal(*facts)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"waves": 0}, "need one wave or more; got 0"),
        ({"waves": 9}, "arm 'a': 2 to allocate and 9 waves"),
        ({"holdout": "contrl"}, "did you mean 'control'"),
        ({"arms": ["a"]}, "two or more arms"),
        ({"arms": ["a"], "waves": 2, "holdout": "a"}, "hold-out 'a' is none of the arms"),
    ],
)
def test_waves_that_cannot_be_are_refused(asked: dict, said: str) -> None:
    given = {"arms": ["a", "control"], "seed": 1} | asked
    with pytest.raises(InputError, match=said):
        randomise(["A", "B", "C", "D"], given.pop("arms"), **given)


def test_the_command_writes_waves_and_says_how_they_are_filled(tmp_path, capsys) -> None:
    source, out = tmp_path / "practices.csv", tmp_path / "sealed.csv"
    with source.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["practice", "network", "place"])
        writer.writerows([u, n, s[0]] for u, n, s in zip(UNITS, NETWORKS, STRATA, strict=True))
    code = main(["change", "randomise", str(source), "--unit", "practice", "--cluster", "network", "--strata", "place",
                 "--arms", ",".join(ARMS), "--waves", "3", "--hold-out", "control", "--seed", "5", "--out", str(out),
                 "--json"])  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    rows = list(csv.DictReader(out.read_text().splitlines()))
    assert code == 0
    assert [int(row["wave"]) for row in rows] == list(_dealt(5).wave)
    assert said["seal"] == _dealt(5).seal
    assert sum(step["units"] for step in said["steps"]) == len(UNITS)


def test_a_column_called_wave_is_not_overwritten(tmp_path, capsys) -> None:
    source = tmp_path / "p.csv"
    source.write_text("u,wave\na,1\nb,2\nc,1\nd,2\n")
    code = main(["change", "randomise", str(source), "--unit", "u", "--arms", "a,control", "--strata", "wave",
                 "--hold-out", "control", "--seed", "1", "--out", str(tmp_path / "out.csv")])  # fmt: skip
    assert (code, (tmp_path / "out.csv").exists()) == (2, False)
    assert "column 'wave' would be overwritten" in capsys.readouterr().err
