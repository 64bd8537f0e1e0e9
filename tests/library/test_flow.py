"""The whole story: told in order from whatever a lake holds, and honest about what it does not hold."""

from __future__ import annotations

import json
import math
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from evenhand import flow
from evenhand.cli.flow import _print
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.lake import Lake
from evenhand.measures import for_lake
from evenhand.report import html, pdf
from evenhand.report.pdf import PAGES
from evenhand.report.wording import DEMONSTRATION
from evenhand.sources import organisations
from evenhand.story import Place, look, looking, sights
from evenhand.story.written import table
from tiny_lake import TinyLake

FEW = ("diabetes_dpp4_cost", "diabetes_test_strips", "diabetes_metformin_mr")
STEPS = ["listen", "see", "decide", "change", "prove", "account"]


@pytest.fixture(scope="module")
def demonstration(demo_lake):
    """The demonstration's story, and its lake."""
    return flow.story(demo_lake), Lake.open(demo_lake)


@pytest.fixture
def few(monkeypatch):
    """Stories of few measures, which stand in the store: the rest would be worked out each time."""
    monkeypatch.setattr(looking, "for_lake", lambda lake: {name: for_lake(lake)[name] for name in FEW})


@pytest.fixture(scope="module")
def page(demonstration):
    """Its report as HTML."""
    return html(demonstration[0])


def told(story):
    return [chapter.step for chapter in story.chapters if chapter.told]


def test_an_empty_lake_tells_six_steps_that_say_what_to_do_next(tmp_path):
    story = flow.story(Lake.create(tmp_path))
    assert [chapter.step for chapter in story.chapters] == STEPS
    assert told(story) == []
    assert all(chapter.next_step and chapter.says for chapter in story.chapters)
    assert (story.figures_date, story.ledger_head, story.sources) == (None, None, ())


def test_a_demonstration_without_schemes_has_an_empty_account(tmp_path):
    story = flow.story(Lake.create(tmp_path, demonstration=True))
    assert (story.demonstration, told(story)) == (True, [])


def test_a_lake_of_waits_alone_tells_access(tmp_path):
    tiny = TinyLake(tmp_path)
    tiny.waited("2026-01", [(f"R{i:02d}", "S1", "C_130", week, 100) for i in range(12) for week in (4, 20)])
    story = flow.story(tiny.lake)
    assert told(story) == ["see"]
    assert any("50.0% of 2,400 waits are within 18 weeks" in line for line in story.chapter("see").says)


def test_a_lake_of_one_indicator_alone_tells_its_spread(tmp_path):
    tiny = TinyLake(tmp_path)
    tiny.indicated("lpzomnibus", "v1", "sicbl", [
        (f"2024-{month:02d}", f"S{i:02d}", 1000.0 * (10 + i) + 100 * ((month * 7 + i * 3) % 5), 100.0)
        for month in range(1, 13) for i in range(12)
    ])  # fmt: skip
    see = flow.story(tiny.lake).chapter("see")
    found = see.numbers["low_priority_spend"]
    assert (see.told, found["units"], found["level"], found["version"]) == (True, 12, "sicbl", "v1")
    assert found["opportunity_pounds"]["value"] > 0


def test_four_practices_and_two_months_name_no_outlier_and_no_opportunity(tmp_path):
    tiny = TinyLake(tmp_path)
    for month in ("2017-09", "2017-10"):
        tiny.prescribed(month, [(p, "0601023AEAAAAAA", 10 + k, 280, 300.0) for k, p in enumerate("ABCD")]
                        + [(p, "0601023X0AAAAAA", 90, 2520, 180.0) for p in "ABCD"])  # fmt: skip
    see = flow.story(tiny.lake).chapter("see")
    found = see.numbers["diabetes_dpp4_cost"]
    assert (found["units"], found["outliers"], found["opportunity_pounds"]) == (4, None, None)
    assert any("No opportunity is named" in line for line in see.says)


def test_indicators_without_a_definition_are_counted_and_not_judged(tmp_path):
    tiny = TinyLake(tmp_path)
    tiny.indicated("something_else", "v1", "sicbl", [("2024-01", "S1", 1.0, 2.0)])
    assert flow.story(tiny.lake).chapter("see").told is False


