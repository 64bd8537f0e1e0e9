"""Bulletins: one a week at most for a person, kept in a queue until a mail server has taken it."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils import timezone

from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.models import AppendOnly

from .campaigns import Campaign


def new_token() -> str:
    """What nobody can guess, for a link that works without signing in."""
    return secrets.token_urlsafe(24)


class Bulletin(models.Model):
    """One letter to one person in one week. Its words stand from the moment it is queued; an address is in
    `people.Identity` alone, and is looked up when it is sent."""

    STATES = ("queued", "sending", "sent", "failed", "withheld")
    person = models.ForeignKey(Person, models.PROTECT, related_name="bulletins")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="bulletins")
    week = models.DateField(help_text="its Monday")
    kind = models.CharField(max_length=10, choices=[("single", "single"), ("digest", "digest")], default="single")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="bulletins")
    facts = models.JSONField(help_text="the number, the comparison, the action, what became of last time")
    subject = models.CharField(max_length=150)
    text = models.TextField()
    html = models.TextField()
    message_id = models.CharField(max_length=150, unique=True)
    token = models.CharField(max_length=60, unique=True, default=new_token, help_text="of its unsubscribe link")
    state = models.CharField(max_length=10, choices=[(s, s) for s in STATES], default="queued", db_index=True)
    claim = models.CharField(max_length=40, blank=True, help_text="of the worker that has it in hand")
    claimed_at = models.DateTimeField(null=True, blank=True)
    handed_at = models.DateTimeField(
        null=True, blank=True,
        help_text="kept just before the last byte goes out: from here on only the mail server knows",
    )  # fmt: skip
    tries = models.PositiveSmallIntegerField(default=0)
    not_before = models.DateTimeField(default=timezone.now, help_text="when it may be tried (again)")
    trouble = models.CharField(max_length=300, blank=True, help_text="what the mail server said the last time")
    queued_at = models.DateTimeField(default=timezone.now)
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "week"], name="one_bulletin_a_week")]

    def __str__(self) -> str:
        return self.subject


class BulletinChoice(AppendOnly):
    """Whether somebody wants bulletins: the last row stands, and without one they do."""

    person = models.ForeignKey(Person, models.PROTECT, related_name="bulletin_choices")
    wanted = models.BooleanField()
    how = models.CharField(max_length=20, choices=[("link", "link"), ("page", "page")])
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
