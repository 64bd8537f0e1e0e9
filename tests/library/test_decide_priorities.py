"""The order in which clinicians would take things on: what was published, what was planted, and how sure it is."""

from __future__ import annotations

import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.decide.priorities import priorities, read
from evenhand.errors import InputError
from evenhand.table import Table


def drawn(rng, log, people, deep):
    """Rankings by Plackett-Luce: the options sorted by worth plus Gumbel noise."""
    names = [f"o{i}" for i in range(len(log))]
    said = {}
    for i in range(people):
        some = rng.permutation(len(log))[:deep]
        order = some[np.argsort(-(log[some] + rng.gumbel(size=deep)))]
        said[f"p{i}"] = [[names[j] for j in order]]
    return said


def test_two_options_give_the_share_that_won():
    # Bradley and Terry (1952), Biometrika 39:324: with two items the worth of one is its share of wins
    said = {f"p{i}": [["a", "b"] if i < 70 else ["b", "a"]] for i in range(100)}
    found = priorities(said)
    assert found.options[0].option == "a"
    assert found.options[0].worth == pytest.approx(0.7, abs=0.005)
    half = (found.options[0].high - found.options[0].low) / 2
    assert half == pytest.approx(1.96 * np.sqrt(0.7 * 0.3 / 100), rel=0.06)
    assert found.apart == (("a", "b"),)


def test_the_worths_of_published_rankings_come_out():
    # worth proportional to wins in a complete three-way round robin that Bradley-Terry fits exactly: 4:2:1
    said, i = {}, 0
    for better, worse, n in (("a", "b", 400), ("b", "a", 200), ("a", "c", 480), ("c", "a", 120), ("b", "c", 400),
                             ("c", "b", 200)):  # fmt: skip
        for _ in range(n):
            said[f"p{i}"], i = [[better, worse]], i + 1
    worth = {row.option: row.worth for row in priorities(said).options}
    assert worth["a"] / worth["b"] == pytest.approx(2, rel=0.01)
    assert worth["b"] / worth["c"] == pytest.approx(2, rel=0.01)


def test_intervals_hold_the_planted_worth_as_often_as_they_say():
    log = np.array([0.8, 0.3, 0.0, -0.4, -0.7])
    true = np.exp(log) / np.exp(log).sum()
    held = 0
    for seed in range(60):
        found = priorities(drawn(np.random.default_rng(seed), log, 80, 3), [f"o{i}" for i in range(5)], seed=seed)
        rows = {row.option: row for row in found.options}
        held += sum(rows[f"o{i}"].low <= true[i] <= rows[f"o{i}"].high for i in range(5))
    assert 0.91 <= held / 300 <= 0.985


def test_a_person_of_many_choices_weighs_as_one():
    said = {f"p{i}": [["a", "b"]] for i in range(30)} | {"loud": [["b", "a"]] * 200}
    assert priorities(said).options[0].option == "a"


def test_where_nobody_prefers_anything_no_order_is_beyond_chance():
    found = priorities(drawn(np.random.default_rng(1), np.zeros(6), 40, 6))
    assert len(found.apart) <= 1
    assert all(row.rank_low <= row.rank <= row.rank_high for row in found.options)


def test_what_always_wins_stays_finite():
    found = priorities({f"p{i}": [["a", "b", "c"]] for i in range(12)})
    assert np.isfinite([row.worth for row in found.options]).all()
    assert found.options[0].worth < 1


def test_both_kinds_of_file_are_read():
    said = {"participant": ["a", "a", "b", "b"], "option": ["x", "y", "x", "y"], "rank": ["1", "2", "2", "1"]}
    ranked = Table("r", said)
    assert read(ranked) == {"a": [["x", "y"]], "b": [["y", "x"]]}
    pairs = Table("p", {"participant": ["a", "b"], "first": ["x", "y"], "second": ["y", "x"]})
    assert read(pairs) == {"a": [["x", "y"]], "b": [["y", "x"]]}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("participant,first,second\na,x,x\n", "another option than the first"),
        ("participant,first,second\na,x,\n", "expected an identifier"),
        ("participant,first,second\na,x,y\n", "two options and two people"),
        ("participant,option,rank\na,x,1\na,y,1\n", "a rank that this person has not given yet"),
        ("participant,option,rank\na,x,one\n", "a number"),
        ("participant,choice\na,x\n", "no column 'first'"),
    ],
)
def test_a_fault_is_refused(text, said, tmp_path, capsys):
    (tmp_path / "f.csv").write_text(text)
    assert main(["decide", "priorities", f"{tmp_path}/f.csv", "--json"]) == 2
    assert said in capsys.readouterr().err


def test_the_command_prints_the_order(tmp_path, capsys):
    rows = "".join(f"p{i},{'x' if i % 4 else 'y'},{'y' if i % 4 else 'x'}\n" for i in range(40))
    (tmp_path / "f.csv").write_text(f"participant,first,second\n{rows}")
    assert main(["decide", "priorities", f"{tmp_path}/f.csv", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["option"] for row in found["options"]] == ["x", "y"]
    assert found["people"] == 40


def test_a_ranking_that_repeats_is_refused():
    with pytest.raises(InputError, match="each once"):
        priorities({"a": [["x", "x"]], "b": [["x", "y"]]})
