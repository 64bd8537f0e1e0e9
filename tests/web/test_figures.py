"""A figure on a page: its table, its downloads, and an SVG that a strict policy lets through."""

from __future__ import annotations

import csv
import io
import json
import re

import altair as alt
import pytest
from django import forms
from django.http import Http404
from django.template import Context, Template

from evenhand_web.site import svg
from evenhand_web.site.figures import Figure, download
from evenhand_web.site.nhsuk import NotInstalled, prepare_vega
from evenhand_web.site.templatetags.evenhand import figures, level_words, month, pence, percent, pounds, uncapfirst

ROWS = [("2026-01", 0.123456789012345, None), ("2026-02", float("nan"), 7)]


def draw(width: int) -> alt.Chart:
    table = alt.Data(values=[{"x": 1, "y": 2}, {"x": 2, "y": 3}])
    return alt.Chart(table, width=width, title="A chart").mark_line(clip=True).encode(x="x:Q", y="y:Q")


FIGURE = Figure(
    "spc", "The share fell.", ("month", "share", "count"), ROWS, draw, how=("A mean.",), command="evenhand x"
)


def test_a_download_keeps_full_precision_and_leaves_missing_blank(rf):
    response = download(rf.get("/", {"download": "spc.csv"}), FIGURE)
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows == [["month", "share", "count"], ["2026-01", "0.123456789012345", ""], ["2026-02", "", "7"]]


def test_a_json_download_has_null_for_missing(rf):
    rows = json.loads(download(rf.get("/", {"download": "spc.json"}), FIGURE).content)
    assert rows == [{"month": "2026-01", "share": 0.123456789012345, "count": None},
                    {"month": "2026-02", "share": None, "count": 7}]  # fmt: skip


@pytest.mark.parametrize(("kind", "start"), [("svg", b"<svg"), ("png", b"\x89PNG")])
def test_a_picture_can_be_downloaded(rf, kind, start):
    response = download(rf.get("/", {"download": f"spc.{kind}"}), FIGURE)
    assert response.content.startswith(start)
    assert response.headers["Content-Disposition"] == f'attachment; filename="spc.{kind}"'


@pytest.mark.parametrize("wanted", ["other.csv", "spc.exe", "spc", "..csv"])
def test_a_download_that_is_not_there_is_not_found(rf, wanted):
    with pytest.raises(Http404):
        download(rf.get("/", {"download": wanted}), FIGURE)


def test_without_a_wish_the_page_itself_is_shown(rf):
    assert download(rf.get("/"), FIGURE) is None


def test_a_text_that_a_spreadsheet_would_run_is_made_harmless(rf):
    figure = Figure("t", "T.", ("a", "b"), [("=HYPERLINK(1)", -3)])
    assert download(rf.get("/", {"download": "t.csv"}), figure).content.decode() == "a,b\n'=HYPERLINK(1),-3\n"


def test_a_figure_shows_sentence_picture_table_and_how():
    page = Template("{% figure f %}").render(Context({"f": FIGURE}))
    assert page.count("<svg") == 2  # for a wide screen and for a phone
    texts = ("The share fell.", "The numbers as a table", "How this is worked out", "?download=spc.csv", "0.123", "–")
    for text in texts:
        assert text in page


def test_nothing_in_a_picture_is_blocked_by_the_policy_and_no_id_is_there_twice():
    page = Template("{% figure f %}").render(Context({"f": FIGURE}))
    assert not re.search(r"<style|<script|\sstyle=|\son\w+=|href=\"(?!\?|#)", page)
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))


def test_an_svg_keeps_its_drawing_and_loses_everything_else():
    given = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" onload="x()"><script>x()</script>'
        '<defs><clipPath id="c"><rect width="9" height="9"/></clipPath></defs><style>*{}</style>'
        '<g clip-path="url(#c)" style="fill: red; opacity: 0.5"><text x="1">5 &lt; 6</text>'
        '<image href="http://elsewhere.example/x.png"/><path d="M0,0" fill="url(http://elsewhere.example/)"/></g></svg>'
    )
    shown = svg.inline(given, prefix="p", label='A "label"')
    assert not re.search(r"script|style|onload|elsewhere|image", shown)
    assert 'clip-path="url(#p-c)"' in shown
    assert 'id="p-c"' in shown
    assert 'fill="red"' in shown
    assert "5 &lt; 6" in shown
    assert 'aria-label="A &quot;label&quot;"' in shown


