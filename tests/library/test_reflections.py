"""A reflection leaves the house as its owner wrote it, with the result as it stood and no patient in it."""

from __future__ import annotations

import pytest

from evenhand.change.reflection import Reflection, Result, as_markdown, as_text, may_identify
from evenhand.report.reflection import reflections

RESULT = Result(("Before 31.0%, since then 24.0%.", "Proved."), "5 March 2026", ("prescribing 2026-01",))
ONE = Reflection("Fewer strips", "March 2026", "qia", 1.0, "We *looked* at #1.", "It was us.", "Ask first.", RESULT)


def test_markdown_and_text_say_every_word_that_was_written():
    for written in (as_markdown([ONE]), as_text([ONE])):
        assert all(word in written for word in ("We *looked* at #1.", "It was us.", "Ask first.", "1 hour",
                                                "since then 24.0%", "As it stood on 5 March 2026",
                                                "prescribing 2026-01"))  # fmt: skip


def test_what_has_no_result_says_so():
    assert "No result was attached." in as_text([Reflection("Fewer strips", "March 2026")])


def test_plain_text_has_lines_of_eighty_letters():
    long = Reflection("Title", "March 2026", what="word " * 100)
    assert max(len(line) for line in as_text([long]).splitlines()) <= 80


def test_the_pdf_is_set_and_runs_nothing_that_was_written():
    wicked = Reflection('#panic("no")', "March 2026", what='#read("/etc/passwd") $x$ *a* \n= b', result=RESULT)
    made = reflections([ONE, wicked])
    assert made.startswith(b"%PDF")
    assert b"root:" not in made


@pytest.mark.parametrize(("text", "found"), [
    ("943 476 5919", ["943 476 5919"]), ("9434765919", ["9434765919"]), ("943-476-5918", []),
    ("in March 2026", []), ("born 1.2.1950", ["1.2.1950"]), ("£1,234,567,890", []), ("12345678901", []),
])  # fmt: skip
def test_what_may_identify_a_patient_is_seen(text, found):
    assert may_identify(text) == found
