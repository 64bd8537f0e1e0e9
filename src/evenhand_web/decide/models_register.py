"""The decision register: key decisions, who took part, what was advised and decided; blockers raised upward."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.models import AppendOnly


class KeyDecision(AppendOnly):
    """A question that commits money or a pathway, as it was put: options, by when, what is at stake."""

    question = models.CharField(max_length=200)
    options = models.JSONField(help_text="two or more, as text")
    by = models.DateField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="key_decisions")
    pathway = models.SlugField(max_length=60, blank=True)
    pounds = models.PositiveBigIntegerField(help_text="at stake, whole pounds")
    patients = models.PositiveIntegerField(help_text="at stake")
    signal = models.DateField(null=True, blank=True, help_text="when the variation was first shown")
    plan = models.ForeignKey("decide.Plan", models.PROTECT, null=True, blank=True, related_name="decisions")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["-by", "-id"]

    def __str__(self) -> str:
        return self.question


class Participation(AppendOnly):
    """How many of one profession took part, out of how many who could; the last row of a profession stands."""

    decision = models.ForeignKey(KeyDecision, models.PROTECT, related_name="participation")
    profession = models.CharField(max_length=40)
    people = models.PositiveIntegerField()
    out_of = models.PositiveIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


class Advice(AppendOnly):
    """Which option the votes on a statement advised, with the count as it stood then; the last one stands."""

    decision = models.ForeignKey(KeyDecision, models.PROTECT, related_name="advice")
    option = models.CharField(max_length=200)
    statement = models.ForeignKey("decide.Statement", models.PROTECT, related_name="advice")
    verdict = models.CharField(max_length=200, help_text="what the votes said, in words")
    agree = models.PositiveIntegerField()
    seen = models.PositiveIntegerField()
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


class DecisionTaken(AppendOnly):
    """What was decided, by whom, and why where it departs from the advice. There is one, and it stands."""

    decision = models.OneToOneField(KeyDecision, models.PROTECT, related_name="taken")
    option = models.CharField(max_length=200)
    by = models.CharField(max_length=200, help_text="which body or role")
    on = models.DateField()
    reason = models.CharField(max_length=600, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class Blocker(AppendOnly):
    """What an organisation cannot mend itself, asked of one above it, with the day on which an answer is due."""

    question = models.CharField(max_length=300)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="blockers")
    raised_to = models.ForeignKey(Organisation, models.PROTECT, related_name="blockers_asked")
    raised = models.DateField(default=timezone.localdate)
    due = models.DateField()
    decision = models.ForeignKey(KeyDecision, models.PROTECT, null=True, blank=True, related_name="blockers")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["due", "id"]

    def __str__(self) -> str:
        return self.question


class BlockerAnswer(AppendOnly):
    """The answer to a blocker, with its day. There is one; a new question is a new blocker."""

    blocker = models.OneToOneField(Blocker, models.PROTECT, related_name="answer")
    text = models.CharField(max_length=600)
    on = models.DateField(default=timezone.localdate)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)


class SchemeComment(AppendOnly):
    """A question or a comment on one version of a scheme; an answer is a row that replies to one."""

    KINDS = {"question": "question", "comment": "comment", "answer": "answer"}
    version = models.ForeignKey("decide.SchemeVersion", models.PROTECT, related_name="comments")
    kind = models.CharField(max_length=10, choices=list(KINDS.items()))
    text = models.CharField(max_length=600)
    replies_to = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="replies")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


class PriorityChoice(AppendOnly):
    """One clinician's order of opportunities, the first first; the last row of a person stands."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="priority_choices")
    person = models.ForeignKey(Person, models.PROTECT, related_name="priority_choices")
    ranking = models.JSONField(help_text="ids of measures, the first choice first")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
