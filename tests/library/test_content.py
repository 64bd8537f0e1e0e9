"""Content modules: Markdown that a clinician writes, read strictly."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from evenhand.change import load_all_content, load_content
from evenhand.change.content import loads_content
from evenhand.errors import InputError

GOOD = """---
id: a_module
title: A title
pathway: diabetes
measure: diabetes_dpp4_cost
audience:
  - general practitioner
minutes: 5
authored_by: somebody
review_due: 2026-12
guidance:
  - title: "Type 2 diabetes in adults: management"
    publisher: NICE
    number: NG28
---

## First

Some text.

## Self-audit

Say what you do.

- `of_ten`: How many of ten? (0 to 10)
- `habit`: Is it a habit? (yes / no / not sure)
"""


def test_a_module_has_its_blocks_and_questions_in_order() -> None:
    module = loads_content(GOOD)
    assert [(b.number, b.heading, b.required) for b in module.blocks] == [(1, "First", True), (2, "Self-audit", False)]
    assert [(q.word, q.choices, q.most) for q in module.self_audit] == [
        ("of_ten", (), 10), ("habit", ("yes", "no", "not sure"), None),
    ]  # fmt: skip
    assert module.blocks[1].markdown == "Say what you do."


def test_a_question_knows_its_answers() -> None:
    of_ten, habit = loads_content(GOOD).self_audit
    assert [of_ten.accepts(a) for a in ("0", "10", "11", "-1", "ten")] == [True, True, False, False, False]
    assert [habit.accepts(a) for a in ("not sure", "perhaps")] == [True, False]


def test_nobody_has_checked_a_module_unless_it_says_who() -> None:
    assert loads_content(GOOD).facts.checked_by == "not yet checked by a clinician"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("minutes: 5", "minuts: 5", r"x\.md:8: unknown key 'minuts'; did you mean 'minutes'"),
        ("minutes: 5", "minutes: none", r"x\.md:8: minutes"),
        ("Some text.", "", r"x\.md:17: block 'First' is empty"),
        ("Some text.", "Some <b>text</b>.", r"x\.md:19: HTML is not used"),
        ("(0 to 10)", "(10 to 0)", r"x\.md:25: expected a range that rises"),
        ("(0 to 10)", "", r"x\.md:25: expected - `word`"),
        ("`habit`", "`of_ten`", "'of_ten' is given twice"),
        ("## Self-audit", "## Questions", "no questions"),
        ("---\nid", "id", r"x\.md:1: expected the module's facts"),
    ],
)
def test_a_slip_is_refused_with_its_line(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        loads_content(GOOD.replace(old, new, 1), where="x.md")


def test_an_id_belongs_to_one_module(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(GOOD)
    (tmp_path / "b.md").write_text(GOOD)
    with pytest.raises(InputError, match="already the id"):
        load_all_content(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load_content(tmp_path / "none.md")


def test_every_module_we_ship_reads() -> None:
    assert "diabetes_dpp4_choice" in load_all_content(Path(str(files("evenhand") / "definitions" / "content")))
