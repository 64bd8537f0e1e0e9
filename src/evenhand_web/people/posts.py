"""Posts from board to ward: a role in an organisation, given and ended by somebody who looks after people there."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from evenhand.errors import InputError

from . import trail
from .models import Identity, Membership, Organisation, Person, Post
from .tree import within

# what an administrator may add below an organisation: the lake knows none of them (records.HOSPITAL_LEVELS)
BELOW = {"provider": ("specialty", "ward", "team"), "specialty": ("ward", "team"), "ward": ("team",)}


def current(person: Person) -> QuerySet[Post]:
    """The posts that somebody holds today."""
    return _standing().filter(person=person).select_related("organisation")


def held_in(organisation: Organisation) -> QuerySet[Post]:
    """Posts held today in an organisation, by role; those of people whose identity was erased are not among them."""
    return (
        _standing().filter(organisation=organisation, person__identity__isnull=False)
        .select_related("person__identity").order_by("role", "person__identity__name")
    )  # fmt: skip


@transaction.atomic
def give(
    person: Person, role: str, organisation: Organisation, *, by: Person | None, since: date | None = None,
    until: date | None = None,
) -> Post:  # fmt: skip
    """Give somebody a post.

    Raises
    ------
    InputError
        If the role is none, the days do not fit, they hold it already, or would give it to themselves.
    """
    since = since or timezone.localdate()
    if role not in Post.ROLES:
        raise InputError(f"no role {role!r}; expected {', '.join(Post.ROLES)}")
    if by is not None and by.pk == person.pk:
        raise InputError("Nobody gives a role to themselves: ask another administrator, or one above.")
    if until is not None and until < since:
        raise InputError("The last day lies before the first.")
    if not Identity.objects.filter(person=person, is_active=True).exists():
        raise InputError("They have no account, or it is closed.")
    held = Post.objects.filter(person=person, organisation=organisation, role=role)
    if held.filter(Q(until=None) | Q(until__gte=since)).exists():
        raise InputError(f"They have the role \"{Post.ROLES[role]}\" there already.")
    post, _ = Post.objects.update_or_create(  # given, ended and given again on one day: one post
        person=person, role=role, organisation=organisation, since=since, defaults={"until": until}
    )
    trail.keep("post given", who=by, what=f"person {person.pk}", organisation=organisation, role=role,
               since=since.isoformat(), until=until.isoformat() if until else None)  # fmt: skip
    return post


@transaction.atomic
def end(post: Post, *, by: Person) -> Post:
    """End a post: yesterday was its last day, so that its rights are gone at once.

    Raises
    ------
    InputError
        If it has ended, or an organisation would be left without an administrator.
    """
    today = timezone.localdate()
    if post.until is not None and post.until < today:
        raise InputError("This role has ended already.")
    if post.role == "administrator" and not _other_administrators(post.organisation, post.person):
        raise InputError(f"{post.organisation.name} would be left without an administrator: name another one first.")
    post.until = today - timedelta(days=1)
    post.save()
    trail.keep("post ended", who=by, what=f"person {post.person_id}", organisation=post.organisation, role=post.role)
    return post


def sole_administrator_of(person: Person) -> list[Organisation]:
    """The organisations that would be left without an administrator if this one went."""
    places = [post.organisation for post in current(person).filter(role="administrator")]
    return [place for place in places if not _other_administrators(place, person)]


@transaction.atomic
def add_unit(parent: Organisation, level: str, name: str, code: str, *, by: Person) -> Organisation:
    """Add a specialty, a ward or a team below a trust (a ward's code begins with its trust's).

    Raises
    ------
    InputError
        If that level cannot lie there, or the code is taken.
    """
    if level not in BELOW.get(parent.level, ()):
        raise InputError(f"a {level} cannot lie below a {parent.level}")
    key = f"{parent.code}-{code.strip().upper()}"[:40]
    if Organisation.objects.filter(code=key).exists():
        raise InputError(f"{key} is taken; give another code.")
    made = Organisation.objects.create(code=key, name=name, level=level)
    Membership.objects.create(child=made, parent=parent)
    trail.keep("unit added", who=by, what=f"organisation {key}", organisation=parent, level=level)
    return made


def people_of(organisation: Organisation) -> QuerySet[Identity]:
    """Those with an account who work in the organisation or below it, or hold a post there."""
    works = Q(person__organisation__in=within(organisation, Person.objects.filter(identity__is_active=True)))
    posted = Q(person__posts__organisation__in=within(organisation, Post))
    return Identity.objects.filter(works | posted, is_active=True).distinct()


def _standing() -> QuerySet[Post]:
    today = timezone.localdate()
    return Post.objects.filter(Q(until=None) | Q(until__gte=today), since__lte=today)


def _other_administrators(organisation: Organisation, person: Person) -> bool:
    others = _standing().filter(organisation=organisation, role="administrator", person__identity__is_active=True)
    return others.exclude(person=person).exists()
