"""What whoever opened a survey does with it later: close it before its day, and say what became of the answers."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from evenhand.errors import InputError
from evenhand_web.people import trail
from evenhand_web.people.models import Identity, Person
from evenhand_web.people.pages import may, require

from .links import cut_on_close
from .models import SurveyWave
from .results import FEWEST

NOT_YOURS = "Whoever opened this survey closes it, and says what became of it."


def tends(request: HttpRequest, wave: SurveyWave) -> bool:
    """Whether the actor may close a wave or speak for it: who opened it, as long as they may open one there; where
    nobody is known to have, or they have left, everybody who may open one there."""
    return may(request, "moderate", wave.organisation) and _own(wave, request.user.person)


def only_who_tends(request: HttpRequest, wave: SurveyWave) -> None:
    """Stop here, with a sentence that says what would be needed."""
    require(request, "moderate", wave.organisation)
    if not _own(wave, request.user.person):
        raise PermissionDenied(NOT_YOURS)


def _own(wave: SurveyWave, person: Person) -> bool:
    return wave.opened_by_id in (None, person.pk) or not Identity.objects.filter(person=wave.opened_by_id).exists()


def enough(wave: SurveyWave) -> bool:
    """Whether anything could be shown if it closed now. How many have answered is told of no open survey."""
    handed_in = wave.answers.filter(status="submitted").values("respondent").distinct()
    return handed_in.count() >= FEWEST


@transaction.atomic
def close(wave: SurveyWave, person: Person) -> int:
    """Close a wave now, and cut the links from its answers to people for good; how many were cut.

    Raises
    ------
    InputError
        If it is not open.
    """
    fresh = SurveyWave.objects.select_for_update().get(pk=wave.pk)
    if not fresh.is_open():
        raise InputError(f"This survey is closed already, since {timezone.localdate(fresh.closes):%-d %B %Y}.")
    planned, fresh.closes = fresh.closes, timezone.now()
    fresh.save(update_fields=["closes"])
    cut = cut_on_close(fresh)
    trail.keep("survey closed early", who=person, what=f"wave {fresh.key}", organisation=fresh.organisation,
               planned=planned.isoformat(), links_cut=cut)  # fmt: skip
    return cut


@transaction.atomic
def tell(wave: SurveyWave, person: Person, became: str) -> None:
    """Keep what became of a wave's answers; who had said something else is in the trail, what they said is not.

    Raises
    ------
    InputError
        If it is still open: nothing has become of it yet.
    """
    if wave.is_open():
        raise InputError("This survey is still open. What became of the answers can be told when it has closed.")
    SurveyWave.objects.filter(pk=wave.pk).update(what_became=became)
    trail.keep("survey told of", who=person, what=f"wave {wave.key}", organisation=wave.organisation,
               letters=len(became))  # fmt: skip
