"""Answers given away: what an attacker who knows the frame can and cannot learn from them."""

from __future__ import annotations

import csv
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.listen import load_instrument
from evenhand.listen.disclosure import open_answers

SURVEY = load_instrument("qipp_awareness_2010")


def clean(professions, regions, seed=1):
    """Clean answers in frame order: whoever has heard came early."""
    rng = np.random.default_rng(seed)
    count = len(professions)
    heard = rng.choice(["yes", "no"], count).tolist()
    columns = {
        "token": [f"tok{i}" for i in range(count)], "time": [f"2026-03-01T{9 + (h == 'no'):02d}:00:00" for h in heard],
        "profession": list(professions), "region": list(regions),
    }  # fmt: skip
    answers = {q.id: [""] * count for q in SURVEY.questions} | {"heard_of_qipp": heard}
    answers["first_change"] = [f"I am person {i}" for i in range(count)]
    answers["care_and_money"] = rng.integers(1, 6, count).astype(str).tolist()
    return columns | answers


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("nsew")), min_size=10, max_size=120))
@settings(max_examples=150, deadline=None)
def test_no_combination_of_groups_is_left_that_fewer_than_ten_share(people):
    found = open_answers(clean(*zip(*people, strict=True)), SURVEY, ["profession", "region"])
    for names in (["profession"], ["profession", "region"]):
        counts = Counter(zip(*(found.columns[n] for n in names), strict=True))
        assert min(counts.values()) >= 10, counts


@given(st.lists(st.sampled_from("ab"), min_size=40, max_size=90))
@settings(max_examples=30, deadline=None)
def test_nothing_is_blanked_without_need(professions):
    counts = Counter(professions)
    found = open_answers(clean(professions, ["n"] * len(professions)), SURVEY, ["profession"])
    if min(counts.values()) >= 10:
        assert found.hidden == {"profession": 0}
        assert Counter(found.columns["profession"]) == counts


def test_neither_token_nor_time_nor_words_nor_order_is_given_away():
    rows = clean(["gp"] * 30 + ["nurse"] * 30, ["n"] * 60)
    found = open_answers(rows, SURVEY, ["profession"])
    assert {"token", "time", "first_change"} <= found.left_out.keys()
    assert not {"token", "time", "first_change"} & found.columns.keys()
    order = np.random.default_rng(5).permutation(60)
    shuffled = open_answers({n: [c[i] for i in order] for n, c in rows.items()}, SURVEY, ["profession"])
    assert found == shuffled  # whatever the order of the file was, nothing of it is left


def test_an_attacker_who_knows_a_rare_profession_does_no_better_than_the_published_share():
    # three pharmacists among 100; the attacker guesses each one's answer from the rows that may be theirs
    professions = ["gp"] * 60 + ["nurse"] * 37 + ["pharmacist"] * 3
    rows = clean(professions, ["n"] * 100, seed=9)
    found = open_answers(rows, SURVEY, ["profession"])
    pool = [h for h, p in zip(found.columns["heard_of_qipp"], found.columns["profession"], strict=True) if p == ""]
    assert len(pool) == 40  # the nurses with them, for else 3 rows would be theirs
    assert "pharmacist" not in found.columns["profession"]


def test_two_releases_cannot_be_subtracted_to_show_one_person():
    # the second release has one nurse more; without tokens, times and order she is one of all the nurses
    base = clean(["gp"] * 40 + ["nurse"] * 9, ["n"] * 49)
    more = {n: [*c, x] for (n, c), x in zip(base.items(), [c[-1] for c in base.values()], strict=True)}
    first, second = (open_answers(r, SURVEY, ["profession"]) for r in (base, more))
    gained = Counter(second.columns["profession"]) - Counter(first.columns["profession"])
    assert sum(gained.values()) >= 10  # a group appears only when ten of it can be seen at once


def test_the_command_gives_away_no_key_that_can_be_joined(tmp_path):
    rows = clean(["gp"] * 30 + ["nurse"] * 3, ["n"] * 33)
    path, out = tmp_path / "clean.csv", tmp_path / "open.csv"
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(rows)
        writer.writerows(zip(*rows.values(), strict=True))
    words = ["listen", "export", str(path), "--instrument", SURVEY.id, "--open", "--keep", "profession"]
    assert main([*words, "--out", str(out)]) == 0
    text = out.read_text()
    assert not any(word in text for word in ("tok", "2026-", "person", "nurse"))
    assert text.count("\n") == 34
    # the same for LimeSurvey's shape
    assert main([*words[:5], "--out", str(out)]) == 0
    with open(out) as file:
        lines = list(csv.DictReader(file))
    assert {line["submitdate"] for line in lines} == {"1980-01-01 00:00:00"}
    heard = [line["heardofqipp"] for line in lines]
    assert heard == sorted(heard)


def test_too_few_people_give_nothing_away():
    with pytest.raises(InputError, match="9 people answered"):
        open_answers(clean(["gp"] * 9, ["n"] * 9), SURVEY)
