"""What one respondent has said so far, kept event by event."""

from __future__ import annotations

from evenhand.listen import Instrument, asked, load_instrument
from evenhand_web.people.models import Person

from .models import AnswerEvent, Invitation, SurveyWave


def instrument(wave: SurveyWave) -> Instrument:
    """The questions of a wave."""
    return load_instrument(wave.instrument)


def invitation(wave: SurveyWave, person: Person | None) -> Invitation | None:
    """Somebody's place in the frame of a wave, or None."""
    return wave.invitations.filter(person=person).first() if person else None


def last(place: Invitation) -> AnswerEvent | None:
    """The latest event of a respondent."""
    return AnswerEvent.objects.filter(wave=place.wave, respondent=place.respondent).last()


def submitted(place: Invitation) -> bool:
    """Whether a submission is in; what is saved afterwards does not take it back."""
    events = AnswerEvent.objects.filter(wave=place.wave, respondent=place.respondent, status="submitted")
    return events.exists()


def so_far(place: Invitation) -> dict[str, str]:
    """The answers given so far; '' where somebody chose not to answer."""
    event = last(place)
    return dict(event.answers) if event else {}


def save(place: Invitation, answers: dict[str, str], status: str = "partial") -> None:
    """Keep the answers, without those to questions that they no longer lead to."""
    kept: dict[str, str] = {}
    for question in instrument(place.wave).questions:
        if question.id in answers and asked(question, kept):
            kept[question.id] = answers[question.id]
    AnswerEvent.objects.create(wave=place.wave, respondent=place.respondent, status=status, answers=kept)


def words(questions: Instrument, answers: dict[str, str]) -> list[dict[str, str]]:
    """Each answer in words, in the order of the questions, for a person to check."""
    return [
        {"id": question.id, "text": question.text, "said": _said(question.options, answers[question.id])}
        for question in questions.questions
        if question.id in answers
    ]


def _said(options: dict[str, str], answer: str) -> str:
    return ", ".join(options.get(part, part) for part in answer.split(";")) if answer else "Not answered"
