"""An awareness campaign: the planted effect on the repeated question is found, none where there is none.

Simulations are small here; 1,000 campaigns are in benchmarks/awareness_truth.py.
"""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.change import randomise
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.story.awareness import awareness, awareness_power
from evenhand.synthetic.awareness import asked_twice

ROUNDS = 60


def asked(seed: int, effect: float, *, networks: int = 40, arms: tuple[str, ...] = ("module", "held out"), **more):
    drawn = randomise([f"N{i:02d}" for i in range(networks)], arms, seed=seed)
    arm_of = dict(zip(drawn.units, drawn.arm, strict=True))
    return asked_twice(arm_of, np.random.default_rng([seed, 1]), control="held out", effect=effect, **more)


def found(a, **more):
    given = {"control": "held out", "clusters": a.cluster, "first": "before", "last": "after"} | more
    return awareness(a.answer, a.wave, a.arm, **given)


def test_a_planted_effect_lies_in_its_interval_as_often_as_the_interval_says() -> None:
    effects = [found(asked(seed, 0.15)).effects[0] for seed in range(ROUNDS)]
    assert sum(e.low <= 0.15 <= e.high for e in effects) >= 0.87 * ROUNDS  # 95% less three Monte-Carlo errors of 2.8
    assert np.mean([e.effect for e in effects]) == pytest.approx(0.15, abs=3 * 0.06 / ROUNDS**0.5)


def test_no_effect_is_found_where_none_is_although_everybody_knows_more_than_before() -> None:
    results = [found(asked(seed, 0.0, everywhere=0.12)) for seed in range(ROUNDS)]
    assert sum(not r.effects[0].low <= 0 <= r.effects[0].high for r in results) <= 0.13 * ROUNDS
    assert np.mean([r.change for r in results]) > 0.08  # what before/after would have claimed


def test_an_effect_computed_by_hand_comes_out() -> None:
    # four networks, all of 50% before; after: 8 of 10 and 6 of 10 against 4 of 10 and 6 of 10: 0.7 - 0.5
    share = {"A": 8, "B": 6, "C": 4, "D": 6}
    rows = [(c, "after", float(i < hits)) for c, hits in share.items() for i in range(10)]
    rows += [(c, "before", float(i < 5)) for c in share for i in range(10)]
    result = awareness(
        np.array([r[2] for r in rows]), [r[1] for r in rows], ["m" if r[0] in "AB" else "h" for r in rows],
        control="h", clusters=[r[0] for r in rows], first="before", last="after",
    )  # fmt: skip
    assert result.effects[0].effect == pytest.approx(0.2)
    assert [(a.arm, a.share_first, a.share_last) for a in result.arms] == [("m", 0.5, 0.7), ("h", 0.5, 0.5)]


def test_the_order_of_rows_changes_nothing() -> None:
    a = asked(3, 0.15)
    order = np.random.default_rng(0).permutation(len(a.answer))
    shuffled = awareness(
        a.answer[order], [a.wave[i] for i in order], [a.arm[i] for i in order], control="held out",
        clusters=[a.cluster[i] for i in order], first="before", last="after",
    )  # fmt: skip
    assert shuffled.effects[0].effect == pytest.approx(found(a).effects[0].effect, abs=1e-12)
    assert shuffled.effects[0].se == pytest.approx(found(a).effects[0].se, abs=1e-12)


def test_knowing_the_first_wave_makes_the_estimate_surer() -> None:
    adjusted, plain = [], []
    for seed in range(30):
        a = asked(seed, 0.15, spread=0.2, people=30)
        blind = np.where(np.array(a.wave) == "before", np.nan, a.answer)
        adjusted.append(found(a).effects[0].effect)
        plain.append(awareness(blind, a.wave, a.arm, control="held out", clusters=a.cluster, first="before",
                               last="after").effects[0].effect)  # fmt: skip
    assert np.std(adjusted) < 0.8 * np.std(plain)


def test_people_may_be_drawn_themselves_and_are_adjusted_for_their_own_first_answer() -> None:
    rng = np.random.default_rng(1)
    arm = np.where(rng.permutation(400) < 200, "module", "held out")
    before = rng.random(400) < 0.4
    after = before | (rng.random(400) < np.where(arm == "module", 0.4, 0.05))
    who = [f"p{i}" for i in range(400)]
    result = awareness(
        np.r_[before, after].astype(float), ["1"] * 400 + ["2"] * 400, [*arm, *arm], control="held out",
        person=[*who, *who],
    )  # fmt: skip
    assert result.clusters is None
    assert result.effects[0].low <= 0.21 <= result.effects[0].high  # 0.6 x (0.40 - 0.05)
    assert result.effects[0].low > 0


def test_two_messages_are_each_held_against_those_held_out() -> None:
    result = found(asked(1, 0.2, networks=60, arms=("short", "long", "held out")))
    assert [e.arm for e in result.effects] == [a.arm for a in result.arms if a.arm != "held out"]
    assert all(e.low <= 0.2 <= e.high for e in result.effects)


def test_weights_that_are_all_alike_change_nothing_and_others_do() -> None:
    a = asked(2, 0.15)
    same = found(a, weights=np.full(len(a.answer), 3.0)).effects[0]
    assert same.effect == pytest.approx(found(a).effects[0].effect)
    assert same.se == pytest.approx(found(a).effects[0].se)
    other = np.random.default_rng(1).uniform(0.5, 2.0, len(a.answer))
    assert found(a, weights=other).effects[0].effect != pytest.approx(same.effect, abs=1e-6)


