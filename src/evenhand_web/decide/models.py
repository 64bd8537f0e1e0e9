"""Statements and votes, plans and their versions, signatures, and reasons why a variation is warranted."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.models import AppendOnly

from .models_register import (
    Advice,
    Blocker,
    BlockerAnswer,
    DecisionTaken,
    KeyDecision,
    Participation,
    PriorityChoice,
    SchemeComment,
)

__all__ = [
    "Advice", "Blocker", "BlockerAnswer", "DecisionTaken", "Explanation", "KeyDecision",
    "Moderation", "Participation", "Plan", "PriorityChoice", "Round", "SchemeComment", "SchemeVersion", "Signature",
    "Statement", "VoteEvent", "Weighing", "Withdrawal",
]  # fmt: skip


class Round(models.Model):
    """One question put to the clinicians of an organisation and all below it, with its dates."""

    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    question = models.TextField()
    pathway = models.SlugField(max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="rounds")
    opens = models.DateTimeField()
    closes = models.DateTimeField()

    class Meta:
        ordering = ["-opens"]

    def __str__(self) -> str:
        return self.title

    def is_open(self, at: object | None = None) -> bool:
        """Whether votes and statements are taken now (or at that moment)."""
        return self.opens <= (at or timezone.now()) < self.closes


class Statement(models.Model):
    """One idea in at most 140 characters. A reader sees what kind of person wrote it, never who."""

    AUTHOR_KINDS = {"seed": "to start with", "clinician": "a clinician", "manager": "a manager"}
    MODERATION = {"pending": "waiting", "accepted": "accepted", "rejected": "rejected", "duplicate": "said before"}
    round = models.ForeignKey(Round, models.PROTECT, related_name="statements")
    key = models.CharField(max_length=60, help_text="its id in files, unique in the round")
    text = models.CharField(max_length=140)
    author = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="statements")
    author_kind = models.CharField(max_length=10, choices=list(AUTHOR_KINDS.items()), default="seed")
    moderation = models.CharField(max_length=10, choices=list(MODERATION.items()), default="pending")
    reason = models.CharField(max_length=200, blank=True, help_text="public; why it was rejected")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="duplicates")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["round", "key"], name="one_statement_a_key")]

    def __str__(self) -> str:
        return self.text


class Moderation(AppendOnly):
    """What a moderator decided about a statement, with the public reason; the last decision stands."""

    DECISIONS = {"accepted": "accepted", "rejected": "rejected", "duplicate": "said before"}
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="moderations")
    decision = models.CharField(max_length=10, choices=list(DECISIONS.items()))
    reason = models.CharField(max_length=200, blank=True)
    duplicate_of = models.ForeignKey(Statement, models.PROTECT, null=True, blank=True, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


class VoteEvent(AppendOnly):
    """One vote as it was given; the last one of a person on a statement stands, `retract` takes it back."""

    VALUES = {"agree": 1, "disagree": -1, "pass": 0, "retract": None}
    statement = models.ForeignKey(Statement, models.PROTECT, related_name="votes")
    person = models.ForeignKey(Person, models.PROTECT, related_name="votes")
    value = models.CharField(max_length=10, choices=[(value, value) for value in VALUES])
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
        indexes = [models.Index(fields=["person", "statement"])]


class Showing(AppendOnly):
    """That a person was shown a statement as the next one, and with which chance it was drawn among how many.

    given: votes of theirs that counted then; the same page asked for again is no other showing.
    """

    statement = models.ForeignKey(Statement, models.PROTECT, related_name="showings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    given = models.PositiveIntegerField()
    probability = models.FloatField()
    candidates = models.PositiveIntegerField()
    why = models.CharField(max_length=12)
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "statement", "given"], name="one_row_a_showing")]


class Plan(models.Model):
    """A scheme as a whole: its id and its area. What it says stands in its versions."""

    key = models.SlugField(max_length=80, unique=True, help_text="the scheme's id, as in its YAML")
    title = models.CharField(max_length=200)
    pathway = models.SlugField(max_length=60)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="plans", help_text="its area")
    signers = models.ManyToManyField(
        Organisation, related_name="plans_to_sign", help_text="each needs a clinical lead's and a manager's signature"
    )
    statements = models.ManyToManyField(Statement, blank=True, related_name="plans", help_text="what it grew from")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return self.title

    def latest(self) -> SchemeVersion | None:
        """The version that can be signed: only the latest can be in force."""
        return self.versions.order_by("-number").first()


class SchemeVersion(AppendOnly):
    """One version, word for word: the YAML that evenhand.records.Scheme reads, and its sha256."""

    plan = models.ForeignKey(Plan, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField(help_text="the aim, as people read it")
    measure = models.CharField(max_length=80)
    yaml = models.TextField()
    sha256 = models.CharField(max_length=64)
    note = models.CharField(max_length=300, blank=True, help_text="what changed against the version before")
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["plan", "number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="one_version_a_number")]

    def __str__(self) -> str:
        return f"{self.plan}, version {self.number}"


class Signature(AppendOnly):
    """One signature to one version, for one organisation, in one of the two roles that are needed."""

    ROLES = {"clinical_lead": "clinical lead", "manager": "manager"}
    version = models.ForeignKey(SchemeVersion, models.PROTECT, related_name="signatures")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=20, choices=list(ROLES.items()))
    person = models.ForeignKey(Person, models.PROTECT, related_name="signatures")
    identity_level = models.PositiveSmallIntegerField()
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]

    @property
    def withdrawn(self) -> object | None:
        """When it was withdrawn; None while it stands."""
        withdrawal = Withdrawal.objects.filter(signature=self).first()
        return withdrawal.at if withdrawal else None


class Withdrawal(AppendOnly):
    """A signature taken back, by the one who gave it."""

    signature = models.OneToOneField(Signature, models.PROTECT, related_name="withdrawal")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField(default=timezone.now)


class Explanation(AppendOnly):
    """'This is warranted, because ...': a clinician's answer to a variation, shown beside the number."""

    measure = models.CharField(max_length=80)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="explanations")
    text = models.TextField(max_length=600)
    person = models.ForeignKey(Person, models.PROTECT, related_name="explanations")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["-id"]
        indexes = [models.Index(fields=["measure", "organisation"])]


class Weighing(AppendOnly):
    """How a peer weighs an explanation; the last one of a person stands."""

    VALUES = {"accept": "this explains it", "doubt": "I am not convinced"}
    explanation = models.ForeignKey(Explanation, models.PROTECT, related_name="weighings")
    person = models.ForeignKey(Person, models.PROTECT, related_name="weighings")
    value = models.CharField(max_length=10, choices=list(VALUES.items()))
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
