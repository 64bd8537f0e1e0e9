"""What a results page shows: who is missing, what moved since the last wave, groups, steps of a scale, themes."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from django.utils import timezone

import cast
from evenhand.listen import estimate
from evenhand_web.listen import moving, results
from surveying import MONEY, TIME, a_wave

PAGE = "/organisations/PRACTICE1/listen/{}/"


@pytest.fixture
def waves(people):
    first = a_wave("first", heard=40, days=60)
    return first, a_wave("second", heard=80, days=1, previous=first)


def words(client, address: str) -> str:
    return client.get(address).content.decode()


def test_the_first_screen_says_how_many_answered_and_who_is_missing(waves, as_):
    said = words(as_(cast.GP), PAGE.format("first"))
    before = said[: said.index("Question 1")]
    assert "100 of 140" in before
    assert "Least heard: Nurse, 40 of 80." in before
    assert "What changed" not in said


def test_what_moved_since_the_last_wave_is_shown_and_what_did_not_is_not_called_moved(waves, as_):
    found = {(m.question.id, m.words): m for m in moving.moved(waves[1])}
    heard = found["heard_of_qipp", "Yes"]
    assert heard.value == pytest.approx((0.4, 0.8), abs=0.02)
    assert heard.sure
    assert not [key for key, m in found.items() if m.sure and key[0] != "heard_of_qipp"]
    assert "What changed since the last wave" in words(as_(cast.GP), PAGE.format("second"))


def test_nothing_moves_while_a_wave_is_open(waves):
    waves[1].closes = timezone.now() + timedelta(days=1)
    assert moving.moved(waves[1]) == []


def test_the_steps_of_a_scale_add_up_to_everybody(waves):
    scale = results.results(waves[0]).scales[0]
    assert sum(step.estimates[0].estimate for step in scale.everybody) == pytest.approx(1)
    assert len(scale.steps) == 5


def test_free_text_is_counted_by_theme_and_never_shown(waves, as_):
    said = words(as_(cast.GP), PAGE.format("first"))
    assert "100 people wrote something" in said
    assert "surgery" in said
    assert TIME not in said
    assert MONEY not in said


def test_groups_stand_in_panels_of_their_own_and_download(waves, as_):
    client = as_(cast.GP)
    rows = client.get(f"{PAGE.format('first')}?download=first-heard_of_qipp-groups.json").json()
    assert {row["group"] for row in rows} == {"GP", "Nurse"}
    assert all(row["low"] <= row["estimate"] <= row["high"] for row in rows)


def test_without_a_frame_the_page_speaks_of_those_who_answered(people, as_):
    a_wave("whole", heard=40, days=5, missing=0)
    said = words(as_(cast.GP), PAGE.format("whole"))
    assert "Those who answered." in said
    rows = as_(cast.GP).get(f"{PAGE.format('whole')}?download=whole-heard_of_qipp.json").json()
    assert rows[0]["low"] is None


def test_intervals_know_how_much_of_the_frame_answered(waves):
    rows = results.gathered(waves[0])
    heard = np.where(rows.design.answered, [cell == "yes" for cell in rows.cells["heard_of_qipp"]], np.nan)
    endless = replace(rows.design, population_size=None)
    known, unknown = (estimate(heard, design, share=True).group() for design in (rows.design, endless))
    assert known.estimate == pytest.approx(unknown.estimate)
    assert known.se == pytest.approx(unknown.se * (1 - 100 / 140) ** 0.5, rel=0.02)
