"""Reach: the two judgements of the planning model are sliders, and the printed command gives the page's numbers."""

from __future__ import annotations

import json
import shlex

import pytest

import cast
from evenhand.cli.main import main

PAGE = "/organisations/PRACTICE1/account/reach/"


@pytest.fixture
def reader(as_):
    return as_(cast.GP)


def test_the_published_medians_stand_until_somebody_moves_a_slider(reader):
    found = reader.get(PAGE).context["found"]
    assert found.without_engagement.median == pytest.approx(11.4, abs=0.2)
    assert found.with_engagement.median == pytest.approx(14.6, abs=0.2)
    more = reader.get(PAGE, {"provider": 50, "transformation": 95, "rest": 100, "adoption": 50}).context["found"]
    assert more.with_engagement.median > found.with_engagement.median + 1
    none = reader.get(PAGE, {"provider": 0, "transformation": 0, "rest": 95, "adoption": 35}).context["found"]
    assert none.worth.median < found.worth.median / 2


def test_the_command_gives_the_numbers_of_the_page(reader, tmp_path, monkeypatch, capsys):
    asked = {"provider": 60, "transformation": 90, "rest": 85, "adoption": 45}
    page = reader.get(PAGE, asked)
    (tmp_path / "reach.yaml").write_bytes(reader.get(PAGE, {**asked, "download": "reach.yaml"}).content)
    monkeypatch.chdir(tmp_path)
    assert main(shlex.split(page.context["figure"].command)[1:]) == 0
    said = json.loads(capsys.readouterr().out)
    for row, arm in zip(page.context["figure"].rows, ("without_engagement", "with_engagement"), strict=False):
        assert tuple(said[arm][key] for key in ("median", "low_90", "high_90", "verified_median")) == tuple(row[1:])


@pytest.mark.parametrize("asked", [{"rest": "101"}, {"adoption": "-1"}, {"provider": "half"}])
def test_what_is_no_share_is_refused_and_the_usual_stands(reader, asked):
    page = reader.get(PAGE, {"provider": 50, "transformation": 95, "rest": 95, "adoption": 35, **asked})
    assert page.status_code == 422
    assert list(page.context["form"].errors) == list(asked)
    assert page.context["found"].with_engagement.median == pytest.approx(14.6, abs=0.2)
