"""Opening a survey: one wave of an instrument, asked of the clinicians who work in a place and all below it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.db.models.functions import Lower
from django.utils import timezone

from evenhand.errors import InputError
from evenhand.listen import load_instrument
from evenhand_web.people import trail
from evenhand_web.people.models import Organisation, Person, Post
from evenhand_web.people.rights import CLINICAL
from evenhand_web.people.tree import codes_within, inside, upward
from evenhand_web.site.naming import free_key, word_of

from .links import cut_closed
from .models import Invitation, SurveyWave

# what holds of every wave, whoever asks: results.py shows no group under ten, links.py deletes the link
_WHO_WILL_SEE = (
    "When the survey has closed, everybody with a role in {place}, above it or below it sees the results, if ten "
    "people or more have answered. No group of fewer than ten is shown; of what people write, only words that ten or "
    "more share. How many of each profession were asked and have answered is shown, too. Your answers are kept under a "
    "random number; the link from it to you is deleted once the survey has closed."
)
REGIONS = ("region", "icb")  # the levels that can be somebody's region, the widest first
WIDE = ("nation", "region")  # the levels with so many places below that their people are asked upward
_LONGEST_KEY = 60


@dataclass(frozen=True)
class Frame:
    """Who would be asked, and how many. waiting: clinicians who say that they work there, and may not answer yet."""

    people: QuerySet[Person]
    asked: int
    waiting: int


def who_will_see(place: str) -> str:
    """What those who are asked read of every wave, with the name of the place: it is how results are shown."""
    return _WHO_WILL_SEE.format(place=place)


def frame(organisation: Organisation) -> Frame:
    """Every clinician who works in the organisation or below it and may answer: registration checked, a post today."""
    there = _clinicians(organisation)
    today = timezone.localdate()
    posts = Post.objects.filter(Q(until=None) | Q(until__gte=today), since__lte=today)
    posts = posts.filter(organisation__in=_codes(organisation, posts))
    checked = Q(identity_level__gte=2, pk__in=posts.values("person"))
    many = there.aggregate(every=Count("pk"), asked=Count("pk", filter=checked))
    return Frame(there.filter(checked), many["asked"], many["every"] - many["asked"])


def already_open(organisation: Organisation, instrument: str) -> SurveyWave | None:
    """A wave of the instrument that has not closed and asks the same people: here, or above."""
    waves = SurveyWave.objects.filter(instrument=instrument, organisation__in=upward(organisation))
    return waves.filter(closes__gt=timezone.now()).first()


def before(organisation: Organisation, instrument: str) -> SurveyWave | None:
    """The last closed wave of the instrument here, with which a new one is compared; None if there is none."""
    waves = SurveyWave.objects.filter(instrument=instrument, organisation=organisation, closes__lte=timezone.now())
    last = waves.order_by("-closes").first()
    return None if last is None or SurveyWave.objects.filter(previous=last).exists() else last


@transaction.atomic
def open_wave(
    organisation: Organisation, person: Person, *, instrument: str, title: str, asked_by: str, closes: date,
    added: str = "",
) -> SurveyWave:  # fmt: skip
    """Open a wave now, until the end of a day, with a place for each of the frame. added: to who will see what.

    Raises
    ------
    InputError
        If nobody is there to ask, the same survey is open here or above, or the closing day is not after today.
    """
    Organisation.objects.select_for_update().get(pk=organisation.pk)  # of two who open it at once, one is refused
    rake = load_instrument(instrument).rake
    if closes <= timezone.localdate():
        raise InputError("Choose a closing day after today.")
    if standing := already_open(organisation, instrument):
        until = f"{timezone.localdate(standing.closes):%-d %B %Y}"
        raise InputError(f"This survey is open already: “{standing.title}”, until {until}. Wait until it has closed, "
                         "or choose another.")  # fmt: skip
    people = list(frame(organisation).people)
    if not people:
        raise InputError(f"Nobody can be asked: no clinician with a checked registration works at {organisation.name} "
                         "or below it yet.")  # fmt: skip
    cut_closed()
    made = SurveyWave.objects.create(
        key=free_key(word_of(title, longest=_LONGEST_KEY) or "survey", SurveyWave.objects.all()),
        title=title, instrument=instrument, organisation=organisation, asked_by=asked_by,
        opened_by=person,
        who_will_see=" ".join(filter(None, (who_will_see(organisation.name), added))),
        previous=before(organisation, instrument), opens=timezone.now(),
        closes=timezone.make_aware(datetime.combine(closes, time(23, 59))),
    )  # fmt: skip
    region = regions(organisation, {each.organisation_id for each in people}) if "region" in rake else {}
    secrets.SystemRandom().shuffle(people)  # the order of the rows must not lead to anybody once the link is cut
    Invitation.objects.bulk_create([
        Invitation(
            wave=made, person=each, organisation_id=each.organisation_id, profession=each.profession,
            strata={"region": region[each.organisation_id]} if each.organisation_id in region else {},
        )
        for each in people
    ], batch_size=1000)  # fmt: skip
    trail.keep("survey opened", who=person, what=f"wave {made.key}", organisation=organisation, instrument=instrument,
               people=len(people))  # fmt: skip
    return made


def regions(organisation: Organisation, codes: set[str]) -> dict[str, str]:
    """Each workplace's region, or its ICB where the tree holds no region; what lies in none is left out."""
    above = {place.level: place.code for place in reversed(upward(organisation))}
    for level in REGIONS:
        if level in above:
            return dict.fromkeys(codes, above[level])
        found = {code: o.code for o in Organisation.objects.filter(level=level) for code in inside(o, codes)}
        if found:
            return found
    return {}


def _clinicians(organisation: Organisation) -> QuerySet[Person]:
    people = Person.objects.filter(identity__is_active=True, removed_by_moderator=False)
    people = people.annotate(called=Lower("profession")).filter(called__in=CLINICAL)
    return people.filter(organisation__in=_codes(organisation, people))


def _codes(organisation: Organisation, rows: QuerySet) -> RawSQL:
    """Where those who work in an organisation or below it work. To walk down from an ICB takes 3 ms, upward from 1,400
    workplaces 28; down from the nation, past every practice, 60: measured."""
    return codes_within(organisation, rows if organisation.level in WIDE else None)
