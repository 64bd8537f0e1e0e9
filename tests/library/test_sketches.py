"""The charts that pages sketch: every point is there, ours is marked, nothing but drawing, quick at England's size."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from evenhand.charts import sketches
from evenhand.charts.sketch import frame, ticks
from evenhand.see import funnel
from evenhand.stats.xmr import xmr

MONTHS = np.arange("2021-04", "2026-04", dtype="datetime64[M]")
ALLOWED = {"svg", "g", "path", "circle", "polygon", "text"}


def curve(found) -> dict:
    names = ("lower_95", "upper_95", "lower_998", "upper_998")
    return {"at": found.curve_at, "target": found.target, **{name: getattr(found.curve, name) for name in names}}


@pytest.fixture(scope="module")
def england():
    rng = np.random.default_rng(1)
    size = rng.integers(300, 20_000, 6500).astype(float)
    hits = rng.binomial(size.astype(int), rng.beta(30, 70, 6500)).astype(float)
    return funnel([str(i) for i in range(6500)], hits, size, kind="proportion")


def pictures(england, width: int) -> dict[str, str]:
    rng = np.random.default_rng(2)
    values = rng.normal(10, 1, 60)
    values[30] = np.nan
    tenths = np.sort(rng.normal(10, 1, (9, 60)), axis=0)
    return {
        "funnel": sketches.funnel(
            england.denominator, england.value, england.outlier, curve(england), own=7, share=True,
            size_words="patients <b>", width=width),
        "strip": sketches.strip(england.value, own=7, share=True, width=width),
        "spc": sketches.spc(xmr(values), MONTHS, share=False, width=width, marks=[(MONTHS[40], "Scheme & more")]),
        "over_time": sketches.over_time(tenths, values, MONTHS, share=False, width=width),
        "dots": sketches.dots(0.4, [0.2, 0.3, 0.5], 0.1, 0.9),
    }  # fmt: skip


@pytest.mark.parametrize("width", [320, 620])
def test_a_sketch_is_drawing_alone_within_its_frame(england, width):
    for name, text in pictures(england, width).items():
        root = ElementTree.fromstring(text)
        assert {node.tag.split("}")[1] for node in root.iter()} <= ALLOWED, name
        assert not re.search(r"style=|href=|\bon\w+=|nan|inf\b", text), name
        for node in root.iter():
            if node.tag.endswith("text") and node.get("text-anchor") == "middle":
                half = len(node.text or "") * 3.2
                assert half - 4 <= float(node.get("x")) <= width - half + 4, (name, node.text)


def test_ours_is_a_diamond_and_outliers_are_triangles(england):
    drawn = pictures(england, 620)["funnel"]
    assert drawn.count("<polygon") >= 2  # the key's and ours
    high = sum(o == "high" for o in england.outlier)
    marked = max(path.count("z") for path in re.findall(r' d="([^"]*)"', drawn))
    assert 0 < marked <= max(high, sum(o == "low" for o in england.outlier))


def test_a_gap_leaves_a_gap():
    values = np.array([1.0, 2, np.nan, 4, 5, 6, 7, 8, 9, 10, 11, 12])
    drawn = sketches.over_time(np.tile(values, (9, 1)), values, MONTHS[:12], share=False, width=320)
    assert all(path.count("M") == 2 for path in re.findall(r'd="(M[^"HVh]*L[^"HVh]*)"', drawn))


def test_axes_have_round_numbers_within_their_range():
    for low, high in ((0.0, 1.0), (0.003, 0.0041), (120.0, 98_000.0), (-3.0, 5.0)):
        found = ticks(low, high, 5)
        assert 2 <= len(found) <= 8
        assert low - 1e-9 <= found[0] <= found[-1] <= high + 1e-9
    assert frame([np.nan]) == (0.0, 1.0)
    assert frame([5.0, 6.0])[0] > 0
    assert frame([0.2, 6.0])[0] == 0.0
