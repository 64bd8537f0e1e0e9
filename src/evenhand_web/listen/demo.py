"""The demonstration's survey: two waves that closed a year apart, with their answers, and the next one, open."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from evenhand.table import Table
from evenhand_web.people.models import Organisation, Person

from .models import AnswerEvent, Invitation, SurveyWave

INSTRUMENT = "qipp_awareness_2010"
BEFORE, FIRST, SECOND = "awareness-before", "awareness-1", "awareness-2"
DAYS_OPEN = 21
WHO_WILL_SEE = (
    "Your answers are kept under a random number. Nobody sees a single answer; groups of fewer than ten people are "
    "not shown, and the link to you is deleted when the survey closes."
)
_EVENT_COLUMNS = ("event", "token", "time", "status")


def take_year_before(frame: Table, events: Table, organisation: Organisation) -> SurveyWave:
    """The wave that closed a year earlier, asked of the same frame."""
    became = "Demonstration: the survey is asked again after a year, so that everybody sees what has changed."
    return _take(BEFORE, "What we thought of it a year before", became, frame, events, organisation)


def take_first_wave(
    frame: Table, events: Table, organisation: Organisation, previous: SurveyWave | None = None
) -> SurveyWave:  # fmt: skip
    """The closed wave: its frame without any link to people, and every submission as it came in."""
    became = ("Demonstration: your own figures beside those of similar practices stand under See, and what is asked of "
              "you is one short module.")  # fmt: skip
    return _take(FIRST, "What we think of saving by better decisions", became, frame, events, organisation, previous)


def _take(
    key: str, title: str, became: str, frame: Table, events: Table, organisation: Organisation,
    previous: SurveyWave | None = None,
) -> SurveyWave:  # fmt: skip
    times = [_moment(text) for text in events.text("time")]
    opens = min(times).replace(hour=0, minute=0)
    wave, new = SurveyWave.objects.get_or_create(key=key, defaults={
        "title": title, "instrument": INSTRUMENT, "organisation": organisation, "previous": previous,
        "asked_by": f"{organisation.name}, with its clinical leads", "who_will_see": WHO_WILL_SEE,
        "opens": opens, "closes": opens + timedelta(days=DAYS_OPEN + 1),
        "what_became": became,
    })  # fmt: skip
    if new:
        _take_frame(wave, frame)
        questions = [column for column in events.columns if column not in _EVENT_COLUMNS]
        cells = {question: events.text(question) for question in questions}
        tokens, status = events.text("token"), events.text("status")
        AnswerEvent.objects.bulk_create(
            AnswerEvent(
                wave=wave, respondent=tokens[i], status=status[i], at=at,
                answers={question: cells[question][i] for question in questions if cells[question][i]},
            )
            for i, at in enumerate(times)
        )  # fmt: skip
    return wave


def open_second_wave(first: SurveyWave, organisation: Organisation, people: list[Person], days: int = 60) -> SurveyWave:
    """The open wave, asked of these people; each has a place of their own, and nobody has answered yet."""
    now = timezone.now()
    wave, _ = SurveyWave.objects.get_or_create(key=SECOND, defaults={
        "title": "What we think of it now", "instrument": first.instrument, "organisation": organisation,
        "asked_by": f"{organisation.name}, with its clinical leads", "who_will_see": WHO_WILL_SEE, "previous": first,
        "opens": now, "closes": now + timedelta(days=days),
    })  # fmt: skip
    for person in people:
        Invitation.objects.get_or_create(
            wave=wave, person=person, defaults={"organisation": person.organisation, "profession": person.profession}
        )
    return wave


def _take_frame(wave: SurveyWave, frame: Table) -> None:
    known = set(Organisation.objects.values_list("code", flat=True))
    other = [c for c in frame.columns if c not in ("person", "token", "profession", "organisation")]
    cells = {column: frame.text(column) for column in other}
    rows = zip(frame.text("token"), frame.text("profession"), frame.text("organisation"), strict=True)
    Invitation.objects.bulk_create(
        Invitation(
            wave=wave, respondent=token, profession=profession,
            organisation_id=code if code in known else wave.organisation_id,
            strata={column: cells[column][i] for column in other},
        )
        for i, (token, profession, code) in enumerate(rows)
    )  # fmt: skip


def _moment(text: str) -> datetime:
    return timezone.make_aware(datetime.fromisoformat(text))