def test_an_organisation_that_nobody_knows_is_refused(tmp_path):
    with pytest.raises(InputError, match="--organisation X99"):
        flow.story(Lake.create(tmp_path), "X99")
    with pytest.raises(InputError, match="no lake here"):
        flow.story(tmp_path / "nowhere")


def test_the_demonstration_has_something_to_tell_in_every_step(demonstration):
    story, _ = demonstration
    assert told(story) == STEPS
    assert story.demonstration
    assert story.ledger_head is not None
    assert len(story.sources) > 10


def test_every_figure_has_a_table_whose_rows_fit_its_columns(demonstration):
    for chapter in demonstration[0].chapters:
        for figure in chapter.figures:
            assert len(figure.kinds) == len(figure.columns)
            assert set(figure.short) <= set(figure.columns)
            assert all(len(row) == len(figure.columns) for row in table(figure))


def test_the_story_is_the_same_twice(demonstration):
    story, lake = demonstration
    assert flow.story(lake).as_json() == story.as_json()


def test_no_practice_is_named_unless_the_story_is_its_own(demonstration, page, few):
    story, lake = demonstration
    practices = organisations.read(lake).at("practice")
    text = page + json.dumps(story.as_json(), default=str)
    assert not [code for code in practices if code in text]
    own = flow.story(lake, practices[0])
    assert (own.organisation, own.level) == (practices[0], "practice")
    assert own.chapter("see").numbers["diabetes_dpp4_cost"]["units"] > 1  # seen among the others


def test_an_icb_sees_its_own_practices_and_its_own_schemes(demonstration, few):
    whole, lake = demonstration
    one = flow.story(lake, "DEMO-I1")
    measure = "diabetes_dpp4_cost"
    assert one.chapter("see").numbers[measure]["units"] < whole.chapter("see").numbers[measure]["units"]
    assert list(one.chapter("prove").numbers) == ["diabetes_dpp4"]
    text = json.dumps(one.as_json(), default=str)
    assert "Sitagliptin first among the gliptins" in text
    assert not [word for word in ("needles", "harmful", "DEMO-I2", "DEMO-I3") if word in json.dumps(_said(one))]


def _said(story):
    """What a reader of the report is told, sentence by sentence and row by row."""
    return [[c.says, c.next_step, [f.rows for f in c.figures if f.id == "savings"]] for c in story.chapters[2:]]


@pytest.mark.parametrize("code", ["DEMO-I1", "DEMO-P0001"])
def test_a_report_and_the_pages_of_a_place_say_the_same_of_it(demonstration, few, code):
    _, lake = demonstration
    place = Place.find(lake, code)
    shown = {one.measure: one for one in sights.standings(lake, [(place.level, code)])}
    seen = {one.measure.id: one for one in look(lake, place)}
    assert set(FEW) <= set(seen)
    for name in FEW:
        assert seen[name].place_value == shown[name].value
        gain = seen[name].worth
        assert (gain is None) == math.isnan(shown[name].pounds)
        if gain is not None:
            assert (gain.pounds, gain.low, gain.high) == (shown[name].pounds, shown[name].low, shown[name].high)
    levels = tuple(dict.fromkeys(("practice", place.level)))
    worked = sights.work_out(lake, seen[FEW[0]].measure, levels)[place.level]
    assert worked.pounds[worked.row(code)] == shown[FEW[0]].pounds  # stored or not


class Outline(HTMLParser):
    """Headings, what is fetched from elsewhere, ids, and tables, as a screen reader meets them."""

    def __init__(self):
        super().__init__()
        self.headings, self.fetched, self.ids, self.named, self.tables = [], [], [], [], 0

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if re.fullmatch(r"h[1-6]", tag):
            self.headings.append(int(tag[1]))
        self.fetched += [given[key] for key in ("src", "href") if key in given and not given[key].startswith("#")]
        self.fetched += [tag] if tag == "script" else []
        self.ids += [given["id"]] if "id" in given else []
        self.named += given.get("aria-labelledby", "").split()
        self.tables += tag == "table"


