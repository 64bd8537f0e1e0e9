"""The one cast of people that page tests use: who they are, where they work, and what they may therefore do.

    Demonstration region
      └ Icb One        board member, finance director, clinical lead, pharmacist (medicines optimisation),
                       and the practice manager once more, as the manager who signs for general practice
          └ Place One (sub-ICB location)
              └ Network One (PCN)
                  ├ Practice One      GP, practice manager
                  └ Practice Two      nobody of the cast
      └ Icb Two        nobody of the cast: what happens here is none of theirs
    outsider           an NHS e-mail, and no role anywhere
"""

from __future__ import annotations

from dataclasses import dataclass

from evenhand_web.people.models import Identity, Membership, Organisation, Person, Post

TREE = {
    "NATION": ("Demonstration nation", "nation", None),
    "REGION": ("Demonstration region", "region", "NATION"),
    "ICB1": ("Icb One", "icb", "REGION"),
    "ICB2": ("Icb Two", "icb", "REGION"),
    "PLACE1": ("Place One", "sicbl", "ICB1"),
    "PLACE2": ("Place Two", "sicbl", "ICB2"),
    "PCN1": ("Network One", "pcn", "PLACE1"),
    "PRACTICE1": ("Practice One", "practice", "PCN1"),
    "PRACTICE2": ("Practice Two", "practice", "PCN1"),
}


@dataclass(frozen=True)
class Character:
    """Somebody of the cast."""

    username: str
    name: str
    profession: str
    identity_level: int
    posts: tuple[tuple[str, str], ...]  # (role, organisation)


GP = Character("gp", "Demo GP", "GP", 2, (("member", "PRACTICE1"),))
PRACTICE_MANAGER = Character(
    "practice-manager", "Demo practice manager", "Manager", 1, (("manager", "PRACTICE1"), ("manager", "ICB1"))
)
PHARMACIST = Character("pharmacist", "Demo pharmacist", "Pharmacist", 2, (("medicines_optimisation", "ICB1"),))
CLINICAL_LEAD = Character("clinical-lead", "Demo clinical lead", "GP", 3, (("clinical_lead", "ICB1"),))
FINANCE_DIRECTOR = Character("finance-director", "Demo finance director", "Finance", 3, (("finance_lead", "ICB1"),))
BOARD_MEMBER = Character("board-member", "Demo board member", "Manager", 1, (("board_member", "ICB1"),))
OUTSIDER = Character("outsider", "Demo outsider", "GP", 1, ())
CAST = (GP, PRACTICE_MANAGER, PHARMACIST, CLINICAL_LEAD, FINANCE_DIRECTOR, BOARD_MEMBER, OUTSIDER)
PASSWORD = "demonstration"


def organisations() -> dict[str, Organisation]:
    """The small tree above, in the database."""
    for code, (name, level, _) in TREE.items():
        Organisation.objects.create(code=code, name=name, level=level)
    for code, (_, _, parent) in TREE.items():
        if parent:
            Membership.objects.create(child_id=code, parent_id=parent)
    return {o.code: o for o in Organisation.objects.all()}


def people(characters: tuple[Character, ...] = CAST) -> dict[str, Identity]:
    """The cast, or others, in the database, by user name; the tree must be there."""
    for character in characters:
        person = Person.objects.create(
            profession=character.profession,
            identity_level=character.identity_level,
            organisation_id=character.posts[0][1] if character.posts else None,
        )
        identity = Identity(person=person, username=character.username, name=character.name)
        identity.set_password(PASSWORD)
        identity.save()
        for role, code in character.posts:
            Post.objects.create(person=person, organisation_id=code, role=role)
    return {identity.username: identity for identity in Identity.objects.all()}
