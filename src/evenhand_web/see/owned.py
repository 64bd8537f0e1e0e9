"""What somebody keeps for themselves while they look: forgotten when they leave."""

from __future__ import annotations

from evenhand_web.people.models import Person

from .models import Follow, Group, SavedSearch


def forget(person: Person) -> int:
    """Delete somebody's groups, saved searches and what they follow; how many there were."""
    gone, _ = Group.objects.filter(owner=person).delete()
    searches, _ = SavedSearch.objects.filter(owner=person).delete()
    follows, _ = Follow.objects.filter(person=person).delete()
    return gone + searches + follows
