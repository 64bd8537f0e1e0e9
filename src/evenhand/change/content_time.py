"""How long a module takes to read, and whether its review is due."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta

from .content_figures import widest
from .content_parts import Content

# Brysbaert (2019), Journal of Memory and Language 109:104047: 238 words a minute of English non-fiction on average,
# most adults between 175 and 300. The slow end, so that what is promised holds for slow readers too.
WORDS_PER_MINUTE = 175
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")


def words(markdown: str) -> int:
    """How many words a reader reads: the text of links, not their addresses; no marks; figures at their longest.

    >>> words("See **[NG28](https://www.nice.org.uk)**, or | ask |.")
    4
    """
    text = _LINK.sub(r"\1", widest(markdown))
    return sum(any(letter.isalnum() for letter in word) for word in text.replace("|", " ").split())


def reading_words(content: Content) -> int:
    """The words of a whole module: title, headings, text, questions and the answers to choose from."""
    texts = [content.facts.title]
    texts += [text for block in content.blocks for text in (block.heading, block.markdown)]
    texts += [text for question in content.self_audit for text in (question.text, *question.choices)]
    return sum(map(words, texts))


def reading_minutes(content: Content) -> float:
    """How many minutes a slow reader needs for it, without looking anything up."""
    return reading_words(content) / WORDS_PER_MINUTE


def review_day(content: Content) -> date:
    """The last day on which the module need not be looked at again: the end of the month it names."""
    year, month = (int(part) for part in content.facts.review_due.split("-"))
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def overdue(contents: Iterable[Content], on: date) -> list[Content]:
    """The modules whose review should have been done before a day, the longest overdue first."""
    return sorted((one for one in contents if review_day(one) < on), key=lambda one: (review_day(one), one.id))
