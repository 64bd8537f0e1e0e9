"""A verdict says what it takes for granted and what would change it."""

from __future__ import annotations

from dataclasses import replace

import savings
from evenhand import prove

NAMED = {"wait_within_18_weeks": ("Waiting no longer than 18 weeks", True)}


def test_a_verdict_says_in_sentences_what_it_takes_for_granted():
    said = " ".join(prove.assumptions(savings.scheme(), missing=0.05))
    assert "Chance alone chose who began first" in said
    assert "£22.5" in said
    assert "2026-03" in said
    assert "The 5.0% of those allocated" in said
    assert "named beforehand and not drawn by chance" in said


def test_without_a_draw_the_first_assumption_is_the_one_that_nothing_shows():
    first = prove.assumptions(savings.scheme(why_not_randomised="one board acted alone"))[0]
    assert "nothing shows that" in first
    assert "one board acted alone" in first


def test_what_would_change_a_verdict_follows_from_what_it_found():
    found, plan = savings.verdict(), savings.scheme()
    effect, rail = prove.would_change(found, plan, is_share=True, named=NAMED)
    assert effect == "An effect whose interval reaches nothing at all: it is 6.0 to 14.0 points lower now."
    assert rail.startswith("Waiting no longer than 18 weeks: 1.0 points lower than its controls, or more")
    unproved = replace(found, evidenced=False, effect=replace(found.effect, high=0.01))
    assert "lies wholly where it was hoped for" in prove.would_change(unproved, plan, is_share=True)[0]
    breach = replace(found, guardrails=(savings.guardrail("breach"),))
    assert "back within" in prove.would_change(breach, plan, is_share=True, named=NAMED)[1]