def test_the_page_stands_alone_and_can_be_read_aloud(page):
    outline = Outline()
    outline.feed(page)
    assert outline.fetched == []
    assert outline.headings[0] == 1
    assert all(later - earlier <= 1 for earlier, later in zip(outline.headings, outline.headings[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.named) <= set(outline.ids)
    assert '<html lang="en">' in page


def test_every_chart_has_its_numbers_beside_it(demonstration, page):
    drawn = [f for c in demonstration[0].chapters for f in c.figures if f.draw is not None]
    assert len(drawn) >= 6
    assert page.count("The numbers behind this chart") == len(drawn)
    assert page.count("<svg") == 2 * len(drawn)  # wide, and for a phone


def test_the_page_says_what_it_rests_on(demonstration, page):
    story, _ = demonstration
    assert story.ledger_head in page
    assert all(source.sha256 in page for source in story.sources)
    assert DEMONSTRATION in page


def test_a_page_of_real_figures_has_no_banner(tmp_path):
    assert DEMONSTRATION not in html(flow.story(Lake.create(tmp_path)))


def test_words_from_files_cannot_become_markup(demonstration):
    story, _ = demonstration
    chapter = replace(story.chapters[0], says=("<script>alert(1)</script>",), figures=())
    assert "<script" not in html(replace(story, name="<b>", chapters=(chapter,)))


def pages(made):
    return int(re.search(rb"/Type\s*/Pages[^>]*?/Count\s+(\d+)", made)[1])


def test_words_from_files_cannot_become_markup_on_a_terminal(demonstration, capsys):
    story, _ = demonstration
    chapter = next(c for c in story.chapters if c.figures)
    nasty = replace(chapter.figures[0], says="[/b] voted [red]", columns=("[/i]",), kinds=("text",), short=(),
                    rows=(("[/b] Surgery",),), draw=None)  # fmt: skip
    _print(replace(story, chapters=(replace(chapter, figures=(nasty,)),)))
    out = capsys.readouterr().out
    assert "voted" in out
    assert "[red]" in out
    assert "[/b] Surgery" in out


def test_the_pdf_has_four_pages_whether_there_is_much_or_nothing_to_tell(demonstration, tmp_path):
    story = demonstration[0]
    much = replace(story, sources=story.sources * 20, chapters=tuple(
        replace(c, says=c.says * 30, figures=tuple(replace(f, rows=f.rows * 40) for f in c.figures[:1]))
        for c in story.chapters
    ))  # fmt: skip
    told = [pdf(each) for each in (story, flow.story(Lake.create(tmp_path)), much)]
    assert [made[:4] for made in told] == [b"%PDF"] * 3
    assert [pages(made) for made in told] == [PAGES] * 3


def test_the_money_is_split_by_where_it_comes_from_and_the_target_has_its_probability(demonstration):
    chapter = demonstration[0].chapter("account")
    states, savings, ahead = chapter.figures
    assert states.columns[4:] == ("clinical decisions", "provider efficiency", "management costs", "prices and pay")
    assert all(row[2] == pytest.approx(sum(row[4:])) for row in states.rows)
    chance = chapter.numbers["forecast"]
    assert 0 <= chance["probability"] <= 1
    assert f"({chance['probability']:.0%})" in " ".join(chapter.says)
    assert {row[0] for row in ahead.rows} == {row[0] for row in savings.rows}
    assert "guardrails" in demonstration[0].chapter("prove").figures[0].columns


def test_the_command_writes_json_html_or_pdf_and_refuses_another_ending(tmp_path, capsys):
    Lake.create(tmp_path / "lake")
    command = ["flow", "--lake", str(tmp_path / "lake")]
    assert main([*command, "--json"]) == 0
    assert [c["step"] for c in json.loads(capsys.readouterr().out)["chapters"]] == STEPS
    for ending in ("html", "pdf", "json"):
        assert main([*command, "--out", str(tmp_path / f"report.{ending}")]) == 0
    assert (tmp_path / "report.pdf").read_bytes().startswith(b"%PDF")
    assert main([*command, "--out", str(tmp_path / "report.doc")]) == 2
    assert "ending in one of .html .pdf .json" in capsys.readouterr().err
    assert not (tmp_path / "report.doc").exists()


def test_the_terminal_tells_every_step(demo_lake, capsys):
    assert main(["flow", "--lake", str(demo_lake)]) == 0
    out = capsys.readouterr().out
    assert [f"{n}. {step.upper()}" in out for n, step in enumerate(STEPS, 1)] == [True] * 6
    assert "Demonstration data" in out
