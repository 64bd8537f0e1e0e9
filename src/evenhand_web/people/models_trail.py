"""What people agreed to, and who did what: rows that stand."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.site.models import AppendOnly


class Consent(AppendOnly):
    """Whether somebody agrees to one purpose; the last row stands, and without one they do not."""

    person = models.ForeignKey("people.Person", models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=30)
    given = models.BooleanField()
    words = models.TextField(help_text="what they read when they chose")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


class TrailRow(AppendOnly):
    """One act that matters: who (a pseudonym), did what, to what, where, when. Each row holds the hash of the last."""

    number = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    who = models.CharField(max_length=40, blank=True, help_text="a pseudonym; empty: nobody was signed in")
    act = models.CharField(max_length=40)
    what = models.CharField(max_length=120, blank=True, help_text="the kind of thing and its key")
    organisation = models.CharField(max_length=40, blank=True, db_index=True)
    facts = models.JSONField(default=dict, blank=True)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta(AppendOnly.Meta):
        ordering = ["number"]
