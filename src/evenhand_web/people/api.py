"""The API of PEOPLE: who asks, and the organisations they may read."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from ninja.security import APIKeyCookie, HttpBearer
from pydantic import Field

from evenhand_web.site.api import Paging, Part, part

from . import tokens
from .models import Identity, Organisation
from .pages import enter
from .rights import RULES, Actor, may
from .tree import ancestors, children, codes_around

router = Router(tags=["organisations"])


class AccessToken(HttpBearer):
    """`Authorization: Bearer evh_...`: the rights of its owner, object by object, to read."""

    def authenticate(self, request: HttpRequest, token: str) -> Identity | None:
        found = tokens.find(token)
        if found is None:
            return None
        request.user = found.identity
        return found.identity


class Session(APIKeyCookie):
    """The session of somebody who is signed in in a browser; a token that was sent and opens nothing is refused."""

    param_name = "sessionid"

    def authenticate(self, request: HttpRequest, key: str | None) -> Identity | None:
        return None if request.headers.get("Authorization") or not request.user.is_authenticated else request.user


class PostOut(Schema):
    role: str
    organisation: str
    organisation_name: str


class Me(Schema):
    """Who asks: a pseudonym, never a name."""

    key: str
    profession: str
    identity_level: int
    posts: list[PostOut]


class Place(Schema):
    """An organisation in one line."""

    code: str
    name: str
    level: str


class Whole(Place):
    """An organisation in its tree, with what the one who asks may do there."""

    above: list[Place] = Field(description="nearest first")
    below: list[Place] = Field(description="directly below")
    may: list[str] = Field(description="what you may do here")


@router.get("/me", response=Me, operation_id="me", tags=["you"])
def me(request: HttpRequest):
    """Who you are to the API, and the posts you hold today."""
    who: Actor = request.actor
    posts = [{"role": p.role, "organisation": p.place.code, "organisation_name": p.place.name} for p in who.posts]
    return {"key": who.key, "profession": who.profession, "identity_level": who.identity_level, "posts": posts}


@router.get("/organisations", response=Part[Place], operation_id="organisations")
def organisations(
    request: HttpRequest, paging: Query[Paging], search: str = Query("", max_length=100),
    level: str = Query("", max_length=40),
):  # fmt: skip
    """The organisations you may read, by code. `search`: part of a name, or the beginning of a code."""
    found = readable(request.actor)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(code__istartswith=search))
    if level:
        found = found.filter(level=level)
    codes = list(found.order_by("code").values_list("code", flat=True))  # walked once; counted and cut here
    shown = Organisation.objects.in_bulk(codes[paging.offset : paging.offset + paging.limit])
    return part(request, codes, paging, lambda code: _place(shown[code]))


@router.get("/organisations/{code}", response=Whole, operation_id="organisation")
def organisation(request: HttpRequest, code: str):
    """One organisation: what is above and below it, and what you may do there."""
    found = enter(request, code)
    return _place(found) | {
        "above": [_place(o) for o in ancestors(found)], "below": [_place(o) for o in children(found)],
        "may": sorted(action for action in RULES if may(request.actor, action, request.place)),
    }  # fmt: skip


def readable(actor: Actor) -> QuerySet[Organisation]:
    """Every organisation that somebody may read: their own, those above and those below."""
    mine = Organisation.objects.filter(code__in=[post.place.code for post in actor.posts])
    if actor.identity_level < 1 or not mine:
        return Organisation.objects.none()
    asked = Q()
    for own in mine:
        asked |= Q(code__in=codes_around(own))
    return Organisation.objects.filter(asked)


def _place(found: Organisation) -> dict[str, str]:
    return {"code": found.code, "name": found.name, "level": found.level}
