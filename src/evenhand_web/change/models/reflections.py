"""Reflections for appraisal: private to their owner, who alone reads, exports and deletes them."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand.change.reflection import KINDS
from evenhand_web.people.models import Organisation, Person

from .promises import Commitment


class Reflection(models.Model):
    """What, so what, now what; with the verified result as it stood when it was attached."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="reflections")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, blank=True, related_name="reflections")
    content = models.CharField(max_length=80, blank=True, help_text="the module it is about, if any")
    measure = models.CharField(max_length=80, blank=True)
    kind = models.CharField(max_length=3, choices=list(KINDS.items()), default="cpd")
    hours = models.FloatField(null=True, blank=True, help_text="one hour is one credit")
    title = models.CharField(max_length=200)
    what = models.TextField(blank=True)
    so_what = models.TextField(blank=True)
    now_what = models.TextField(blank=True)
    attached = models.JSONField(default=dict, blank=True, help_text="the verified result: value, interval, source, day")
    at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        return self.title
