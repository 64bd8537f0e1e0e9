"""What somebody promised, and what they say became of it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.decide.models import SchemeVersion
from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.models import AppendOnly

from .campaigns import Campaign


class Commitment(AppendOnly):
    """A promise: what, how much, by when. It is a promise, and money never follows from it."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="commitments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="commitments")
    version = models.ForeignKey(SchemeVersion, models.PROTECT, null=True, blank=True, related_name="commitments")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="commitments")
    content = models.CharField(max_length=80, blank=True, help_text="the module that it answers, read or not")
    measure = models.CharField(max_length=80)
    what = models.CharField(max_length=200)
    size = models.FloatField(null=True, blank=True, help_text="in the measure's own unit")
    by = models.DateField()
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["-id"]


class CommitmentReport(AppendOnly):
    """What somebody says became of their promise: reported, and never added to what was proved."""

    SAID = {"done": "I did it", "partly": "partly", "not_done": "it did not work out"}
    commitment = models.ForeignKey(Commitment, models.PROTECT, related_name="reports")
    said = models.CharField(max_length=10, choices=list(SAID.items()))
    note = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


def forget_notes(person: Person) -> int:
    """Blank the notes that somebody wrote beside their reports, which nobody else may read; how many there were.

    The one thing of this log that may change: erasing a person (decision 0109). What was said stays.
    """
    notes = models.QuerySet(CommitmentReport).filter(commitment__person=person).exclude(note="")
    return notes.update(note="")
