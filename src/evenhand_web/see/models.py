"""What people keep while they look: groups of organisations of their own, searches, and measures that they follow."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone

from evenhand_web.people.models import Organisation, Person


def new_key() -> str:
    """A name for an address that nobody can guess."""
    return secrets.token_urlsafe(9)


class Group(models.Model):
    """Organisations that somebody looks at together: a locality, a federation, a learning set. Its owner's alone."""

    key = models.CharField(max_length=20, primary_key=True, default=new_key, editable=False)
    owner = models.ForeignKey(Person, models.CASCADE, related_name="groups")
    name = models.CharField(max_length=80)
    codes = models.JSONField(default=list)
    made = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["name", "key"]

    def __str__(self) -> str:
        return self.name


class SavedSearch(models.Model):
    """A question that somebody asked in Explore and wants to ask again. `question` is the address after the `?`."""

    key = models.CharField(max_length=20, primary_key=True, default=new_key, editable=False)
    owner = models.ForeignKey(Person, models.CASCADE, related_name="searches")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="searches")
    title = models.CharField(max_length=120)
    question = models.CharField(max_length=1000)
    kept = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-kept", "key"]

    def __str__(self) -> str:
        return self.title


class Follow(models.Model):
    """A measure of an organisation that somebody wants to be told of when it changes. Its owner's alone.

    published: the latest month that was published when it began, YYYY-MM; what changed before is no news.
    """

    person = models.ForeignKey(Person, models.CASCADE, related_name="follows")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="follows")
    measure = models.CharField(max_length=80)
    published = models.CharField(max_length=7, blank=True)
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["person", "organisation", "measure"], name="follow_once")]

    def __str__(self) -> str:
        return f"{self.measure} at {self.organisation_id}"