def test_rows_of_nobody_in_the_campaign_are_left_out() -> None:
    a = asked(4, 0.15)
    more = (np.r_[a.answer, 1.0, 1.0], [*a.wave, "before", "after"], [*a.arm, "", ""], [*a.cluster, "", ""])
    result = awareness(*more[:3], control="held out", clusters=more[3], first="before", last="after")
    assert result.effects == found(a).effects


def test_the_power_before_launch_is_about_how_often_it_is_then_seen() -> None:
    promised, seen = [], []
    for seed in range(ROUNDS):
        a = asked(seed, 0.15)
        first = np.array(a.wave) == "before"
        wave = awareness_power(a.answer[first], np.array(a.cluster)[first].tolist(), effect=0.15)
        assert wave is not None
        promised.append(wave.power)
        seen.append(found(a).effects[0].low > 0)
    assert np.mean(seen) == pytest.approx(np.mean(promised), abs=0.2)  # 60 campaigns: a Monte-Carlo error of 0.06


def test_a_wave_that_nobody_answered_has_no_power_to_tell() -> None:
    assert awareness_power(np.array([1.0, 1.0, np.nan, 1.0]), ["a", "b", "c", "d"]) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"control": "hold out"}, "did you mean 'held out'"),
        ({"first": "befor"}, "did you mean 'before'"),
        ({"first": "after"}, "need two waves"),
        ({"first": None, "last": None}, "cannot tell which wave came first"),
        ({"weights": "zero"}, "expected a weight above 0"),
        ({"clusters": "mixed"}, "is in arm"),
        ({"clusters": "blank"}, "expected a cluster, found a blank"),
        ({"clusters": "one"}, "lies in one cluster"),
        ({"answer": "few"}, "answers in the last wave; need 10 or more"),
    ],
)
def test_what_cannot_be_judged_is_refused(change: dict, said: str) -> None:
    a = asked(1, 0.15)
    given = {"answer": a.answer, "clusters": a.cluster, "control": "held out", "first": "before", "last": "after"}
    given |= change
    rows, answered = len(a.answer), np.isfinite(a.answer)
    odd = {"zero": np.r_[0.0, np.ones(rows - 1)], "mixed": ["N0"] * rows, "blank": ["", *a.cluster[1:]],
           "one": [f"only {arm}" for arm in a.arm],
           "few": np.where(np.cumsum(answered) > answered.sum() - 12, a.answer, np.nan)}  # fmt: skip
    given = {key: odd[value] if isinstance(value, str) and value in odd else value for key, value in given.items()}
    with pytest.raises(InputError, match=said):
        awareness(given.pop("answer"), a.wave, a.arm, **given)


def _written(tmp_path, a, names=("knows", "wave", "arm", "pcn", "who")):
    file = tmp_path / "asked.csv"
    with file.open("w", newline="") as out:
        writer = csv.writer(out)
        writer.writerow(names)
        for y, w, arm, c, p in zip(a.answer, a.wave, a.arm, a.cluster, a.person, strict=True):
            writer.writerow(["" if np.isnan(y) else "yes" if y else "no", w, arm, c, p])
    return file


def test_the_command_gives_the_librarys_answer(tmp_path, capsys) -> None:
    a = asked(5, 0.15)
    file = _written(tmp_path, a)
    code = main(["change", "awareness", str(file), "--question", "knows", "--value", "yes", "--control", "held out",
                 "--cluster", "pcn", "--person", "who", "--first", "before", "--last", "after", "--json"])  # fmt: skip
    said = json.loads(capsys.readouterr().out)
    assert code == 0
    assert said["effects"][0]["effect"] == pytest.approx(found(a).effects[0].effect)
    assert (said["question"], said["first"], said["last"], said["control"]) == ("knows", "before", "after", "held out")


def test_the_command_refuses_a_person_asked_twice_in_a_wave(tmp_path, capsys) -> None:
    file = tmp_path / "twice.csv"
    file.write_text("knows,wave,arm,who\nyes,1,m,a\nno,1,m,a\n")
    code = main(["change", "awareness", str(file), "--question", "knows", "--value", "yes", "--control", "m",
                 "--person", "who"])  # fmt: skip
    error = capsys.readouterr().err
    assert (code, error.count("\n")) == (2, 1)


def test_what_each_said_before_makes_the_estimate_surer_and_leaves_it_right() -> None:
    rounds = [asked(seed, 0.15) for seed in range(12)]
    plain = [found(a).effects[0] for a in rounds]
    own = [found(a, person=a.person, own=True) for a in rounds]
    assert np.mean([o.effects[0].se for o in own]) < np.mean([p.se for p in plain])
    assert sum(o.effects[0].low <= 0.15 <= o.effects[0].high for o in own) >= 9  # of 12, but for two in ten thousand
    first = own[0]
    by_hand = {arm: sum(1 for i, label in enumerate(rounds[0].wave) if label == "after" and rounds[0].arm[i] == arm
                        and np.isfinite(rounds[0].answer[i]) and rounds[0].person[i] in _answered(rounds[0]))
               for arm in first.paired}  # fmt: skip
    assert first.paired == by_hand
    assert found(rounds[0], person=rounds[0].person).paired == {}


def _answered(a) -> set[str]:
    return {a.person[i] for i, label in enumerate(a.wave) if label == "before" and np.isfinite(a.answer[i])}


def test_own_answers_need_to_know_who_each_row_is() -> None:
    with pytest.raises(InputError, match="person has to say who"):
        found(asked(1, 0.1), own=True)
