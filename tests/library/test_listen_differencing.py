"""Two published tables of one survey tell no more of a few people than either does: attacked by linear algebra."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from evenhand.cli.main import main
from evenhand.listen import Design, estimate, load_instrument, publish
from evenhand.listen.differencing import far_apart, overlapping, renewed, told
from evenhand.listen.disclosure import open_answers

JOBS, REGIONS = np.array(["gp", "nurse", "pharmacist", "doctor"]), np.array(["n", "s", "e"])
SURVEY = load_instrument("qipp_awareness_2010")


def people(rng, count):
    """Jobs that go with regions, so that some region holds all but a few of some job."""
    job = rng.choice(4, count, p=[0.5, 0.3, 0.12, 0.08])
    home = rng.dirichlet([0.15] * 3, 4)
    region = np.array([rng.choice(3, p=home[j]) for j in job])
    return JOBS[job], REGIONS[region], (rng.random(count) < 0.4).astype(float)


def masks(labels, among=None):
    inside = np.ones(len(labels), dtype=bool) if among is None else among
    return {str(label): (labels == label) & inside for label in dict.fromkeys(labels.tolist())}


def published(y, labels, also=frozenset()):
    count = len(y)
    return publish(estimate(y, Design(count, weights=np.ones(count)), share=True, by=labels.tolist()), also=also)


def cells(result, own):
    return [own[e.group] for e in result.estimates if e.n is not None]


def test_overlapping_tables_tell_of_no_few_people_whatever_linear_algebra_is_done_with_them():
    rng, naive = np.random.default_rng(3), 0
    for _ in range(25):
        job, region, y = people(rng, int(rng.integers(30, 150)))
        by_job, by_region, everyone = masks(job), masks(region), np.ones(len(y), dtype=bool)
        plain = [everyone, *cells(published(y, job), by_job), *cells(published(y, region), by_region)]
        naive += bool(told(plain))
        beside = [everyone, *(m for m in by_region.values() if m.sum() >= 10)]
        first = published(y, job, overlapping(by_job, beside))
        second = published(y, region, overlapping(by_region, [everyone, *cells(first, by_job)]))
        assert not told([everyone, *cells(first, by_job), *cells(second, by_region)])
    assert naive > 3  # each table alone hides its small groups, and still they tell together


def test_who_is_left_over_is_ten_people_or_more():
    rng = np.random.default_rng(4)
    for _ in range(60):
        job, _, y = people(rng, int(rng.integers(12, 120)))
        shown = published(y, job)
        rest = len(y) - sum(e.n for e in shown.estimates if e.n is not None)
        assert rest == 0 or rest >= 10


def test_five_in_two_small_groups_take_a_third_with_them():
    job = np.array(["gp"] * 50 + ["nurse"] * 20 + ["pharmacist"] * 3 + ["doctor"] * 2)
    shown = published(np.ones(75), job)
    assert [e.group for e in shown.estimates if e.n is None] == ["nurse", "pharmacist", "doctor"]


def guess(before, after, target, base):
    """The attacker: somebody of a group came between two releases. What do the two sums say they answered?"""
    one, two = ({e.group: (e.n, u.estimate) for e, u in zip(r.estimates, r.unweighted, strict=True)} for r in
                (before, after))  # fmt: skip
    (n, p), (m, q) = one[target], two[target]
    if n is None or m is None or m == n:
        return round(base)  # nothing was learnt: the commoner answer of the published share
    return round((m * q - n * p) / (m - n))


def test_two_releases_tell_an_attacker_no_more_than_the_published_margins():
    rng = np.random.default_rng(5)
    right = {"naive": 0, "ours": 0, "margins": 0}
    for _ in range(100):
        job, _, y = people(rng, int(rng.integers(60, 200)))
        more = int(rng.integers(1, 6))  # the last few come after the first release
        before, after = published(y[:-more], job[:-more]), published(y, job)
        ours = renewed(after, before)
        base = y[:-more].mean()
        right["naive"] += guess(before, after, job[-1], base) == y[-1]
        right["ours"] += guess(before, ours, job[-1], base) == y[-1]
        right["margins"] += round(base) == y[-1]
        assert ours is before
    assert right["ours"] == right["margins"]
    assert right["naive"] > right["margins"] + 10  # without it the attack works


def test_ten_more_of_a_group_renew_the_table_and_one_changed_mind_does_not():
    job, y = np.array(["gp"] * 40 + ["nurse"] * 30), np.r_[np.ones(20), np.zeros(50)]
    before = published(y, job)
    more = np.r_[y, np.ones(10)]
    assert renewed(published(more, np.concatenate([job, ["gp"] * 10])), before).group("gp").n == 50
    other = y.copy()
    other[-1] = 1.0
    assert renewed(published(other, job), before) is before
    assert renewed(published(more, np.concatenate([job, ["gp"] * 9, ["nurse"]])), before) is before


def test_answers_given_away_twice_differ_by_nobody_or_by_ten_of_each_group():
    rng = np.random.default_rng(6)

    def rows(professions):
        columns = {"profession": professions, **{q.id: [""] * len(professions) for q in SURVEY.questions}}
        return columns | {"heard_of_qipp": rng.choice(["yes", "no"], len(professions)).tolist()}

    base = rows(["gp"] * 30 + ["nurse"] * 20)
    late = {n: [*c, c[0]] for n, c in base.items()}
    ten = {n: [*c, *(c[0] for _ in range(10))] for n, c in base.items()}
    first, second, third = (open_answers(r, SURVEY, ["profession"]).columns for r in (base, late, ten))
    assert far_apart(first, first, ["profession"])
    assert not far_apart(second, first, ["profession"])
    assert far_apart(third, first, ["profession"])


@pytest.fixture
def survey(tmp_path):
    rng = np.random.default_rng(8)
    path = tmp_path / "clean.csv"

    def write(count):
        with open(path, "w", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(["heard_of_qipp", "profession", "region", "w"])
            regions = ["n"] * 38 + ["s"] * 40 + ["n"] * 20  # all gps but two are in the north, nobody else at first
            for i in range(count):
                writer.writerow([("yes", "no")[int(rng.random() < 0.5)], "gp" if i < 40 else "nurse", regions[i], 1])
        return path

    return write


def test_the_command_hides_what_tells_beside_another_table_and_keeps_what_was_published(survey, tmp_path, capsys):
    words = ["--question", "heard_of_qipp", "--value", "yes", "--weights", "w", "--publish", "--json"]
    path = survey(78)
    assert main(["listen", "estimate", str(path), "--by", "profession", *words]) == 0
    alone = json.loads(capsys.readouterr().out)
    assert [e["n"] for e in alone["estimates"]] == [40, 38]
    assert main(["listen", "estimate", str(path), "--by", "profession", "--beside", "region", *words]) == 0
    assert [e["n"] for e in json.loads(capsys.readouterr().out)["estimates"]] == [None, None]  # gps less the north: two
    (tmp_path / "before.json").write_text(json.dumps(alone))
    path = survey(81)
    again = ["listen", "estimate", str(path), "--by", "profession", "--previous", str(tmp_path / "before.json"), *words]
    assert main(again) == 0
    assert json.loads(capsys.readouterr().out) == alone
    path = survey(98)
    assert main(again) == 0
    found = json.loads(capsys.readouterr().out)
    assert found == alone or [e["n"] for e in found["estimates"]] == [40, 58]


def test_what_is_no_publication_is_refused_in_a_line(survey, tmp_path, capsys):
    path = survey(78)
    (tmp_path / "x.json").write_text("{}")
    words = ["listen", "estimate", str(path), "--question", "heard_of_qipp", "--value", "yes", "--weights", "w"]
    for more, said in ((["--previous", str(tmp_path / "x.json"), "--publish"], "expected what"),
                       (["--previous", str(tmp_path / "none.json"), "--publish"], "expected the JSON"),
                       (["--beside", "region"], "give --publish too")):  # fmt: skip
        assert main([*words, *more]) == 2
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert said in err


def test_every_answer_and_every_theme_stands_until_ten_people_have_moved(tmp_path, capsys):
    def said(count, yes):
        rows = [("yes", "gp" if i % 2 else "nurse", "too little time") if i < yes
                else ("no", "gp" if i % 2 else "nurse", "other words") for i in range(count)]  # fmt: skip
        path = tmp_path / f"{count}-{yes}.csv"
        with path.open("w", newline="") as file:
            csv.writer(file).writerows([("heard", "profession", "why"), *rows])
        return str(path)

    def told_of(words, path, *more):
        assert main(["listen", *words[:1], path, *words[1:], "--json", *more]) == 0
        return json.loads(capsys.readouterr().out)

    themes = tmp_path / "themes.yaml"
    words_of_time = "themes:\n  time:\n    title: Time\n    words: [time]\n"
    themes.write_text("title: Why\nwritten_by: a test\n" + words_of_time, encoding="utf-8")
    for words, figures in (
        (["answers", "--question", "heard", "--by", "profession", "--publish"], "answers"),
        (["themes", "--question", "why", "--themes", str(themes)], "themes"),
    ):
        first, near, far = said(80, 40), said(82, 41), said(120, 60)
        before = tmp_path / "before.json"
        before.write_text(json.dumps(told_of(words, first)), encoding="utf-8")
        assert told_of(words, near)[figures] != told_of(words, first)[figures]
        assert told_of(words, near, "--previous", str(before))[figures] == told_of(words, first)[figures]
        assert told_of(words, far, "--previous", str(before))[figures] == told_of(words, far)[figures]
        before.write_text('{"n": 3}', encoding="utf-8")
        assert main(["listen", words[0], far, *words[1:], "--previous", str(before)]) == 2
        assert "expected what" in capsys.readouterr().err
