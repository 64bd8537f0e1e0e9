"""Money's and effects' charts that pages sketch: every figure stands in words, nothing but drawing, to scale."""

from __future__ import annotations

import re

import numpy as np
import pytest

from drawn import is_drawing_alone, words
from evenhand.change import funnel
from evenhand.charts import account_sketches, effect_sketches, sketches

STATES = ["opportunity", "promised", "confirmed", "reversed"]
PARTS = {"a longer way <of> prescribing": [3e6, 0.0, 2e4, 0.0], "prices": [2.5e5, 4e5, 0.0, 0.0], "nothing": [0.0] * 4}
MONTHS = np.arange("2025-04", "2026-04", dtype="datetime64[M]")
PLAN = np.linspace(1e4, 1.2e5, 12)


def pictures(width: int) -> dict[str, str]:
    amounts = [3.25e6, 4e5, 2e4, float("nan")]
    stages = ["reached"] * 40 + ["viewed"] * 10
    people = funnel([str(p) for p in (*range(40), *range(10))], ["one"] * 50, stages,
                    np.arange(50).astype("datetime64[D]"))  # fmt: skip
    two = np.array([-0.02, 0.005])
    return {
        "waterfall": account_sketches.waterfall(STATES, amounts, target=1e6, parts=PARTS, width=width),
        "chances": account_sketches.chances(np.linspace(-2e4, 8e4, 99), 3e4, width=width),
        "certain": account_sketches.chances(np.full(99, 5.0), 5.0, width=width),
        "parts": account_sketches.parts(["Prices", "Price concessions"], [-300.0, float("nan")], width=width),
        "forest": effect_sketches.forest(["Letter", "Call <us>"], two, two - 0.01, two + 0.01, share=True,
                                         matters=np.array([-0.03, np.nan]), width=width),
        "engagement": effect_sketches.engagement(people, width=width),
        "lines": sketches.lines({"Plan": PLAN, "Actual": np.where(PLAN > 6e4, np.nan, PLAN)}, MONTHS, unit="£",
                                width=width, marks=((MONTHS[3], "Scheme began"),)),
    }  # fmt: skip


@pytest.mark.parametrize("width", [320, 620])
def test_a_sketch_is_drawing_alone_within_its_frame(width):
    is_drawing_alone(pictures(width), width)


def test_every_amount_is_written_out():
    drawn = {name: words(text) for name, text in pictures(620).items()}
    for name, said in {
        "waterfall": ("£3.25m", "£400k", "£20k", "strip: prices", "Does not count yet", "target"),
        "chances": ("target £30k", "reaches the target"), "parts": ("−£300", "not known", "Together"),
        "forest": ("−2.0 points", "0.5 points", "No effect lies within the interval", "would matter", "95% interval"),
        "engagement": ("40", "10, 25% (14% to 40%)", "Verified in the data"),
        "lines": ("Plan: £120k", "Actual: £60k", "Scheme began", "£50k"),
    }.items():  # fmt: skip
        for word in said:
            assert word in drawn[name], (name, word)
    assert "nothing" not in drawn["waterfall"]
    assert "reversed" in drawn["waterfall"]


def test_a_bar_ends_where_its_amount_is_on_the_scale():
    drawn = account_sketches.waterfall(["a", "b"], [100.0, 50.0], counted="a", width=620)
    bars = [tuple(map(float, ends)) for ends in re.findall(r'd="M([\d.]+),[\d.]+H([\d.]+)V', drawn)]
    (zero, whole), (again, half) = bars
    assert zero == again == 620 * 0.42 == pytest.approx(260.4)
    assert (half - zero) / (whole - zero) == pytest.approx(0.5, abs=0.001)
    assert whole + 8 + 4 * 6.6 < 620


def test_what_reaches_the_target_is_as_much_of_the_picture_as_it_is_likely():
    drawn = account_sketches.chances(np.linspace(0.0, 99.0, 99), 66.0, width=620)
    areas = {"#005eb8": 0.0, "#d8dde0": 0.0}
    for left, base, up, right, colour in re.findall(
        r'd="M([\d.]+),([\d.]+)V([\d.]+)H([\d.]+)V[\d.]+z" fill="(#\w+)"', drawn
    ):
        areas[colour] += (float(base) - float(up)) * (float(right) - float(left))
    assert areas["#005eb8"] / sum(areas.values()) == pytest.approx(1 / 3, abs=0.02)
