"""The organisations of a lake in the database, and the demonstration's people: pseudonyms and eight accounts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from django.contrib.auth.hashers import make_password
from django.db import transaction

from evenhand.records import Organisations
from evenhand.table import Table

from . import demo_known
from .models import Identity, Membership, Organisation, Person, Post

REGISTERED, NHS_EMAIL, CIS2 = 2, 1, 3


@dataclass(frozen=True)
class Account:
    """One account: `posts` are (role, 'practice' or 'area')."""

    username: str
    name: str
    profession: str
    identity_level: int
    posts: tuple[tuple[str, str], ...]
    part: str


ACCOUNTS = (
    Account("gp", "Demo GP", "GP", REGISTERED, (("member", "practice"),),
            "answers the survey, votes, explains, promises"),
    Account("practice-manager", "Demo practice manager", "Manager", NHS_EMAIL,
            (("manager", "practice"), ("manager", "area")), "votes, signs the scheme as manager"),
    Account("pharmacist", "Demo pharmacist", "Pharmacist", REGISTERED, (("medicines_optimisation", "area"),),
            "drafts the scheme, runs the campaign, asks for the verdict, books the saving"),
    Account("clinical-lead", "Demo clinical lead", "GP", CIS2, (("clinical_lead", "area"),),
            "signs the scheme, confirms the saving"),
    Account("finance-director", "Demo finance director", "Finance", CIS2, (("finance_lead", "area"),),
            "confirms the saving"),
    Account("board-member", "Demo board member", "Manager", NHS_EMAIL, (("board_member", "area"),),
            "follows every pound back to its rows"),
    Account("administrator", "Demo administrator", "Manager", NHS_EMAIL, (("administrator", "area"),),
            "moderates statements, sees how they are shown, looks after people and data"),
    Account("outsider", "Demo outsider", "GP", NHS_EMAIL, (), "has no role, and gets in nowhere"),
)  # fmt: skip


@transaction.atomic
def take_organisations(found: Organisations) -> int:
    """Bring the database's organisations and memberships up to the lake's; how many organisations there are."""
    rows = zip(found.codes, found.names, found.levels, strict=True)
    Organisation.objects.bulk_create(
        [Organisation(code=code, name=name, level=level) for code, name, level in rows],
        update_conflicts=True, unique_fields=["code"], update_fields=["name", "level"],
    )  # fmt: skip
    ties = zip(found.child, found.parent, found.start, found.end, strict=True)
    fresh = [Membership(child_id=c, parent_id=p, start=_first(s), end=_last(e)) for c, p, s, e in ties]
    known = set(found.child)  # what the lake says nothing of, such as a ward that was added here, stays where it is
    stale = [pk for pk, child in Membership.objects.values_list("pk", "child_id") if child in known]
    for first in range(0, len(stale), 500):
        Membership.objects.filter(pk__in=stale[first : first + 500]).delete()
    Membership.objects.bulk_create(fresh)
    return len(found.codes)


def take_staff(frame: Table) -> dict[str, Person]:
    """The people of a staff frame (person, profession, organisation) as pseudonyms, by key; those there stay."""
    known = set(Organisation.objects.values_list("code", flat=True))
    rows = zip(frame.text("person"), frame.text("profession"), frame.text("organisation"), strict=True)
    Person.objects.bulk_create(
        [
            Person(key=key, profession=profession, organisation_id=code if code in known else None,
                   identity_level=REGISTERED)
            for key, profession, code in rows
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return Person.objects.in_bulk()


def pseudonym(key: str, profession: str, organisation: str, level: int = REGISTERED) -> Person:
    """One made-up person by their key."""
    return Person.objects.get_or_create(
        key=key, defaults={"profession": profession, "organisation_id": organisation, "identity_level": level}
    )[0]


def make_accounts(practice: str, area: str, password: str) -> list[Identity]:
    """The demonstration's accounts, with their posts in a practice and in the area of the scheme."""
    places = {"practice": practice, "area": area}
    made, hashed = [], ""
    for number, account in enumerate(ACCOUNTS, 1):
        home = places[account.posts[0][1]] if account.posts else None
        person = pseudonym(f"account-{number}", account.profession, home, account.identity_level)
        identity = Identity.objects.filter(username=account.username).first()
        if identity is None:
            hashed = hashed or make_password(password)  # slow on purpose; they share one password
            identity = Identity.objects.create(
                person=person, username=account.username, name=account.name, password=hashed
            )
        for role, place in account.posts:
            if not Post.objects.filter(person=person, organisation_id=places[place], role=role).exists():
                Post.objects.create(person=person, organisation_id=places[place], role=role)
        made.append(identity)
    administrator = next(identity for identity in made if identity.username == "administrator")
    demo_known.take_steps(made, administrator)
    demo_known.take_waiting(practice, area, administrator)
    return made


def _first(month: np.datetime64) -> object:
    return None if np.isnat(month) else month.astype("datetime64[D]").item()


def _last(month: np.datetime64) -> object:
    """The last day of a month."""
    return None if np.isnat(month) else ((month + 1).astype("datetime64[D]") - 1).item()
