"""The decision register as figures: by level, and who took part in one decision."""

from __future__ import annotations

import math

from django.utils import timezone

from evenhand_web.site.figures import Figure
from evenhand_web.site.templatetags.evenhand import level_words

from .register import Book, Kept

HOW = (
    "A key decision commits money or a pathway. Clinicians took part in it if at least one person of a clinical "
    "profession did; how many of how many stands beside it. Decisions still open count too.",
    "Whoever voted on the statement that advised a decision took part in it; others are counted as recorded.",
    "A decision departs from its advice if another option was chosen than the votes advised; then its reason is kept.",
)
COMMAND = "evenhand decide register REGISTER --json"
COLUMNS = (
    "level", "decisions", "with clinicians", "share of decisions", "pounds", "share of pounds", "against the advice",
    "days from signal to signed", "days from signed to proved", "asked upward, waiting", "overdue",
)  # fmt: skip


def levels(book: Book) -> Figure:
    """Decisions by level, with the shares in which clinicians took part."""
    rows = [
        (level_words(row.level), row.decisions, row.with_clinicians, _known(row.share_of_decisions), row.pounds,
         _known(row.share_of_pounds), row.departed_from_advice, _known(row.median_days_signal_to_co_signed),
         _known(row.median_days_co_signed_to_verified), row.blockers_waiting, row.blockers_overdue)
        for row in book.register.by_level if row.decisions or row.blockers_waiting or row.blockers_overdue
    ]  # fmt: skip
    sentence = f"Decisions by level, as the register stood on {timezone.localdate():%-d %B %Y}."
    return Figure(name="decision-register", sentence=sentence, columns=COLUMNS, rows=rows, how=HOW, command=COMMAND)


def took_part(kept: Kept) -> Figure:
    """Who took part in one decision, by profession."""
    rows = [(part.profession, part.people, part.out_of) for part in kept.told.took_part]
    return Figure(
        name=f"decision-{kept.row.pk}-took-part", sentence="People who took part, by profession.", rows=rows,
        columns=("profession", "took part", "out of"), how=HOW[:2], command=COMMAND,
    )  # fmt: skip


def _known(x: float) -> float | None:
    return None if math.isnan(x) else x
