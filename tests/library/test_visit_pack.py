"""The pack for a visit is two pages, whatever has to be said on them."""

from __future__ import annotations

import re

import pytest

from evenhand.report.visit import Line, Topic, Visit, visit

LONG = Line("A measure whose name goes on and on about medicines of every kind", "1,234,567", "1,234,567",
            "£1,234,000 (£1,200,000 to £1,300,000)", "Better: lower than usual", "")  # fmt: skip
TOPIC = Topic("A long title " * 8, "A sentence. " * 60, "", "", *("Many words. " * 400,) * 4, "Written by nobody.")


def pages(pack: Visit) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", visit(pack)))


@pytest.mark.parametrize("smallest", [7.5, 10.0])  # in points: letters of the server's font may be wide
def test_a_pack_with_long_names_and_many_promises_still_has_two_pages(monkeypatch, smallest):
    monkeypatch.setattr("evenhand.report.visit.SIZES", (smallest,))
    name, promise = "The very long name of a practice " * 9, "What was promised goes on. " * 40
    assert pages(Visit(name, "Practice", "", "Invented.", (LONG,) * 12, TOPIC, (promise,) * 5, (promise,) * 5)) == 2


def test_a_pack_with_nothing_to_say_has_two_pages_to_write_on():
    assert pages(Visit("A practice", "Practice", "No figures yet.", "", (), None, (), ())) == 2
