"""A frame's size as one number: the command prints what the story and the pages say, to the last digit."""

from __future__ import annotations

import json
import shlex

import pytest

from evenhand.cli.demo import _as_the_story_asks
from evenhand.cli.main import main
from evenhand.lake import Lake
from evenhand.story import listening
from evenhand.story.people import People

FRAME = """who,responded,heard,pop
gp,1,yes,12
gp,1,no,12
gp,1,yes,12
nurse,1,no,12
nurse,0,,12
nurse,1,yes,12
"""


@pytest.fixture
def run(tmp_path, capsys):
    (tmp_path / "survey.csv").write_text(FRAME)

    def call(*words):
        asked = ["--question", "heard", "--value", "yes", "--responded", "responded"]
        code = main(["listen", "estimate", f"{tmp_path}/survey.csv", *asked, *words, "--json"])
        out, err = capsys.readouterr()
        return json.loads(out) if code == 0 else (code, err)

    return call


def test_one_number_says_what_a_column_of_it_says(run):
    raked = ("--rake", "who")
    assert run(*raked, "--population-size", "12") == run(*raked, "--population-size", "pop")
    without, known = (run(*raked, *words)["estimates"][0] for words in ((), ("--population-size", "6")))
    assert known["se"] == pytest.approx(without["se"] * (1 - 5 / 6) ** 0.5)


def test_a_size_below_the_sample_or_a_word_that_is_no_column_is_refused(run):
    code, said = run("--population-size", "4")
    assert code == 2
    assert "expected at least the 5 sampled, found 4" in said
    code, said = run("--population-size", "popp")
    assert code == 2
    assert "popp" in said
    assert "did you mean 'pop'" in said
    assert run("--population-size", "-12")[0] == 2
    assert run("--population-size", "0")[0] == 2


def test_the_command_that_the_demonstration_prints_gives_the_figure_of_the_story(demo_lake, capsys):
    lake = Lake.open(demo_lake)
    people = People.of(lake)
    survey = people.survey()
    found = listening.results(listening.questions(survey), people.design(survey))
    words = shlex.split(f"listen estimate {people.folder / 'survey.csv'} {_as_the_story_asks(lake)}")
    assert main([*words, "--json"]) == 0
    not_heard = json.loads(capsys.readouterr().out)["estimates"][0]
    heard = found["aware=yes"].group()
    assert not_heard["estimate"] == pytest.approx(1 - heard.estimate, abs=1e-12)
    assert not_heard["se"] == pytest.approx(heard.se, rel=1e-9)
