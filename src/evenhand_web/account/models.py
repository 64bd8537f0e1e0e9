"""The ledger as a mirror of evenhand.account's JSON lines, the confirmations it needs, and the target."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.decide.models import Plan
from evenhand_web.people.models import Organisation, Person
from evenhand_web.prove.models import VerdictRecord
from evenhand_web.site.models import AppendOnly


class LedgerEntry(AppendOnly):
    """One line of the ledger, word for word; its columns repeat what pages look up by. Sums are the library's."""

    number = models.PositiveIntegerField(unique=True, help_text="its place in the chain, from 1")
    line = models.TextField(help_text="the JSON line of evenhand.account, exactly as it was sealed")
    hash = models.CharField(max_length=64, unique=True)
    previous = models.CharField(max_length=64, help_text="the hash of the line before")
    saving = models.CharField(max_length=120, db_index=True, help_text="the saving that this entry moves")
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=20)
    plan = models.ForeignKey(Plan, models.PROTECT, null=True, blank=True, related_name="entries")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="entries")
    verdict = models.ForeignKey(VerdictRecord, models.PROTECT, null=True, blank=True, related_name="entries")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["number"]
        verbose_name_plural = "ledger entries"


class Confirmation(AppendOnly):
    """One of the two people who confirm a saving: a finance lead and a clinical lead, never the same person."""

    ROLES = {"finance_lead": "finance lead", "clinical_lead": "clinical lead"}
    saving = models.CharField(max_length=120, db_index=True, help_text="LedgerEntry.saving")
    verdict = models.ForeignKey(VerdictRecord, models.PROTECT, related_name="confirmations")
    role = models.CharField(max_length=20, choices=list(ROLES.items()))
    share = models.CharField(max_length=64, blank=True, help_text="the hash of the sharing that was agreed to, if any")
    person = models.ForeignKey(Person, models.PROTECT, related_name="confirmations")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["saving", "verdict", "role", "share"], name="one_confirmation_a_role"),
            models.UniqueConstraint(fields=["saving", "verdict", "person", "share"], name="two_people_confirm"),
        ]


class Target(models.Model):
    """Money by a date, at one organisation and all below it."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="targets")
    title = models.CharField(max_length=200)
    pence = models.BigIntegerField()
    start = models.DateField()
    end = models.DateField()

    class Meta:
        ordering = ["-end"]

    def __str__(self) -> str:
        return self.title


class ForecastKept(AppendOnly):
    """A forecast of a target as it was made, word for word, so that it can be scored once it is known what came."""

    number = models.PositiveIntegerField(unique=True, help_text="its place in the archive's chain, from 1")
    target = models.ForeignKey(Target, models.PROTECT, related_name="forecasts")
    line = models.TextField(help_text="the JSON line of evenhand.account.archive, exactly as it was sealed")
    hash = models.CharField(max_length=64, unique=True)
    at = models.DateTimeField(default=timezone.now, help_text="when it was made")

    class Meta(AppendOnly.Meta):
        ordering = ["number"]
        verbose_name_plural = "forecasts kept"


class BudgetRule(AppendOnly):
    """How a year's prescribing budget is shared out in an area; the latest one of a year holds, the others stand."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="budget_rules", help_text="the area")
    year = models.CharField(max_length=7, help_text="the financial year, as 2026-27")
    pence = models.BigIntegerField(help_text="what there is for the year")
    pace = models.FloatField(help_text="share of the way from historic towards the share of need, 0 to 1")
    floor = models.FloatField(help_text="least change from historic, as a share")
    cap = models.FloatField(help_text="most change from historic, as a share")
    contingency = models.FloatField(default=0.0, help_text="share of the total kept back")
    gain_share = models.TextField(blank=True, help_text="a gain-share scheme as YAML; blank: none")
    person = models.ForeignKey(Person, models.PROTECT, related_name="budget_rules")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["-id"]
