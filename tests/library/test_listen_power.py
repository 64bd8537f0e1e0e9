"""How many answers a survey needs."""

from __future__ import annotations

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.listen import size


def test_385_answers_give_five_points_and_278_where_a_thousand_work():
    # the textbook figures: 0.25 * 1.96^2 / 0.05^2 = 384.1, and with 1,000 people 384.1 / (1 + 383.1 / 1000) = 277.7
    assert size(0.5, 0.05).answers == 385
    assert size(0.5, 0.05, population=1000).answers == 278


@given(st.floats(0.05, 0.95), st.floats(0.01, 0.2), st.integers(50, 100_000))
def test_a_population_never_needs_more_than_everyone_and_a_finer_margin_never_fewer(share, margin, people):
    assert size(share, margin, population=people).answers <= people
    assert size(share, margin / 2, population=people).answers >= size(share, margin, population=people).answers


def test_clusters_and_silence_ask_for_more_people(capsys):
    words = ["--share", "0.42", "--margin", "0.03", "--response-rate", "0.3", "--deff", "1.5", "--population", "3000"]
    assert main(["listen", "power", *words, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    simple = 1.959964**2 * 0.42 * 0.58 / 0.03**2 * 1.5
    assert found["answers"] == math.ceil(simple / (1 + (simple - 1) / 3000)) == 1027
    assert found["invitations"] == math.ceil(1027 / 0.3)
    assert found["enough_people"] is False
    assert found["achievable_margin"] > 0.03


@pytest.mark.parametrize(
    ("name", "value"), [("share", 0), ("margin", 1.2), ("response_rate", 0), ("deff", 0), ("population", 0)]
)
def test_a_number_out_of_range_is_refused(name, value):
    with pytest.raises(InputError, match="need a"):
        size(**{"share": 0.5, "margin": 0.05} | {name: value})
