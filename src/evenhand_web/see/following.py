"""Following a measure: what somebody wants to be told of when it changes, and what of it did this quarter.

A change is what `evenhand see changed` says it is: a rule of the control chart broken in one of the last three months.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from evenhand import measures
from evenhand.lake import Lake
from evenhand.story import sights
from evenhand.story.moved import Moved
from evenhand_web.people.models import Organisation, Person

from . import listing
from .models import Follow

MOST = 100  # measures that one person follows: more than anybody is told of


@dataclass(frozen=True)
class Followed:
    """One measure that somebody follows. title: '' if the measure is known no more; open: whether they may still read
    of the organisation; row: what changed, as the command's row, None if nothing did or nobody can tell."""

    follow: Follow
    title: str
    open: bool
    row: Mapping[str, Any] | None

    @property
    def words(self) -> str:
        """What changed, in words of the quarter."""
        return listing.changed_words(self.row) if self.row is not None else ""


def follow(person: Person, organisation: Organisation, measure: str, latest: str) -> bool:
    """Keep that somebody follows a measure here; False if they follow too many. Twice is as once."""
    if not Follow.objects.filter(person=person, organisation=organisation, measure=measure).exists():
        if Follow.objects.filter(person=person).count() >= MOST:
            return False
        Follow.objects.get_or_create(
            person=person, organisation=organisation, measure=measure, defaults={"published": latest}
        )
    return True


def unfollow(person: Person, organisation: Organisation, measure: str) -> int:
    """Forget that somebody follows a measure here; how many rows went."""
    return Follow.objects.filter(person=person, organisation=organisation, measure=measure).delete()[0]


def here(person: Person, organisation: Organisation) -> frozenset[str]:
    """The measures that somebody follows in one organisation."""
    rows = Follow.objects.filter(person=person, organisation=organisation)
    return frozenset(rows.values_list("measure", flat=True))


def of(person: Person, held: Lake | None, may_read: Callable[[Organisation], bool]) -> list[Followed]:
    """Everything that somebody follows, what changed first; of a place that is closed to them only that they do."""
    known = sights.known(held) if held is not None else measures.load_all()
    moved: dict[str, Moved | None] = {}
    found = []
    for each in Follow.objects.filter(person=person).select_related("organisation"):
        place, title = each.organisation, known[each.measure].title if each.measure in known else ""
        is_open = may_read(place)
        if is_open and place.code not in moved:
            moved[place.code] = listing.what_moved(held, place)
        row = row_of(moved.get(place.code), each.measure) if is_open else None
        found.append(Followed(each, title, is_open, row))
    return sorted(found, key=lambda one: (one.row is None, not one.open, one.title.lower(), one.follow.pk))


def row_of(found: Moved | None, measure: str) -> Mapping[str, Any] | None:
    """What changed of one measure."""
    return next((row for row in found.rows if row["measure"] == measure), None) if found else None


def news(follows: Iterable[Follow], found: Moved | None) -> list[tuple[Follow, Mapping[str, Any]]]:
    """Of what is followed in one organisation, what changed in a month that was not yet published when it began."""
    pairs = ((each, row_of(found, each.measure)) for each in follows)
    return [(each, row) for each, row in pairs if row is not None and row["months"][-1] > each.published]
