"""The API of LISTEN: surveys, and what they said once they are closed; the same small numbers hidden as on pages."""

from __future__ import annotations

from datetime import datetime

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from pydantic import Field

from evenhand_web.people.pages import enter
from evenhand_web.people.tree import around
from evenhand_web.site.api import Paging, Part, Table, part, whole

from . import figures
from .models import SurveyWave
from .moving import moved
from .results import results

router = Router(tags=["listen"])


class Survey(Schema):
    """A survey in one line."""

    key: str
    title: str
    instrument: str
    organisation: str
    asked_by: str
    who_will_see: str
    opens: datetime
    closes: datetime
    open: bool
    what_became: str


class Response(Schema):
    """How many of a profession were asked, and how many answered."""

    profession: str
    asked: int
    answered: int


class Results(Survey):
    """What a survey said; nothing while it is open or fewer than ten have answered."""

    responses: list[Response] = Field(description="by profession")
    figures: list[Table] = Field(description="question by question, everybody and by profession")
    changed: Table | None = Field(description="what moved since the wave before")


@router.get("/organisations/{code}/surveys", response=Part[Survey], operation_id="surveys")
def surveys(request: HttpRequest, code: str, paging: Query[Paging]):
    """The surveys of this organisation, of those above it and of those below it, the newest first."""
    near = around(enter(request, code), SurveyWave)
    waves = SurveyWave.objects.filter(organisation__in=near).order_by("-opens", "pk")
    return part(request, waves, paging, _survey)


@router.get("/organisations/{code}/surveys/{key}", response=Results, operation_id="survey")
def survey(request: HttpRequest, code: str, key: str):
    """What a survey said: estimates for everybody in its frame, with intervals; 404 until there are any."""
    wave = get_object_or_404(SurveyWave, key=key, organisation__in=around(enter(request, code), SurveyWave))
    found = None if wave.is_open() else results(wave)
    if found is None:
        raise Http404("This survey is still open." if wave.is_open() else "Fewer than ten people have answered.")
    moves = moved(wave)
    return _survey(wave) | {
        "responses": [{"profession": p, "asked": n, "answered": yes} for p, n, yes in found.response],
        "figures": [whole(figure) for drawn in figures.of(wave, found) for figure in drawn],
        "changed": whole(figures.changed(wave, moves)) if moves else None,
    }  # fmt: skip


def _survey(wave: SurveyWave) -> dict[str, object]:
    return {
        "key": wave.key, "title": wave.title, "instrument": wave.instrument, "organisation": wave.organisation_id,
        "asked_by": wave.asked_by, "who_will_see": wave.who_will_see, "opens": wave.opens, "closes": wave.closes,
        "open": wave.is_open(), "what_became": wave.what_became,
    }  # fmt: skip
