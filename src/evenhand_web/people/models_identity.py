"""How somebody became known: one-time links, subjects of sign-in, register extracts, and the steps to a level.

Steps are rows under a pseudonym and never hold a name, a number or an address: the level is worked out from them.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from evenhand_web.site.models import AppendOnly


class OneTimeLink(models.Model):
    """What a link in a letter stands for, until it is used or too old; then its row is deleted.

    Of the link itself only a hash is kept. `details` is what the form said: it becomes somebody's identity when the
    owner of the mailbox says that it is theirs, and is gone otherwise.
    """

    PURPOSES = {"register": "register", "sign_in": "sign in", "new_email": "take a new e-mail address"}
    sha256 = models.CharField(max_length=64, unique=True)
    purpose = models.CharField(max_length=10, choices=list(PURPOSES.items()))
    email = models.EmailField(db_index=True)
    details = models.JSONField(default=dict)
    identity = models.ForeignKey("people.Identity", models.CASCADE, null=True, blank=True, related_name="links")
    at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField()

    class Meta:
        ordering = ["id"]


class SignInSubject(models.Model):
    """Somebody as a sign-in service knows them. The pair is what links an account; an address never is."""

    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=255)
    identity = models.ForeignKey("people.Identity", models.CASCADE, related_name="subjects")
    provider = models.CharField(max_length=10, help_text="cis2 or nhsmail")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["id"]
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="one_account_a_subject")]


class RegisterExtract(AppendOnly):
    """An extract of a professional register, as somebody uploaded it: it speaks for one organisation and all below."""

    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="register_extracts")
    body = models.CharField(max_length=10, help_text="GMC, NMC, GPhC, HCPC")
    as_at = models.DateField(help_text="the day for which the register speaks")
    whole = models.BooleanField(help_text="who is missing from it has lapsed; otherwise it only speaks of who is in it")
    name = models.CharField(max_length=200, help_text="of the file")
    sha256 = models.CharField(max_length=64)
    rows = models.PositiveIntegerField()
    current = models.PositiveIntegerField()
    refused = models.PositiveIntegerField()
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="register_extracts")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


class RegisterRow(models.Model):
    """One registration of an extract: a keyed hash of body, number and name, and whether it is current. No more."""

    extract = models.ForeignKey(RegisterExtract, models.PROTECT, related_name="marks")
    mark = models.CharField(max_length=64)
    current = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["extract", "mark"], name="one_row_a_registration")]


class IdentityStep(AppendOnly):
    """One thing that became known about somebody. Their level is what all of them together say (levels.py)."""

    KINDS = {
        "email_proved": "an NHS e-mail was proved by a link",
        "claimed": "profession and registration were given",
        "matched": "the registration stands in a register extract, and is current",
        "lapsed": "the registration is not current in the newest register extract",
        "confirmed": "an administrator confirmed that they work there",
        "refused": "an administrator did not confirm",
        "nhsmail": "NHSmail said who they are",
        "care_identity": "NHS Care Identity said who they are",
    }
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=20, choices=list(KINDS.items()))
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, null=True, blank=True, related_name="+")
    extract = models.ForeignKey(RegisterExtract, models.PROTECT, null=True, blank=True, related_name="+")
    mark = models.CharField(max_length=64, blank=True, help_text="of what was claimed: a keyed hash")
    facts = models.JSONField(default=dict, blank=True, help_text="body, assurance: nothing that names anybody")
    why = models.CharField(max_length=300, blank=True, help_text="of a refusal")
    by = models.ForeignKey("people.Person", models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]