def test_money_is_said_in_one_way():
    said = [pounds(value) for value in (0, 12.5, 999.4, 12_432.4, 999_600, -1_234_567.0, None, float("nan"))]
    assert said == ["£0", "£12.50", "£999", "£12,400", "£1.00 million", "−£1.23 million", "–", "–"]
    assert [pence(1240050), pence(-5), pence(None)] == ["£12,400.50", "−£0.05", "–"]


def test_numbers_months_and_levels_are_said_as_people_say_them():
    assert [percent(0.614), percent(-0.0123, 2), percent(None)] == ["61.4%", "−1.23%", "–"]
    assert [figures(1234.567), figures(0.000123456), figures(12), figures("P1"), figures(float("nan"))] == [
        "1,235", "0.000123", "12", "P1", "–",
    ]  # fmt: skip
    assert [month("2026-03"), month("soon")] == ["March 2026", "soon"]
    assert [level_words("pcn"), level_words("my_group")] == ["Primary care network", "My group"]


class Answer(forms.Form):
    heard = forms.ChoiceField(
        label="Have you heard of it?", choices=[("yes", "Yes"), ("no", "No")], widget=forms.RadioSelect,
        help_text="Before today.", error_messages={"required": "Choose yes or no"},
    )  # fmt: skip
    words = forms.CharField(label="In your words", widget=forms.Textarea)
    sure = forms.BooleanField(label="I am sure")


def test_a_form_looks_as_the_service_manual_wants():
    page = str(Answer())
    parts = ("radios__input", "fieldset__legend", "textarea", "checkboxes__input", "hint")
    for part in (f"nhsuk-{part}" for part in parts):
        assert part in page
    assert "nhsuk-error" not in page


def test_a_mistake_in_a_form_is_named_above_and_beside_and_linked():
    page = str(Answer({"words": "", "sure": "on"}))
    assert '<a href="#id_heard_0">Choose yes or no</a>' in page
    assert 'id="id_heard_error"' in page
    assert 'aria-describedby="id_heard_helptext id_heard_error"' in page


def test_a_chart_to_explore_is_a_specification_that_needs_vega_alone(rf):
    response = download(rf.get("/", {"download": "spc.vega", "width": "320"}), FIGURE)
    specification = json.loads(response.content)
    assert specification["$schema"].startswith("https://vega.github.io/schema/vega/")
    assert any(signal["name"].startswith("explore") for signal in specification["signals"])
    assert "Content-Disposition" not in response.headers


def test_a_table_without_a_picture_cannot_be_explored(rf):
    with pytest.raises(Http404):
        download(rf.get("/", {"download": "t.vega"}), Figure("t", "T.", ("a",), [(1,)]))


def test_downloads_ask_again_for_what_the_page_was_asked_for(rf):
    request = rf.get("/", {"adjusted": "1", "download": "x.csv"})
    page = Template("{% figure f %}").render(Context({"f": FIGURE, "request": request}))
    assert "?adjusted=1&amp;download=spc.csv" in page


def test_vega_comes_from_its_own_packages_or_is_asked_for(tmp_path):
    with pytest.raises(NotInstalled, match="npm ci"):
        prepare_vega(tmp_path, tmp_path / "out")
    imports = "import { a } from 'vega-util';\nimport b from 'c';"
    for package, name, text in (("vega", "vega.min.js", ""), ("vega-interpreter", "vega-interpreter.js", imports)):
        (tmp_path / package / "build").mkdir(parents=True)
        (tmp_path / package / "build" / name).write_text(text)
    with pytest.raises(NotInstalled, match="from nowhere else"):
        prepare_vega(tmp_path, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(("words", "within"), [
    ("Sub-ICB location", "sub-ICB location"), ("A&E: four hours or less", "A&E: four hours or less"),
    ("SGLT2 inhibitors", "SGLT2 inhibitors"), ("A measure", "a measure"), ("", ""),
])  # fmt: skip
def test_an_abbreviation_stays_one_within_a_sentence(words, within):
    assert uncapfirst(words) == within
