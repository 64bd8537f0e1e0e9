"""The charts of LISTEN: waves, agreement scales and small multiples, each with n and interval, fit and speak."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from evenhand import charts

SVG = "{http://www.w3.org/2000/svg}"
SCALE = ["strongly disagree", "disagree", "neither", "agree", "strongly agree"]
SHARES = np.array([[0.1, 0.2, 0.3, 0.3, 0.1], [0.05, 0.1, 0.15, 0.3, 0.4]])
YES = np.array([[0.4, 0.33, 0.47], [0.7, 0.62, 0.77]])
TWO = np.array([[0.42, 0.55], [0.3, 0.31]])


def agreement(width=640, n=(120, 98)):
    return charts.agreement(["Saves <money>", "Helps"], SCALE, SHARES, n, YES, title="T & <T>", width=width)


def waves(width=640, n=((100, 120), (30, None)), low=TWO - 0.1):
    return charts.waves(["GPs", "Nurses"], TWO, low, TWO + 0.1, n, names=("2025", "2026"), title="T & <T>", share=True,
                        width=width)  # fmt: skip


def multiples(width=640, groups=("GP", "Nurse", "Pharmacist"), n=(40, 20, None)):
    value = np.resize(SHARES[0], (len(groups), 5))
    return charts.multiples(groups, SCALE, value, value - 0.05, value + 0.05, n, title="T & <T>", width=width)


DRAWN = {"agreement": agreement, "waves": waves, "multiples": multiples}


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("width", [640, 320])
def test_a_chart_fits_its_width_and_speaks_to_a_screen_reader(name, width):
    drawn = charts.render(DRAWN[name](width), "svg").decode()
    root = ET.fromstring(drawn)
    assert float(root.get("width")) <= width + 4
    assert root.get("role") == "img"
    assert root.find(f"{SVG}title").text == "T & <T>"
    assert len(root.find(f"{SVG}desc").text) > 60
    assert " style=" not in drawn
    assert "<script" not in drawn


@pytest.mark.parametrize("name", DRAWN)
def test_every_chart_says_how_many_answered(name):
    assert "n = " in re.sub(r"<[^>]+>", " ", charts.render(DRAWN[name](), "svg").decode())


def test_a_hidden_group_has_its_panel_and_no_number():
    drawn = charts.render(multiples(), "svg").decode()
    assert "not shown: too few" in drawn
    assert drawn.count("30.0%") == 2 * 2 + 4  # two shown groups, two answers of 30%; twice each in the description
    assert "too few, not shown" in charts.render(agreement(n=(120, None)), "svg").decode()


def test_waves_without_a_frame_have_no_interval():
    with_, without = waves(), waves(low=np.full((2, 2), np.nan))
    assert "to" in with_.to_dict()["description"]
    assert "(" not in without.to_dict()["description"].replace("(n = ", "")


def test_the_middle_of_a_scale_lies_in_the_middle():
    drawn = agreement().to_dict()
    pieces = [p for values in drawn.get("datasets", {}).values() for p in values] or drawn["layer"][0]["data"]["values"]
    middle = [p for p in pieces if p["what"] == "neither"]
    assert all(p["from"] == pytest.approx(-p["to"]) for p in middle)


def test_too_many_groups_or_answers_are_refused():
    with pytest.raises(ValueError, match="at most 24"):
        multiples(groups=[str(i) for i in range(25)], n=[10] * 25)
    with pytest.raises(ValueError, match="at most 7"):
        charts.agreement(["q"], [str(i) for i in range(8)], np.ones((1, 8)) / 8, [20], YES[:1], title="T")
