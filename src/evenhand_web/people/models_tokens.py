"""Access tokens: a key that somebody makes for a program of theirs, with their own rights and only to read."""

from __future__ import annotations

from django.db import models
from django.utils import timezone


class AccessToken(models.Model):
    """A key for the API. Its text was shown once and is nowhere kept; erasing its owner deletes it."""

    SCOPES = {"read": "read what I may read"}
    identity = models.ForeignKey("people.Identity", models.CASCADE, related_name="tokens")
    name = models.CharField(max_length=80)
    scope = models.CharField(max_length=10, choices=list(SCOPES.items()), default="read")
    sha256 = models.CharField(max_length=64, unique=True, help_text="of the whole token")
    start = models.CharField(max_length=12, help_text="its first signs, to tell tokens apart")
    made_at = models.DateTimeField(default=timezone.now)
    expires = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.name

    @property
    def stands(self) -> bool:
        """Whether it opens anything now."""
        return self.revoked_at is None and timezone.now() < self.expires
