"""The link from answers to people: cut for good when somebody is erased or a wave is closed."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from evenhand_web.people.models import Identity, Person

from .models import AnswerEvent, Invitation, SurveyWave


def cut_on_erasure(sender: type[Identity], instance: Identity, **_: Any) -> None:
    """Somebody's identity was deleted: their answers stay, and nothing leads from the person to them any more."""
    Invitation.objects.filter(person=instance.person_id).update(person=None)


def cut_on_close(wave: SurveyWave) -> int:
    """Cut every link of a wave that has closed; how many were cut."""
    return wave.invitations.exclude(person=None).update(person=None)


def cut_closed() -> int:
    """Cut every link of every wave that has closed; how many were cut. The daily backup calls it first."""
    return sum(cut_on_close(wave) for wave in SurveyWave.objects.filter(closes__lte=timezone.now()))


def answers_of(person: Person) -> list[dict[str, Any]]:
    """Somebody's own answers, while the link to them stands: for the download of what is kept about them."""
    found = []
    for place in Invitation.objects.filter(person=person).select_related("wave"):
        rows = AnswerEvent.objects.filter(wave=place.wave, respondent=place.respondent)
        found += [{"wave": place.wave.key, "status": row.status, "at": row.at.isoformat(), "answers": row.answers}
                  for row in rows]  # fmt: skip
    return found
