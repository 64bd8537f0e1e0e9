"""What clinicians would take on first: their orders as evenhand.decide.priorities weighs them."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from evenhand import charts
from evenhand.charts import survey_sketches
from evenhand.decide import Priorities, priorities
from evenhand.decide.verdict import FEWEST
from evenhand_web.people.models import Organisation, Person
from evenhand_web.people.tree import inside
from evenhand_web.site.figures import Figure

from .models import PriorityChoice

HOW = (
    "Each clinician puts up to three opportunities in order; the last order of a person counts, and each person weighs "
    "as one. An order is read as a row of choices of the best of what is left (Plackett-Luce).",
    "The share is how often the opportunity would be the first choice among all; its 95% interval is by people. "
    "Two next to one another are called apart only if their order is beyond chance.",
    "Nothing is shown while fewer than ten people have chosen.",
)


def options(titles: dict[str, str]) -> list[tuple[str, str]]:
    """The opportunities to choose from: (measure's id, title), by title."""
    return sorted(titles.items(), key=lambda row: row[1])


def chosen(organisation: Organisation) -> dict[str, list[list[str]]]:
    """The last order of each person, given here or below: person -> their one ranking, of two or more."""
    places = inside(organisation, PriorityChoice.objects.values_list("organisation", flat=True).distinct())
    rows = PriorityChoice.objects.filter(organisation__in=places, person__removed_by_moderator=False)
    last = dict(rows.values_list("person_id", "ranking"))
    return {person: [ranking] for person, ranking in last.items() if len(ranking) > 1}


def result(organisation: Organisation) -> Priorities | None:
    """The order, with its uncertainty; None while fewer than ten people have chosen."""
    given = chosen(organisation)
    if len(given) < FEWEST:
        return None
    return _ordered(tuple((person, tuple(ranking)) for person, (ranking,) in given.items()))


@lru_cache(maxsize=16)
def _ordered(given: tuple[tuple[str, tuple[str, ...]], ...]) -> Priorities:
    """The order, kept until anybody chooses anew."""
    return priorities({person: [ranking] for person, ranking in given})


def keep(organisation: Organisation, person: Person, ranking: list[str]) -> PriorityChoice:
    """Keep a person's order, as one more row."""
    return PriorityChoice.objects.create(organisation=organisation, person=person, ranking=ranking)


def figure(found: Priorities, titles: dict[str, str]) -> Figure:
    """Each opportunity's share of first choices with its interval, the first first."""
    names = [titles.get(row.option, row.option) for row in found.options]
    rows = [
        (name, row.rank, f"{row.rank_low} to {row.rank_high}", row.worth, row.low, row.high, row.probability_first)
        for name, row in zip(names, found.options, strict=True)
    ]
    ends = [np.array([getattr(row, end) for row in found.options]) for end in ("worth", "low", "high")]
    first = found.options[0]
    sentence = (
        f"{found.people} clinicians chose: “{names[0]}” comes first, with {first.worth:.0%} of first choices "
        f"({first.low:.0%} to {first.high:.0%}); it is the first with {first.probability_first:.0%} certainty."
    )
    return Figure(
        name="priorities", sentence=sentence, rows=rows, how=HOW, command="evenhand decide priorities CHOICES --json",
        columns=("opportunity", "rank", "rank may be", "share of first choices", "low", "high", "chance of first"),
        draw=lambda width: charts.intervals(names, *ends, title="What comes first", share=True, width=width),
        sketch=lambda width: survey_sketches.intervals(names, *ends, width=width),
    )  # fmt: skip
