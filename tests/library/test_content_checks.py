"""What modules are held to: the minutes they say, links that exist, figures somebody fills in, a review in time."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from evenhand.change import (
    FIGURES,
    NOT_KNOWN,
    WORDS_PER_MINUTE,
    Known,
    check_links,
    fill_content,
    overdue_content,
    reading_minutes,
    reading_words,
    review_day,
)
from evenhand.change.content import loads_content
from evenhand.change.content_figures import LONGEST
from evenhand.change.content_time import words
from evenhand.cli.main import main
from evenhand.errors import InputError
from evenhand.story.modules import known, modules

MEASURED = """---
id: a_module
title: A title
pathway: diabetes
measure: diabetes_dpp4_cost
audience: [general practitioner]
minutes: 2
authored_by: somebody
review_due: 2026-12
guidance: [{title: A source, publisher: NICE}]
---

## First

Some text.

## Self-audit

- `habit`: Is it a habit? (yes / no)
"""
ASKED = MEASURED.replace(
    "pathway: diabetes\nmeasure: diabetes_dpp4_cost\n",
    "instrument: qipp_awareness_2010\nquestion: heard_of_qipp\nvalue: 'yes'\n",
).replace("Some text.", "Heard of it: {{share_value}}. Confirmed: {{ confirmed }}.")
PATHWAYS = ("diabetes", "mental_health", "coronary_heart_disease", "cancer")
GUIDE = Path(__file__).parents[2] / "docs" / "how-to" / "write-a-module.md"
PARTS = (
    "The question", "What is known", "When the present choice is right", "What we suggest",
    "What patients gain, and the money", "Self-audit", "A promise, if you want to make one",
)  # fmt: skip


@pytest.fixture(scope="module")
def every() -> Known:
    return known()


@pytest.fixture(scope="module")
def shipped() -> dict:
    return modules()


# Reading time


def test_words_are_what_a_reader_reads():
    assert words("See **[NICE NG28](https://www.nice.org.uk/guidance/ng28)**, 20p | a strip | - and `so` on.") == 9


def test_a_figure_counts_as_long_as_it_may_become():
    assert words("Confirmed: {{ confirmed }}.") == 1 + LONGEST


def test_reading_time_is_words_at_the_slow_end_of_published_reading_speed():
    """Brysbaert (2019): most adults read 175 to 300 words a minute of English non-fiction; 238 on average."""
    module = loads_content(MEASURED.replace("Some text.", "word " * 340))
    assert WORDS_PER_MINUTE == 175
    assert reading_words(module) == 340 + 10  # title 2, headings 1 and 1, question 4, its two answers
    assert reading_minutes(module) == 2.0


def test_a_two_minute_module_of_more_than_two_minutes_is_refused():
    with pytest.raises(InputError, match=r"x\.md:7: minutes: 351 words take 2\.0 minutes at 175.*found 2"):
        loads_content(MEASURED.replace("Some text.", "word " * 341), where="x.md")


# Links


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("diabetes_dpp4_cost", "diabetes_dpp4_cots", r"x\.md:5: no measure .*did you mean 'diabetes_dpp4_cost'"),
        ("pathway: diabetes", "pathway: diabetis", r"x\.md:4: no pathway 'diabetis'; did you mean 'diabetes'"),
        ("pathway: diabetes", "pathway: cancer", r"x\.md:4: measure .* is of pathway 'diabetes', not of 'cancer'"),
    ],
)
def test_a_measure_and_its_pathway_must_exist_and_belong_together(every, old, new, said):
    with pytest.raises(InputError, match=said):
        check_links(loads_content(MEASURED.replace(old, new), where="x.md"), every)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("qipp_awareness_2010", "qipp_awareness_2011", r"x\.md:4: no survey .*did you mean 'qipp_awareness_2010'"),
        ("heard_of_qipp", "heard_qipp", r"x\.md:5: no question 'heard_qipp'; did you mean 'heard_of_qipp'"),
        ("value: 'yes'", "value: perhaps", r"x\.md:6: no answer 'perhaps'; expected one of yes, no"),
    ],
)
def test_a_surveys_question_and_answer_must_exist(every, old, new, said):
    check_links(loads_content(ASKED), every)
    with pytest.raises(InputError, match=said):
        check_links(loads_content(ASKED.replace(old, new), where="x.md"), every)


def test_a_module_on_a_measure_of_another_pathway_stands_where_a_decision_names_it(every):
    text = MEASURED.replace("pathway: diabetes", "pathway: cancer").replace(
        "diabetes_dpp4_cost", "opioids_morphine_equivalent"
    )
    check_links(loads_content(text), every)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (MEASURED.replace("measure: diabetes_dpp4_cost\n", ""), r"x\.md:2: 'measure' is missing"),
        (MEASURED.replace("pathway: diabetes\n", ""), r"x\.md:4: 'pathway' is missing"),
        (ASKED.replace("value: 'yes'\n", ""), r"x\.md:4: 'value' is missing; expected instrument, question and value"),
        (MEASURED.replace("minutes: 2", "minutes: 2\nquestion: heard_of_qipp"), "found both"),
        (MEASURED.replace("2026-12", "2026-13"), r"x\.md:9: review_due"),
        (MEASURED.replace("2026-12", "December"), r"x\.md:9: review_due"),
    ],
)
def test_a_module_is_about_one_thing_and_has_a_month_of_review(text, said):
    with pytest.raises(InputError, match=said):
        loads_content(text, where="x.md")


# Figures


def test_what_is_known_is_filled_in_and_what_is_not_says_so():
    filled = fill_content(loads_content(ASKED), {"share_value": "42% (38% to 46%)", "confirmed": None})
    assert filled.blocks[0].markdown == f"Heard of it: 42% (38% to 46%). Confirmed: {NOT_KNOWN}."


def test_a_module_says_which_figures_it_asks_for():
    assert loads_content(ASKED).figures == ("share_value", "confirmed")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{{share_value}}", "{{share_valeu}}", r"x\.md:16: no figure 'share_valeu' .*did you mean 'share_value'"),
        ("{{share_value}}", "{{}}", r"x\.md:16: no figure ''.*expected one of asked_when"),
        ("{{share_value}}", "{{share_value", r"x\.md:16: .*braces that do not close"),
        ("Is it a habit?", "Is it {{confirmed}}?", r"x\.md:20: a figure stands in the text, not in a question"),
    ],
)
def test_a_figure_that_nobody_fills_in_is_refused(old, new, said):
    with pytest.raises(InputError, match=said):
        loads_content(ASKED.replace(old, new), where="x.md")


def test_a_figure_is_never_longer_than_the_reading_time_allows_for():
    with pytest.raises(ValueError, match="more than"):
        fill_content(loads_content(ASKED), {"confirmed": "word " * (LONGEST + 1)})


def test_a_name_that_is_no_figure_is_not_filled_in():
    with pytest.raises(ValueError, match="no figure 'money'"):
        fill_content(loads_content(ASKED), {"money": "£1"})


# Review


@pytest.mark.parametrize(("month", "last"), [("2026-12", date(2026, 12, 31)), ("2028-02", date(2028, 2, 29)),
                                             ("2027-04", date(2027, 4, 30))])  # fmt: skip
def test_a_review_is_due_by_the_end_of_its_month(month, last):
    assert review_day(loads_content(MEASURED.replace("2026-12", month))) == last


def test_a_module_is_overdue_from_the_day_after_and_the_longest_overdue_comes_first():
    late, later = (loads_content(MEASURED.replace("2026-12", m).replace("a_module", f"m_{m[-2:]}"))
                   for m in ("2026-11", "2026-12"))  # fmt: skip
    assert overdue_content([later, late], date(2026, 11, 30)) == []
    assert [one.id for one in overdue_content([later, late], date(2026, 12, 1))] == ["m_11"]
    assert [one.id for one in overdue_content([later, late], date(2027, 1, 1))] == ["m_11", "m_12"]


def test_the_example_of_the_guide_is_a_module_that_passes(every):
    text = GUIDE.read_text(encoding="utf-8").split("```markdown\n")[1].split("```")[0]
    check_links(loads_content(text), every)


# What we ship


def test_each_priority_pathway_has_two_modules_or_more_on_measures_of_its_own(shipped):
    of = {p: {m.facts.measure for m in shipped.values() if m.facts.pathway == p} for p in PATHWAYS}
    assert min(len(measures) for measures in of.values()) >= 2


def test_one_module_of_two_minutes_says_what_we_are_trying_to_do_for_whom_and_how_it_is_going(shipped):
    one = shipped["what_we_are_trying_to_do"]
    assert (one.facts.instrument, one.facts.question, one.facts.minutes) == ("qipp_awareness_2010", "heard_of_qipp", 2)
    assert {"share_value", "confirmed", "access_held"} <= set(one.figures)
    assert reading_minutes(one) <= 2


def test_every_figure_that_can_be_filled_in_is_told_of_in_the_guide():
    guide = GUIDE.read_text(encoding="utf-8")
    assert [name for name in FIGURES if f"`{name}`" not in guide] == []


def test_each_module_says_when_the_present_choice_is_right_and_how_money_is_counted(shipped):
    for one in shipped.values():
        if one.facts.measure:
            assert [block.heading for block in one.blocks] == list(PARTS), one.id
            assert 3 <= len(one.self_audit) <= 6, one.id
            assert one.facts.audit_minutes > 0, one.id


def test_no_module_claims_a_clinicians_check_or_has_no_source(shipped):
    for one in shipped.values():
        assert one.facts.checked_by == "not yet checked by a clinician", one.id
        assert one.facts.guidance, one.id


# The command


def test_the_command_lists_every_module_with_its_words_minutes_and_review(capsys, shipped):
    assert main(["change", "content", "--json", "--on", "2030-01-01"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [row["module"] for row in found["modules"]] == list(shipped)
    assert all(row["overdue"] and row["reading_minutes"] <= row["minutes"] for row in found["modules"])


def test_the_command_checks_files_and_folders_that_it_has_never_seen(tmp_path, capsys):
    (tmp_path / "one.md").write_text("\ufeff" + MEASURED.replace("\n", "\r\n"), encoding="utf-8")
    assert main(["change", "content", str(tmp_path), "--json"]) == 0
    row = json.loads(capsys.readouterr().out)["modules"][0]
    assert (row["module"], row["measure"], row["overdue"]) == ("a_module", "diabetes_dpp4_cost", None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "x.md:1: expected the module's facts"),
        (MEASURED.replace("dpp4_cost", "dpp4_cots"), "x.md:5: no measure 'diabetes_dpp4_cots'"),
        (MEASURED.replace("a_module", "diabetes_feet"), "x.md:2: id 'diabetes_feet' is already the id of"),
        (ASKED.replace("confirmed", "confirmd"), "x.md:16: no figure 'confirmd'"),
    ],
)
def test_bad_content_is_one_line_on_standard_error_and_exit_2(tmp_path, capsys, text, said):
    (tmp_path / "x.md").write_text(text, encoding="utf-8")
    assert main(["change", "content", str(tmp_path / "x.md"), "--json"]) == 2
    out, err = capsys.readouterr()
    assert (out, err.count("\n")) == ("", 1)
    assert said in err


@pytest.mark.parametrize(
    ("words", "said"),
    [(["none.md"], "cannot be read"), (["--on", "03/04/2027"], "--on"), (["--on", "soon"], "--on")],
)
def test_a_path_or_day_that_is_none_is_refused(words, said, capsys, tmp_path):
    assert main(["change", "content", *words]) == 2
    assert said in capsys.readouterr().err


def test_a_folder_without_modules_is_refused(tmp_path, capsys):
    assert main(["change", "content", str(tmp_path)]) == 2
    assert "no module here" in capsys.readouterr().err
