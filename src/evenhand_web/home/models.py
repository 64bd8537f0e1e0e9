"""What became of the jobs that keep the pages fresh: data taken in, refused and why."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.site.models import AppendOnly


class JobRun(AppendOnly):
    """One job that ended: what it was asked, how it ended, what it said. No person is in it."""

    STATES = {"done": "done", "refused": "refused", "failed": "failed"}
    job = models.CharField(max_length=20, help_text="load")
    asked = models.CharField(max_length=300, help_text="the names of the files, without their folders")
    state = models.CharField(max_length=10, choices=list(STATES.items()))
    said = models.TextField(help_text="the refusal in full, or what was done in one line")
    facts = models.JSONField(default=dict, blank=True, help_text="of each file: source, state, months, rows, revisions")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.job} {self.state}"
