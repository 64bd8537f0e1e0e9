"""Surveys for page tests: a closed wave in the small tree, with its frame and its answers."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from evenhand_web.listen.models import AnswerEvent, Invitation, SurveyWave

TIME, MONEY = "We have too little time in the surgery.", "The money saved goes to the board."


def a_wave(key: str, *, heard: int, days: int, previous: SurveyWave | None = None, missing: int = 40) -> SurveyWave:
    """A closed wave: 60 GPs and 40 nurses answered, `heard` in a hundred had heard; `missing` more were asked."""
    now = timezone.now()
    wave = SurveyWave.objects.create(
        key=key, title=key, instrument="qipp_awareness_2010", organisation_id="ICB1", asked_by="Icb One",
        who_will_see="-", opens=now - timedelta(days=days + 20), closes=now - timedelta(days=days), previous=previous,
    )  # fmt: skip
    rows = [("GP", i) for i in range(60)] + [("Nurse", i) for i in range(40)] + [("Nurse", None)] * missing
    places = Invitation.objects.bulk_create(
        Invitation(wave=wave, respondent=f"{key}-{k}", organisation_id="PRACTICE1", profession=profession,
                   strata={"region": "A", "network": "N"})
        for k, (profession, _) in enumerate(rows)
    )  # fmt: skip
    AnswerEvent.objects.bulk_create(
        AnswerEvent(
            wave=wave, respondent=place.respondent, status="submitted", at=now - timedelta(days=days + 2),
            answers={"heard_of_qipp": "yes" if i * 100 < heard * (60 if place.profession == "GP" else 40) else "no",
                     "care_and_money": str(1 + i % 5), "first_change": TIME if i % 2 else MONEY},
        )
        for place, (_, i) in zip(places, rows, strict=True) if i is not None
    )  # fmt: skip
    return wave
