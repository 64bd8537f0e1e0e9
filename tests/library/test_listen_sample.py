"""Whom to ask: a stratified sample under tokens, and how many each stratum needs."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.listen import Design, estimate
from evenhand.listen.planning import plan
from evenhand.listen.sample import allocate, draw

FRAME = [f"p{i:04d},{'GP' if i % 4 else 'Nurse'},{'North' if i % 2 else 'South'}" for i in range(400)]


@pytest.fixture
def frame(tmp_path):
    path = tmp_path / "frame.csv"
    path.write_text("person,profession,region\n" + "\n".join(FRAME) + "\n")
    return path


def run(capsys, *words):
    code = main(["listen", *map(str, words), "--json"])
    out, err = capsys.readouterr()
    return json.loads(out) if code == 0 else (code, err)


def test_proportional_allocation_by_hand():
    # 100 of 1,000: 80, 15 and 5
    assert allocate(np.array([800, 150, 50]), 100).tolist() == [80, 15, 5]


def test_neyman_allocation_by_hand():
    # Cochran's rule: n_h goes with N_h S_h: 600 x 0.5 = 300 and 400 x 0.25 = 100, so 3 to 1
    assert allocate(np.array([600, 400]), 100, spread=np.array([0.5, 0.25])).tolist() == [75, 25]


@given(st.lists(st.integers(1, 500), min_size=1, max_size=8), st.floats(0, 1),
       st.sampled_from(["proportional", "equal", "root"]))  # fmt: skip
@settings(max_examples=200, deadline=None)
def test_every_allocation_adds_up_and_fits(sizes, part, how):
    population = np.array(sizes)
    low, high = int(np.minimum(population, 2).sum()), int(population.sum())
    n = round(low + part * (high - low))
    found = allocate(population, n, allocation=how)
    assert found.sum() == n
    assert ((found >= np.minimum(population, 2)) & (found <= population)).all()


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_sample(frame, tmp_path, capsys):
    words = ["sample", frame, "--n", 60, "--strata", "profession,region", "--out"]
    for seed, name in ((1, "a.csv"), (1, "b.csv"), (2, "c.csv")):
        run(capsys, *words, tmp_path / name, "--seed", seed)
    a, b, c = ((tmp_path / f"{name}.csv").read_bytes() for name in "abc")
    assert a == b != c


def test_a_sample_names_nobody_and_its_order_says_nothing(frame, tmp_path, capsys):
    out, key = tmp_path / "sample.csv", tmp_path / "key.csv"
    found = run(capsys, "sample", frame, "--n", 60, "--strata", "profession", "--seed", 5, "--out", out, "--key", key)
    assert [(s["stratum"], s["sampled"]) for s in found["strata"]] == [("Nurse", 15), ("GP", 45)]
    with open(out) as file:
        rows = list(csv.DictReader(file))
    with open(key) as file:
        link = {r["token"]: r["person"] for r in csv.DictReader(file)}
    assert list(rows[0]) == ["token", "stratum", "profession", "weight", "population_size"]
    assert "p0" not in out.read_text()
    assert [r["token"] for r in rows] == sorted(r["token"] for r in rows)
    people = [int(link[r["token"]][1:]) for r in rows]
    assert abs(np.corrcoef(people, range(len(people)))[0, 1]) < 0.4
    assert {r["profession"] for r in rows if int(link[r["token"]][1:]) % 4 == 0} == {"Nurse"}
    assert sum(float(r["weight"]) for r in rows) == pytest.approx(400)


def test_a_stratified_sample_estimates_its_frame_without_bias():
    rng = np.random.default_rng(3)
    strata = ["a"] * 300 + ["b"] * 100
    answer = (rng.random(400) < np.r_[np.full(300, 0.3), np.full(100, 0.8)]).astype(float)
    found, held = [], 0
    for seed in range(200):
        sample = draw(strata, 150, seed=seed, allocation="equal")
        design = Design(150, strata=[strata[i] for i in sample.rows], population_size=sample.population_size)
        e = estimate(answer[sample.rows], design, share=True).group()
        found.append(e.estimate)
        held += e.low <= answer.mean() <= e.high
    assert np.mean(found) == pytest.approx(answer.mean(), abs=4 * np.std(found) / np.sqrt(200))
    assert held / 200 >= 0.95 - 3 * 0.0154  # three Monte Carlo errors


@pytest.mark.parametrize("goal", ["all", "each"])
@pytest.mark.parametrize("allocation", ["neyman", "proportional"])
def test_a_plan_reaches_its_margin_and_one_answer_fewer_would_not(goal, allocation):
    population, shares = np.array([900, 400, 60]), np.array([0.5, 0.2, 0.7])
    found = plan(["a", "b", "c"], population, shares, 0.05, goal=goal, allocation=allocation)
    margins = [row.margin for row in found.strata]
    assert (found.margin if goal == "all" else max(margins)) <= 0.05
    wider = plan(["a", "b", "c"], population, shares, 0.06, goal=goal, allocation=allocation)
    assert wider.answers < found.answers
    # the variance by hand: the sum of (N_h/N)^2 times that of each stratum
    by_hand = sum((row.population / 1360 * row.margin) ** 2 for row in found.strata) ** 0.5
    assert found.margin == pytest.approx(by_hand)


def test_the_precision_planned_is_the_precision_had():
    # 600 GPs of whom half, 400 nurses of whom a fifth say yes; planned to within 5 points of everybody's share
    sizes, shares = np.array([600, 400]), np.array([0.5, 0.2])
    wanted = plan(["gp", "nurse"], sizes, shares, 0.05)
    people = [np.random.default_rng(1).permutation(np.r_[np.ones(round(N * p)), np.zeros(N - round(N * p))])
              for N, p in zip(sizes, shares, strict=True)]  # fmt: skip
    rng, errors = np.random.default_rng(2), []
    for _ in range(2000):
        means = [rng.choice(who, row.answers, replace=False).mean()
                 for who, row in zip(people, wanted.strata, strict=True)]  # fmt: skip
        errors.append(sizes @ means / sizes.sum() - sizes @ shares / sizes.sum())
    assert 1.96 * np.std(errors) == pytest.approx(0.05, rel=0.06)


def test_a_plan_is_read_from_a_file_of_strata(tmp_path, capsys):
    path = tmp_path / "strata.csv"
    path.write_text("stratum,population,share,response_rate\nGP,600,0.5,0.3\nNurse,400,0.2,0.4\n")
    found = run(capsys, "power", "--strata", path, "--margin", 0.05)
    assert [row["stratum"] for row in found["strata"]] == ["GP", "Nurse"]
    for row, rate in zip(found["strata"], (0.3, 0.4), strict=True):
        assert row["invitations"] == int(np.ceil(row["answers"] / rate - 1e-9))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--n", 500], "need between"),
        (["--n", 3, "--strata", "profession"], "at least 2 of each"),
        (["--n", 9, "--strata", "profesion"], "did you mean 'profession'"),
        (["--n", 9, "--keep", "person"], "names nobody"),
        (["--n", 9, "--key", "{key}", "--person", "region"], "already given"),
    ],
)
def test_a_fault_is_refused_in_one_line(words, said, frame, tmp_path, capsys):
    options = [str(word).format(key=tmp_path / "key.csv") for word in words]
    code, err = run(capsys, "sample", frame, *options, "--out", tmp_path / "out.csv")
    assert (code, err.count("\n")) == (2, 1)
    assert said in err
    assert not (tmp_path / "out.csv").exists()
