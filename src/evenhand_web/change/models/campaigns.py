"""Who has seen it, promised it, done it; and campaigns whose allocation is sealed before anyone is written to.

Content itself is a file (evenhand.definitions/content): a row here names it by its id.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.decide.models import SchemeVersion
from evenhand_web.people.models import Organisation, Person
from evenhand_web.site.models import AppendOnly, AppendOnlyError


class Campaign(models.Model):
    """A message to some organisations and, at random, not yet to others. Once sealed, its design stands."""

    DESIGN = (
        "kind", "organisation_id", "version_id", "measure", "outcome", "content", "message", "variants", "arms",
        "holdout", "waves", "least_effect", "power", "ratio", "strata", "level", "cluster", "audience", "window",
        "sender", "seed", "why_not_randomised", "unmet", "why_unmet",
    )  # fmt: skip
    key = models.SlugField(max_length=80, unique=True)
    title = models.CharField(max_length=200)
    kind = models.CharField(max_length=20, choices=[("practice", "practice"), ("awareness", "awareness")],
                            default="practice")  # fmt: skip
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="campaigns",
        help_text="whose members are drawn; empty: the area of the scheme",
    )  # fmt: skip
    version = models.ForeignKey(SchemeVersion, models.PROTECT, null=True, blank=True, related_name="campaigns")
    measure = models.CharField(max_length=80, blank=True, help_text="that it is to move; empty: the scheme's own")
    outcome = models.JSONField(default=dict, blank=True,
                               help_text="of an awareness campaign: instrument, question, value")  # fmt: skip
    content = models.CharField(max_length=80, help_text="the id of the content module")
    message = models.TextField(help_text="what the reader gets, under 150 words")
    sender = models.CharField(max_length=120, blank=True, help_text="by whose name the message is signed")
    level = models.CharField(max_length=40, help_text="of the units: practice; person for somebody asked in a survey")
    cluster = models.CharField(max_length=20, default="pcn", help_text="what is drawn as one: pcn, practice or person")
    audience = models.JSONField(default=dict, blank=True,
                                help_text='who: {"choose": "all"}, or beyond "benchmark" or "limit"')  # fmt: skip
    window = models.JSONField(default=dict, blank=True, help_text='months: {"baseline": 6, "follow_up": 6}')
    variants = models.JSONField(default=dict, blank=True, help_text="the message of an arm that has its own")
    arms = models.JSONField(help_text='["intervention", "control"]')
    holdout = models.CharField(max_length=60, blank=True, help_text="the arm that gets nothing; empty: the last")
    waves = models.JSONField(default=list, blank=True, help_text='the first day of each wave: ["2026-11-02", ...]')
    least_effect = models.FloatField(null=True, blank=True, help_text="the smallest effect that would matter")
    power = models.JSONField(default=dict, blank=True, help_text="as shown before launch")
    ratio = models.JSONField(help_text="[1, 1]")
    strata = models.JSONField(default=list)
    seed = models.BigIntegerField(null=True, blank=True, help_text="empty: chosen by chance at the moment of the draw")
    why_not_randomised = models.TextField(blank=True)
    unmet = models.JSONField(default=list, blank=True, help_text="suggestions for feedback not followed when sealed")
    why_unmet = models.TextField(blank=True, help_text="why it goes out although it does not follow them")
    author = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sealed_at = models.DateTimeField(null=True, blank=True)
    allocation_sha256 = models.CharField(max_length=64, blank=True)
    launched_at = models.DateTimeField(null=True, blank=True)
    verdict_due = models.DateField(null=True, blank=True)
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["-at", "id"]

    def __str__(self) -> str:
        return self.title

    @property
    def area(self) -> Organisation:
        """Whose practices or members are drawn."""
        if self.organisation is not None:
            return self.organisation
        if self.version is None:
            raise AppendOnlyError(f"campaign {self.key} has neither a scheme nor an organisation")
        return self.version.plan.organisation

    @property
    def control(self) -> str:
        """The arm that gets nothing before the verdict; '' if nobody is held out."""
        return self.holdout or (str(self.arms[-1]) if len(self.arms) > 1 else "")

    def save(self, *args: object, **kwargs: object) -> None:
        before = None if self._state.adding else Campaign.objects.filter(pk=self.pk).first()
        if before is not None and before.sealed_at is not None:
            changed = [name for name in self.DESIGN if getattr(before, name) != getattr(self, name)]
            changed += [n for n in ("sealed_at", "allocation_sha256") if getattr(before, n) != getattr(self, n)]
            if changed:
                raise AppendOnlyError(f"campaign {self.key} is sealed: {', '.join(changed)} cannot change any more")
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class AllocationRow(AppendOnly):
    """Which arm one unit was drawn into."""

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="allocation")
    unit = models.CharField(max_length=40, help_text="the organisation's code")
    cluster = models.CharField(max_length=40, blank=True)
    arm = models.CharField(max_length=60)
    stratum = models.CharField(max_length=120, blank=True)
    wave = models.PositiveIntegerField(default=1, help_text="0: held out until the verdict")

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["campaign", "unit"], name="one_arm_a_unit")]


class EngagementEvent(AppendOnly):
    """A person, a piece of content, a stage reached: METHODS E.2, the first time only."""

    STAGES = ("reached", "viewed", "completed", "evaluated", "intends", "reported", "verified")
    SIDE_EXITS = ("disagreed", "not_applicable", "already_doing", "barrier")
    person = models.ForeignKey(Person, models.PROTECT, related_name="engagement")
    content = models.CharField(max_length=80)
    stage = models.CharField(max_length=20, choices=[(s, s) for s in (*STAGES, *SIDE_EXITS)])
    reason = models.CharField(max_length=200, blank=True, help_text="of a side exit")
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, blank=True, related_name="events")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["person", "content", "stage"], name="a_stage_once")]


class SpreadKept(models.Model):
    """How a campaign spreads, worked out and drawn by a job: no reader waits for it. Made anew as counts change."""

    campaign = models.OneToOneField(Campaign, models.CASCADE, related_name="spread_kept")
    counts = models.CharField(max_length=64, help_text="sha256 of what it was worked out from")
    document = models.JSONField(help_text="dates, counts, forecast, what is told of it, and its drawings by width")
    at = models.DateTimeField(default=timezone.now)
