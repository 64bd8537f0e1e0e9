"""The link from answers to people: cut for good when somebody is erased or a wave is closed."""

from __future__ import annotations

from typing import Any

from evenhand_web.people.models import Identity

from .models import Invitation, SurveyWave


def cut_on_erasure(sender: type[Identity], instance: Identity, **_: Any) -> None:
    """Somebody's identity was deleted: their answers stay, and nothing leads from the person to them any more."""
    Invitation.objects.filter(person=instance.person_id).update(person=None)


def cut_on_close(wave: SurveyWave) -> int:
    """Cut every link of a wave that has closed; how many were cut."""
    return wave.invitations.exclude(person=None).update(person=None)
