"""PDSA cycles: what a team predicts, tries, finds and decides. The prediction stands before the result does."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.decide.models import SchemeVersion
from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.models import AppendOnly, AppendOnlyError


class Cycle(AppendOnly):
    """Plan and do: what is tried from a day on, and what its team expects of it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="cycles")
    version = models.ForeignKey(SchemeVersion, models.PROTECT, null=True, blank=True, related_name="cycles")
    measure = models.CharField(max_length=80)
    idea = models.CharField(max_length=200, help_text="the change that is tried")
    prediction = models.TextField(help_text="what will happen, and why we think so")
    expected = models.FloatField(null=True, blank=True, help_text="the value expected, in the measure's own unit")
    starts = models.DateField()
    ends = models.DateField(help_text="when its team will look")
    person = models.ForeignKey(Person, models.PROTECT, related_name="cycles")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["starts", "id"]

    def __str__(self) -> str:
        return self.idea

    def save(self, *args: object, **kwargs: object) -> None:
        """Only with its prediction, and only before it starts: a prediction written later predicts nothing."""
        if not self.prediction.strip():
            raise AppendOnlyError("a cycle has a prediction")
        if not timezone.localdate(self.at) <= self.starts <= self.ends:
            raise AppendOnlyError("a cycle is planned before it starts, and ends no sooner than it starts")
        super().save(*args, **kwargs)


class CycleResult(AppendOnly):
    """Study and act: what happened, and what its team does with the idea. A cycle has one."""

    DECISIONS = {"adopt": "adopt it", "adapt": "adapt it and try again", "abandon": "abandon it"}
    cycle = models.OneToOneField(Cycle, models.PROTECT, related_name="result")
    happened = models.TextField()
    value = models.FloatField(null=True, blank=True, help_text="what the data shows for those months, if anything")
    decision = models.CharField(max_length=10, choices=list(DECISIONS.items()))
    why = models.TextField(help_text="what was learnt")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]

    def save(self, *args: object, **kwargs: object) -> None:
        """Only once its cycle has ended: nobody peeks."""
        if timezone.localdate(self.at) <= self.cycle.ends:
            raise AppendOnlyError(f"cycle {self.cycle_id} has not ended")
        super().save(*args, **kwargs)
