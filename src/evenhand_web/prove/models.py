"""What was registered before the outcome was read, and what was found. Nothing here is ever changed."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.change.models import Campaign
from evenhand_web.decide.models import SchemeVersion
from evenhand_web.people.models import Person
from evenhand_web.site.models import AppendOnly


class RegisteredDesign(AppendOnly):
    """A design as it stood before anyone looked: the scheme's version, the sealed allocation, one hash over both."""

    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="designs")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="designs")
    sha256 = models.CharField(max_length=64, unique=True, help_text="evenhand.prove.register")
    design = models.JSONField(help_text="measure, windows, arms, guardrails, planned effect: in plain words and values")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


class VerdictRecord(AppendOnly):
    """evenhand.records.Verdict as it was computed, and from which snapshots of the lake; a later one stands beside."""

    design = models.ForeignKey(RegisteredDesign, models.PROTECT, related_name="verdicts")
    sentence = models.TextField()
    evidenced = models.BooleanField()
    countable = models.BooleanField()
    verdict = models.JSONField(help_text="evenhand.records.Verdict.as_json()")
    snapshots = models.JSONField(default=list, help_text="table, key, sha256 of what it was computed from")
    person = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["-id"]
        get_latest_by = "id"


class GuardrailRecord(AppendOnly):
    """One guardrail of one verdict, as a row, so that a board can ask across schemes which did not hold."""

    WORDS = {"pass": "held", "inconclusive": "not yet known", "breach": "at risk", "not_assessed": "not assessed"}
    verdict_record = models.ForeignKey(VerdictRecord, models.PROTECT, related_name="guardrails")
    measure = models.CharField(max_length=80)
    verdict = models.CharField(max_length=20, choices=list(WORDS.items()))
    effect = models.FloatField(null=True, blank=True)
    se = models.FloatField(null=True, blank=True)
    bound = models.FloatField(null=True, blank=True)
    margin = models.FloatField()
    harm = models.CharField(max_length=4, choices=[("up", "up"), ("down", "down")])
    reason = models.TextField(blank=True)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
