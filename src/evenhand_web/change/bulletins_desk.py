"""The week's queue as a desk may see it: counts by state, never of so few that somebody could be told from them."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import ancestors, around
from evenhand_web.site.figures import Figure

from . import bulletins_queue
from .models import Bulletin

WEEKS = 8  # shown
FEWEST = 10  # letters of a week below which its states are not told (as answers of surveys)


@dataclass(frozen=True)
class Week:
    """One week's letters. few: so few that their states are not told; doubt: letters that need an operator."""

    week: date
    letters: int
    states: dict[str, int]
    few: bool
    doubt: int


def weeks(organisation: Organisation) -> list[Week]:
    """The latest weeks of everybody who works in an organisation or below it, the newest first."""
    above = [o.code for o in ancestors(organisation)]
    rows = Bulletin.objects.filter(organisation__in=around(organisation)).exclude(organisation__in=above)
    found: dict[date, Counter[str]] = defaultdict(Counter)
    for week, state, many in rows.order_by().values_list("week", "state").annotate(Count("pk")):
        found[week][state] = many
    return [_week(organisation, week, found[week]) for week in sorted(found, reverse=True)[:WEEKS]]


def figure(found: list[Week]) -> Figure:
    """The table of the weeks, with its downloads."""
    rows = [
        (each.week.isoformat(), each.letters, *("" if each.few else each.states[state] for state in Bulletin.STATES))
        for each in found
    ]
    latest = found[0]
    letters = "there is one letter" if latest.letters == 1 else f"there are {latest.letters:,} letters"
    more = f"; the mail server has taken {latest.states['sent']:,}."
    more = ": too few for their states to be told." if latest.few else more
    return Figure(
        name="bulletins", columns=("week of", "letters", *Bulletin.STATES), rows=rows,
        sentence=f"In the week of {latest.week:%-d %B %Y} {letters}{more}",
        how=("A letter is queued, then in hand (sending), then sent once the mail server has taken it. Failed: refused "
             "for good, or given up after nine tries. Withheld: its reader had stopped bulletins, left or was erased.",
             f"Of a week with fewer than {FEWEST} letters the states are not told."),
        command="python -m evenhand_web bulletins --week MONDAY --json",
    )  # fmt: skip


def _week(organisation: Organisation, week: date, states: Counter[str]) -> Week:
    letters = sum(states.values())
    doubt = len(bulletins_queue.in_doubt(week)) if states["sending"] else 0
    return Week(week, letters, {state: states[state] for state in Bulletin.STATES}, letters < FEWEST, doubt)
