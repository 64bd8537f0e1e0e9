"""Charts: every one speaks to a screen reader, fits a phone, needs no style attribute, and never relies on colour."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import numpy as np
import pytest

from evenhand import charts, see
from evenhand.charts import theme
from evenhand.charts.funnel import KINDS as FUNNEL_KINDS
from evenhand.charts.funnel import YOU
from evenhand.charts.lines import STYLES
from evenhand.charts.pdf_order import in_order
from evenhand.charts.spc import KINDS as SPC_KINDS
from evenhand.records import EngagementFunnel
from evenhand.records.engagement import FunnelStage
from evenhand.stats.chart_icons import board_line
from evenhand.stats.xmr import xmr

SVG = "{http://www.w3.org/2000/svg}"
MONTHS = np.arange("2024-01", "2026-01", dtype="datetime64[M]")
LABELS = ["Patients on a gliptin that is not sitagliptin, where nothing speaks against it", "Strips", "Waits"]
THREE = np.array([0.1, -0.05, 0.2])


def _series():
    values = np.random.default_rng(1).normal(0.5, 0.02, 24)
    values[20:] += 0.2
    values[5] = np.nan
    return xmr(values, target=0.6, rebase_at=[12])


def _funnel():
    units = [f"{i:05d}" for i in range(30)]
    return see.funnel(units, [*range(20, 49), 90], [100] * 30, kind="proportion", limit=95)


def _stages():
    said = FunnelStage("reached", 100, float("nan"), float("nan"), float("nan"), 0.95)
    moved = FunnelStage("verified", 20, 0.2, 0.13, 0.29, 0.95)
    return EngagementFunnel((said, moved), 30, 20, 10, (), 0, 0)


DRAWN = {
    "spc": lambda w: charts.spc(_series(), MONTHS, title="T & <T>", share=True, width=w,
                                marks=((MONTHS[12], "Scheme began"),)),
    "funnel": lambda w: charts.funnel(_funnel(), own="00003", title="T & <T>", share=True, width=w),
    "icons": lambda w: charts.icons([board_line("Waits & <waits>", "2025-12-01", _series())], title="T & <T>", width=w),
    "strip": lambda w: charts.strip(np.linspace(0, 1, 80), own=3, title="T & <T>", share=True, width=w),
    "dumbbell": lambda w: charts.dumbbell(LABELS, THREE, THREE + 0.1, names=("Peers", "You"), title="T & <T>", width=w),
    "diverging": lambda w: charts.diverging(LABELS, np.array([8.0, 3, 0]), np.array([1.0, 4, 0]), np.array([1.0, 0, 0]),
                                            title="T & <T>", width=w),
    "forest": lambda w: charts.forest(LABELS, THREE, THREE - 0.08, THREE + 0.08, matters=np.array([0.1, np.nan, 0.1]),
                                      title="T & <T>", width=w),
    "parts": lambda w: charts.parts(["volume", "price"], [-3e4, 1e4], title="T & <T>", subtitle="S & <S>", width=w),
    "waterfall": lambda w: charts.waterfall(["opportunity", "confirmed"], [9e5, 1e5], target=5e5, title="T & <T>",
                                            width=w),
    "engagement": lambda w: charts.engagement(_stages(), title="T & <T>", width=w),
    "lines": lambda w: charts.lines({"us": np.ones(24), "them": np.zeros(24)}, MONTHS, title="T & <T>", width=w),
}  # fmt: skip


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("width", [640, 360])
def test_a_chart_fits_its_width_and_speaks_to_a_screen_reader(name, width):
    root = ET.fromstring(charts.render(DRAWN[name](width), "svg"))
    assert root.get("role") == "img"
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title.text == "T & <T>"
    assert len(description.text) > 20
    assert root.get("aria-labelledby").split() == [title.get("id"), description.get("id")]
    assert float(root.get("width")) <= width


@pytest.mark.parametrize("name", DRAWN)
def test_a_chart_holds_no_style_no_script_and_no_address(name):
    text = charts.render(DRAWN[name](640), "svg").decode()
    assert " style=" not in text
    assert "<script" not in text
    assert not re.findall(r"https?://(?!www\.w3\.org)", text)


def test_the_same_chart_is_the_same_bytes():
    assert charts.render(DRAWN["spc"](640), "svg") == charts.render(DRAWN["spc"](640), "svg")


@pytest.mark.parametrize("name", ["spc", "strip"])
def test_the_same_chart_is_the_same_pdf(name):
    # the converter numbers fonts and pictures as it happens: eight times alike by luck is one in a hundred, or less
    made = {charts.render([DRAWN[name](640), DRAWN["lines"](640)], "pdf") for _ in range(8)}
    assert len(made) == 1
    pdf = made.pop()
    start = int(re.search(rb"startxref\n(\d+)\n%%EOF\Z", pdf)[1])
    table = re.match(rb"xref\n0 (\d+)\n", pdf[start:])
    rows = pdf[start + table.end():].split(b"\r\n")[: int(table[1])]
    assert len(rows) > 8
    for number, row in enumerate(rows[1:], 1):
        assert pdf[int(row[:10]):].startswith(b"%d 0 obj" % number)


def test_a_pdf_of_another_make_is_left_as_it_is():
    for other in (b"", b"%PDF-1.7\nnothing", b"%PDF-1.7\nxref\n0 2\n0000000000 65535 f\r\n0000000003 00000 n\r\n"
                  b"trailer\nstartxref\n9\n%%EOF"):  # fmt: skip
        assert in_order(other) == other


@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("html", b"<!doctype html>")])
def test_a_chart_can_be_a_picture_a_page_or_print(kind, begins):
    assert charts.render(DRAWN["strip"](360), kind).startswith(begins)


def test_a_list_of_charts_is_one_picture_each_with_its_title():
    root = ET.fromstring(charts.render([DRAWN["spc"](640), DRAWN["strip"](640)], "svg"))
    assert len(root.findall(f"{SVG}svg/{SVG}title")) == 2
    assert float(root.get("height")) > 400


def test_an_unknown_kind_is_our_own_mistake():
    with pytest.raises(ValueError, match="expected one of svg, png, pdf, html, found 'gif'"):
        charts.render(DRAWN["strip"](360), "gif")


@pytest.mark.parametrize("kinds", [SPC_KINDS.values(), [*FUNNEL_KINDS.values(), YOU]])
def test_a_shape_says_what_a_colour_says(kinds):
    kinds = list(kinds)
    looks = {(colour, shape) for _, colour, shape in kinds}
    assert len(looks) == len(kinds)
    shapes = [shape for name, _, shape in kinds if "high" not in name and "low" not in name]
    assert len(set(shapes)) == len(shapes)


def test_lines_differ_by_dash_too():
    assert len({tuple(dash) for _, dash in STYLES}) == len(STYLES)


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colour", ["BLUE", "DARK_BLUE", "ORANGE", "PURPLE", "GREY", "DARK_GREY"])
def test_marks_stand_out_from_the_page(colour):
    # WCAG 2.2, 1.4.11: 3:1 for what is needed to understand a graphic
    assert 1.05 / (_luminance(getattr(theme, colour)) + 0.05) >= 3


def test_the_chart_over_time_names_its_rules_and_limits():
    text = charts.render(DRAWN["spc"](640), "svg").decode()
    for words in ("plot-the-dots rules", "limits", "target 60.0%", "Scheme began", "trial limits"):
        assert words in text


def test_small_numbers_are_never_written_in_thousandths():
    chart = xmr(np.array([0.01, 0.02] * 8))
    text = charts.render(charts.spc(chart, MONTHS[:16], title="Small"), "svg").decode()
    assert ">0.015<" in text or ">0.01<" in text
    assert "0m<" not in text


def test_seven_lines_are_refused():
    with pytest.raises(ValueError, match="6 series or fewer, found 7"):
        charts.lines({str(i): np.ones(3) for i in range(7)}, MONTHS[:3], title="T")
