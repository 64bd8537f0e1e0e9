"""What the campaign desk offers to choose from: measures, modules, schemes, and answers that were asked before."""

from __future__ import annotations

from django.utils import timezone

from evenhand.lake import Lake
from evenhand.measures import Measure, for_lake, load_all
from evenhand_web.decide.models import Plan
from evenhand_web.listen.answering import instrument
from evenhand_web.listen.models import SurveyWave
from evenhand_web.people.models import Organisation
from evenhand_web.people.tree import around

from .reading import modules

PART = "|"  # between wave, question and answer in the awareness form's choice


def practice_measures(lake: Lake | None) -> list[Measure]:
    """The measures that are published for practices, by title."""
    known = (load_all() if lake is None else for_lake(lake)).values()
    return sorted((m for m in known if m.kind in ("prescribing", "qof")), key=lambda m: m.title)


def contents() -> list[tuple[str, str]]:
    """The modules that can be sent."""
    return [(content.id, content.facts.title) for content in modules().values()]


def schemes(area: Organisation) -> list[tuple[str, str]]:
    """The schemes of an area that a campaign may serve."""
    plans = Plan.objects.filter(organisation=area)
    return [(plan.key, plan.title) for plan in plans if plan.latest() is not None]


def questions(area: Organisation) -> list[tuple[str, str]]:
    """Wave, question and answer that an awareness campaign may begin from: closed waves that were asked here."""
    found = []
    for wave in SurveyWave.objects.filter(organisation__in=around(area, SurveyWave), closes__lte=timezone.now()):
        for question in instrument(wave).questions:
            if question.type == "single" and not question.asked_if:
                found += [(PART.join((wave.key, question.id, answer)), f"{question.text} {words} ({wave.title})")
                          for answer, words in question.options.items()]  # fmt: skip
    return found
