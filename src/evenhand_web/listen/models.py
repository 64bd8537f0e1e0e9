"""Surveys: who was asked (a frame of pseudonyms), and what came in, event by event."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.people.models import Organisation, Person, new_key
from evenhand_web.site.models import AppendOnly


class SurveyWave(models.Model):
    """One wave of an instrument (a YAML file in evenhand.definitions), asked in one organisation and all below it."""

    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    instrument = models.CharField(max_length=80, help_text="the id of the instrument")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="survey_waves")
    asked_by = models.CharField(max_length=200, help_text="who asks, in words")
    who_will_see = models.TextField(help_text="who sees what, in one sentence")
    opened_by = models.ForeignKey(
        Person, models.SET_NULL, null=True, blank=True, related_name="+",
        help_text="who opened it here, closes it and says what became of it; empty if nobody is known to have",
    )
    opens = models.DateTimeField()
    closes = models.DateTimeField()
    previous = models.OneToOneField("self", models.PROTECT, null=True, blank=True, related_name="next")
    what_became = models.TextField(blank=True, help_text="what became of the answers, once something did")

    class Meta:
        ordering = ["-opens"]

    def __str__(self) -> str:
        return self.title

    def is_open(self, at: object | None = None) -> bool:
        """Whether answers are taken now (or at that moment)."""
        return self.opens <= (at or timezone.now()) < self.closes


class Invitation(models.Model):
    """One place in the frame: somebody who could answer, with their strata.

    `person` is the link from answers to people. Closing a wave, or erasing somebody, empties it for good.
    """

    wave = models.ForeignKey(SurveyWave, models.PROTECT, related_name="invitations")
    respondent = models.CharField(max_length=40, default=new_key, help_text="the random key that answers carry")
    person = models.ForeignKey(Person, models.SET_NULL, null=True, blank=True, related_name="invitations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    profession = models.CharField(max_length=40)
    strata = models.JSONField(default=dict, help_text="other columns of the frame, as text")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["wave", "respondent"], name="one_place_a_respondent"),
            models.UniqueConstraint(fields=["wave", "person"], name="one_place_a_person"),
        ]


class AnswerEvent(AppendOnly):
    """Answers as they came in, all that a respondent had given by then; the last submission stands.

    The row has the layout that evenhand.listen reads: token, time, status and the answers by question. It carries
    the random key and no person.
    """

    wave = models.ForeignKey(SurveyWave, models.PROTECT, related_name="answers")
    respondent = models.CharField(max_length=40)
    status = models.CharField(max_length=10, choices=[("partial", "partial"), ("submitted", "submitted")])
    answers = models.JSONField(help_text="question -> answer, both text")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["wave", "respondent"])]
