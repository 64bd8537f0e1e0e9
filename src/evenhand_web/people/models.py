"""People and organisations.

What happened is kept under a pseudonym (`Person`); who that is stands in `Identity` and nowhere else.
Erasing somebody deletes their Identity: the trail survives, and nobody can say any more whose it was.
"""

from __future__ import annotations

import secrets
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from evenhand_web.site.models import AppendOnly


def new_key() -> str:
    """A pseudonym that says nothing: p and 18 random digits."""
    return f"p{secrets.randbelow(10**18):018d}"


class Organisation(models.Model):
    """An organisation as the lake knows it: nation, region, ICB, sub-ICB location, PCN, practice, trust, ward, team."""

    code = models.CharField(max_length=40, primary_key=True)
    name = models.CharField(max_length=200)
    level = models.CharField(max_length=40, db_index=True)

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """Which organisation belongs to which, from the first to the last month; open ends are empty."""

    child = models.ForeignKey(Organisation, models.PROTECT, related_name="up")
    parent = models.ForeignKey(Organisation, models.PROTECT, related_name="down")
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["child", "parent", "start"], name="one_membership_a_start")]
        indexes = [  # a walk through the tree reads these and no row
            models.Index(fields=["child", "end", "parent"], name="membership_upward"),
            models.Index(fields=["parent", "end", "child"], name="membership_downward"),
        ]


class LevelByHandError(Exception):
    """Our own mistake: some code tried to set an identity level that the steps do not say (people/levels.py)."""


class PersonQuerySet(models.QuerySet):
    """Changes people, but never their identity level."""

    def update(self, **values: Any) -> int:
        if "identity_level" in values:
            raise LevelByHandError("an identity level is worked out from the steps: add a step")
        return super().update(**values)


class Person(models.Model):
    """A pseudonym, with what estimates need to know of somebody and nothing that names them.

    `identity_level` is what the rows of IdentityStep say, kept here so that a page needs no sum; only
    levels.settle writes it.
    """

    IDENTITY_LEVELS = {
        0: "Anyone",
        1: "NHS e-mail",
        2: "Registration checked and confirmed by the organisation",
        3: "NHS smartcard or Care Identity",
    }
    key = models.CharField(max_length=40, primary_key=True, default=new_key, editable=False)
    profession = models.CharField(max_length=40, help_text="as staff lists say it: GP, Nurse, Pharmacist, Manager")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="people")
    identity_level = models.PositiveSmallIntegerField(default=0, choices=list(IDENTITY_LEVELS.items()))
    removed_by_moderator = models.BooleanField(default=False)
    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"

    def __str__(self) -> str:
        return f"a {self.profession}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            kept = Person.objects.filter(pk=self.pk).values_list("identity_level", flat=True).first()
            if kept is not None and kept != self.identity_level:
                raise LevelByHandError(f"level {self.identity_level} of {self.pk}: add a step; {kept} was worked out")
        super().save(*args, **kwargs)


class IdentityManager(BaseUserManager):
    def get_by_natural_key(self, username: str) -> Identity:
        return self.get(username=username)


class Identity(AbstractBaseUser):
    """Who a person is, and how they sign in. The only table with names; erasure deletes its row."""

    person = models.OneToOneField(Person, models.PROTECT, related_name="identity")
    username = models.CharField(max_length=150, unique=True)
    name = models.CharField(max_length=150)
    given_name = models.CharField(max_length=75, blank=True)
    family_name = models.CharField(max_length=75, blank=True)
    email = models.EmailField(blank=True)
    registration_body = models.CharField(max_length=10, blank=True, help_text="GMC, NMC, GPhC, HCPC")
    registration_number = models.CharField(max_length=20, blank=True)
    is_active = models.BooleanField(default=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []
    objects = IdentityManager()

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(
            Lower("email"), condition=~models.Q(email=""), name="one_account_an_address"
        )]  # fmt: skip

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """What somebody is, where: a role in an organisation, from a day and until one."""

    ROLES = {
        "member": "works here",
        "clinical_lead": "clinical lead",
        "manager": "manager",
        "medicines_optimisation": "medicines optimisation",
        "finance_lead": "finance lead",
        "board_member": "board member",
        "analyst": "analyst",
        "administrator": "administrator",
    }
    person = models.ForeignKey(Person, models.PROTECT, related_name="posts")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="posts")
    role = models.CharField(max_length=30, choices=list(ROLES.items()))
    since = models.DateField(default=timezone.localdate)
    until = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "organisation", "role", "since"], name="one_post_a_start")
        ]


class LeadAppointment(AppendOnly):
    """Who leads a pathway in an organisation from a day on; nobody is a vacancy. The last row stands."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="lead_appointments")
    pathway = models.SlugField(max_length=60)
    lead = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="leads")
    since = models.DateField(default=timezone.localdate)
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta(AppendOnly.Meta):
        ordering = ["id"]


# tables of this app, each noun in a file of its own
from .models_identity import (  # noqa: E402
    IdentityStep,
    OneTimeLink,
    RegisterExtract,
    RegisterRow,
    SignInSubject,
)
from .models_tokens import AccessToken  # noqa: E402
from .models_trail import Consent, TrailRow  # noqa: E402

__all__ = [
    "AccessToken", "Consent", "Identity", "IdentityStep", "LeadAppointment", "LevelByHandError", "Membership",
    "OneTimeLink", "Organisation", "Person", "Post", "RegisterExtract", "RegisterRow", "SignInSubject", "TrailRow",
    "new_key",
]  # fmt: skip
