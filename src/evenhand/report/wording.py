"""What every form of the report says alike."""

from __future__ import annotations

import hashlib

from ..story import Story

DEMONSTRATION = "Demonstration data: every organisation, person and number here is invented."
STEP_NAMES = {
    "listen": "Listen", "see": "See", "decide": "Decide", "change": "Change", "prove": "Prove", "account": "Account",
}  # fmt: skip


def about(story: Story) -> str:
    """The figures' date, or that there are none."""
    if story.figures_date is None:
        return "No figures yet."
    return f"Figures up to {story.figures_date}, from {len(story.sources)} published files."


def claim(story: Story) -> str:
    """What the reader may rely on."""
    told = sum(chapter.told for chapter in story.chapters)
    start = (
        "A health service saves money by changing clinical decisions, with the clinicians who make them, and proves "
        "it. Only what is proved against a counterfactual, held its guardrails and was signed by two people is counted."
    )
    if told == len(story.chapters):
        return start
    return f"{start} {told} of the six steps have something to tell yet; the others say what to do next."


def grouped(story: Story) -> list[tuple[str, str, str, str, str]]:
    """Sources by table for print: table, files, months, rows, and one sha256 over those of the files in order."""
    tables: dict[str, list[int]] = {}
    for place, source in enumerate(story.sources):
        tables.setdefault(source.table, []).append(place)
    rows = []
    for name, places in tables.items():
        held = [story.sources[place] for place in places]
        months = sorted(part for source in held for part in source.months.split(" to ") if part)
        span = "" if not months else months[0] if months[0] == months[-1] else f"{months[0]} to {months[-1]}"
        several = hashlib.sha256("\n".join(source.sha256 for source in held).encode()).hexdigest()
        one = held[0].sha256 if len(held) == 1 else several
        rows.append((name, f"{len(held):,}", span, f"{sum(source.rows for source in held):,}", one))
    return rows
